"""Spreads work over processes and keeps the results in the order of the items."""

from __future__ import annotations

import atexit
import logging
import os
import pickle
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

from ketascreen.diagnostic import ChannelFault, Diagnostic, RequestError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ketascreen.runtime.worker_process import WorkerProcess

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
log = logging.getLogger(__name__)

PIECE = 25
"""The number of items that a process gets at a time."""
WORKER_SECONDS = 60.0
"""How long a process may take to begin, and how long for a piece. Each takes about a second; a machine with other work,
or a channel from outside, may need many times that, and nobody should wait longer."""
_AHEAD = 3
"""The number of pieces in progress for each process; memory holds no more than these."""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def can_fork() -> bool:
    """Whether worker processes may start as copies of this one; a lock that another thread holds would stay shut."""
    return sys.platform == "linux" and threading.active_count() == 1


def in_order(
    make: Callable[[], Callable[[ItemT], ResultT]],
    items: Iterable[ItemT],
    *,
    workers: int,
    piece: int = PIECE,
    forked: bool = False,
    seconds: float | None = None,
) -> Generator[ResultT, None, None]:
    """The results of the function that `make` returns, one for each item, in order, over `workers` processes.

    Each process calls `make` once; it, the items and the results are pickled. `make` is pickled once, by a thread, when
    the first process is there. Items are taken a few `piece`s ahead,
    never all. One worker is this process itself; so it is, with a warning in the log, where the system starts no
    process. `forked` processes start as copies of this one, with all that `make` holds, and `make` is not pickled; only
    for a caller that has asked `can_fork`.

    A process that takes longer than `seconds` to begin or for a piece is killed (`WORKER_SECONDS`, or what the
    environment variable KETASCREEN_WORKER_SECONDS says).

    The workers belong to the process that began: a process that is forked meanwhile neither uses nor ends them.

    Raises:
        ChannelFault: a worker process was killed, ended without an answer, did not answer in time, or did not begin; or
            a process that was forked meanwhile asks for results.
        RequestError: this process may not start processes, or the variable does not hold a number of seconds.
        Exception: whatever the work raised.
    """
    if workers <= 1:
        yield from map(make(), items)
        return
    # It takes long to import, and a screening of one patient does not need it.
    from concurrent.futures import ThreadPoolExecutor
    from queue import SimpleQueue

    owner = os.getpid()
    allowed = _seconds_allowed() if seconds is None else seconds
    rest = iter(items)
    pieces = iter(lambda: list(islice(rest, piece)), [])
    first = list(islice(pieces, workers))  # no more processes than there are pieces
    crew: list[WorkerProcess] = []
    idle: SimpleQueue[WorkerProcess] = SimpleQueue()

    def done(taken: list[ItemT]) -> list[ResultT]:
        worker = idle.get()
        try:
            return worker.do(taken)
        finally:
            idle.put(worker)

    def kill() -> None:
        if os.getpid() == owner:
            for worker in crew:
                worker.kill()

    pool = ThreadPoolExecutor(workers)  # a thread for each process: it gives a piece and waits for the results
    atexit.register(kill)  # multiprocessing waits at the end of Python for each process
    try:
        for worker in _started(len(first), make, forked, allowed):
            crew.append(worker)
            idle.put(worker)
        if first and not crew:
            yield from map(make(), chain.from_iterable(chain(first, pieces)))
            return
        for results in _windowed(lambda taken: pool.submit(done, taken), chain(first, pieces), len(crew) * _AHEAD):
            yield from results
            if os.getpid() != owner:
                raise ChannelFault("this process was forked while a batch went on, and has no workers; begin its own")
        for worker in crew:
            worker.dismiss()
        for worker in crew:
            worker.wait()
    finally:
        if os.getpid() == owner:
            kill()  # before anything waits
            pool.shutdown(cancel_futures=True)  # waits, so that no thread is left behind
            for worker in crew:
                worker.close()
        atexit.unregister(kill)


def require_start() -> None:
    """Requires a process that may start others: not a worker itself, and not one that is still importing its script.

    Raises:
        RequestError: it may not.
    """
    from multiprocessing import current_process

    from ketascreen.runtime.worker_process import no_start

    current = current_process()
    if current.daemon or getattr(current, "_inheriting", False):  # what multiprocessing itself looks at
        raise no_start()


def _windowed(
    submit: Callable[[list[Any]], Future[list[Any]]], pieces: Iterable[list[Any]], window: int
) -> Iterator[list[Any]]:
    waiting: deque[Future[list[Any]]] = deque()
    for taken in pieces:
        waiting.append(submit(taken))
        if len(waiting) >= window:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _started(number: int, make: Callable[[], Any], forked: bool, seconds: float) -> Iterator[WorkerProcess]:
    """As many of that number of processes as the system starts."""
    from multiprocessing import get_context, resource_tracker

    from ketascreen.runtime.worker_process import WorkerProcess

    count = 0  # that have started
    try:
        if sys.platform == "win32":
            raise OSError("not on this system")
        if not forked:
            resource_tracker.ensure_running()  # at its start it would let Ctrl-C through to the first worker
        first = _once(lambda: b"" if forked else pickle.dumps(make, pickle.HIGHEST_PROTOCOL))
        context = get_context("fork") if forked else get_context("spawn")  # a fork is not safe where there are threads
        while count < number:
            worker = WorkerProcess(context, first, make if forked else None, seconds)
            count += 1
            yield worker
    except OSError as error:
        log.warning(
            "the system starts %d of %d worker processes (%s); %s",
            count,
            number,
            error.strerror or error,
            "they do all the work" if count else "this process does all the work alone",
        )


def _once(give: Callable[[], bytes]) -> Callable[[], bytes]:
    """What `give` gives the first time, for several threads."""
    lock, given = threading.Lock(), list[bytes]()

    def once() -> bytes:
        with lock:
            if not given:
                given.append(give())
            return given[0]

    return once


def _seconds_allowed() -> float:
    from ketascreen.runtime.worker_process import SECONDS

    given = os.environ.get(SECONDS)
    try:
        seconds = WORKER_SECONDS if given is None else float(given)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < threading.TIMEOUT_MAX:
        message = f"the environment variable {SECONDS} does not hold a number of seconds above 0"
        raise RequestError([Diagnostic("workers", message, f"write {SECONDS}=300, or leave it out")])
    return seconds
