"""A word with letters of another script that look like letters from a to z."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic, Place
from ketascreen.spelling import misleading

CODE = "look-alike"

_ESCAPE = re.compile(r"\\(?:u|U000[01])([0-9A-Fa-f]{4})")
_HINT = "type the word again in plain letters"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Such words in every text of the rulebook's own files: a search does not find them, and a program reads others."""
    for path, data in subject.rulebook.files.items():
        if data.isascii() and not _ESCAPE.search(data.decode()):
            continue
        for number, line in enumerate(data.decode().removeprefix("\ufeff").split("\n"), 1):
            read = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), line)
            for start, word, looks in misleading(read):
                message = f"`{word}` looks like `{looks}`, and has letters of another script"
                where = (start + 1, len(word)) if read == line else (1, len(line))
                yield Diagnostic(CODE, message, _HINT, Place(path, number, *where))
