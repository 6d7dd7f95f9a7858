"""A retired rule changes no verdict but by its absence: each verdict is the one of the rulebook without its file."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

from ketascreen import (
    ClinicianDecision,
    LeanVerdict,
    ProfileError,
    RequestError,
    Rulebook,
    RulebookError,
    Screener,
    Stage,
    load_rulebook,
)
from ketascreen.audit import Ledger
from ketascreen.audit.replay import Replay
from ketascreen.channels.registry import CHANNELS
from ketascreen.language.rule import Rule
from ketascreen.language.terms import Effect
from ketascreen.loading.invariants import required_for_unrecognised
from ketascreen.loading.load import rulebook_of_files
from ketascreen.verdict.standing import Standing
from ketascreen.verdict.verdict import Verdict
from tests.helpers import written
from tests.helpers.generate import raw_profile
from tests.helpers.ledgers import example, new_ledger
from tests.helpers.patients import cohort
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import AS_OF, assert_no_better, profile_of, rngs, shipped
from tests.helpers.written import Files

EVERY_CHANNEL = tuple(CHANNELS)
RETIRED = {"date": "2026-11-20", "by": "A. Clinician", "reason": "Taken over."}
BLOCK = b"retired: {date: 2026-11-20, by: A. Clinician, reason: Taken over.}\n"


def retired_and_deleted(rng: Random, files: Files) -> tuple[Rulebook, Rulebook] | None:
    """The rulebook with one of its rules retired, and without its file; None where neither loads."""
    path = rng.choice(sorted(path for path in files if path not in written.NOT_RULES))
    retired = copy.deepcopy(files)
    retired[path]["retired"] = RETIRED
    deleted = {name: copy.deepcopy(data) for name, data in files.items() if name != path}
    if "conflicts" in files[path]:
        retired["conflicts.yaml"]["C1"] |= {"reason": "It is retired."}
        deleted["conflicts.yaml"]["C1"] |= {"reason": "It is retired.", "rules": []}
    try:
        without = written.load(deleted)
    except RulebookError:
        with pytest.raises(RulebookError):  # what asks for a rule asks for one that is not retired
            written.load(retired)
        reached("a rule that cannot be retired")
        return None
    return written.load(retired), without


def but_for_bytes(verdict: Verdict) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(verdict.model_dump_json())
    del told["rulebook"]["bytes_digest"]
    return told


def same_meaning(retired: Rulebook, deleted: Rulebook) -> None:
    """The rules, all but the conflicts of one of them; these name the retired rule too."""
    assert retired.rules == deleted.rules
    assert retired.rule_digests == deleted.rule_digests
    assert [one.digest for one in retired.sheets.values()] == [one.digest for one in deleted.sheets.values()]


@often_reached
@settings(deadline=None, max_examples=60)
@given(rngs)
def test_a_rulebook_with_a_retired_rule_decides_as_without_its_file(rng: Random) -> None:
    files = written.written(rng)
    pair = retired_and_deleted(rng, files)
    if pair is None:
        return
    retired, deleted = pair
    same_meaning(retired, deleted)
    profiles = [profile_of(raw_profile(rng, retired, AS_OF)) for _ in range(4)]
    with Screener(retired, channels=EVERY_CHANNEL) as one, Screener(deleted, channels=EVERY_CHANNEL) as other:
        for profile in profiles:
            for stage in Stage:
                now, then = (_screened(screener, profile, stage) for screener in (one, other))
                if now is None or then is None:
                    assert now is then
                    continue
                told, wanted = but_for_bytes(now), but_for_bytes(then)
                if retired.meaning_digest != deleted.meaning_digest:  # by the conflict, which names the retired rule
                    del told["rulebook"]["meaning_digest"], wanted["rulebook"]["meaning_digest"]
                assert told == wanted
                assert LeanVerdict.model_validate_json(LeanVerdict.of(now).to_json()).whole(retired) == now
                reached("a verdict by a rulebook with a retired rule")
        batch, alone = (list(screener.screen_many(profiles, as_of=AS_OF)) for screener in (one, other))
        assert [_routes(told) for told in batch] == [_routes(told) for told in alone]


def _screened(screener: Screener, profile: Any, stage: Stage) -> Verdict | None:
    try:
        return screener.screen(profile, as_of=AS_OF, stage=stage)
    except ProfileError:
        return None


def _routes(told: Verdict | ProfileError) -> object:
    return str(told) if isinstance(told, ProfileError) else told.routes


@often_reached
@settings(deadline=None, max_examples=60)
@given(rngs)
def test_a_rule_that_was_never_retired_makes_no_verdict_better(rng: Random) -> None:
    files = written.written(rng)
    pair = retired_and_deleted(rng, files)
    if pair is None:
        return
    with_all = written.load(files)
    profile = profile_of(raw_profile(rng, with_all, AS_OF))
    told = [_screened(Screener(book), profile, Stage.SESSION) for book in (pair[0], with_all)]
    without, before = told
    if without is None or before is None:
        assert told == [None, None]
        return
    for route, verdict in without.routes.items():
        assert_no_better(verdict, before.routes[route])
    reached("a verdict with the rule that the other has retired")


def with_retired(rule: Rule, rulebook: Rulebook | None = None) -> Rulebook:
    """The built-in rulebook with one of its rules retired."""
    files = dict((rulebook or shipped()).files)
    files[rule.place.path] += BLOCK
    return rulebook_of_files(files)


def can_be_deleted() -> list[str]:
    """Some of the built-in rules that no conflict names and no requirement asks for."""
    required = required_for_unrecognised(shipped().rules, shipped().vocabulary)
    free = [rule for rule in shipped().rules if not rule.conflicts and rule.id not in required]
    return [rule.id for rule in free if rule.effect is not Effect.EXCLUDE][::6]


@pytest.mark.parametrize("name", can_be_deleted())
def test_each_patient_of_a_cohort_gets_the_verdict_without_the_file(name: str) -> None:
    rule = shipped().rule(name)
    assert rule is not None
    retired = with_retired(rule)
    deleted = rulebook_of_files({path: data for path, data in shipped().files.items() if path != rule.place.path})
    assert retired.meaning_digest == deleted.meaning_digest
    with Screener(retired) as one, Screener(deleted) as other:
        for patient in cohort(11, 10):
            now, then = (screener.screen(patient.profile, as_of=AS_OF, stage="session") for screener in (one, other))
            assert but_for_bytes(now) == but_for_bytes(then)
            assert name not in {finding.rule for finding in now.findings}


def test_a_retired_rule_is_the_same_through_a_cache(tmp_path: Path) -> None:
    rule = shipped().rule("older-adult")
    assert rule is not None
    folder = tmp_path / "rules"
    for path, data in with_retired(rule).files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    first, again = (load_rulebook(folder, cache=tmp_path / "cache") for _ in range(2))
    assert (first.is_cached, again.is_cached) == (False, True)
    assert first == again
    assert [rule.id for rule in again.retired] == ["older-adult"]


def decided_lozenge(ledger: Ledger, rulebook: Rulebook, **given: Any) -> Verdict:
    screener = Screener(rulebook, channels=("reference",), ledger=ledger)
    profile = example("lozenge-at-home.yaml")
    return screener.screen(profile, stage="session", routes=["sublingual"], reference="p-17", **given)


def home_use() -> Rule:
    rule = shipped().rule("home-use")
    assert rule is not None
    return rule


def test_a_decision_on_record_on_a_retired_rule_never_counts_again_and_the_verdict_says_why(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        first = decided_lozenge(ledger, shipped(), as_of=AS_OF)
        ledger.override(first, rule="home-use", reason="risk_reduced", text="", by="dr-17", at=AS_OF)
        assert decided_lozenge(ledger, shipped(), as_of=AS_OF + timedelta(hours=1)).overrides[0].standing == "in_force"
        later = decided_lozenge(ledger, with_retired(home_use()), as_of=AS_OF + timedelta(hours=2))
        assert [one.standing for one in later.overrides] == [Standing.RULE_RETIRED]
        assert "`home-use` was retired on 2026-11-20" in later.notice
        assert LeanVerdict.of(later).whole(with_retired(home_use())).notice == later.notice
        back = decided_lozenge(ledger, shipped(), as_of=AS_OF + timedelta(hours=3))
        assert [one.standing for one in back.overrides] == [Standing.RULE_RETIRED]
        assert [one.refused or one.differs for one in Replay(ledger).run()] == [(), (), (), ()]


def test_a_decision_given_on_a_retired_rule_is_refused_with_what_stands_in_its_place() -> None:
    files = {**shipped().files}
    files[home_use().place.path] += BLOCK.replace(b"over.}", b"over., instead: [older-adult]}")
    retired = rulebook_of_files(files)
    decision = ClinicianDecision(rule="home-use", by="dr-17", at=AS_OF)
    with pytest.raises(RequestError) as caught:
        Screener(retired, channels=("reference",)).screen(
            example("lozenge-at-home.yaml"), as_of=AS_OF, decisions=[decision]
        )
    (problem,) = caught.value.diagnostics
    assert problem.message == "`home-use` was retired on 2026-11-20; `older-adult` replaces it"


def test_an_old_screening_run_by_a_rulebook_that_retired_a_rule_names_it_though_somebody_decided_on_it(
    tmp_path: Path,
) -> None:
    decision = ClinicianDecision(rule="home-use", by="dr-17", at=AS_OF)
    with new_ledger(tmp_path) as ledger:
        decided_lozenge(ledger, shipped(), as_of=AS_OF, decisions=[decision])
        (own,) = Replay(ledger).run()
        (other,) = Replay(ledger, with_retired(home_use())).run()
    assert (own.refused, own.differs) == ("", ())
    assert other.refused == ""
    assert [("home-use" in change.by, change.route) for change in other.changes] == [(True, "sublingual")]
