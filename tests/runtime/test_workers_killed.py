"""Batches whose workers, or whose parent, are killed, stopped or starved from outside (tests/campaigns/workers.py)."""

from __future__ import annotations

import sys

import pytest

from tests.campaigns.workers import TO_A_WORKER, TO_THE_PARENT, Batch, Moment, moments
from tests.helpers.places import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is read from /proc")


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    return Batch(tmp_path_factory.mktemp("batch"), ROOT / "src", number=400)


@pytest.mark.parametrize(("after", "worker"), [(0.0, 0), (0.2, 1), (0.6, 0), (2.0, 1)])
def test_a_batch_whose_worker_is_killed_ends_in_time_and_leaves_no_process(
    batch: Batch, after: float, worker: int
) -> None:
    outcome = batch.meets(Moment("a worker killed", after, worker))
    assert outcome.is_well, outcome
    assert outcome.ended == "all verdicts" or "killed by signal 9 (SIGKILL)" in outcome.said, outcome


@pytest.mark.parametrize("after", [0.0, 1.0])
@pytest.mark.parametrize("what", ["a worker stopped", "a worker without memory"])
def test_a_batch_whose_worker_does_not_go_on_ends_in_time(batch: Batch, what: str, after: float) -> None:
    outcome = batch.meets(Moment(what, after))
    assert outcome.is_well, outcome


@pytest.mark.parametrize("after", [0.1, 2.0])
@pytest.mark.parametrize("what", TO_THE_PARENT)
def test_workers_end_when_their_parent_does_however_it_ended(batch: Batch, what: str, after: float) -> None:
    outcome = batch.meets(Moment(what, after))
    assert outcome.is_well, outcome
    assert outcome.ended in ("killed", "all verdicts")


def test_each_thing_that_is_done_takes_its_turn() -> None:
    ten = moments(10, seed=3)
    assert [moment.what for moment in ten] == [*TO_A_WORKER, *TO_THE_PARENT] * 2
    assert all(0 <= moment.after <= 3 for moment in ten)
    assert ten == moments(10, seed=3)
    assert ten != moments(10, seed=4)
