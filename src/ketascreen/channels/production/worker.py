"""The process that an isolated channel runs: `python -m ketascreen.channels.production.worker`, frames on its pipes.

The first frame holds the channel's state and the deadline. Each later frame holds a number, a stage and the answers to
evaluate. A reply is JSON, since data from a damaged process must not be unpickled: `{"ready": true}` or
`{"missing": true}` to the first, then `{"number": n, "fault": true}` or `{"number": n, "answers": {rule: truth}}`.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
from collections.abc import Mapping
from typing import Any

from ketascreen.channels.production.channel import ProductionChannel
from ketascreen.channels.production.engine import EngineMissing
from ketascreen.diagnostic import ChannelFault
from ketascreen.patient.facts import Facts
from ketascreen.runtime.pipe import Deadline, FrameError, receive, send

_GRACE_SECONDS = 5.0


def main() -> None:
    """Answers until the pipe ends."""
    requests, replies = _pipes()
    try:
        state, seconds = pickle.loads(receive(requests, Deadline(None)))
        channel, reply = _started(state)
        _send(replies, reply)
        while channel:
            frame = receive(requests, Deadline(None))
            # If the parent ends while native code hangs, the system ends this process.
            signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE_SECONDS)
            _send(replies, _answered(channel, *pickle.loads(frame)))
            signal.setitimer(signal.ITIMER_REAL, 0)
    except FrameError:
        pass  # the parent closed its end


def _pipes() -> tuple[int, int]:
    """Copies of the descriptors, so that nothing that other code prints or reads can get between frames."""
    requests, replies = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    for descriptor in (requests, replies):
        os.set_blocking(descriptor, False)
    return requests, replies


def _started(state: Any) -> tuple[ProductionChannel | None, Mapping[str, Any]]:
    channel = ProductionChannel.__new__(ProductionChannel)
    try:
        channel.__setstate__(state)
    except EngineMissing:
        return None, {"missing": True}
    return channel, {"ready": True}


def _answered(channel: ProductionChannel, number: int, stage: Any, current: Any, last: Any) -> Mapping[str, Any]:
    try:
        answers = channel.evaluate(Facts(current, last, {}, {}, frozenset()), stage)
    except ChannelFault:
        return {"number": number, "fault": True}
    return {"number": number, "answers": {rule: truth.value for rule, truth in answers.items()}}


def _send(replies: int, reply: Mapping[str, Any]) -> None:
    send(replies, json.dumps(reply).encode(), Deadline(None))


if __name__ == "__main__":
    main()
    sys.exit(0)
