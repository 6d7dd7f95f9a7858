"""One worker process: how the process that started it asks it and ends it, and what it does itself.

Nothing waits for a worker without a deadline, and a worker that is late is killed first. It has a pipe of its own, with
no lock that another could leave shut. What it works with comes as the first frame, since the start of a process writes
into a pipe that a child which has died never reads.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from ketascreen.diagnostic import ChannelFault, Diagnostic, KetascreenError, RequestError
from ketascreen.runtime.pipe import Deadline, FrameError, Late, receive, send

if TYPE_CHECKING:
    from multiprocessing.context import ForkContext, SpawnContext

SECONDS = "KETASCREEN_WORKER_SECONDS"
"""The environment variable that sets how long a worker may take."""
MAX_BYTES = 1 << 30
"""The most that one frame may hold; this process trusts what its workers send."""
_LEAVE_SECONDS = 5.0
"""How long a worker may take to end once it is dismissed or killed."""
_LOOK_SECONDS = 1.0
"""How often a worker looks whether its parent is there. It mostly hears of its end at once, but a copy of the pipe in
another forked worker can keep it from that."""

Work = Callable[[Any], Any]
Make = Callable[[], Work]


class WorkerProcess:
    """A process that works on pieces, one at a time. One thread at a time may use it.

    `first` gives the pickled `Make`, and is asked for it once the process is there; a forked process takes `make` as it
    is instead. `seconds` is how long it may take to
    begin, and how long for a piece.

    Raises:
        OSError: the system starts no process.
        RequestError: this process is a worker that is still starting, or may not start processes.
    """

    def __init__(
        self, context: ForkContext | SpawnContext, first: Callable[[], bytes], make: Make | None, seconds: float
    ) -> None:
        self._first, self._seconds, self._begun = first, seconds, False
        self._line, there = context.Pipe()
        os.set_blocking(self._line.fileno(), False)
        self._process = context.Process(target=_serve, args=(there, make))
        try:
            with _interrupts_held():
                self._process.start()
        except BaseException as error:
            self._line.close()
            if isinstance(error, RuntimeError | AssertionError):  # multiprocessing says so of both
                raise no_start() from None
            raise
        finally:
            there.close()

    def do(self, items: list[Any]) -> list[Any]:
        """The results for these items, in order.

        Raises:
            ChannelFault: the process ended, was killed, did not answer in time, or could not begin.
            Exception: whatever the work raised.
        """
        if not self._begun:
            self._begin()
        body = pickle.dumps(items, pickle.HIGHEST_PROTOCOL)
        results: list[Any] = self._exchange(body, Deadline(self._seconds))
        return results

    def dismiss(self) -> None:
        """Lets it end by itself; it must have nothing to do."""
        with suppress(FrameError):
            send(self._line.fileno(), b"", Deadline(_LEAVE_SECONDS))

    def wait(self) -> None:
        """Waits a little until it has ended."""
        self._process.join(_LEAVE_SECONDS)

    def kill(self) -> None:
        """Kills it, also if it is stopped; a thread that waits for its answer gets an error."""
        self._process.kill()

    def close(self) -> None:
        """Kills and reaps it, and closes the pipe; no thread may be using it."""
        self.kill()
        self.wait()
        self._line.close()

    def _begin(self) -> None:
        deadline = Deadline(self._seconds)
        try:
            self._exchange(b"", deadline)  # it is there, and has imported the script
            self._exchange(self._first(), deadline)
        except KetascreenError:
            self.kill()
            raise
        except Exception as error:
            self.kill()
            kind = type(error).__name__
            message = f"a worker process could not read or make what it works with ({kind}); use one worker"
            raise ChannelFault(message) from error
        self._begun = True

    def _exchange(self, body: bytes, deadline: Deadline) -> Any:
        try:
            send(self._line.fileno(), body, deadline)
            reply = receive(self._line.fileno(), deadline, MAX_BYTES)
        except Late:
            self.kill()
            raise self._late() from None
        except FrameError:
            self.wait()
            status = self._process.exitcode
            self.kill()
            raise self._ended(status) from None
        done, result = pickle.loads(reply)
        if not done:
            raise result
        return result

    def _late(self) -> ChannelFault:
        what = "answer" if self._begun else "begin"
        return ChannelFault(
            f"a worker process did not {what} within {self._seconds:g} seconds, and was killed; was it stopped, or is "
            f"the machine overloaded? if it only takes longer, set {SECONDS} to more seconds; or use one worker"
        )

    def _ended(self, status: int | None) -> ChannelFault:
        if status is not None and status < 0:
            return ChannelFault(
                f"a worker process was killed by signal {-status}{_named(-status)}; if memory ran out, use fewer "
                "workers; if someone ended it, try again"
            )
        how = "" if status is None else f" (exit status {status})"
        if self._begun:
            return ChannelFault(f"a worker process ended without an answer{how}; try again with one worker")
        return ChannelFault(
            f"a worker process ended at its start{how}, and may have said why on standard error; a script must be a "
            'file, with its work under `if __name__ == "__main__":`, since each worker imports it; or use one worker'
        )


def _named(number: int) -> str:
    try:
        return f" ({signal.Signals(number).name})"
    except ValueError:
        return ""  # a real-time signal


def no_start() -> RequestError:
    """The error for a process that may not start workers."""
    message = "this process may not start workers: it is a worker itself, or is still importing a script for one"
    hint = 'put what the script does under `if __name__ == "__main__":`, or use one worker'
    return RequestError([Diagnostic("workers", message, hint)])


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C waits during the block. A process that starts in it never hears it: the one that started it ends it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(line: Connection, make: Make | None) -> None:
    """What a worker process does: it takes what it works with, then pieces, until it is dismissed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    work: list[Work] = []
    never = Deadline(None)
    with suppress(FrameError):  # the process that started this one is gone
        receive(line.fileno(), never, MAX_BYTES)
        _reply(line, lambda: None)
        first = receive(line.fileno(), never, MAX_BYTES)
        _reply(line, lambda: work.append((make or pickle.loads(first))()))
        while body := receive(line.fileno(), never, MAX_BYTES):
            _reply(line, lambda: [work[0](item) for item in pickle.loads(body)])


def _reply(line: Connection, action: Callable[[], object]) -> None:
    try:
        body = pickle.dumps((True, action()), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:  # noqa: BLE001  it is raised where the result is waited for
        body = _failure(error)
    send(line.fileno(), body, Deadline(None))


def _failure(error: BaseException) -> bytes:
    """An error as it is sent, with where it was raised; without its message if it cannot be copied."""
    try:
        if isinstance(error, MemoryError):
            error = ChannelFault("a worker process has no more memory; use fewer workers")
        error.add_note("in a worker process:\n" + "".join(traceback.format_tb(error.__traceback__)))
        body = pickle.dumps((False, error))
        pickle.loads(body)
    except BaseException:  # noqa: BLE001  an error from outside may hold anything
        message = f"a worker process failed with {type(error).__name__}, which cannot be copied; use one worker"
        return pickle.dumps((False, ChannelFault(message)))
    return body


def _end_with_parent() -> None:
    """Ends this process when the one that started it has ended, however it ended.

    Not by a signal at the parent's death (prctl): it comes when the thread that started this process ends.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_watch, args=(parent.sentinel, parent.pid), daemon=True).start()


def _watch(sentinel: int, parent: int | None) -> None:
    while os.getppid() == parent and not wait([sentinel], _LOOK_SECONDS):
        pass
    os._exit(1)
