"""What of a folder was passed over: a rule under another name is not a rule, and nothing else would say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ketascreen.diagnostic import printable
from ketascreen.rendering.page import Line, wrapped

NAMED = 10
"""How many are named; JSON names all."""


def passed_over(names: Sequence[str]) -> Iterator[Line]:
    """How many files and folders were passed over, and which; nothing if there was none."""
    if names:
        more = f" and {len(names) - NAMED:,} more" if names[NAMED:] else ""
        listed = ", ".join(map(printable, names[:NAMED]))
        yield from wrapped(f"Passed over, because it is not a .yaml file ({len(names):,}): {listed}{more}.", hang=2)
