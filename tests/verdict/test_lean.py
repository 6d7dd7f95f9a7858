"""The lean form: what differs from patient to patient; the rulebook puts the words back, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from ketascreen import (
    ClinicianDecision,
    LeanVerdict,
    PatientProfile,
    RequestError,
    Screener,
    Stage,
    Verdict,
    load_rulebook,
)
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.diagnostic import ChannelFault
from ketascreen.language.logic import Truth
from ketascreen.language.rulebook import Rulebook
from ketascreen.patient.facts import Facts
from ketascreen.verdict.wording import Wording
from tests.helpers.edited_rulebooks import rules_with
from tests.helpers.patients import cohort
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import AS_OF, SOME, baseline, profile_of, rngs, screening, shipped, shipped_screener

WORDS = Wording(shipped())
FAULT = {"where": "one channel", "message": "failed"}


def verdict_of(profile: PatientProfile, stage: Stage = Stage.SESSION, **asked: Any) -> Verdict:
    return shipped_screener().screen(profile, as_of=AS_OF, stage=stage, **asked)


def back(verdict: Verdict, rulebook: Rulebook | Wording = WORDS) -> Verdict:
    return LeanVerdict.model_validate_json(LeanVerdict.of(verdict).to_json()).whole(rulebook)


@pytest.mark.parametrize("stage", Stage)
def test_the_whole_verdict_comes_back_to_the_byte_for_generated_patients(stage: Stage) -> None:
    for patient in cohort(11, 100):
        verdict = verdict_of(patient.profile, stage)
        assert back(verdict) == verdict
        assert back(verdict).model_dump_json() == verdict.model_dump_json()


@often_reached
@given(rngs)
@SOME
def test_the_whole_verdict_comes_back_by_any_rulebook(rng: Random) -> None:
    rulebook, answers = screening(rng)
    verdict = Screener(rulebook, channels=("reference",)).screen(profile_of(answers), as_of=AS_OF, stage=Stage.SESSION)
    assert back(verdict, rulebook) == verdict
    reached("a whole verdict")


def test_an_alerts_last_answer_stands_beside_the_answer_that_counts_where_the_two_differ() -> None:
    verdict = verdict_of(profile_of({**baseline(), "suicidality": {"value": "thoughts", "at": "2020-01-01"}}))
    lean = LeanVerdict.of(verdict)
    assert "suicidality" not in lean.facts
    assert (lean.last_answers["suicidality"].value, lean.last_answers["suicidality"].counts) == ("thoughts", False)
    assert back(verdict) == verdict


class Odd(ReferenceChannel):
    """Fails, or answers otherwise for one rule."""

    name = "odd"
    fails = False

    def evaluate(self, facts: Facts, stage: Stage) -> Mapping[str, Truth]:
        if self.fails:
            raise ChannelFault("failed as it was told")
        return {**super().evaluate(facts, stage), "home-use": Truth.TRUE}


class Failing(Odd):
    fails = True


@pytest.mark.parametrize("channel", [Odd, Failing])
def test_a_verdict_in_doubt_comes_back(channel: type[Odd]) -> None:
    screener = Screener(shipped(), channels=("reference", channel(shipped())))
    for stage in Stage:
        verdict = screener.screen(profile_of(baseline()), as_of=AS_OF, stage=stage)
        assert not verdict.agreement.agreed
        assert back(verdict) == verdict


def test_decisions_are_kept() -> None:
    decided = ClinicianDecision(rule="home-use", by="dr-17", at=AS_OF)
    verdict = verdict_of(profile_of(baseline()), decisions=[decided])
    assert [one.decision for one in LeanVerdict.of(verdict).decisions] == [decided]
    assert back(verdict) == verdict


@pytest.mark.parametrize("stage", Stage)
def test_it_has_no_word_of_the_rulebook_and_a_tenth_of_the_bytes(stage: Stage) -> None:
    for profile in (profile_of(baseline()), PatientProfile()):
        verdict = verdict_of(profile, stage)
        lean = LeanVerdict.of(verdict).to_json()
        assert len(lean) * 10 <= len(verdict.model_dump_json())
        assert not any(finding.say in lean or finding.title in lean for finding in verdict.findings)


def test_what_is_as_it_is_by_default_is_left_out() -> None:
    told = json.loads(LeanVerdict.of(verdict_of(profile_of(baseline()))).to_json())
    assert told["findings"]["pregnancy"] == {"outcome": "not_met", "rests_on": ["pregnancy"]}
    assert "overrides" not in told
    assert "faults" not in told


def test_another_rulebook_does_not_put_its_own_words_in(tmp_path: Path) -> None:
    lean = LeanVerdict.of(verdict_of(profile_of(baseline())))
    other = load_rulebook(rules_with(tmp_path, "rulebook.yaml", 'version: "0.3.0"', 'version: "0.3.1"'))
    with pytest.raises(RequestError, match="another rulebook"):
        lean.whole(other)


def test_a_lean_form_whose_parts_do_not_fit_gives_no_verdict() -> None:
    told = json.loads(LeanVerdict.of(verdict_of(profile_of(baseline()))).to_json())
    breaks: tuple[Callable[[Any], Any], ...] = (
        lambda data: data["findings"].pop("pregnancy"),
        lambda data: data["findings"].update({"made-up": data["findings"].pop("pregnancy")}),
        lambda data: data["findings"]["pregnancy"].update({"rests_on": ["made_up"]}),
        lambda data: data["findings"]["pregnancy"].update({"lacks": {"made_up": "undated"}}),
        lambda data: data["facts"].pop("pregnancy"),
        lambda data: data["facts"].update({"made_up": {"value": "zebrafish"}}),
        lambda data: data["routes"]["im"].update({"decision": "eligible", "reasons": []}),
        lambda data: data["routes"]["iv"].update({"reasons": ["pregnancy"]}),
        lambda data: data["findings"]["pregnancy"].update({"outcome": "met"}),
        lambda data: data["counts"].update({"loaded": 3}),
        lambda data: data["counts"].update({"loaded": data["counts"]["loaded"] + 1}),
        lambda data: data["counts"].update({"in_scope": data["counts"]["in_scope"] - 1}),
        lambda data: data["counts"].update({"out_of_scope_stage": data["counts"]["out_of_scope_stage"] + 1}),
        lambda data: data["counts"].update({"reported": data["counts"]["reported"] - 1}),
        lambda data: data["counts"]["evaluated"].update({"reference": 0}),
        lambda data: data["counts"]["evaluated"].update({"made-up": data["counts"]["in_scope"]}),
        lambda data: data["counts"]["evaluated"].pop("production"),
        lambda data: data["agreement"].update({"channels": ["reference", "production", "compiled"]}),
        lambda data: data["agreement"].update({"channels": ["reference"]}),
        lambda data: data["faults"].clear() if "faults" in data else data.update({"faults": [FAULT]}),
    )
    for break_it in breaks:
        broken = json.loads(json.dumps(told))
        break_it(broken)
        with pytest.raises(RequestError, match="do not fit each other or the rulebook") as refused:
            LeanVerdict.model_validate(broken).whole(WORDS)
        assert [problem.code for problem in refused.value.diagnostics] == ["lean-verdict"]
        assert "zebrafish" not in str(refused.value)


def test_a_decision_on_a_rule_that_nobody_decides_makes_no_lean_form_ready() -> None:
    profile = profile_of({**baseline(), "medical_evaluation": {"value": "not_done", "at": "2026-11-22"}})
    told = json.loads(LeanVerdict.of(verdict_of(profile, stage=Stage.SESSION)).to_json())
    decision = {"rule": "medical-evaluation-not-done", "by": "dr", "at": "2026-11-22T09:00:00Z"}
    told["decisions"] = [{"decision": decision, "standing": "in_force"}]
    LeanVerdict.model_validate(told).whole(WORDS)  # it changes nothing
    for route in told["routes"].values():
        if route["readiness_reasons"] == ["medical-evaluation-not-done"]:
            route.update(readiness="ready", readiness_reasons=[])
    with pytest.raises(RequestError, match="do not fit each other or the rulebook"):
        LeanVerdict.model_validate(told).whole(WORDS)


@pytest.mark.parametrize("model", [LeanVerdict, Verdict])
def test_an_error_of_reading_shows_no_value_of_the_patient(model: type[LeanVerdict | Verdict]) -> None:
    verdict = verdict_of(profile_of(baseline()))
    lean = LeanVerdict.of(verdict)
    good = json.loads(lean.to_json() if model is LeanVerdict else verdict.model_dump_json())
    for part in (["facts", "age"] if model is LeanVerdict else ["findings", 1, "rests_on", 0], []):
        bad = json.loads(json.dumps(good))
        at = bad
        for name in part:
            at = at[name]
        at["value"] = {"zebrafish": "zebrafish"}
        with pytest.raises(ValidationError) as refused:
            model.model_validate(bad)
        assert "'zebrafish'" not in str(refused.value)


@pytest.mark.parametrize("where", [(), ("routes", "iv"), ("findings", "pregnancy"), ("facts", "age")])
def test_a_name_that_it_does_not_know_is_refused(where: tuple[str, ...]) -> None:
    told = json.loads(LeanVerdict.of(verdict_of(profile_of(baseline()))).to_json())
    part = told
    for name in where:
        part = part[name]
    part["more"] = 1
    with pytest.raises(ValidationError, match="more"):
        LeanVerdict.model_validate(told)


@pytest.mark.parametrize("model", [Verdict, LeanVerdict])
def test_a_text_that_is_no_verdict_is_refused_without_its_values(model: type[Verdict | LeanVerdict]) -> None:
    verdict = verdict_of(profile_of(baseline()))
    lean = LeanVerdict.of(verdict)
    good = json.loads(verdict.model_dump_json() if model is Verdict else lean.to_json())
    assert model.model_validate_json(json.dumps(good)) == (verdict if model is Verdict else lean)
    slips: dict[str, Any] = {
        "routes": {"zebrafish": {}},
        "as_of": "zebrafish",
        "faults": ["zebrafish"],
        "stage": "zebrafish",
    }
    for name, wrong in slips.items():
        with pytest.raises(RequestError, match=f"unchanged; look at `{name}`") as refused:
            model.model_validate_json(json.dumps({**good, name: wrong}))
        assert "zebrafish" not in str(refused.value)
        assert refused.value.__context__ is None
    whole = rf"must be the JSON of a {model.__name__}; give the text that was written, unchanged \["
    for text in ("", "zebrafish", "[]", json.dumps({**good, "zebrafish": 1})):
        with pytest.raises(RequestError, match=whole):
            model.model_validate_json(text)
