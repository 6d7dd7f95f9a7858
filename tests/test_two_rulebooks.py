"""Whom another rulebook treats otherwise: what is less cautious is found, with its rules, and needs a reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ketascreen import PatientProfile
from ketascreen.loading.built_in import built_in_rules
from tests.campaigns.rulebooks import REASONS, Told, compare, main, report
from tests.helpers.edited_rulebooks import rules_with
from tests.helpers.patients import cohort
from tests.helpers.screening import baseline, shipped
from tests.helpers.two_rulebooks import Book, Reason, read_reasons

AT = "2026-11-22"


@pytest.fixture(scope="module")
def now() -> Book:
    return Book(shipped())


@pytest.fixture(scope="module")
def reasons() -> dict[str, Reason]:
    return read_reasons(REASONS, shipped())


def patient(**answers: Any) -> PatientProfile:
    """The patient whom nothing restricts, in the clinic, with some answers changed."""
    changed = {name: {"value": value, "at": AT} for name, value in answers.items()}
    return PatientProfile(**{**baseline(), "setting": {"value": "clinic", "at": AT}, **changed})


def steps(told: Told) -> dict[tuple[tuple[str, ...], bool], dict[str, int]]:
    return {which: dict(kind.steps) for which, kind in told.milder.items()}


def lines(told: Told, before: Book, after: Book, reasons: Mapping[str, Reason]) -> str:
    return "\n".join(report(told, before, after, reasons))


def reason_file(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "reasons.yaml"
    file.write_text(text, "utf-8")
    return file


def test_the_same_rulebook_changes_nobody(now: Book, reasons: dict[str, Reason]) -> None:
    told = compare(now, now, reasons, (one.profile for one in cohort(3, 60)))
    assert (told.milder, told.stricter_steps, told.alerts, told.changed) == ({}, {}, {}, {})
    assert set(told.compared.values()) == {300}
    assert told.ends_well


@pytest.fixture
def loose(tmp_path: Path) -> Book:
    """A rulebook in which a missing rescue medication holds nobody who has it, and nobody who lacks it."""
    file = "holds/no-rescue-medication.yaml"
    return Book.load(rules_with(tmp_path, file, "rescue_medication: {is: lacking}", "age: {below: 0.5 years}"))


def test_a_loosened_rule_is_reported_and_needs_a_reason(now: Book, loose: Book) -> None:
    told = compare(now, loose, {}, [patient(rescue_medication="lacking"), patient()])
    assert steps(told) == {
        (("no-rescue-medication",), False): {
            "readiness: not_ready -> ready": 1,
            "readiness, all decided: not_ready -> ready": 1,
        }
    }
    assert not told.ends_well
    text = lines(told, now, loose, {})
    assert '  rescue_medication: {"value": "lacking", "at": "2026-11-22"}' in text
    assert "NO REASON" in text


def test_what_was_unknown_and_is_not_asked_any_more_is_less_cautious_too(now: Book, loose: Book) -> None:
    unknown = PatientProfile(**{**patient().model_dump(exclude_none=True), "rescue_medication": None})
    told = compare(now, loose, {}, [unknown])
    assert steps(told)[("no-rescue-medication",), False]["readiness: insufficient_data -> ready"] == 1


def test_a_reason_is_for_the_patients_that_it_is_about(now: Book, loose: Book, tmp_path: Path) -> None:
    text = "no-rescue-medication: {of: {age: {at_least: older_adult_age}}, because: a made-up reason}"
    of_the_old = read_reasons(reason_file(tmp_path, text), loose.rulebook)
    younger = patient(rescue_medication="lacking")
    older = patient(rescue_medication="lacking", age=70)
    assert compare(now, loose, of_the_old, [older]).ends_well
    told = compare(now, loose, of_the_old, [older, younger])
    assert {explained for _, explained in told.milder} == {True, False}
    assert not told.ends_well
    text = lines(told, now, loose, of_the_old)
    assert text.index("NO REASON") < text.index("Because: a made-up reason")


def test_a_reason_does_not_count_for_whom_it_is_not_known_whether_it_is_about_them(
    now: Book, loose: Book, tmp_path: Path
) -> None:
    text = "no-rescue-medication: {of: {rest_place: {is: arranged}}, because: a made-up reason}"
    told = compare(
        now,
        loose,
        read_reasons(reason_file(tmp_path, text), loose.rulebook),
        [PatientProfile(**{**patient(rescue_medication="lacking").model_dump(exclude_none=True), "rest_place": None})],
    )
    assert not told.ends_well


def test_each_rule_that_no_longer_holds_needs_its_reason(now: Book, reasons: dict[str, Reason], tmp_path: Path) -> None:
    rules_with(tmp_path, "holds/no-ride-home.yaml", "ride_home: {is: not_arranged}", "age: {below: 0.5 years}")
    folder = rules_with(tmp_path, "holds/no-companion.yaml", "companion: {is: none}", "age: {below: 0.5 years}")
    alone = patient(ride_home="not_arranged", companion="none")
    one = {"no-companion": Reason("made up", None)}
    for given, ends_well in ((one, False), ({**one, "no-ride-home": Reason("made up", None)}, True)):
        told = compare(now, Book.load(folder), given, [alone])
        assert [kind.rules for kind in told.milder.values()] == [("no-companion", "no-ride-home")]
        assert told.ends_well is ends_well


def test_who_may_decide_is_compared_too(now: Book, tmp_path: Path) -> None:
    file = "reviews/medical-evaluation-not-done.yaml"
    loose = Book.load(rules_with(tmp_path, file, "decided_by: nobody", "decided_by: clinician"))
    told = compare(now, loose, {}, [patient(medical_evaluation="not_done")])
    (kind,) = told.milder.values()
    assert kind.rules == ("medical-evaluation-not-done",)
    assert kind.steps == {"readiness, all decided: insufficient_data -> ready": 5}


def test_an_exclusion_that_became_a_review_is_less_cautious(now: Book, tmp_path: Path) -> None:
    file = "exclusions/below-minimum-age.yaml"
    loose = Book.load(rules_with(tmp_path, file, "effect: exclude", "effect: review"))
    (kind,) = compare(now, loose, {}, [patient(age=17)]).milder.values()
    assert kind.rules == ("below-minimum-age",)
    assert kind.steps["decision: not_eligible -> review"] == 5


def test_what_became_stricter_is_counted_by_its_rule(now: Book, loose: Book) -> None:
    told = compare(loose, now, {}, [patient(rescue_medication="lacking")])
    assert told.milder == {}
    assert told.stricter_steps["readiness: ready -> not_ready"] == 1
    assert told.stricter_rules["readiness: no-rescue-medication"] == 1
    assert told.changed["readiness"] == 1
    assert told.compared["readiness"] == 5


def test_alerts_gained_and_lost_are_told(now: Book, tmp_path: Path) -> None:
    file = "alerts/suicidal-thoughts.yaml"
    text = (built_in_rules() / file).read_text("utf-8")
    (asked,) = [line for line in text.splitlines() if line.strip().startswith("suicidality: {")]
    deaf = Book.load(rules_with(tmp_path, file, asked, "  suicidality: {is: none}"))
    told = compare(now, deaf, {}, [patient(suicidality="thoughts"), patient()])
    noted = {which: (one.gained, one.lost, one.silent) for which, one in told.alerts.items()}
    assert noted == {(stage, "suicidal-thoughts"): (1, 1, 1) for stage in ("candidacy", "session")}
    assert not told.unexplained
    assert not told.ends_well, "somebody has no alert now"


@pytest.mark.parametrize("follow_up", ["scheduled", None])
def test_a_quiet_place_alone_holds_nobody_any_more(
    follow_up: str | None, reasons: dict[str, Reason], tmp_path: Path
) -> None:
    file, line = "holds/no-aftercare-plan.yaml", "    - follow_up: {is: not_scheduled}\n"
    before = Book.load(rules_with(tmp_path, file, line, f"{line}    - rest_place: {{is: lacking}}\n"))
    answers = patient(rest_place="lacking").model_dump(exclude_none=True)
    answers["follow_up"] = follow_up and {"value": follow_up, "at": AT}
    told = compare(before, Book(shipped()), reasons, [PatientProfile(**answers)])
    assert set(told.milder) == {(("no-aftercare-plan",), True)}
    after = "ready" if follow_up else "insufficient_data"
    assert told.milder[("no-aftercare-plan",), True].steps[f"readiness: not_ready -> {after}"] == 5
    assert told.ends_well


def test_the_reason_for_people_without_depression_is_none_for_those_with_it(
    now: Book, reasons: dict[str, Reason], tmp_path: Path
) -> None:
    file, trials = "reviews/too-few-prior-treatments.yaml", "failed_antidepressant_trials: {below: %s}"
    loose = Book.load(rules_with(tmp_path, file, trials % "adequate_trials", trials % "1 trials"))
    told = compare(now, loose, reasons, [patient(failed_antidepressant_trials=1)])
    assert set(told.milder) == {(("too-few-prior-treatments",), False)}


def test_each_reason_is_of_a_rule_that_there_is(reasons: dict[str, Reason]) -> None:
    assert reasons
    assert not [rule for rule in reasons if shipped().rule(rule) is None]


@pytest.mark.parametrize(("explained", "status"), [("no-rescue-medication", 0), ("no-companion", 1)])
def test_the_command_ends_with_1_without_a_reason(
    explained: str, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = rules_with(tmp_path, "holds/no-rescue-medication.yaml", "routes: [im]", "routes: [iv]")
    file = reason_file(tmp_path, f"{explained}: {{because: made up}}")
    given = [str(built_in_rules()), str(folder), "--patients", "250", "--seed", "1", "--reasons", str(file)]
    assert main(given) == status
    printed = capsys.readouterr().out
    assert printed.startswith("250 patients of seed 1\n")
    assert "no longer by no-rescue-medication" in printed
    assert ("NO REASON" in printed) is (status == 1)
