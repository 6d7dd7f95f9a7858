"""Made-up verdicts: each decision that is asked for, from findings that give it; and none that passes for real."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import jsonschema
import pytest

from ketascreen import Decision, LeanVerdict, Ledger, Readiness, RequestError, Route, Stage, Verdict, VerdictWriter
from ketascreen.language.terms import BUILT_IN_ROUTES
from ketascreen.screening.recorder import Screening
from ketascreen.testing import eligible_profile, made_up_verdict
from ketascreen.verdict.decision import by_kind, combine
from ketascreen.verdict.schema import verdict_schema
from tests.helpers.screening import AS_OF, shipped, shipped_screener

IMPOSSIBLE = {
    (Decision.NOT_ELIGIBLE, Readiness.READY), (Decision.NOT_ELIGIBLE, Readiness.INSUFFICIENT_DATA),
    (Decision.INSUFFICIENT_DATA, Readiness.READY),
}  # fmt: skip
"""What docs/decisions.md rules out: readiness is never better than the decision allows."""


@pytest.mark.parametrize("decision", Decision)
def test_a_verdict_has_the_decision_that_is_asked_for_on_every_route(decision: Decision) -> None:
    verdict = made_up_verdict(decision, as_of=AS_OF)
    assert [one.decision for one in verdict.routes.values()] == [decision] * len(BUILT_IN_ROUTES)
    assert all(bool(verdict.reasons(route)) is (decision is not Decision.ELIGIBLE) for route in verdict.routes)
    assert [one.readiness for one in verdict.routes.values() if one.readiness] == []


@pytest.mark.parametrize(("decision", "readiness"), list(product(Decision, Readiness)))
def test_a_session_has_the_readiness_that_is_asked_for_where_it_can_be(
    decision: Decision, readiness: Readiness
) -> None:
    def made() -> Verdict:
        return made_up_verdict(decision.value, as_of=AS_OF, stage="session", readiness=readiness.value)

    if (decision, readiness) in IMPOSSIBLE:
        with pytest.raises(RequestError, match=f"no findings give `{decision}` with `{readiness}`"):
            made()
    else:
        assert {(one.decision, one.readiness) for one in made().routes.values()} == {(decision, readiness)}


def test_each_route_can_have_its_own_decision_and_others_are_left_out() -> None:
    verdict = made_up_verdict({"oral": "review", Route.IV: Decision.CAUTION}, as_of=AS_OF)
    assert [(route, one.decision.value) for route, one in verdict.routes.items()] == [
        ("iv", "caution"),
        ("oral", "review"),
    ]
    assert [finding.routes for finding in verdict.reasons("oral")] == [(Route.ORAL,)]


def test_what_is_unknown_is_asked_for() -> None:
    (ask,) = made_up_verdict("insufficient_data", as_of=AS_OF).routes["iv"].asks
    assert ask.why == "not_recorded"


def test_its_findings_give_its_decisions_by_the_combining_of_a_real_screening() -> None:
    verdict = made_up_verdict({"iv": "not_eligible", "im": "review", "oral": "eligible"}, as_of=AS_OF)
    found = by_kind(((one.rule, one.effect, one.routes, one.outcome) for one in verdict.findings), verdict.routes)
    for route, one in verdict.routes.items():
        assert combine(found[route], Stage.CANDIDACY).decision is one.decision


def test_it_keeps_to_the_schema_and_is_read_back_without_loss() -> None:
    verdict = made_up_verdict("insufficient_data", as_of=AS_OF, stage="session")
    jsonschema.Draft202012Validator(verdict_schema()).validate(verdict.model_dump(mode="json"))
    assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict
    assert VerdictWriter(shipped_screener().wording).json(verdict) == verdict.model_dump_json()


def test_it_says_that_it_is_made_up_wherever_a_verdict_says_what_it_stands_on() -> None:
    verdict = made_up_verdict(as_of=AS_OF)
    assert verdict.is_made_up
    assert verdict.notice.startswith("Made up for a test")
    assert (verdict.agreement.channels, verdict.rulebook.id) == (("made-up",), "made-up")
    assert not shipped_screener().screen(eligible_profile(as_of=AS_OF), as_of=AS_OF).is_made_up


def test_it_is_never_put_on_record_and_no_override_rests_on_it(tmp_path: Path) -> None:
    verdict, profile = made_up_verdict(as_of=AS_OF), eligible_profile(as_of=AS_OF)
    with Ledger(tmp_path / "clinic.db") as ledger:
        with pytest.raises(RequestError, match="was made up for a test, so it never goes on record"):
            ledger.record(Screening("p-17", profile, verdict, shipped()))
        with pytest.raises(RequestError, match="not on record in this ledger"):
            ledger.override(verdict, rule="r", reason="other", text="", by="dr-17", at=AS_OF)
        assert [entry.number for entry in ledger.entries()] == [1]


@pytest.mark.parametrize("decision", Decision)
def test_the_rulebook_and_channels_of_a_real_verdict_make_it_no_real_one(decision: Decision) -> None:
    profile = eligible_profile(as_of=AS_OF)
    real, made_up = shipped_screener().screen(profile, as_of=AS_OF), made_up_verdict(decision, as_of=AS_OF)
    dressed = made_up.model_copy(update={"rulebook": real.rulebook, "agreement": real.agreement})
    assert dressed.is_made_up
    with pytest.raises(RequestError, match="was made up for a test"):
        Screening("p-17", profile, dressed, shipped())
    with pytest.raises(RequestError, match="do not fit each other or the rulebook"):
        LeanVerdict.of(dressed).whole(shipped())
    counted = dressed.model_copy(update={"counts": real.counts})
    with pytest.raises(RequestError, match="do not fit this rulebook") as refused:
        Screening("p-17", profile, counted, shipped())
    assert [problem.code for problem in refused.value.diagnostics] == ["other-rulebook"]
    with pytest.raises(RequestError, match="do not fit each other or the rulebook"):
        LeanVerdict.of(counted).whole(shipped())
    Screening("p-17", profile, real, shipped())


def test_no_rulebook_puts_words_to_its_lean_form() -> None:
    lean = LeanVerdict.of(made_up_verdict(as_of=AS_OF))
    with pytest.raises(RequestError, match="made by another rulebook"):
        lean.whole(shipped())


def test_what_cannot_be_meant_is_refused() -> None:
    for given in ({}, {"Nasal": "review"}, {"a" * 41: "review"}, {1: "review"}, "yes", {"iv": "ready"}, {"iv": None}):
        with pytest.raises(RequestError, match="write one of eligible, caution"):
            made_up_verdict(given, as_of=AS_OF)  # type: ignore[arg-type]
    with pytest.raises(RequestError, match='give stage="session"'):
        made_up_verdict(as_of=AS_OF, readiness="ready")
    for zone in ("x", "Europe/Nowhere", 17, ""):
        with pytest.raises(RequestError, match="unknown time zone"):
            made_up_verdict(as_of=AS_OF, time_zone=zone)  # type: ignore[arg-type]
    assert made_up_verdict(as_of=AS_OF, time_zone="Asia/Tokyo").time_zone == "Asia/Tokyo"
    with pytest.raises(RequestError, match="name the same routes"):
        made_up_verdict({"iv": "review"}, as_of=AS_OF, stage="session", readiness={"im": "ready"})
