"""Asks the channels about any number of patients, over processes where these are wanted."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial

from ketascreen.channels.channel import Channel
from ketascreen.diagnostic import Diagnostic, ProfileError, RequestError
from ketascreen.language.terms import Stage
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.patient.facts import Facts, known_facts
from ketascreen.patient.profile import PatientProfile
from ketascreen.runtime.process_pool import in_order
from ketascreen.screening.agreement import ChannelResults, ask
from ketascreen.screening.request import require_profile

PIECE = 100
"""Patients that a process is handed at a time: facts and answers are small, and pickled faster together."""

Worker = Callable[[], Callable[[Facts | None], ChannelResults | None]]
"""Gives, in whichever process, what asks the channels; of a patient without facts it asks nothing."""


def make_worker(channels: tuple[Channel, ...], stage: Stage, rules: frozenset[str], *, workers: int) -> Worker:
    """Asks `channels` for `rules`, in each of `workers` processes.

    Raises:
        RequestError: no number of workers, or a channel that cannot be copied to a process.
    """
    worker = partial(_worker, channels, stage, rules)
    if type(workers) is not int or workers < 1:
        raise RequestError([Diagnostic("workers", "no number of workers", "write 1, or as many as there are cores")])
    if workers > 1:
        try:
            pickle.dumps(worker)
        except Exception:  # noqa: BLE001  whatever a channel of somebody else's holds
            hint = "screen with one worker"
            raise RequestError(
                [Diagnostic("workers", "a channel that cannot be copied to another process", hint)]
            ) from None
    return worker


def results_for_many(
    profiles: Iterable[PatientProfile], vocabulary: Vocabulary, as_of: datetime, worker: Worker, *, workers: int
) -> Iterator[tuple[Facts, ChannelResults] | ProfileError]:
    """For each profile, in their order, its facts with what the channels answer; the error for one that is refused.

    Raises:
        RequestError: one that is no PatientProfile.
        ChannelFault: a worker process ended without an answer.
    """
    taken: deque[Facts | ProfileError] = deque()

    def facts() -> Iterator[Facts | None]:
        for profile in profiles:
            require_profile(profile)
            try:
                known = known_facts(profile, vocabulary, as_of)
            except ProfileError as error:
                taken.append(error)
                yield None  # in its place, so that what was taken is never far ahead of what was answered
            else:
                taken.append(known)
                yield known

    for results in in_order(worker, facts(), workers=workers, piece=PIECE):
        known = taken.popleft()
        if isinstance(known, ProfileError):
            yield known
        else:
            assert results is not None
            yield known, results


def _worker(
    channels: tuple[Channel, ...], stage: Stage, rules: frozenset[str]
) -> Callable[[Facts | None], ChannelResults | None]:
    return lambda facts: None if facts is None else ask(channels, facts, stage, rules)
