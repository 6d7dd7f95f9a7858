"""The fake screener has a screener's whole surface, answers what it is told, and refuses what a real one refuses."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ketascreen import (
    ChannelFault,
    ClinicianDecision,
    Ledger,
    PatientProfile,
    ProfileError,
    RequestError,
    Route,
    Screener,
    Stage,
    load_rulebook,
)
from ketascreen.testing import FakeScreener, eligible_profile, made_up_verdict
from tests.helpers.route_names import files_with
from tests.helpers.rulebook_files import with_files
from tests.helpers.screening import AS_OF, shipped

PROFILE = eligible_profile(as_of=AS_OF)
PUBLIC = sorted(name for name, member in inspect.getmembers(Screener) if not name.startswith("_") and callable(member))


@pytest.mark.parametrize("name", PUBLIC)
def test_its_functions_take_what_those_of_a_screener_take(name: str) -> None:
    assert len(PUBLIC) >= 7
    real, fake = (inspect.signature(getattr(one, name)).parameters for one in (Screener, FakeScreener))
    assert [(one.name, one.kind, one.default) for one in fake.values()] == [
        (one.name, one.kind, one.default) for one in real.values()
    ]


def test_it_is_a_screener_and_has_all_that_one_has() -> None:
    real, fake = Screener(shipped(), channels=("reference",)), FakeScreener()
    assert isinstance(fake, Screener)
    assert {name for name in vars(real) if not name.startswith("_")} <= vars(fake).keys()


def test_it_answers_what_it_was_told_whoever_the_patient_is() -> None:
    fake = FakeScreener({"iv": "review"})
    verdict = fake.screen(PatientProfile(pregnancy="pregnant"), as_of=AS_OF)
    assert verdict.routes["iv"].decision.value == "review"
    assert {verdict.routes[route].decision.value for route in ("im", "oral")} == {"insufficient_data"}
    assert fake.decide(PROFILE, as_of=AS_OF).routes["iv"].decision.value == "review"
    assert [one.routes["iv"].decision.value for one in fake.decide_many([PROFILE], as_of=AS_OF)] == ["review"]  # type: ignore[union-attr]


def test_it_can_answer_by_the_profile() -> None:
    fake = FakeScreener(lambda profile: "eligible" if profile.pregnancy else ChannelFault("no answer"))
    assert fake.screen(PROFILE, as_of=AS_OF).routes["iv"].decision.value == "eligible"
    with pytest.raises(ChannelFault, match="no answer"):
        fake.screen(PatientProfile(), as_of=AS_OF)


def test_it_notes_what_it_was_asked_and_shows_nothing_of_it() -> None:
    fake, decision = FakeScreener(), ClinicianDecision(rule="home-use", by="dr-17", at=AS_OF)
    fake.screen(PROFILE, as_of=AS_OF, stage="session", routes=["oral", "iv"], decisions=[decision])
    (call,) = fake.calls
    assert (call.profile, call.as_of, call.stage) == (PROFILE, AS_OF, Stage.SESSION)
    assert (call.routes, call.decisions) == ((Route.IV, Route.ORAL), (decision,))
    assert repr(call) == "Call()"
    assert repr(fake) == "FakeScreener(1 calls)"


def test_a_session_has_the_readiness_that_it_was_told() -> None:
    fake = FakeScreener("review", readiness="ready")
    one = fake.screen(PROFILE, as_of=AS_OF, stage="session").routes["iv"]
    assert (one.decision.value, one.readiness and one.readiness.value) == ("review", "ready")
    assert fake.screen(PROFILE, as_of=AS_OF).routes["iv"].readiness is None


REFUSED: dict[str, Callable[[Screener], object]] = {
    "no offset": lambda one: one.screen(PROFILE, as_of=AS_OF.replace(tzinfo=None)),
    "an unknown route": lambda one: one.screen(PROFILE, as_of=AS_OF, routes=["nasal"]),
    "an unknown stage": lambda one: one.decide(PROFILE, as_of=AS_OF, stage="today"),
    "no profile": lambda one: one.screen({}, as_of=AS_OF),  # type: ignore[arg-type]
    "a reference without a ledger": lambda one: one.screen(PROFILE, as_of=AS_OF, reference="p-17"),
    "record without a ledger": lambda one: list(one.record_many([("p-17", PROFILE)], as_of=AS_OF)),
    "a fact that nobody knows": lambda one: one.screen(PatientProfile(extra={"egfr": 60}), as_of=AS_OF),
    "an answer from later": lambda one: one.screen(eligible_profile(as_of=AS_OF + timedelta(days=3)), as_of=AS_OF),
    "a rule that nobody decides": lambda one: one.screen(
        PROFILE, as_of=AS_OF, decisions=[ClinicianDecision(rule="pregnancy", by="dr-17", at=AS_OF)]
    ),
    "workers": lambda one: list(one.screen_many([PROFILE], as_of=AS_OF, workers=0)),
    "one patient for many": lambda one: list(one.screen_many(PROFILE, as_of=AS_OF)),
    "no bytes": lambda one: list(one.decide_many(["{}"], as_of=AS_OF)),  # type: ignore[list-item]
}
WITH_LEDGER: dict[str, Callable[[Screener], object]] = {
    "no reference": lambda one: one.screen(PROFILE, as_of=AS_OF),
    "a name for a reference": lambda one: one.screen(PROFILE, as_of=AS_OF, reference="Ann Other"),
    "decide": lambda one: one.decide(PROFILE, as_of=AS_OF),
    "decide_many": lambda one: list(one.decide_many([PROFILE], as_of=AS_OF)),
    "many without references": lambda one: list(one.screen_many([PROFILE], as_of=AS_OF)),
}


def refused(ask: Callable[[Screener], object], screener: Screener) -> list[tuple[str, str]]:
    with pytest.raises((RequestError, ProfileError)) as error:
        ask(screener)
    return [(problem.code, problem.message) for problem in error.value.diagnostics]


@pytest.mark.parametrize("ask", REFUSED.values(), ids=REFUSED)
def test_it_refuses_what_a_screener_refuses(ask: Callable[[Screener], object]) -> None:
    assert refused(ask, FakeScreener()) == refused(ask, Screener(shipped(), channels=("reference",)))


@pytest.mark.parametrize("ask", WITH_LEDGER.values(), ids=WITH_LEDGER)
def test_with_a_ledger_it_refuses_what_a_screener_with_one_refuses(
    ask: Callable[[Screener], object], tmp_path: Path
) -> None:
    with Ledger(tmp_path / "clinic.db") as ledger:
        real = Screener(shipped(), channels=("reference",), ledger=ledger)
        assert refused(ask, FakeScreener(ledger=True)) == refused(ask, real)


def test_of_many_each_has_its_answer_or_its_error_in_its_place() -> None:
    people: list[Any] = [PROFILE, b'{"sistolic_bp": 1}', b"{}"]
    answers = list(FakeScreener("caution").screen_many(people, as_of=AS_OF, workers=3))
    assert [isinstance(one, ProfileError) for one in answers] == [False, True, False]
    recorded = FakeScreener("caution", ledger=True)
    pairs: list[Any] = [("p-1", PROFILE), ("Ann Other", PROFILE), ("p-3", b"{}")]
    for many in (recorded.screen_many, recorded.record_many):
        found = list(many(pairs, as_of=AS_OF))
        assert [isinstance(one, ProfileError) for one in found] == [False, True, False]
        assert [one.receipt.ledger for one in found if not isinstance(one, ProfileError) and one.receipt] == [
            "made-up"
        ] * 2
    assert recorded.recorded == ["p-1", "p-3"] * 2


@pytest.mark.parametrize("ledger", [None, 1, "clinic.db", object()])
def test_what_is_neither_true_nor_false_is_no_ledger(ledger: Any) -> None:
    with pytest.raises(RequestError, match="`ledger` must be True or False"):
        FakeScreener(ledger=ledger)


@pytest.mark.parametrize("answer", [lambda: "eligible", lambda one, other: "eligible", lambda *, profile: "eligible"])
def test_a_function_that_takes_no_profile_is_refused(answer: Any) -> None:
    with pytest.raises(RequestError, match="`answer` must be a function of a profile"):
        FakeScreener(answer)


def test_a_function_with_more_that_it_need_not_be_given_is_taken() -> None:
    for answer in (lambda profile, other=1: "review", lambda *all_of_it: "review"):
        assert FakeScreener(answer).decide(PROFILE, as_of=AS_OF).routes["iv"].decision.value == "review"


def test_a_recommendation_says_that_it_is_made_up() -> None:
    assert FakeScreener().decide(PROFILE, as_of=AS_OF).notice.startswith("Made up for a test")


def test_no_real_ledger_is_written_through_it(tmp_path: Path) -> None:
    with Ledger(tmp_path / "clinic.db") as ledger:
        fake = FakeScreener.default(ledger=ledger)
        assert fake.screen(PROFILE, as_of=AS_OF, reference="p-17").receipt
        for many in (FakeScreener().screen_many, FakeScreener(ledger=True).record_many):
            with pytest.raises(RequestError, match="a fake screener puts nothing on record"):
                list(many([("p-17", PROFILE)], as_of=AS_OF, ledger=ledger))
        assert [entry.number for entry in ledger.entries()] == [1]


def test_an_error_by_its_class_is_refused_since_it_would_be_called_with_the_profile() -> None:
    with pytest.raises(RequestError, match="`answer` must be decisions, an error, or a function"):
        FakeScreener(ProfileError)  # type: ignore[arg-type]


def test_it_has_the_routes_of_its_rulebook_and_no_other(tmp_path: Path) -> None:
    rulebook = load_rulebook(with_files(tmp_path, files_with(("alteplase", "rectal"), Random(1))))
    for answer in ({"iv": "review"}, {"rectal": "review", "iv": "review"}, {"Rectal": "review"}):
        with pytest.raises(RequestError, match="with routes of alteplase, rectal"):
            FakeScreener(answer, rulebook=rulebook)
        with pytest.raises(RequestError, match="with routes of alteplase, rectal"):
            FakeScreener(readiness=dict.fromkeys(answer, "ready"), rulebook=rulebook)
        with pytest.raises(RequestError, match="with routes of alteplase, rectal"):
            FakeScreener(lambda _, told=answer: told, rulebook=rulebook).screen(PROFILE, as_of=AS_OF)  # type: ignore[misc]
    fake = FakeScreener({"rectal": "caution"}, rulebook=rulebook)
    verdict = fake.screen(PROFILE, as_of=AS_OF)
    assert {str(route): one.decision for route, one in verdict.routes.items()} == {
        "alteplase": "insufficient_data",
        "rectal": "caution",
    }
    everybody = FakeScreener("review", rulebook=rulebook).screen(PROFILE, as_of=AS_OF)
    assert [one.decision for one in everybody.routes.values()] == ["review", "review"]
    assert tuple(made_up_verdict({"rectal": "review", "alteplase": "caution"}, as_of=AS_OF).routes) == (
        "alteplase",
        "rectal",
    )
