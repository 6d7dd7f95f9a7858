"""Bytes to text: UTF-8 only, without characters that are invisible."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ketascreen.diagnostic import Diagnostic, Place
from ketascreen.spelling import INVISIBLE, has_invisible

MAX_BYTES = 1_000_000

_OTHERS = {
    b"\xff\xfe": "text in UTF-16, not in UTF-8",
    b"\xfe\xff": "text in UTF-16, not in UTF-8",
    b"{\\rtf": "a file of a text program (RTF), not plain text",
    b"PK\x03\x04": "a file of a text program (such as Word), or a packed folder, not plain text",
    b"\xd0\xcf\x11\xe0": "a file of a text program (such as Word), not plain text",
    b"%PDF": "a PDF, not plain text",
}
"""What a file is that begins with other bytes than text does."""
_SAVE = "save the file as plain text in UTF-8"
_UNUSUAL = re.compile(r"[^\t\n\x20-\x7e]")
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})


def decode(data: bytes, path: str) -> tuple[str, list[Diagnostic]]:
    """The text of a file, without a byte order mark at its start, and what is wrong with it."""
    if len(data) > MAX_BYTES:
        return "", [Diagnostic("too-large", f"larger than {MAX_BYTES:,} bytes", "split the file", Place(path))]
    for begins, what in _OTHERS.items():
        if data.startswith(begins):
            return "", [Diagnostic("not-utf-8", what, _SAVE, Place(path))]
    if len(data) > 3 and 0 in data[:2] and data[:100].count(0) * 3 > len(data[:100]):  # letters of two bytes
        return "", [Diagnostic("not-utf-8", "text in UTF-16, not in UTF-8", _SAVE, Place(path))]
    text, bad = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape"), ""
    found = []
    for index in forbidden(text):
        place, line = _locate(text, index, path)
        bad = text[index]
        if "\udc80" <= bad <= "\udcff":
            return "", [Diagnostic("not-utf-8", "a letter that is not UTF-8", _SAVE, place)]
        name = unicodedata.name(bad, f"U+{ord(bad):04X}").lower()
        found.append(
            Diagnostic(
                "forbidden-character",
                f"a character that cannot be seen ({name})",
                "delete it, or type a plain one",
                place,
                text=line,
            )
        )
        if len(found) == 20:
            break
    return text.replace("\r\n", "\n"), found


def forbidden(text: str) -> Iterator[int]:
    """The places of characters that are invisible, or are spaces other than the plain one."""
    whole = text.replace("\n", "").replace("\t", "")
    if whole.isprintable() and not has_invisible(text):  # the same categories, for the whole text at once
        return
    for match in _UNUSUAL.finditer(text):
        index, char = match.start(), match[0]
        if char == "\r":
            if text[index + 1 : index + 2] != "\n":
                yield index
        elif char in INVISIBLE or unicodedata.category(char) in _FORBIDDEN_CATEGORIES:
            yield index


def _locate(text: str, index: int, path: str) -> tuple[Place, str]:
    start = text.rfind("\n", 0, index) + 1
    end = text.find("\n", index)
    line = text[start : end if end >= 0 else len(text)].rstrip("\r")
    return Place(path, text.count("\n", 0, index) + 1, index - start + 1, 1), line
