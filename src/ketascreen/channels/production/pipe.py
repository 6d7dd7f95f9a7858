"""Length-prefixed frames over a pipe, with a deadline on each.

Requests to a worker are pickled. Replies are JSON, since data from a damaged process must not be unpickled.
"""

from __future__ import annotations

import os
import select
import struct
import time

MAX_BYTES = 64 * 1024 * 1024
_PREFIX = struct.Struct(">Q")


class FrameError(Exception):
    """A pipe that ended, a frame that is too long, or a deadline that passed. The message holds nothing of a frame."""


class Deadline:
    """A point in monotonic time; a deadline of None never passes."""

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    def wait(self, descriptor: int, event: int) -> None:
        """Waits until the pipe is ready.

        Raises:
            FrameError: the deadline passed.
        """
        waiter = select.poll()
        waiter.register(descriptor, event)
        left = None if self._end is None else max(0.0, self._end - time.monotonic()) * 1000
        if not waiter.poll(left):
            raise FrameError("no answer in time")


def send(descriptor: int, body: bytes, deadline: Deadline) -> None:
    """Writes one frame to a non-blocking pipe.

    Raises:
        FrameError: the other end is closed, or did not read in time.
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


def receive(descriptor: int, deadline: Deadline) -> bytes:
    """Reads one frame from a non-blocking pipe.

    Raises:
        FrameError: the pipe ended, the frame is too long, or it did not arrive in time.
    """
    (length,) = _PREFIX.unpack(_exactly(descriptor, _PREFIX.size, deadline))
    if length > MAX_BYTES:
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
