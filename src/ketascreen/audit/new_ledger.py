"""A new ledger from the entries of a chain. It gets its name only when it is complete, and never replaces a file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from ketascreen.audit.entry import Entry
from ketascreen.audit.errors import LedgerError, of_system
from ketascreen.audit.ledger import Ledger
from ketascreen.audit.place import LOG, require_no_log
from ketascreen.audit.store import Store
from ketascreen.diagnostic import printable
from ketascreen.runtime.whole_file import sync_folder

_PAGE = 500


def ledger_of_chain(path: Path, entries: Iterable[Entry]) -> Ledger:
    """A new ledger from the entries of a verified chain. On an error there is no ledger.

    Raises:
        LedgerError: it could not be written, the entries do not begin a ledger, or there is a file of that name now.
    """
    part = path.with_name(f".{path.name}.part")
    _begin(part)
    try:
        _fill(part, entries)
        with Ledger.existing(part):  # it begins as a ledger does
            pass
        _give_name(part, path)
    finally:
        for ending in ("", *LOG):
            part.with_name(f"{part.name}{ending}").unlink(missing_ok=True)
    return Ledger.existing(path, writes=True)


def _begin(part: Path) -> None:
    """Makes the file to fill, which must not be there: what this call did not make, it does not remove."""
    problem = None
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        message = f"{printable(str(part))} is there: another import is at work, or was ended; wait, or remove that file"
        problem = LedgerError("ledger-refused", message)
    except OSError as error:
        problem = of_system(error, part)
    if problem is not None:
        raise problem


def _fill(part: Path, entries: Iterable[Entry]) -> None:
    store, rest = Store(part, "rwc", 0.0), iter(entries)
    try:
        while page := list(islice(rest, _PAGE)):
            with store.writing() as transaction:
                for entry in page:
                    transaction.add(entry)
    finally:
        store.close()


def _give_name(part: Path, path: Path) -> None:
    """Gives a complete file its name, unless another file has it by now: a link is made in one step, or not at all."""
    require_no_log(path)
    problem = None
    try:
        os.link(part, path)
        sync_folder(path.parent)
    except FileExistsError:
        message = f"{printable(str(path))} was made meanwhile, and nothing is laid over it; import under another name"
        problem = LedgerError("ledger-refused", message)
    except OSError as error:
        problem = of_system(error, path)
    if problem is not None:
        raise problem
