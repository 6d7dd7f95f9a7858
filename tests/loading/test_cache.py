"""A cache of rulebooks: what comes out of it is what was read, or it is passed over and the files are read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given

from ketascreen import RulebookError, Screener, Stage, load_rulebook
from ketascreen.authoring.checks.run import check_folder
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading import cache as caching
from ketascreen.loading import snapshot
from ketascreen.loading.built_in import built_in_rules
from tests.helpers import generate
from tests.helpers.cache_entries import entry
from tests.helpers.command_line import run
from tests.helpers.large_rulebook import large_rulebook
from tests.helpers.rulebook_files import copied, with_files
from tests.helpers.screening import AS_OF, SOME, baseline, profile_of, rngs, shipped

needs_owners = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system knows no owners of files")
pytestmark = needs_owners


def parts(rulebook: Rulebook) -> Mapping[str, Any]:
    return {field.name: getattr(rulebook, field.name) for field in fields(rulebook) if field.name != "is_cached"}


def test_a_rulebook_out_of_the_cache_is_the_one_that_was_read(kept: Path, reads: list[Rulebook]) -> None:
    cached = load_rulebook(built_in_rules(), cache=kept)
    assert not reads
    assert parts(cached) == parts(shipped())
    assert cached.rule_digests == shipped().rule_digests
    assert cached.meaning_digest == shipped().meaning_digest
    assert (cached.is_cached, shipped().is_cached) == (True, False)


def test_it_gives_the_same_verdict_to_the_byte(kept: Path) -> None:
    patient = profile_of(baseline())
    cached, read = (
        Screener(rulebook).screen(patient, as_of=AS_OF, stage=Stage.SESSION).model_dump_json()
        for rulebook in (load_rulebook(built_in_rules(), cache=kept), shipped())
    )
    assert cached == read


@given(rngs)
@SOME
def test_what_is_written_reads_back_as_it_was(rng: Random) -> None:
    rulebook = generate.rulebook(rng)
    again = snapshot.read(json.loads(json.dumps(snapshot.write(rulebook))), rulebook.files, rulebook.bytes_digest, ())
    assert parts(again) == parts(rulebook)
    assert again.meaning_digest == rulebook.meaning_digest


def test_a_file_that_changed_by_one_byte_is_read_anew(tmp_path: Path, reads: list[Rulebook]) -> None:
    rules = copied(tmp_path)
    load_rulebook(rules, cache=tmp_path / "cache")
    parameters = rules / "parameters.yaml"
    parameters.write_bytes(parameters.read_bytes() + b"\n")
    load_rulebook(rules, cache=tmp_path / "cache")
    assert len(reads) == 2


def test_what_another_version_wrote_is_not_used(
    kept: Path, reads: list[Rulebook], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching, "VERSION", "0.0.9")
    load_rulebook(built_in_rules(), cache=kept)
    assert len(reads) == 1


def test_what_was_written_before_the_library_was_mended_is_not_used(
    kept: Path, reads: list[Rulebook], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching, "_own_files", lambda: ["another"])
    load_rulebook(built_in_rules(), cache=kept)
    assert len(reads) == 1


def test_every_file_of_the_library_counts_as_one_that_reads_rulebooks() -> None:
    package = Path(caching.__file__).parents[1]
    counted = {line.partition("\0")[0] for line in caching._own_files()}
    assert counted >= set(map(str, package.rglob("*.py")))
    assert str(package / "loading" / "cache.py") in counted


def test_a_changed_byte_anywhere_is_noticed_and_the_files_are_read(kept: Path, reads: list[Rulebook]) -> None:
    rng = Random(7)
    whole = entry(kept).read_bytes()
    for place in (0, 20, 90, 150, len(whole) - 1, *(rng.randrange(len(whole)) for _ in range(20))):
        entry(kept).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        before = len(reads)
        assert load_rulebook(built_in_rules(), cache=kept).rules == shipped().rules
        assert len(reads) == before + 1


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _linked(path: Path) -> None:
    elsewhere = path.parent.parent / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def _linked_twice(path: Path) -> None:
    os.link(path, path.parent.parent / "elsewhere")


def _readable(path: Path) -> None:
    path.chmod(0o644)


def _folder_open(path: Path) -> None:
    path.parent.chmod(0o770)


def _folder_linked(path: Path) -> None:
    elsewhere = path.parent.parent / "elsewhere"
    path.parent.rename(elsewhere)
    path.parent.symlink_to(elsewhere)


def _a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


UNFIT = (_cut, _emptied, _linked, _linked_twice, _readable, _folder_open, _folder_linked, _a_pipe, _a_folder)


@pytest.mark.parametrize("spoil", UNFIT)
def test_an_entry_that_somebody_else_could_have_written_is_passed_over(
    spoil: Callable[[Path], None], kept: Path, reads: list[Rulebook]
) -> None:
    spoil(entry(kept))
    assert load_rulebook(built_in_rules(), cache=kept).rules == shipped().rules
    assert len(reads) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_an_entry_of_another_user_is_passed_over(kept: Path, reads: list[Rulebook]) -> None:
    os.chown(entry(kept), 12345, -1)
    load_rulebook(built_in_rules(), cache=kept)
    assert len(reads) == 1


def test_sound_data_of_another_form_is_passed_over(kept: Path, reads: list[Rulebook]) -> None:
    path = entry(kept)
    key = path.name.removesuffix(caching._ENDING)
    for body in (b"[]", b"{}", b"null", b"[[],[],[],[],[],[],[],[],[],[],[],[]]", b"[" * 100_000):
        path.write_bytes(caching._head(key, shipped().meaning_digest, body) + body)
        before = len(reads)
        assert load_rulebook(built_in_rules(), cache=kept).rules == shipped().rules
        assert len(reads) == before + 1


def test_the_cache_is_made_for_this_user_alone(kept: Path) -> None:
    assert kept.stat().st_mode & 0o777 == 0o700
    assert entry(kept).stat().st_mode & 0o777 == 0o600


def test_a_cache_that_cannot_be_made_does_no_harm(tmp_path: Path, reads: list[Rulebook]) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file")
    assert load_rulebook(built_in_rules(), cache=blocked / "cache").rules == shipped().rules
    assert load_rulebook(built_in_rules(), cache=blocked).rules == shipped().rules
    assert len(reads) == 2


def test_the_oldest_entries_go(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "MAX_ENTRIES", 2)
    first = entry(kept)
    os.utime(first, (1, 1))
    for n in range(2):
        rules = copied(tmp_path / str(n))
        (rules / "parameters.yaml").write_bytes((rules / "parameters.yaml").read_bytes() + b"\n" * (n + 1))
        load_rulebook(rules, cache=kept)
    assert len(list(kept.iterdir())) == 2
    assert not first.exists()


def test_a_rulebook_that_is_refused_leaves_nothing_behind(tmp_path: Path) -> None:
    rules = with_files(tmp_path / "rules", {"routes.yaml": "a: b"})
    for _ in range(2):
        with pytest.raises(RulebookError):
            load_rulebook(rules, cache=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_where_a_signature_is_demanded_the_files_are_always_read(kept: Path, reads: list[Rulebook]) -> None:
    with pytest.raises(RulebookError, match="sign"):
        load_rulebook(built_in_rules(), keys=(), cache=kept)
    assert len(reads) == 1


def test_the_command_line_keeps_one_where_the_environment_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KETASCREEN_CACHE", str(tmp_path / "cache"))
    first, second = (run("routes", "--json") for _ in range(2))
    assert first == second
    assert first.status == 0
    assert entry(tmp_path / "cache").is_file()


def test_a_check_finds_the_same_by_the_cache_as_by_the_files(tmp_path: Path, reads: list[Rulebook]) -> None:
    rules, day = large_rulebook(tmp_path, 20, 1), date(2026, 11, 22)
    read, kept = (check_folder(rules, today=day, cache=tmp_path / "cache") for _ in range(2))
    assert len(reads) == 1
    assert read.found
    assert kept == read == check_folder(rules, today=day)
