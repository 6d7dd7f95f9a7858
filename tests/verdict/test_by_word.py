"""What a verdict has by route, effect and outcome is found by the word as text, or by the member of its list."""

from __future__ import annotations

import pickle
from copy import deepcopy

import pytest

from ketascreen import Decision, Effect, LeanVerdict, Outcome, PatientProfile, Recommendation, Route, Verdict
from ketascreen.language.terms import BUILT_IN_ROUTES
from tests.helpers.screening import AS_OF, shipped_screener
from tests.helpers.typed_words import by_member, decided, met, names, of_its_own

VERDICT = shipped_screener().screen(PatientProfile(pregnancy="pregnant"), as_of=AS_OF)
LEAN = LeanVerdict.of(VERDICT)
QUICK = shipped_screener().decide(PatientProfile(pregnancy="pregnant"), as_of=AS_OF)
EACH = pytest.mark.parametrize("said", [VERDICT, LEAN, QUICK], ids=["verdict", "lean", "recommendation"])


@EACH
def test_a_route_is_found_by_its_name_and_by_its_member(said: Verdict | LeanVerdict | Recommendation) -> None:
    assert said.routes["iv"] is said.routes[Route.IV]
    assert tuple(said.routes) == BUILT_IN_ROUTES
    assert all(isinstance(route, Route) for route in said.routes)


@EACH
def test_what_types_allow_a_program_gives_what_it_says(said: Verdict | LeanVerdict | Recommendation) -> None:
    assert names(said) == [route.value for route in BUILT_IN_ROUTES]
    assert [*by_member(VERDICT)] == [Route.IV, Route.IM, Route.INTRANASAL, Route.SUBLINGUAL]
    decision = VERDICT.routes["iv"].decision
    assert [*decided(VERDICT, "iv")] == [decision] * 6
    assert [*decided(VERDICT, "IV")] == [decision, decision, None, None, decision, Decision.REVIEW]
    assert met(VERDICT) == ("pregnancy",)
    assert of_its_own(VERDICT) == "iv, iv, IV"


def test_a_number_is_not_a_word_to_mypy_either() -> None:
    with pytest.raises(KeyError):
        VERDICT.routes[1]  # type: ignore[index]
    assert VERDICT.routes.get(1) is None  # type: ignore[call-overload]


@EACH
@pytest.mark.parametrize("asked", ["IV", "iv ", "subcutaneous", 4, None])
def test_a_route_that_is_not_there_is_met_with_those_that_are(
    said: Verdict | LeanVerdict | Recommendation, asked: str
) -> None:
    with pytest.raises(KeyError, match="it has iv, im, intranasal, sublingual, oral"):
        said.routes[asked]
    assert said.routes.get(asked) is None
    assert asked not in said.routes


def test_the_reasons_of_a_route_that_is_not_there_are_refused_alike() -> None:
    with pytest.raises(KeyError, match="nothing for `IV`; it has iv, im"):
        VERDICT.reasons("IV")


def test_findings_are_found_by_effect_and_outcome_as_text() -> None:
    met = VERDICT.routes["iv"].findings["exclude"]["met"]
    assert met == ("pregnancy",)
    assert met is VERDICT.routes[Route.IV].findings[Effect.EXCLUDE][Outcome.MET]
    with pytest.raises(KeyError, match="nothing for `excluded`; it has exclude"):
        VERDICT.routes["iv"].findings["excluded"]


def test_what_is_read_back_or_copied_is_the_same_and_answers_alike() -> None:
    for again in (
        Verdict.model_validate_json(VERDICT.model_dump_json()),
        Verdict.model_validate(VERDICT.model_dump()),
        pickle.loads(pickle.dumps(VERDICT)),
        deepcopy(VERDICT),
    ):
        assert again == VERDICT
        assert again.routes["iv"].findings["exclude"]["met"] == ("pregnancy",)
        with pytest.raises(KeyError, match="it has iv, im"):
            again.routes["IV"]


def test_the_plain_data_of_a_verdict_are_plain_mappings() -> None:
    assert type(VERDICT.model_dump()["routes"]) is dict
    assert type(VERDICT.model_dump()["routes"]["iv"]["findings"]) is dict
