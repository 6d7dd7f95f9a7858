"""A worker that is killed, stopped, or cannot begin is an error that says so, and nobody waits for ever."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import closing
from itertools import islice
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import pytest

from ketascreen import ChannelFault, RequestError
from ketascreen.runtime.process_pool import PIECE, in_order
from ketascreen.runtime.worker_process import SECONDS
from tests.helpers.command_line import AS_OF, run
from tests.helpers.places import EXAMPLES
from tests.helpers.processes import children

MANY = 4 * PIECE
Work = Callable[[int], Any]


def doubling() -> Work:
    return lambda number: number * 2


def _signalled(number: int) -> int:
    if number == MANY - 1:  # in the last piece
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def killing() -> Work:
    return _signalled


def _stopped(number: int) -> int:
    if number == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
    return number


def stopping() -> Work:
    return _stopped


def stopping_at_its_start() -> Work:
    os.kill(os.getpid(), signal.SIGSTOP)
    return _stopped


def killing_at_its_start() -> Work:
    os.kill(os.getpid(), signal.SIGKILL)
    return _signalled


def ending_at_its_start() -> Work:
    os._exit(7)


def without_memory() -> Work:
    raise MemoryError


def without_a_module() -> Work:
    import not_there  # type: ignore[import-not-found]

    return not_there.work  # type: ignore[no-any-return]


class Uncopied(Exception):
    """Can be pickled, but not read back."""

    def __init__(self, one: object, other: object) -> None:
        super().__init__("zebrafish")


def _failing(number: int) -> int:
    raise Uncopied(number, number)


def failing() -> Work:
    return _failing


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Any:
    before, threads = children(), threading.active_count()
    yield
    tracker = {one for one in children() - before if b"resource_tracker" in Path(f"/proc/{one}/cmdline").read_bytes()}
    assert children() - before - tracker == set()
    assert threading.active_count() == threads


FAULTS = [
    (killing, r"killed by signal 9 \(SIGKILL\).*use fewer workers"),
    (killing_at_its_start, r"killed by signal 9 \(SIGKILL\)"),
    (ending_at_its_start, r"ended at its start \(exit status 7\).*__main__.*use one worker"),
    (without_memory, "no more memory; use fewer workers"),
    (without_a_module, r"could not read or make what it works with \(ModuleNotFoundError\)"),
    (failing, "failed with Uncopied, which cannot be copied"),
]


@pytest.mark.parametrize(("make", "said"), FAULTS)
@pytest.mark.parametrize("forked", [False, True])
def test_what_happened_to_a_worker_is_said(make: Callable[[], Work], said: str, forked: bool) -> None:
    with pytest.raises(ChannelFault, match=said) as raised:
        list(in_order(make, range(MANY), workers=2, forked=forked))
    assert "zebrafish" not in str(raised.value)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            stopping,
            r"did not (answer|begin) within 1 seconds, and was killed.*KETASCREEN_WORKER_SECONDS.*use one worker",
        ),
        (stopping_at_its_start, "did not begin within 1 seconds, and was killed"),
    ],
)
def test_a_worker_that_was_stopped_is_killed_in_time(make: Callable[[], Work], said: str) -> None:
    began = time.monotonic()
    with pytest.raises(ChannelFault, match=said):
        list(in_order(make, range(MANY), workers=2, seconds=1, forked=True))
    assert time.monotonic() - began < 10


def test_the_results_before_the_one_that_was_lost_are_given() -> None:
    results = in_order(killing, range(MANY), workers=2)
    assert list(islice(results, MANY - PIECE)) == list(range(MANY - PIECE))
    with pytest.raises(ChannelFault):
        next(results)


def test_the_seconds_count_from_the_hand_over_of_a_piece_not_from_the_beginning() -> None:
    slow = in_order(sleeping, range(6), workers=2, piece=1, seconds=4, forked=True)
    assert list(slow) == [*range(6)]


def _sleeping(number: int) -> int:
    time.sleep(1.5)  # three of them are longer than a worker may take for one
    return number


def sleeping() -> Work:
    return _sleeping


def test_a_caller_who_takes_long_between_two_results_loses_none() -> None:
    with closing(in_order(doubling, range(20), workers=2, piece=1, seconds=3, forked=True)) as results:
        assert next(results) == 0
        time.sleep(3.5)
        assert list(results) == [2 * number for number in range(1, 20)]


def test_the_environment_sets_the_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECONDS, "0.5")
    with pytest.raises(ChannelFault, match=r"within 0\.5 seconds"):
        list(in_order(stopping, range(3), workers=2, forked=True))


@pytest.mark.parametrize("given", ["", "0", "-1", "nan", "inf", "a minute"])
def test_seconds_that_are_no_time_are_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv(SECONDS, given)
    with pytest.raises(RequestError, match=f"{SECONDS} does not hold a number of seconds above 0"):
        list(in_order(doubling, range(3), workers=2))


def test_where_no_lock_can_be_shared_workers_work_as_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")  # as without /dev/shm

    monkeypatch.setattr("_multiprocessing.SemLock", refused)
    processes = list(in_order(in_a_process, range(MANY), workers=2))
    assert os.getpid() not in processes


def _process(_: int) -> int:
    return os.getpid()


def in_a_process() -> Work:
    return _process


def _held(_: int) -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def holding() -> Work:
    return _held


@pytest.mark.parametrize("forked", [False, True])
def test_a_worker_never_hears_ctrl_c_not_even_while_it_starts_and_this_process_goes_on_hearing_it(forked: bool) -> None:
    assert list(in_order(holding, range(MANY), workers=2, forked=forked)) == [True] * MANY
    assert not _held(0)


def refuse_processes(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """The system starts `after` processes and no more."""
    start, left = SpawnProcess.start, [None] * after

    def limited(process: SpawnProcess) -> None:
        if not left:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        left.pop()
        start(process)

    monkeypatch.setattr(SpawnProcess, "start", limited)


def test_where_no_process_starts_this_one_does_the_work_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    refuse_processes(monkeypatch, after=0)
    with caplog.at_level(logging.WARNING):
        assert list(in_order(in_a_process, range(MANY), workers=2)) == [os.getpid()] * MANY
    assert caplog.messages == [
        "the system starts 0 of 2 worker processes (Resource temporarily unavailable); this process does all the work "
        "alone"
    ]


def test_where_fewer_processes_start_they_do_all_the_work(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    refuse_processes(monkeypatch, after=1)
    with caplog.at_level(logging.WARNING):
        processes = list(in_order(in_a_process, range(MANY), workers=2))
    assert len(processes) == MANY
    assert len(set(processes) - {os.getpid()}) == 1
    assert ["starts 1 of 2" in message for message in caplog.messages] == [True]


def test_the_command_line_says_so_on_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_processes(monkeypatch, after=0)
    for _ in range(2):
        ran = run("screen", "--many", str(EXAMPLES / "several.jsonl"), "--as-of", AS_OF, "-j", "2")
        assert ran.err.count("this process does all the work alone\n") == 1
        assert len(ran.out.splitlines()) == 4


def test_a_worker_may_not_start_workers_while_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing.current_process(), "_inheriting", True, raising=False)
    with pytest.raises(RequestError, match='under `if __name__ == "__main__":`, or use one worker'):
        list(in_order(doubling, range(3), workers=2))
