"""Spreads work over processes and keeps the results in the order of the items."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from ketascreen.diagnostic import ChannelFault

if TYPE_CHECKING:
    from concurrent.futures import Future

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

PIECE = 25
"""The number of items that a process gets at a time."""
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
) -> Generator[ResultT, None, None]:
    """The results of the function that `make` returns, one for each item, in order, over `workers` processes.

    Each process calls `make` once; it, the items and the results are pickled. Items are taken a few `piece`s ahead,
    never all. One worker is this process itself. `forked` processes start as copies of this one, with all that `make`
    holds, and `make` is not pickled; only for a caller that has asked `can_fork`.

    Raises:
        ChannelFault: a worker process ended without an answer.
    """
    if workers <= 1:
        yield from map(make(), items)
        return
    # It takes long to import, and a screening of one patient does not need it.
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    context = get_context("fork" if forked else "spawn")  # a fork is not safe in a process with threads
    pool = ProcessPoolExecutor(workers, context, _begin, (make,))
    try:
        for results in _windowed(lambda taken: pool.submit(_each, taken), items, workers * _AHEAD, piece):
            yield from results
    except BrokenProcessPool:
        raise ChannelFault("a worker process ended without an answer; try again with one worker") from None
    finally:
        pool.shutdown(cancel_futures=True)  # waits, so that no thread and no process is left behind


def _windowed(
    submit: Callable[[list[Any]], Future[list[Any]]], items: Iterable[Any], window: int, piece: int
) -> Iterator[list[Any]]:
    waiting: deque[Future[list[Any]]] = deque()
    rest = iter(items)
    while taken := list(islice(rest, piece)):
        waiting.append(submit(taken))
        if len(waiting) >= window:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


_work: Callable[[Any], Any] | None = None
"""What a worker process does with an item."""


def _begin(make: Callable[[], Callable[[Any], Any]]) -> None:
    global _work
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
    _work = make()


def _each(items: list[Any]) -> list[Any]:
    assert _work is not None
    return [_work(item) for item in items]
