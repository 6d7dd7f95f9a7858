"""A chain as a file of JSON Lines. The first line says where it begins; each entry has a line; the last has the head.

Each line has one form only: keys in order, no spaces, no escapes except JSON's own. A line in another form is refused,
so every changed byte is found. docs/verify.md is the format.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO, Any

from ketascreen.audit.chain import Head, Start
from ketascreen.audit.entry import Entry
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.record import Record

FORMAT = "ketascreen-chain/1"
_MARK = b'"ketascreen-chain/'


def write_chain(file: IO[bytes], start: Start, entries: Iterable[Entry], *, complete: bool) -> Head:
    """Writes a chain and returns its head; `complete` says that every sealed part has its opening."""
    _write(
        file,
        {
            "format": FORMAT,
            "ledger": start.ledger,
            "first": start.first,
            "previous": start.previous,
            "complete": complete,
        },
    )
    number, digest = start.first - 1, start.previous
    for entry in entries:
        record = entry.record
        _write(
            file,
            {
                "number": entry.number,
                "recorded_at": entry.recorded_at,
                "previous": entry.previous,
                "digest": entry.digest,
                "body": record.body,
                "openings": record.opened,
            },
        )
        number, digest = entry.number, entry.digest
    _write(file, {"format": FORMAT, "last": number, "head": digest})
    return Head(start.ledger, number, digest)


class ChainReader:
    """Reads a chain line by line. `start` and `complete` are known from the first line, `head` after the last.

    Raises:
        LedgerError: a line has the wrong form. The message gives the line's number, never its content.
    """

    def __init__(self, lines: Iterable[bytes], name: str) -> None:
        self._lines = iter(lines)
        self._name = name
        self._line = 0
        first = self._first()
        if first is None or first.keys() != {"format", "ledger", "first", "previous", "complete"}:
            raise self._problem("is not the first line of a chain")
        self._require_format(first)
        self.complete = first["complete"] is True
        if not isinstance(first["first"], int) or first["complete"] not in (True, False):
            raise self._problem("is not the first line of a chain")
        self.start = Start(str(first["ledger"]), first["first"], str(first["previous"]))
        self.head: Head | None = None

    def entries(self) -> Iterator[Entry]:
        """The entries in the order of the file."""
        while (line := self._next()) is not None:
            if self.head is not None:
                raise self._problem("follows the last line of the chain")
            if "head" in line:
                self.head = self._last(line)
            else:
                yield self._entry(line)
        if self.head is None:
            raise self._problem("is the last one, but does not say where the chain ends: the file was cut")

    def _first(self) -> dict[str, Any] | None:
        """The first line. A file whose first line does not say that it is a chain is another file, not a damaged one.

        Raises:
            LedgerError: it is another file, or the line has the wrong form.
        """
        raw = next(self._lines, b"")
        if _MARK not in raw:
            message = f"{self._name} is not an export of a ledger; `ketascreen audit export` makes one"
            raise LedgerError("ledger-refused", message)
        self._lines = chain([raw], self._lines)
        return self._next()

    def _next(self) -> dict[str, Any] | None:
        raw = next(self._lines, None)
        if raw is None:
            return None
        self._line += 1
        try:
            line = json.loads(raw)
            same = isinstance(line, dict) and _line(line) == raw
        except (ValueError, RecursionError):
            same = False
        if not same:
            raise self._problem("does not have the form of a line of a chain")
        return dict(line)

    def _entry(self, line: dict[str, Any]) -> Entry:
        texts = ("recorded_at", "previous", "digest", "body", "openings")
        if line.keys() != {"number", *texts} or not isinstance(line["number"], int):
            raise self._problem("is not an entry")
        if not all(isinstance(line[name], str) for name in texts):
            raise self._problem("is not an entry")
        record = Record(line["body"], line["openings"])
        return Entry(line["number"], line["recorded_at"], line["previous"], line["digest"], record)

    def _last(self, line: dict[str, Any]) -> Head:
        if line.keys() != {"format", "last", "head"} or not isinstance(line["last"], int):
            raise self._problem("is not the last line of a chain")
        self._require_format(line)
        return Head(self.start.ledger, line["last"], str(line["head"]))

    def _require_format(self, line: dict[str, Any]) -> None:
        if line["format"] != FORMAT:
            raise self._problem(f"does not have the format {FORMAT}")

    def _problem(self, what: str) -> LedgerError:
        return LedgerError("ledger-damaged", f"{self._name}: line {max(1, self._line)} {what}")


def _line(data: dict[str, Any]) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return f"{text}\n".encode()


def _write(file: IO[bytes], data: dict[str, Any]) -> None:
    file.write(_line(data))
