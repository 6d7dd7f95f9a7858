"""Another guideline in the same format: examples/tpa, with two drugs for routes, on every channel."""

from __future__ import annotations

import json
import re

import pytest

from ketascreen import Decision, Screener, Verdict, load_rulebook, read_profile
from ketascreen.channels.registry import CHANNELS
from ketascreen.language.terms import Effect
from tests.helpers.command_line import flat, run
from tests.helpers.places import ROOT
from tests.helpers.screening import AS_OF

TPA = ROOT / "examples" / "tpa"
FIVE = {"hours_since_onset", "ct_hemorrhage", "platelets", "inr", "glucose"}


def verdict_of(patient: str) -> Verdict:
    rulebook = load_rulebook(TPA)
    profile = read_profile(TPA / "patients" / f"{patient}.json")
    with Screener(rulebook, channels=tuple(CHANNELS)) as screener:
        return screener.screen(profile, as_of=AS_OF.replace(hour=8))


def test_every_case_holds_on_every_channel() -> None:
    channels = [word for name in CHANNELS for word in ("--channel", name)]
    ran = run("test", str(TPA), *channels)
    assert ran.status == 0, ran.out
    assert re.search(r"2\d\d cases: 2\d\d hold, 0 failed", flat(ran.out))


@pytest.mark.parametrize("more", [(), ("--no-documents",)])
def test_check_finds_nothing_and_accepts_nothing(more: tuple[str, ...]) -> None:
    ran = run("check", str(TPA), "--format", "json", "--today", "2026-11-22", *more)
    told = json.loads(ran.out)
    assert (ran.status, told["refused"], told["found"], told["silenced"]) == (0, [], [], [])


def test_the_cases_show_everything_that_a_patient_can_show() -> None:
    assert run("coverage", str(TPA), "--fail-under", "100").status == 0


def test_a_case_notices_every_slip() -> None:
    assert "0 that no case notices." in flat(run("mutate", str(TPA)).out)


def test_it_is_laid_out_and_no_rule_is_approved() -> None:
    pytest.importorskip("ruamel.yaml", reason="`ketascreen fmt` needs it")
    assert run("fmt", "--check", str(TPA)).status == 0
    assert "approved" not in "".join(path.read_text("utf-8") for path in TPA.glob("*/*.yaml"))


def test_a_verdict_speaks_of_drugs() -> None:
    page = run(
        "screen",
        str(TPA / "patients" / "within-the-time.json"),
        "--rules",
        str(TPA),
        "--as-of",
        "2026-11-22T09:00:00+01:00",
    )
    assert re.search(r"^Drug +Recommendation$", page.out, re.MULTILINE)
    assert "route" not in page.out.lower()


@pytest.mark.parametrize(
    ("patient", "alteplase", "tenecteplase", "reasons"),
    [
        ("within-the-time", "caution", "caution", {"an-example-not-for-clinical-use"}),
        ("pressure-too-high", "not_eligible", "not_eligible", {"blood-pressure-too-high"}),
        ("late-with-anticoagulant", "review", "review", {"anticoagulant-taken"}),
    ],
)
def test_the_example_patients(patient: str, alteplase: str, tenecteplase: str, reasons: set[str]) -> None:
    verdict = verdict_of(patient)
    assert verdict.agreement.agreed
    assert {route: one.decision for route, one in verdict.routes.items()} == {
        "alteplase": Decision(alteplase),
        "tenecteplase": Decision(tenecteplase),
    }
    assert set(verdict.routes["alteplase"].reasons) == reasons
    for path, words in (
        (TPA / "README.md", f"{patient}.json"),
        (TPA / "README.md", f"| {alteplase} | {tenecteplase} |"),
    ):
        assert words in path.read_text("utf-8")


def test_five_inputs_that_are_not_recorded_are_asked_and_nothing_else_is() -> None:
    verdict = verdict_of("five-not-recorded")
    assert {one.decision for one in verdict.routes.values()} == {Decision.INSUFFICIENT_DATA}
    for route in verdict.routes.values():
        assert {ask.fact for ask in route.asks} == FIVE
        assert {ask.why for ask in route.asks} == {"not_recorded"}


def test_each_absolute_contraindication_excludes_a_whole_patient_by_itself() -> None:
    exclusions = {rule.id for rule in load_rulebook(TPA).with_effect(Effect.EXCLUDE)}
    text = (TPA / "vignettes" / "patients.cases.yaml").read_text("utf-8")
    met = {rule for listed in re.findall(r"met: \[([a-z0-9-]+)\]", text) for rule in [listed]}
    assert exclusions <= met
    assert len(exclusions) == 15


def test_nobody_is_plain_eligible_and_each_verdict_says_that_it_is_an_example() -> None:
    assert "eligible, tenecteplase" not in (TPA / "vignettes" / "patients.cases.yaml").read_text("utf-8").replace(
        "not_eligible", ""
    )
    for path in sorted((TPA / "patients").glob("*.json")):
        page = run("screen", str(path), "--rules", str(TPA), "--as-of", "2026-11-22T09:00:00+01:00").out
        assert "- An example of the format, and not for clinical use" in page


@pytest.mark.parametrize(
    ("hours", "decision"), [("4.24 hours", "caution"), ("4.25 hours", "not_eligible"), ("4.4 hours", "not_eligible")]
)
def test_no_number_of_hours_is_past_the_limit_of_the_source_while_it_counts(hours: str, decision: str) -> None:
    given = json.loads((TPA / "patients" / "within-the-time.json").read_text("utf-8"))
    given["extra"]["hours_since_onset"] = hours
    with Screener(load_rulebook(TPA)) as screener:
        verdict = screener.screen(read_profile(json.dumps(given).encode()), as_of=AS_OF.replace(hour=8, minute=15))
    assert {one.decision.value for one in verdict.routes.values()} == {decision}
