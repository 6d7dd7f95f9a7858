"""What is changed after it was written is found, by our verifier and by the independent one."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from ketascreen.audit import LedgerError
from ketascreen.audit.chain import Head
from ketascreen.audit.retention import export_chain
from ketascreen.audit.verify import verify_file, verify_ledger
from tests.campaigns import crash_batches, night
from tests.campaigns.crash import crash
from tests.campaigns.crash_moved import WAYS, filled, moved
from tests.campaigns.tamper import (
    REARRANGED,
    SCRIPT,
    as_file,
    bits,
    count_files,
    count_rows,
    found_by_ours,
    found_by_script,
    ledger_of,
    missed,
    small_chain,
)
from tests.campaigns.tamper_decisions import edited
from tests.helpers.ledgers import lozenge_today, new_ledger

FULL = as_file(small_chain(0, 3), ledger_of(small_chain(0, 3)))


def script(*args: object) -> tuple[int, str]:
    done = subprocess.run([sys.executable, str(SCRIPT), *map(str, args)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize("count", [3, 50])
def test_a_sound_chain_is_found_sound_by_both(count: int) -> None:
    chain = small_chain(1, count)
    data = as_file(chain, ledger_of(chain))
    assert not found_by_ours(data)
    assert not found_by_script(data)


def test_a_bit_of_every_byte_of_a_chain_of_three_records_is_found_by_both() -> None:
    chain = small_chain(0, 3)
    counted = count_files([(chain, bits(FULL, each=False))])
    assert counted["bit flipped", "tried"] == len(FULL) > 2_000
    assert missed(counted) == {}
    assert {kind for kind, _ in counted} == {"bit flipped", *REARRANGED}


def test_random_bits_and_rearrangements_of_a_chain_of_fifty_are_found_by_both() -> None:
    chain, rng = small_chain(50, 50), Random(7)
    size = len(as_file(chain, ledger_of(chain))) * 8
    counted = count_files([(chain, [rng.randrange(size) for _ in range(150)])])
    assert (counted["deleted", "tried"], counted["swapped", "tried"], counted["cut", "tried"]) == (50, 49, 50)
    assert missed(counted) == {}


def test_changes_of_the_rows_of_a_ledger_file_are_found(tmp_path: Path) -> None:
    counted = count_rows(tmp_path, small_chain(0, 3), 25)
    assert sum(count for (_, who), count in counted.items() if who == "tried") > 80
    assert missed(counted) == {}


def test_no_edit_of_a_decision_gives_a_better_verdict_and_each_is_told(tmp_path: Path) -> None:
    for told in edited(tmp_path, 8, every=75):
        assert told.tried >= 6
        assert told.at_screening > 0
        assert (told.untold, told.better) == (0, 0)


def test_a_tail_that_was_cut_cannot_be_found_without_a_head_and_is_found_with_one() -> None:
    chain = small_chain(0, 5)
    ledger = ledger_of(chain)
    cut = as_file(chain[:4], ledger)
    assert not found_by_ours(cut)
    assert not found_by_script(cut)
    head = Head(ledger, 5, chain[-1].digest)
    assert found_by_ours(cut, head)
    assert found_by_script(cut, head)
    earlier = Head(ledger, 4, chain[3].digest)
    assert not found_by_ours(as_file(chain, ledger), earlier)
    assert not found_by_script(as_file(chain, ledger), earlier)


@pytest.mark.parametrize("other", [{"ledger": "0" * 32}, {"digest": "0" * 64}, {"number": 2}])
def test_a_head_of_something_else_is_found(other: dict[str, object]) -> None:
    chain = small_chain(0, 3)
    head = Head(**{"ledger": ledger_of(chain), "number": 3, "digest": chain[-1].digest, **other})  # type: ignore[arg-type]
    assert found_by_ours(FULL, head)
    assert found_by_script(FULL, head)


def test_both_say_which_entry_is_wrong_and_how(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        lozenge_today(ledger)
        lozenge_today(ledger)
        export_chain(ledger, tmp_path / "chain.jsonl")
        head = ledger.head()
    sound = (tmp_path / "chain.jsonl").read_bytes()
    assert script(tmp_path / "chain.jsonl") == (0, "as it was written\n")
    assert verify_file(tmp_path / "chain.jsonl", against=head).flaws == ()
    changed = tmp_path / "changed.jsonl"
    changed.write_bytes(sound.replace(b'\\"decision\\":\\"review\\"', b'\\"decision\\":\\"caution\\"', 1))
    status, told = script(changed)
    assert status == 1
    assert told.startswith("entry 3: its digest does not fit its number, time, predecessor and record\n")
    assert [str(flaw) for flaw in verify_file(changed).flaws] == [
        "entry 3: its digest does not fit its number, time, predecessor and record"
    ]
    lines = sound.splitlines(keepends=True)
    changed.write_bytes(b"".join([*lines[:3], *lines[4:]]))
    assert [str(flaw) for flaw in verify_file(changed).flaws] == [
        "entry 4: does not follow entry 2: the entries between them are missing",
        "entry 4: does not name the digest of the entry before it",
    ]
    assert "entry 4: does not follow entry 2" in script(changed)[1]


def test_a_file_that_is_no_chain_is_said_to_be_none_by_both(tmp_path: Path) -> None:
    for data in (b"", b"{}\n", b"\xff\xfe", b"[" * 100_000, FULL[:-5], FULL + FULL, FULL.replace(b"{", b"{ ", 1)):
        path = tmp_path / "no.jsonl"
        path.write_bytes(data)
        assert script(path)[0] == 2
        with pytest.raises(LedgerError, match=r"line [156] |is not an export of a ledger"):
            verify_file(path)


def test_the_independent_verifier_is_short_and_stands_on_the_standard_library_alone() -> None:
    text = SCRIPT.read_text("utf-8")
    imports = [line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))]
    assert set(imports) <= set(sys.stdlib_module_names)
    assert len(text.splitlines()) < 150


def test_killed_writers_lose_nothing_that_they_acknowledged(tmp_path: Path) -> None:
    told = crash(tmp_path, 3, seed=5)
    assert (told.rounds, told.lost, told.flaws) == (3, 0, 0)
    assert told.acknowledged >= 3


def test_a_killed_batch_that_is_started_again_loses_nothing_and_records_nothing_twice(tmp_path: Path) -> None:
    told = crash_batches.crash(tmp_path, 1, seed=5)
    assert (told.rounds, told.lost, told.twice, told.flaws) == (1, 0, 0, 0)
    assert told.acknowledged >= 1


def test_a_night_of_few_patients_is_verified_and_answers_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "night.jsonl"
    file.write_text("".join(f"{line}\n" for line in islice(night.people(), 3)), "utf-8")
    night.row("on record", file, "1", ("--channel", "reference"), tmp_path / "ledger.db")
    night.row("decided", file, "1", ("--channel", "compiled"), None)
    on_record, decided = capsys.readouterr().out.splitlines()
    assert on_record.startswith("on record ")
    assert (len(on_record.split()), len(decided.split())) == (8, 6)
    assert len(file.with_suffix(".out").read_text("utf-8").splitlines()) == 3


@pytest.mark.parametrize("way", WAYS)
def test_writers_whose_file_is_gone_lose_nothing_and_acknowledge_nothing_more(tmp_path: Path, way: str) -> None:
    told = moved(tmp_path, way, 2, seed=3)
    assert told.is_well, told
    assert told.acknowledged >= 8
    assert told.codes == {"ledger-moved"}


def test_writers_on_a_full_disk_lose_nothing_that_they_acknowledged(tmp_path: Path) -> None:
    told = filled(tmp_path, 1)
    assert told.is_well, told
    assert told.acknowledged >= 4
    assert told.codes <= {"ledger-full", "ledger-system"}


def test_what_counts_as_missed_is_what_was_not_found() -> None:
    counted = Counter({("x", "tried"): 3, ("x", "ketascreen"): 2, ("x", "verify_chain.py"): 3})
    assert missed(counted) == {("x", "ketascreen"): 1}


def test_a_ledger_is_verified_against_a_head_that_was_kept(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        lozenge_today(ledger)
        head = ledger.head()
        lozenge_today(ledger)
        assert verify_ledger(ledger, against=head).flaws == ()
        ahead = Head(ledger.id, 9, head.digest)
        assert [str(flaw) for flaw in verify_ledger(ledger, against=ahead).flaws] == [
            "entry 9: is missing: the chain was cut off after entry 4"
        ]
