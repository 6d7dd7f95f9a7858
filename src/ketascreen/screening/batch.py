"""Screens any number of patients, over processes where these are wanted."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

from ketascreen.diagnostic import Diagnostic, ProfileError, RequestError
from ketascreen.patient.profile import PatientProfile
from ketascreen.runtime.process_pool import in_order
from ketascreen.screening.request import Request, require_profile

PIECE = 25
"""Patients that a process is handed at a time."""

AnswerT = TypeVar("AnswerT")
Given = PatientProfile | bytes
"""A profile, or the bytes of its JSON."""


def in_turn(
    work: Callable[[PatientProfile, Request], AnswerT], request: Request, profiles: Iterable[Given], *, workers: int
) -> Iterator[AnswerT | ProfileError]:
    """What `work` gives for each profile, in their order; for one that is refused, the error in its place.

    Raises:
        RequestError: `workers` is not a positive integer, `work` cannot be copied to a process, or one that is not a
            profile.
        ChannelFault: a worker process ended without an answer.
    """
    make = partial(_worker, work, request)
    if type(workers) is not int or workers < 1:
        raise RequestError(
            [Diagnostic("workers", "`workers` must be a positive integer", "write 1, or as many as there are cores")]
        )
    if workers > 1:
        _require_copies(make)
    return in_order(make, map(_profile_or_bytes, profiles), workers=workers, piece=PIECE)


def _require_copies(make: object) -> None:
    try:
        pickle.dumps(make)
    except Exception:  # noqa: BLE001  whatever a channel of somebody else's holds
        message, hint = "a channel cannot be copied to another process", "screen with one worker"
        raise RequestError([Diagnostic("workers", message, hint)]) from None


def _profile_or_bytes(given: Given) -> Given:
    if not isinstance(given, bytes):
        require_profile(given)
    return given


def _worker(
    work: Callable[[PatientProfile, Request], AnswerT], request: Request
) -> Callable[[Given], AnswerT | ProfileError]:
    return partial(_answer, work, request)


def _answer(
    work: Callable[[PatientProfile, Request], AnswerT], request: Request, given: Given
) -> AnswerT | ProfileError:
    try:
        profile = PatientProfile.model_validate_json(given) if isinstance(given, bytes) else given
        return work(profile, request)
    except ProfileError as error:
        return error
