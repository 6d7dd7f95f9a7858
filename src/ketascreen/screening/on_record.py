"""Screens any number of patients onto a ledger: composed in any process, recorded in this one, a piece at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice

from ketascreen.arguments import listed
from ketascreen.diagnostic import Diagnostic, ProfileError, RequestError
from ketascreen.language.rulebook import Rulebook
from ketascreen.patient.profile import PatientProfile
from ketascreen.patient.reader import in_words_of
from ketascreen.runtime.process_pool import PIECE, in_order
from ketascreen.screening.batch import PATIENTS, ProfileOrJson, Results, require_copies, require_workers
from ketascreen.screening.line import profile_in
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
"""The caller's opaque reference to a patient, with the profile or the bytes of its JSON."""

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

    def one(self, batch: Batch, person: Person, before: Composed | None = None) -> Composed | ProfileError:
        """The composed screening, or why the patient was refused; `before` is what was composed a moment ago.

        Raises:
            KetascreenError: the ledger could not be read.
        """
        reference, given = person
        try:
            # Read first: it says more of a line whose reference is misspelt or of another form.
            profile = profile_in(given) if isinstance(given, bytes) else given
            if (problem := reference_problem(reference)) is not None:
                return ProfileError([problem])
            assert reference is not None
            return batch.compose(reference, profile, partial(self._screened, reference, profile), before)
        except ProfileError as error:
            return in_words_of(self.rulebook.vocabulary, error)

    def _screened(self, reference: str, profile: PatientProfile, overrides: tuple[Override, ...]) -> Screening:
        verdict = self.work(profile, self.request, overrides)
        return Screening(reference, profile, verdict, self.rulebook, self.engines)


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
    batch = ledger.batch(composing.rulebook, composing.request)
    make = partial(_worker, composing, batch.elsewhere() if workers > 1 else batch)
    if workers > 1:
        require_copies(make)
    taken = deque[Person]()
    with closing(in_order(make, _noted(people, taken), workers=workers)) as answers:
        while piece := list(islice(answers, PIECE)):
            yield from _recorded(composing, batch, [taken.popleft() for _ in piece], piece)


def _worker(composing: Composing, batch: Batch) -> Callable[[Person], Composed | ProfileError]:
    return partial(composing.one, batch)


def require_person(given: object) -> Person:
    """A reference with a profile, or with the bytes of its JSON; what the reference is, is not looked at.

    Raises:
        RequestError: it is something else.
    """
    if not (isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], PatientProfile | bytes)):
        raise RequestError([_NO_PERSON])
    return given


def _noted(people: Iterable[ProfileOrJson | Person], taken: deque[Person]) -> Iterator[Person]:
    """The patients; `taken` holds each that was taken and is not on record yet."""
    for given in people:
        person = require_person(given)
        taken.append(person)
        yield person


def _recorded(
    composing: Composing, batch: Batch, people: Sequence[Person], piece: Sequence[Composed | ProfileError]
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
