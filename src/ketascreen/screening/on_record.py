"""Screens any number of patients onto a ledger: composed in any process, recorded in this one, a piece at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain, islice

from ketascreen.arguments import listed
from ketascreen.diagnostic import Diagnostic, ProfileError, RequestError
from ketascreen.language.quiet import Quiet
from ketascreen.language.rulebook import Rulebook
from ketascreen.patient.profile import PatientProfile
from ketascreen.patient.reader import in_words_of
from ketascreen.runtime.process_pool import PIECE, in_order, require_start
from ketascreen.screening.batch import PATIENTS, ProfileOrJson, Results, require_copies, require_workers
from ketascreen.screening.line import FORM, profile_in
from ketascreen.screening.recorder import (
    Batch,
    Composed,
    Recorder,
    Screening,
    reference_problem,
    require_recorder,
)
from ketascreen.screening.request import Request
from ketascreen.verdict.lean import LeanVerdict
from ketascreen.verdict.override import Override
from ketascreen.verdict.verdict import Verdict

Person = tuple[str | None, ProfileOrJson]
"""The caller's own reference to a patient, with the profile or the bytes of its JSON."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Pair(Quiet):
    """A `Person` inside: its repr shows neither the reference nor the profile."""

    reference: str | None
    given: ProfileOrJson


_NO_PERSON = Diagnostic(
    "reference",
    "with a ledger each patient must be a reference with a profile",
    "give (reference, PatientProfile(...)), or (reference, the bytes of its JSON)",
)


@dataclass(frozen=True, slots=True)
class Composing:
    """Screens a patient and composes the record. A process gets a copy of it."""

    work: Callable[[PatientProfile, Request, tuple[Override, ...]], Verdict]
    request: Request
    rulebook: Rulebook
    engines: tuple[tuple[str, str], ...]

    def one(self, batch: Batch, person: Pair, before: Composed | None = None) -> Composed | ProfileError:
        """The composed screening, or why the patient was refused; `before` is what was composed a moment ago.

        Raises:
            KetascreenError: the ledger could not be read.
        """
        try:
            reference, profile = read_person(person)
            return batch.compose(reference, profile, partial(self._screened, reference, profile), before)
        except ProfileError as error:
            return in_words_of(self.rulebook.vocabulary, error)

    def refused(self, person: Pair) -> ProfileError | None:
        """Why a patient is refused before anything is screened."""
        try:
            read_person(person)
        except ProfileError as error:
            return in_words_of(self.rulebook.vocabulary, error)
        return None

    def _screened(self, reference: str, profile: PatientProfile, overrides: tuple[Override, ...]) -> Screening:
        verdict = self.work(profile, self.request, overrides)
        return Screening(reference, profile, verdict, self.rulebook, self.engines)


def read_person(person: Pair) -> tuple[str, PatientProfile]:
    """The reference and the profile of a patient.

    Raises:
        ProfileError: the profile or the reference is refused.
    """
    reference, given = person.reference, person.given
    # Read first: it says more of a line whose reference is misspelt or of another form.
    profile = profile_in(given) if isinstance(given, bytes) else given
    problem = reference_problem(reference)
    if problem is None:
        assert reference is not None
        return reference, profile
    if reference is None and isinstance(given, bytes):
        problem = replace(problem, hint=f"{FORM}; {problem.hint}")
    raise ProfileError([problem])


def on_record(
    composing: Composing, ledger: Recorder | None, people: Iterable[ProfileOrJson | Person], *, workers: int
) -> Results[LeanVerdict]:
    """The lean verdict on each patient, in their order, with its receipt; for one that is refused, its error.

    Nothing of a piece is returned before all of it is durable, and was read back.

    Raises:
        RequestError: as `batch.in_turn`; also for a ledger that cannot be copied, and what is not a `Person`.
        ChannelFault: a worker process ended without an answer.
        KetascreenError: the ledger could not be read or written.
    """
    require_recorder(ledger)
    if ledger is None:
        raise RequestError([Diagnostic("reference", "`record_many` needs a ledger", "give it as `ledger`")])
    require_workers(workers)
    return _in_pieces(composing, ledger, listed(people, *PATIENTS), workers)


def _in_pieces(
    composing: Composing, ledger: Recorder, people: Iterable[ProfileOrJson | Person], workers: int
) -> Results[LeanVerdict]:
    rest = map(_pair, people)
    del people  # a tool that shows local variables would show what is in it
    for first in rest:
        if (refused := composing.refused(first)) is None:
            break
        yield refused
    else:
        return
    if workers > 1:
        require_start()
        require_copies((composing, ledger.for_reading()))
    begun = _Begun(composing, ledger)
    taken = deque[Pair]()
    with closing(in_order(begun, _noted(chain([first], rest), taken), workers=workers)) as answers:
        while piece := list(islice(answers, PIECE)):
            yield from _recorded(composing, begun.batch, [taken.popleft() for _ in piece], piece)


class _Begun:
    """Makes what composes the screenings of a batch. The batch begins when that is made, or copied to a process.

    By then there is somebody to screen and a process to do it, so that a start that screens nobody leaves no entry.
    """

    def __init__(self, composing: Composing, ledger: Recorder) -> None:
        self._composing = composing
        self._ledger = ledger

    @cached_property
    def batch(self) -> Batch:
        return self._ledger.batch(self._composing.rulebook, self._composing.request)

    def __call__(self) -> Callable[[Pair], Composed | ProfileError]:
        return partial(self._composing.one, self.batch)

    def __reduce__(self) -> tuple[object, ...]:
        return partial, (partial, self._composing.one, self.batch.elsewhere())


def require_person(given: object) -> Person:
    """A reference with a profile, or with the bytes of its JSON; what the reference is, is not looked at.

    Raises:
        RequestError: it is something else.
    """
    if not (isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], PatientProfile | bytes)):
        del given  # a tool that shows local variables would show it
        raise RequestError([_NO_PERSON])
    return given


def _pair(given: object) -> Pair:
    try:
        return Pair(*require_person(given))
    except RequestError:
        del given
        raise


def _noted(people: Iterable[Pair], taken: deque[Pair]) -> Iterator[Pair]:
    """The patients; `taken` holds each that was taken and is not on record yet."""
    for person in people:
        taken.append(person)
        yield person


def _recorded(
    composing: Composing, batch: Batch, people: Sequence[Pair], piece: Sequence[Composed | ProfileError]
) -> list[LeanVerdict | ProfileError]:
    """A piece with its receipts, once it is durable."""
    places = [place for place, one in enumerate(piece) if isinstance(one, Composed)]
    composed = [one for one in piece if isinstance(one, Composed)]

    def again(index: int, before: Composed) -> Composed:
        one = composing.one(batch, people[places[index]], before)
        if isinstance(one, ProfileError):  # it was none a moment ago
            raise one
        return one

    recorded = iter(batch.record(composed, again) if composed else ())
    return [_lean(next(recorded)) if isinstance(one, Composed) else one for one in piece]


def _lean(composed: Composed) -> LeanVerdict:
    lean = LeanVerdict.model_validate_json(composed.verdict)
    return lean.model_copy(update={"receipt": composed.receipt})
