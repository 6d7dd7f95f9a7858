"""Finds the words of docs/glossary.md that the project does not use, in pages, code and data.

    python tools/words.py [PATH ...]

A PATH is a file or a folder; without one it reads `EVERYWHERE`. It prints a line for each hit, with the words to use
instead, and ends with 1 where there is one. Of a page it reads what is outside code; of Python the comments, docstrings
and other strings, without the ids and placeholders of fixed texts; of YAML everything. An exception of the glossary
that excuses nothing in the files read is a hit too.
"""

from __future__ import annotations

import io
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = "docs/glossary.md"
EVERYWHERE = (
    "src",
    "docs",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "examples/README.md",
    "tools",
    "benchmarks",
)
"""The texts of rules are left out: their bytes are the rulebook's digest, and clinicians answer for them."""

FILLER = "\0"
"""In place of what is not prose; no phrase reaches across it."""


class Phrase(NamedTuple):
    """A phrase that is not used, what is used instead, and the longer phrases in which it may be."""

    text: str
    instead: str
    allowed: tuple[str, ...] = ()


class Excused(NamedTuple):
    """An exception: a piece of a file's text in which a phrase may be, on the line of the glossary that names it."""

    file: str
    text: str
    line: int


class Glossary(NamedTuple):
    """What the page says, for the check."""

    phrases: tuple[Phrase, ...]
    excused: tuple[Excused, ...]


class Hit(NamedTuple):
    """A phrase that is not used, and where; line and column are counted from 1."""

    file: str
    line: int
    column: int
    phrase: str
    instead: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.phrase} -> {self.instead}"


def read_glossary(page: str) -> Glossary:
    """The phrases and exceptions of the page: what its tables have in backticks under `not used`, `but` and `text`."""
    phrases, excused = list[Phrase](), list[Excused]()
    for number, row in _rows(page):
        if "not used" in row:
            instead = row.get("use", row.get("word", "")).replace("*", "")
            allowed = tuple(_quoted(row.get("but", "")))
            phrases += [Phrase(text, instead, allowed) for text in _quoted(row["not used"])]
        elif "text" in row:
            excused += [Excused(file, text, number) for file in _quoted(row["file"]) for text in _quoted(row["text"])]
    return Glossary(tuple(phrases), tuple(excused))


def hits(glossary: Glossary, texts: Iterable[tuple[str, str]]) -> list[Hit]:
    """Every hit in the texts, given by the file's path from the project's root; unused exceptions last."""
    found, used, read = list[Hit](), set[Excused](), set[str]()
    for file, text in texts:
        read.add(file)
        prose = prose_of(file, text)
        excused = {one: _spans(one.text, prose) for one in glossary.excused if one.file == file}
        for phrase in glossary.phrases:
            allowed = [span for longer in phrase.allowed for span in _spans(longer, prose)]
            for start, end in _spans(phrase.text, prose):
                excuses = [one for one, spans in excused.items() if _inside(start, end, spans)]
                used.update(excuses)
                if not excuses and not _inside(start, end, allowed):
                    line, column = prose.count("\n", 0, start) + 1, start - (prose.rfind("\n", 0, start) + 1) + 1
                    found.append(Hit(file, line, column, " ".join(prose[start:end].split()), phrase.instead))
    unused = [one for one in glossary.excused if one.file in read and one not in used]
    return sorted(found) + [Hit(GLOSSARY, one.line, 1, one.text, "nothing: take the exception out") for one in unused]


def prose_of(file: str, text: str) -> str:
    """The prose of a text, at its places: all else is filled, and the marks of comments and strings are spaces."""
    if file.endswith(".py"):
        return _prose_of_python(text)
    return _prose_of_page(text) if file.endswith(".md") else text.replace("#", " ")


def _prose_of_page(text: str) -> str:
    code = re.compile(r"^```.*?^```|`[^`\n]*`|\]\([^)\n]*\)", re.MULTILINE | re.DOTALL)
    return re.sub(r"(?m)^> ?", lambda mark: " " * len(mark[0]), code.sub(lambda found: _filled(found[0]), text))


def _prose_of_python(text: str) -> str:
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    prose = list(_filled(text))
    f_string = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = tokenize.tok_name[token.type]
        start, end = (starts[line - 1] + column for line, column in (token.start, token.end))
        if kind == "FSTRING_START":  # from Python 3.12 on: a token for each part of an f-string
            f_string = start
        elif kind == "FSTRING_END":
            prose[f_string:end] = _prose_of_string(text[f_string:end])
        elif kind == "STRING":
            prose[start:end] = _prose_of_string(text[start:end])
        elif kind == "COMMENT":
            prose[start:end] = text[start:end].replace("#", " ")
    return "".join(prose)


def _prose_of_string(literal: str) -> str:
    """A literal: its prefix, quotes and escaped line ends are spaces; names in braces, and ids (`a.b`), are filled."""
    blank = re.compile(r"""\A[a-zA-Z]*(\"{3}|'{3}|"|')|(\"{3}|'{3}|"|')\Z|\\n""")
    text = blank.sub(lambda found: " " * len(found[0]), literal)
    if re.fullmatch(r" *\w+(\.\w+)+ *", text):
        return _filled(text)
    code = r"\{[^{}]*\}|`[^`\n]*`" if "f" in literal[:2].lower() else r"\{\w+\}|`[^`\n]*`"
    return re.sub(code, lambda found: _filled(found[0]), text)


def _filled(text: str) -> str:
    return re.sub(r"\S", FILLER, text)


def _spans(phrase: str, prose: str) -> list[tuple[int, int]]:
    """Where a phrase is, upper or lower case, also across the end of a line; `*` is any ending of a word."""
    words = r"\s+".join(re.escape(word).replace(r"\*", r"\w*") for word in phrase.split())
    return [found.span() for found in re.finditer(rf"(?<!\w){words}(?!\w)", prose, re.IGNORECASE)]


def _inside(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(first <= start and end <= last for first, last in spans)


def _rows(page: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of every table by the names in its head, with their line."""
    head: list[str] | None = None
    for number, line in enumerate(page.splitlines(), start=1):
        if not line.startswith("|"):
            head = None
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if head is None:
            head = cells
        elif not set(line) <= set("|-: "):
            yield number, dict(zip(head, cells, strict=True))


def _quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]*)`", cell)


def _texts(root: Path, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    for path in paths:
        place = root / path
        if not place.exists():
            raise SystemExit(f"no file or folder `{path}` below {root}")
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in files:
            if file.suffix in {".py", ".md", ".yaml"}:
                yield file.relative_to(root).as_posix(), file.read_text("utf-8")


def main(paths: list[str], root: Path = ROOT) -> int:
    """Prints the hits in the files of `paths`, which are below `root`; 1 where there is one.

    Raises:
        SystemExit: a path that does not exist.
    """
    found = hits(read_glossary((root / GLOSSARY).read_text("utf-8")), _texts(root, paths or EVERYWHERE))
    for hit in found:
        print(hit)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
