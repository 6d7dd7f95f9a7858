"""Length-prefixed frames over a pipe, with a deadline on each."""

from __future__ import annotations

import os
import select
import struct
import time

MAX_BYTES = 64 * 1024 * 1024
_LOOK_SECONDS = 1.0
_PREFIX = struct.Struct(">Q")


class FrameError(Exception):
    """A pipe that ended, a frame that is too long, or a deadline that passed. The message holds nothing of a frame."""


class Late(FrameError):
    """A deadline that passed."""


class Deadline:
    """Seconds that may pass in waiting; a deadline of None never passes.

    While this process itself is stopped (Ctrl-Z, a paused machine) no more than `_LOOK_SECONDS` of them pass: the other
    end may have been stopped as well.
    """

    def __init__(self, seconds: float | None) -> None:
        self._left = seconds

    def wait(self, descriptor: int, event: int) -> None:
        """Waits until the pipe is ready.

        Raises:
            Late: the deadline passed.
        """
        waiter = select.poll()
        waiter.register(descriptor, event)
        if self._left is None:
            waiter.poll()
            return
        while True:
            look = max(0.0, min(self._left, _LOOK_SECONDS))
            began = time.monotonic()
            ready = waiter.poll(look * 1000)
            self._left -= min(time.monotonic() - began, _LOOK_SECONDS)
            if ready:
                return
            if self._left <= 0:
                raise Late("no answer in time")


def send(descriptor: int, body: bytes, deadline: Deadline) -> None:
    """Writes one frame to a non-blocking pipe.

    Raises:
        FrameError: the other end is closed, or (Late) did not read in time.
    """
    rest = memoryview(_PREFIX.pack(len(body)) + body)
    while rest:
        deadline.wait(descriptor, select.POLLOUT)
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            continue
        except OSError:
            break
    if rest:
        raise FrameError("the other end is gone")


def receive(descriptor: int, deadline: Deadline, most: int = MAX_BYTES) -> bytes:
    """Reads one frame of at most `most` bytes from a non-blocking pipe.

    Raises:
        FrameError: the pipe ended, the frame is too long, or (Late) it did not arrive in time.
    """
    (length,) = _PREFIX.unpack(_exactly(descriptor, _PREFIX.size, deadline))
    if length > most:
        raise FrameError("a frame that is too long")
    return _exactly(descriptor, length, deadline)


def _exactly(descriptor: int, length: int, deadline: Deadline) -> bytes:
    body = bytearray()
    while len(body) < length:
        deadline.wait(descriptor, select.POLLIN)
        try:
            part = os.read(descriptor, length - len(body))
        except BlockingIOError:
            continue
        except OSError:
            part = b""
        if not part:
            break
        body += part
    if len(body) < length:
        raise FrameError("the other end is gone")
    return bytes(body)
