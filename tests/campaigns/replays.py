"""Records many screenings of patients near the baseline, and runs them again: `python -m tests.campaigns.replays`.

With `--ledger FILE` that is there already, they are only run again: so another version of Python can do that.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from ketascreen import PatientProfile, ProfileError, Screener, Stage
from ketascreen.audit import Ledger
from ketascreen.audit.replay import Replay
from tests.helpers.screening import AS_OF, near_baseline, shipped


def record(ledger: Ledger, count: int) -> int:
    """Puts `count` screenings on record, on both channels, at either stage; with decisions on every tenth."""
    screener, rng, done = Screener(shipped(), ledger=ledger), Random(10), 0
    while done < count:
        try:
            profile = PatientProfile(**near_baseline(rng))
            verdict = screener.screen(profile, as_of=AS_OF, stage=rng.choice(tuple(Stage)), reference=f"p-{done // 3}")
        except ProfileError:
            continue
        done += 1
        reviews = [one.rule for one in verdict.findings if one.effect == "review" and one.outcome == "met"]
        if reviews and done % 10 == 0:
            ledger.override(verdict, rule=reviews[0], reason="other", text="", by="dr", at=AS_OF)
    return done


def main() -> None:
    """Says how many came out the same to the byte; ends with 1 where one did not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--ledger", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.ledger or Path(folder) / "ledger.db"
        is_new = not path.exists()
        with Ledger(path) as ledger:
            if is_new:
                record(ledger, given.records)
            began = time.perf_counter()
            told = list(Replay(ledger).run())
            took = time.perf_counter() - began
    same = sum(one.own and not one.refused and not one.differs for one in told)
    print(f"Python {platform.python_version()}: {len(told):,} run again, {same:,} the same to the byte, {took:.0f} s")
    sys.exit(0 if same == len(told) else 1)


if __name__ == "__main__":
    main()
