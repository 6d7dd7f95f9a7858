"""Screens any number of patients, in one process or in several."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Generator, Iterable
from functools import partial
from typing import TypeVar

from ketascreen.arguments import listed
from ketascreen.diagnostic import Diagnostic, ProfileError, RequestError
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.patient.profile import PatientProfile
from ketascreen.patient.reader import in_words_of
from ketascreen.runtime.process_pool import in_order
from ketascreen.screening.line import profile_in
from ketascreen.screening.request import Request
from ketascreen.verdict.lean import LeanVerdict
from ketascreen.verdict.verdict import Verdict
from ketascreen.verdict.wording import Wording

AnswerT = TypeVar("AnswerT")
Results = Generator[AnswerT | ProfileError, None, None]
"""Results in the order of their profiles; in place of an answer, the error of a profile that was refused."""
ProfileOrJson = PatientProfile | bytes
"""A profile, or the bytes of its JSON, as `line.profile_in` reads them."""


PATIENTS = ("people", "a list of patients", "write [PatientProfile(...)]; one patient alone goes to `screen`")
"""What a batch wants, for `arguments.listed`."""


def in_turn(
    work: Callable[[PatientProfile, Request], AnswerT],
    request: Request,
    profiles: Iterable[object],
    *,
    vocabulary: Vocabulary,
    workers: int,
) -> Results[AnswerT]:
    """What `work` returns for each profile, in their order; for a profile that is refused, its error.

    Raises:
        RequestError: `workers` is not a positive integer, `work` cannot be copied to a process, or something is not a
            profile.
        ChannelFault: a worker process ended, or did not answer in time.
    """
    make = partial(_worker, work, request, vocabulary)
    require_workers(workers)
    if workers > 1:
        require_copies(make)
    return in_order(make, map(_profile_or_bytes, listed(profiles, *PATIENTS)), workers=workers)


def verdicts_in_turn(
    work: Callable[[PatientProfile, Request], Verdict],
    words: Wording,
    request: Request,
    profiles: Iterable[object],
    *,
    vocabulary: Vocabulary,
    workers: int,
) -> Results[Verdict]:
    """As `in_turn`. Another process returns verdicts in their lean form, and this one puts the words back.

    To pickle a whole verdict and to read it back takes longer than to make it.
    """
    if workers == 1:
        return in_turn(work, request, profiles, vocabulary=vocabulary, workers=workers)
    answers = in_turn(partial(_lean, work), request, profiles, vocabulary=vocabulary, workers=workers)
    leans = (one if isinstance(one, ProfileError) else LeanVerdict.model_validate_json(one) for one in answers)
    return whole_in_turn(leans, words)


def whole_in_turn(leans: Iterable[LeanVerdict | ProfileError], words: Wording) -> Results[Verdict]:
    """The whole verdict of each lean one, in their order; errors stay in their places."""
    return (one if isinstance(one, ProfileError) else one.whole(words) for one in leans)


def _lean(work: Callable[[PatientProfile, Request], Verdict], profile: PatientProfile, request: Request) -> str:
    return LeanVerdict.of(work(profile, request)).to_json()


def require_workers(workers: object) -> None:
    """Requires a number of processes.

    Raises:
        RequestError: it is not a positive integer.
    """
    if type(workers) is not int or workers < 1:
        raise RequestError(
            [Diagnostic("workers", "`workers` must be a positive integer", "write 1, or as many as there are cores")]
        )


def require_copies(make: object) -> None:
    """Requires what another process can have a copy of.

    Raises:
        RequestError: it cannot be pickled.
    """
    try:
        pickle.dumps(make)
    except Exception:  # noqa: BLE001  a channel from outside may hold anything
        message, hint = "a channel or the ledger cannot be copied to another process", "screen with one worker"
        raise RequestError([Diagnostic("workers", message, hint)]) from None


def _profile_or_bytes(given: object) -> ProfileOrJson:
    if not isinstance(given, PatientProfile | bytes):
        hint = "give PatientProfile(...), or the bytes of its JSON"
        raise RequestError([Diagnostic("profile", "each must be a PatientProfile or bytes", hint)])
    return given


def _worker(
    work: Callable[[PatientProfile, Request], AnswerT], request: Request, vocabulary: Vocabulary
) -> Callable[[ProfileOrJson], AnswerT | ProfileError]:
    return partial(_answer, work, request, vocabulary)


def _answer(
    work: Callable[[PatientProfile, Request], AnswerT], request: Request, vocabulary: Vocabulary, given: ProfileOrJson
) -> AnswerT | ProfileError:
    try:
        profile = profile_in(given) if isinstance(given, bytes) else given
        return work(profile, request)
    except ProfileError as error:
        return in_words_of(vocabulary, error)
