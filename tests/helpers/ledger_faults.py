"""Fills a disk, or takes away the right to write, under a ledger; says what came of it as JSON.

`python -m tests.helpers.ledger_faults full DIR` and `read-only DIR` work on a file system of their own, mounted at DIR;
`limit DIR` sets a limit on the size of files instead, which needs no rights.
"""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ketascreen.audit import Ledger, LedgerError
from ketascreen.audit.verify import verify_ledger
from tests.helpers.ledgers import example, screener
from tests.helpers.screening import AS_OF, shipped


def screen_until_it_fails(ledger: Ledger, most: int) -> tuple[dict[int, str], str | None]:
    """The receipts of all verdicts that were handed out, and the code of the error that ended it."""
    receipts: dict[int, str] = {}
    screening = screener(ledger)
    for number in range(most):
        try:
            receipt = screening.screen(example("ptsd.yaml"), as_of=AS_OF, reference=f"canary-{number}").receipt
        except LedgerError as error:
            return receipts, error.code if "canary" not in str(error) else "told the reference"
        assert receipt is not None
        receipts[receipt.record] = receipt.digest
    return receipts, None


def outcome(ledger: Ledger, receipts: dict[int, str], code: str | None) -> dict[str, object]:
    """What is left once the cause is gone."""
    there = {entry.number: entry.record.digest for entry in ledger.entries()}
    flaws = verify_ledger(ledger).flaws
    after, again = screen_until_it_fails(ledger, 3)
    return {
        "code": code,
        "handed_out": len(receipts),
        "lost": sum(there.get(number) != digest for number, digest in receipts.items()),
        "flaws": len(flaws) + len(verify_ledger(ledger).flaws),
        "goes_on": len(after) == 3 and again is None,
    }


def full(folder: Path) -> dict[str, object]:
    """A disk that is full, until a file on it is deleted."""
    filler = folder / "filler"
    filler.write_bytes(b"x" * 2_000_000)
    with Ledger(folder / "ledger.db") as ledger:
        receipts, code = screen_until_it_fails(ledger, 1_000)
        filler.unlink()
        return outcome(ledger, receipts, code)


def read_only(folder: Path) -> dict[str, object]:
    """A file system that is mounted anew, to be read alone, and then as before."""
    path = folder / "ledger.db"
    with Ledger(path) as ledger:
        receipts, _ = screen_until_it_fails(ledger, 3)
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    code = None
    try:
        with Ledger(path) as ledger:
            handed_out, code = screen_until_it_fails(ledger, 1)
            assert not handed_out
    except LedgerError as error:
        code = error.code
    subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
    with Ledger(path) as ledger:
        return outcome(ledger, receipts, code)


def limited(folder: Path) -> dict[str, object]:
    """A limit on the size of files, which a quota is too."""
    with Ledger(folder / "ledger.db") as ledger:
        with largest_file(1_000_000):
            receipts, code = screen_until_it_fails(ledger, 1_000)
        return outcome(ledger, receipts, code)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """A limit on the size of each file that this process writes."""
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, kept[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
        signal.signal(signal.SIGXFSZ, heard)


WAYS = {"full": full, "read-only": read_only, "limit": limited}

if __name__ == "__main__":
    shipped()
    print(json.dumps(WAYS[sys.argv[1]](Path(sys.argv[2]))))
