"""Many patients: the same verdicts as one by one, in order, over any number of processes, a bad one in its place."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

from ketascreen import ChannelFault, PatientProfile, ProfileError, RequestError, Screener, Stage, Verdict
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.logic import Truth
from ketascreen.patient.facts import Facts, known_facts
from ketascreen.runtime.process_pool import PIECE, cores, in_order
from tests.campaigns.endurance import patients
from tests.helpers import generate
from tests.helpers.screening import AS_OF, baseline, profile_of, rngs, shipped, shipped_screener

FUTURE = profile_of({**baseline(), "diastolic_bp": {"value": 70, "at": AS_OF + timedelta(days=1)}})
FEW = patients()[:60]


def each(*profiles: PatientProfile, workers: int = 1, **asked: Any) -> list[Verdict | ProfileError]:
    return list(shipped_screener().screen_many(profiles, as_of=AS_OF, workers=workers, **asked))


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("stage", Stage)
def test_the_verdicts_are_those_of_one_by_one_in_order(workers: int, stage: Stage) -> None:
    alone = [shipped_screener().screen(patient, as_of=AS_OF, stage=stage) for patient in FEW]
    assert each(*FEW, workers=workers, stage=stage) == alone
    assert len({verdict.model_dump_json() for verdict in alone}) > 20


@pytest.mark.parametrize("workers", [1, 2])
def test_one_that_is_refused_gives_its_error_in_its_place_and_the_rest_go_on(workers: int) -> None:
    first, bad, last = each(FEW[0], FUTURE, FEW[1], workers=workers)
    assert isinstance(bad, ProfileError)
    assert [problem.code for problem in bad.diagnostics] == ["in-the-future"]
    assert [first, last] == each(FEW[0], FEW[1])


def test_routes_and_stage_are_those_asked_for() -> None:
    (verdict,) = each(FEW[0], routes=["oral"], stage="session")
    assert isinstance(verdict, Verdict)
    assert ([*verdict.routes], verdict.stage) == (["oral"], Stage.SESSION)


def test_no_patient_gives_no_verdict() -> None:
    assert each(workers=2) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_profiles_are_taken_only_as_verdicts_are_asked_for(workers: int) -> None:
    taken = 0

    def very_many() -> Iterator[PatientProfile]:
        nonlocal taken
        for _ in range(3000):
            taken += 1
            yield FEW[0]

    verdicts = shipped_screener().screen_many(very_many(), as_of=AS_OF, workers=workers)
    assert taken == 0
    for _ in range(40):
        next(verdicts)
    assert taken <= 40 + 2 * 3 * PIECE
    del verdicts


def test_no_thread_and_no_process_is_left_behind_by_a_stream_that_is_broken_off() -> None:
    before = threading.active_count()
    verdicts = shipped_screener().screen_many(FEW, as_of=AS_OF, workers=2)
    next(verdicts)
    assert threading.active_count() > before
    del verdicts
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"as_of": AS_OF.replace(tzinfo=None)}, "as-of"),
        ({"stage": "tomorrow"}, "stage"),
        ({"routes": ["rectal"]}, "route"),
        ({"workers": 0}, "workers"),
        ({"workers": 1.5}, "workers"),
        ({"workers": True}, "workers"),
    ],
)
def test_what_has_no_meaning_is_refused_before_the_first_profile_is_taken(asked: Mapping[str, Any], code: str) -> None:
    with pytest.raises(RequestError) as refused:
        shipped_screener().screen_many(iter(FEW), **{"as_of": AS_OF, **asked})
    assert [problem.code for problem in refused.value.diagnostics] == [code]


def test_what_is_no_profile_is_refused() -> None:
    with pytest.raises(RequestError, match="must be a PatientProfile or bytes"):
        each("a patient")  # type: ignore[arg-type]


class Failing(ReferenceChannel):
    """Fails, or ends its process, at the patients that it is told."""

    name = "failing"
    ends = False

    def evaluate(self, facts: Facts, stage: Stage) -> Mapping[str, Truth]:
        if self.ends:
            os._exit(3)
        raise ChannelFault("failed as it was told")


class Ending(Failing):
    ends = True


def test_a_channel_that_fails_in_a_worker_makes_the_verdict_cautious_as_it_does_here() -> None:
    screener = Screener(shipped(), channels=("reference", Failing(shipped())))
    alone, spread = (list(screener.screen_many(FEW[:3], as_of=AS_OF, workers=workers)) for workers in (1, 2))
    assert spread == alone
    for verdict in spread:
        assert isinstance(verdict, Verdict)
        assert [fault.message for fault in verdict.faults] == ["failed as it was told"]
        assert not {route.decision for route in verdict.routes.values()} & {"eligible", "caution", "review"}


def test_a_worker_that_ends_is_an_error_and_never_a_verdict() -> None:
    screener = Screener(shipped(), channels=(Ending(shipped()),))
    with pytest.raises(ChannelFault, match="ended without an answer"):
        list(screener.screen_many(FEW, as_of=AS_OF, workers=2))


def test_a_channel_that_cannot_be_copied_is_refused_for_two_workers_and_taken_for_one() -> None:
    class Local(ReferenceChannel):
        name = "local"

    screener = Screener(shipped(), channels=(Local(shipped()),))
    assert len(list(screener.screen_many(FEW, as_of=AS_OF))) == len(FEW)
    with pytest.raises(RequestError, match="cannot be copied"):
        screener.screen_many(FEW, as_of=AS_OF, workers=2)


@given(rngs)
@settings(max_examples=50)
def test_facts_come_back_from_another_process_as_they_were_and_still_cannot_be_changed(rng: Random) -> None:
    facts = generate.facts(rng, generate.rulebook(rng))
    again = pickle.loads(pickle.dumps(facts))
    assert again == facts
    with pytest.raises(TypeError):
        again.current["age"] = 1


def test_the_facts_of_a_patient_come_back_whole() -> None:
    facts = known_facts(profile_of(baseline()), shipped().vocabulary, ClinicTime.at(AS_OF))
    assert len(facts.current) > 40
    assert pickle.loads(pickle.dumps(facts)) == facts


def test_one_time_in_two_offsets_comes_back_as_each_was_written() -> None:
    written = {"age": "2026-11-22T09:00:00+01:00", "systolic_bp": "2026-11-22T08:00:00+00:00"}
    profile = profile_of({name: {"value": 80, "at": at} for name, at in written.items()})
    again = pickle.loads(pickle.dumps(known_facts(profile, shipped().vocabulary, ClinicTime.at(AS_OF))))
    assert {name: at.isoformat() for name, at in again.observed.items()} == written


def doubling() -> Any:
    return lambda number: number * 2


def refusing() -> Any:
    return [].index


@pytest.mark.parametrize(("workers", "number"), [(1, 0), (1, 26), (2, 0), (2, 26), (3, 500)])
def test_results_come_in_the_order_of_the_items(workers: int, number: int) -> None:
    assert list(in_order(doubling, range(number), workers=workers)) == [2 * item for item in range(number)]


@pytest.mark.skipif(sys.platform != "linux", reason="processes are not forked there")
def test_a_forked_process_works_with_what_this_one_holds_unpickled() -> None:
    here = threading.Lock()  # cannot be pickled
    held = list(
        in_order(lambda: lambda number: (number, here.locked(), os.getpid()), range(60), workers=2, forked=True)
    )
    assert [(number, locked) for number, locked, _ in held] == [(number, False) for number in range(60)]
    assert os.getpid() not in {process for *_, process in held}


@pytest.mark.parametrize("workers", [1, 2])
def test_what_the_work_raises_is_raised_here(workers: int) -> None:
    with pytest.raises(ValueError, match="not in list"):
        list(in_order(refusing, range(3), workers=workers))


def test_there_is_a_core() -> None:
    assert cores() >= 1
