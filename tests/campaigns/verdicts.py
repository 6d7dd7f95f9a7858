"""Whether two versions of the library give the same verdicts, to the byte.

    python -m tests.campaigns.verdicts people PEOPLE.jsonl --patients 2000
    python tests/campaigns/verdicts.py screen PEOPLE.jsonl VERDICTS.jsonl
    python tests/campaigns/verdicts.py compare BEFORE.jsonl AFTER.jsonl

`people` writes generated patients and the examples. `screen` uses public names alone, so that an older version can run
it: set PYTHONPATH to its src. `compare` takes `--renamed OLD=NEW` for each key that was renamed between the two, and
ends with 1 on a difference.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

AS_OF = datetime(2026, 11, 22, 9, tzinfo=UTC)
STAGES = ("candidacy", "session")


def people(file: Path, patients: int) -> None:
    """Writes a profile on each line."""
    from ketascreen import read_profile
    from tests.helpers.patients import cohort
    from tests.helpers.places import EXAMPLES

    examples = sorted(path for path in EXAMPLES.iterdir() if path.suffix in (".json", ".yaml"))
    profiles = [*map(read_profile, examples), *(patient.profile for patient in cohort(1, patients))]
    file.write_text("".join(f"{profile.model_dump_json(exclude_none=True)}\n" for profile in profiles), "utf-8")
    print(f"{len(examples)} examples and {patients:,} generated patients")


def screen(source: Path, file: Path) -> None:
    """Writes the verdict on each line's patient at each stage, on the default channels."""
    import ketascreen
    from ketascreen import Screener, read_profile

    screener = Screener.default()
    with source.open("rb") as lines, file.open("w", encoding="utf-8") as out:
        for line in lines:
            profile = read_profile(line)
            for stage in STAGES:
                out.write(screener.screen(profile, as_of=AS_OF, stage=stage).model_dump_json() + "\n")
    print(f"screened by {Path(ketascreen.__file__).parent}")


def renamed(data: Any, names: Mapping[str, str]) -> Any:
    """Plain data with keys by their new names, in the same order."""
    if isinstance(data, dict):
        return {names.get(key, key): renamed(value, names) for key, value in data.items()}
    return [renamed(value, names) for value in data] if isinstance(data, list) else data


def differences(before: Path, after: Path, names: Mapping[str, str]) -> Iterator[int]:
    """The numbers of the lines that differ; `names` maps old keys to new ones."""
    with before.open(encoding="utf-8") as old, after.open(encoding="utf-8") as new:
        for number, (first, second) in enumerate(zip_longest(old, new), 1):
            if first is None or second is None or _canonical(renamed(json.loads(first), names)) != second.rstrip("\n"):
                yield number


def _canonical(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    """Runs one of the three steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("people", "screen", "compare"))
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--renamed", action="append", default=[], metavar="OLD=NEW")
    given = parser.parse_args()
    if given.step == "people":
        people(given.files[0], given.patients)
    elif given.step == "screen":
        screen(*given.files)
    else:
        before, after = given.files
        found = list(differences(before, after, dict(pair.split("=") for pair in given.renamed)))
        with before.open(encoding="utf-8") as lines:
            count = sum(1 for _ in lines)
        print(f"{count:,} verdicts, {len(found):,} differ{': lines ' + str(found[:20]) if found else ''}")
        sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
