"""The sources of the rules: documents, citations, conflicts between them, and what no rule carries."""

from __future__ import annotations

from dataclasses import dataclass, field

from ketascreen.diagnostic import Place


@dataclass(frozen=True, slots=True)
class Document:
    """A source document: its file, how far it is trusted and why, the sha256 of its bytes, its number of lines.

    `url` is its address, `accessed` the day on which it was read there. `published` is a day, a month or a year. Each
    is empty if nobody said it.
    """

    file: str
    title: str
    kind: str
    trust: str
    why: str
    sha256: str
    lines: int
    edition: str = ""
    published: str = ""
    url: str = ""
    accessed: str = ""


@dataclass(frozen=True, slots=True)
class OutsideSource:
    """A source outside the documents that defines a vague term. `read` says whether the original or a copy was read.

    `edition`, `published`, `url` and `accessed` are as in a document.
    """

    id: str
    title: str
    where: str
    phrase: str
    read: str
    edition: str = ""
    published: str = ""
    url: str = ""
    accessed: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A line of a document with a short phrase on it, or an outside source. `says` is what the source does with it."""

    says: str
    document: str | None = None
    line: int | None = None
    phrase: str | None = None
    outside: str | None = None
    place: Place | None = field(default=None, compare=False)

    def __str__(self) -> str:
        if self.outside:
            return f"{self.outside} ({self.says})"
        return f"{self.document}:{self.line} “{self.phrase}” ({self.says})"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A disagreement between sources: both sides, how it is resolved, and the rules that carry it."""

    id: str
    topic: str
    statements: tuple[Citation, ...]
    resolution: str
    rules: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NotEncoded:
    """A line of a document that no rule carries, and why."""

    citation: Citation
    reason: str
