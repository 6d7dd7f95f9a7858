"""The tables in a page that the program writes: each stands between `<!-- name -->` and `<!-- end -->`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

_BLOCK = re.compile(r"<!-- ([a-z ]+) -->\n.*?<!-- end -->", re.DOTALL)


def with_tables(page: str, tables: Mapping[str, Callable[[], list[str]]]) -> str:
    """The text of a page with its tables as they are now."""

    def written(found: re.Match[str]) -> str:
        return "\n".join([f"<!-- {found[1]} -->", "", *tables[found[1]](), "", "<!-- end -->"])

    return _BLOCK.sub(written, page)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """The lines of a table."""
    heads = list(head)
    lines = [_line(heads), "|" + "---|" * len(heads)]
    return [*lines, *map(_line, rows)]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()) for cell in cells)} |"
