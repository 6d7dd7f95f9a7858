"""Each code of a ledger, made by hand: no example on a page can show it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from ketascreen import PatientProfile, Screener, load_rulebook
from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.store import Store
from ketascreen.audit.verify import verify_file
from ketascreen.language.rulebook import Rulebook
from tests.helpers.ledgers import new_ledger
from tests.helpers.rulebook_files import GOOD
from tests.helpers.screening import AS_OF


def _of_ledger(action: Callable[[], object]) -> list[str]:
    try:
        action()
    except LedgerError as error:
        return [error.code]
    return []


def _file(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


def _of_a_later_version(folder: Path) -> list[str]:
    path = new_ledger(folder).path
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA user_version = 99")
    return _of_ledger(lambda: Ledger(path))


def _without_its_file(folder: Path) -> list[str]:
    ledger = new_ledger(folder)
    ledger.path.unlink()
    return _of_ledger(ledger.head)


def _without_room(folder: Path) -> list[str]:
    ledger = new_ledger(folder)
    ledger._store._opened().execute("PRAGMA max_page_count = 1")
    return _of_ledger(lambda: _screened_into(ledger, load_rulebook(GOOD)))


def _while_another_writes(folder: Path) -> list[str]:
    ledger = new_ledger(folder, busy_seconds=0.0)
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        return _of_ledger(lambda: _screened_into(ledger, load_rulebook(GOOD)))


def _that_may_not_be_written(folder: Path) -> list[str]:
    path = new_ledger(folder).path
    with patch("ketascreen.audit.place.os.access", lambda *_: False):
        return _of_ledger(lambda: Ledger(path))


def _in_an_older_copy(folder: Path) -> list[str]:
    ledger = new_ledger(folder, heads=folder / "head")
    ledger.close()
    ledger.path.write_bytes(b"")
    return _of_ledger(lambda: Ledger(ledger.path, heads=folder / "head"))


def _screened_into(ledger: Ledger, rulebook: Rulebook) -> object:
    screener = Screener(rulebook, channels=("reference",), ledger=ledger)
    return screener.screen(PatientProfile(), as_of=AS_OF, reference="p-17")


def _not_read_back(folder: Path) -> list[str]:
    with patch.object(Store, "read_back", lambda self, numbers: []):
        return _of_ledger(lambda: _screened_into(new_ledger(folder), load_rulebook(GOOD)))


def _by_a_rulebook_without_files(folder: Path) -> list[str]:
    return _of_ledger(lambda: _screened_into(new_ledger(folder), replace(load_rulebook(GOOD), files={})))


OF_LEDGERS: dict[str, Callable[[Path], list[str]]] = {
    "ledger-damaged": lambda folder: _of_ledger(lambda: verify_file(_file(folder, b'{"format":"ketascreen-chain/1"}'))),
    "ledger-full": _without_room,
    "ledger-locked": _while_another_writes,
    "ledger-read-only": _that_may_not_be_written,
    "ledger-foreign": lambda folder: _of_ledger(lambda: Ledger(_file(folder, b"another program's" * 99))),
    "ledger-missing": lambda folder: _of_ledger(lambda: Ledger.existing(folder / "none.db")),
    "ledger-moved": _without_its_file,
    "ledger-newer": _of_a_later_version,
    "ledger-not-stored": _not_read_back,
    "ledger-not-there": lambda folder: _of_ledger(lambda: new_ledger(folder).entry(2)),
    "ledger-refused": _by_a_rulebook_without_files,
    "ledger-rolled-back": _in_an_older_copy,
    "ledger-system": lambda folder: _of_ledger(lambda: verify_file(folder)),
}
"""The codes that a ledger gives in such a folder."""
