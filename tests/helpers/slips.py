"""The tables of tests/data/slips: what a slip in the good rulebook, or in a profile, is met with.

A row has a `name`; `edits`, or the text of a `profile`; and the problems `before` and `now`, each as place, message and
hint. `good_before: true` stands where the two are the same. An edit names a `file` and one of

- `old` and `new`: a text that stands in it once, and what stands there instead;
- `text`: the whole of it;
- `encoding`: the same text, written so;
- `to`: another name for it.

`python -m tests.helpers.slips before|now FILE...` fills in what the ketascreen on the path says.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from ketascreen import ProfileError, load_rulebook, read_profile
from ketascreen.authoring.checks.run import check_folder
from ketascreen.diagnostic import Diagnostic
from ketascreen.patient.reader import in_words_of
from tests.helpers.places import DATA
from tests.helpers.rulebook_files import GOOD, copied

SLIPS = DATA / "slips"
TODAY = date(2026, 11, 23)

Row = Mapping[str, Any]


def rows_of(table: Path) -> list[dict[str, Any]]:
    """The rows of a table."""
    return cast("list[dict[str, Any]]", yaml.safe_load(table.read_text("utf-8")))


def said_of(row: Row) -> list[dict[str, str]]:
    """What the row's slip is met with: each problem that refuses, or else each finding that the good rulebook lacks."""
    return [
        {"place": str(one.place or one.pointer), "message": one.message, "hint": one.hint}
        for one in (_of_profile(row["profile"]) if "profile" in row else _of_rulebook(row["edits"]))
    ]


def edited(folder: Path, edits: Iterable[Row]) -> Path:
    """A copy of the good rulebook below `folder` with these edits done."""
    rulebook = copied(folder)
    for edit in edits:
        _edit(rulebook, edit)
    return rulebook


def _edit(rulebook: Path, edit: Row) -> None:
    file = rulebook / edit["file"]
    if "to" in edit:
        file.rename(rulebook / edit["to"])
        return
    text = edit["text"] if "text" in edit else file.read_bytes().decode()
    if "old" in edit:
        assert text.count(edit["old"]) == 1, f"{edit['old']!r} stands {text.count(edit['old'])} times in {file.name}"
        text = text.replace(edit["old"], edit["new"])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode(edit.get("encoding", "utf-8")))


def _of_rulebook(edits: Iterable[Row]) -> Iterator[Diagnostic]:
    with tempfile.TemporaryDirectory() as folder:
        checked = check_folder(edited(Path(folder), edits), today=TODAY, no_documents=True)
    usual = _usual()
    yield from checked.refused or (one for one in checked.found if _what(one) not in usual)


@cache
def _usual() -> frozenset[tuple[str, ...]]:
    """The findings of the good rulebook itself."""
    return frozenset(map(_what, check_folder(GOOD, today=TODAY, no_documents=True).found))


def _what(finding: Diagnostic) -> tuple[str, ...]:
    return finding.code, finding.place.path if finding.place else "", finding.message, finding.hint


def _of_profile(text: str) -> tuple[Diagnostic, ...]:
    try:
        read_profile(text.encode())
    except ProfileError as error:
        return in_words_of(load_rulebook(GOOD).vocabulary, error).diagnostics
    return ()


class _Dumper(yaml.SafeDumper):
    """Text of several lines as a block, each problem on its own lines."""


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text and "\t" not in text and text.isprintable() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _fill_in(key: str, table: Path) -> None:
    """Writes the table again with what is said now in each row's `key`; the comment at its head stays."""
    rows = rows_of(table)
    for row in rows:
        row.setdefault("before", [])
        row.setdefault("now", [])
        row[key] = said_of(row)
    head = "".join(line for line in table.read_text("utf-8").splitlines(keepends=True) if line.startswith("#"))
    dumped = (
        yaml.dump([row], Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000, indent=2) for row in rows
    )
    table.write_text(head + "\n".join(dumped), "utf-8")


def _main(key: str, *tables: str) -> None:
    for table in tables:
        _fill_in(key, Path(table))


if __name__ == "__main__":
    _main(*sys.argv[1:])
