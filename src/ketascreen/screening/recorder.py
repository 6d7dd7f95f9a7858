"""What a screening gives to a ledger, and what it needs from the ledger."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, Self, runtime_checkable

from ketascreen.arguments import refuse, require
from ketascreen.diagnostic import Diagnostic, RequestError
from ketascreen.language.quiet import Quiet
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.load import of_its_files
from ketascreen.patient.profile import PatientProfile
from ketascreen.screening.request import Request
from ketascreen.verdict.override import Override
from ketascreen.verdict.verdict import Receipt, Verdict, counts_fit

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,199}")
"""The form of a caller's own reference to a patient: a token without spaces, never a name."""

TOKEN_FORM = (
    "give your own token for the patient: at most 200 letters, digits and ._:/+=@- without spaces, never a name"
)
"""What to do about a reference that has another form."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Screening(Quiet):
    """One screening as it goes on record. Its repr shows nothing of the patient.

    `engines` are the rule engines of its channels, with their versions, by channel.

    Raises:
        RequestError: the verdict is made up, or does not fit the rulebook.
    """

    reference: str
    profile: PatientProfile
    verdict: Verdict
    rulebook: Rulebook
    engines: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.verdict.is_made_up:
            message = "the verdict was made up for a test, so it never goes on record"
            raise RequestError([Diagnostic("made-up", message, "screen the patient with a Screener")])
        rules = [rule.id for rule in self.rulebook.rules]
        if not counts_fit(self.verdict, rules, [finding.rule for finding in self.verdict.findings]):
            message = "the counts or findings of the verdict do not fit this rulebook"
            hint = "give the verdict as a Screener returned it, and the rulebook of that Screener"
            raise RequestError([Diagnostic("other-rulebook", message, hint)])


class NewestEntries(NamedTuple):
    """The newest entries about a patient in a ledger, by number and digest: an override, and a screening."""

    override: tuple[int, str] | None
    screening: tuple[int, str] | None


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Composed(Quiet):
    """A screening that is ready to go on record, as plain text. Its repr shows nothing of the patient.

    `verdict` is the lean form of its verdict as JSON; `body` and `opened` are the record. `seen` are the newest entries
    about the patient when it was composed. `receipt` says where it is on record, once it is.
    """

    reference: str
    verdict: str
    body: str
    opened: str
    seen: NewestEntries
    receipt: Receipt | None = None


Screened = Callable[[tuple[Override, ...]], Screening]
"""Screens one patient with these overrides."""


class Batch(Protocol):
    """Many screenings that are asked the same, and go on record a piece at a time."""

    def elsewhere(self) -> Self:
        """The same batch as another process may have it: it composes, and writes nothing.

        Raises:
            RequestError: another process cannot have it.
        """
        ...

    def compose(
        self, reference: str, profile: PatientProfile, screened: Screened, before: Composed | None = None
    ) -> Composed:
        """Screens a patient with the overrides on record, and composes the record. If this very screening is on record
        since the batch first began, it is that one, with its receipt. What `before` had seen is not looked at again."""
        ...

    def record(self, piece: Sequence[Composed], again: Callable[[int, Composed], Composed]) -> list[Composed]:
        """Puts a whole piece on record; `again` composes one by its place, since its patient has newer entries than
        the one before had seen. All have their receipts.

        Raises:
            KetascreenError: not all of the piece is on record; none of its verdicts must be returned.
        """
        ...


@runtime_checkable
class Recorder(Protocol):
    """Records screenings durably, before their verdicts are returned."""

    def overrides(self, reference: str) -> tuple[Override, ...]:
        """The overrides on record for the caller's reference."""
        ...

    def record(self, screening: Screening) -> Receipt:
        """Puts a screening on record.

        Raises:
            KetascreenError: it is not on record; its verdict must not be returned.
        """
        ...

    def for_reading(self) -> Self:
        """The same one as another process may have it.

        Raises:
            RequestError: another process cannot have it.
        """
        ...

    def batch(self, rulebook: Rulebook, request: Request) -> Batch:
        """Begins a batch, or goes on with one of the same request and rulebook, and puts that on record.

        Raises:
            KetascreenError: it is not on record.
        """
        ...


def require_recorder(ledger: object) -> None:
    """Requires a ledger, or None for none.

    Raises:
        RequestError: it is something else, such as the path of one.
    """
    if ledger is not None:
        require(ledger, Recorder, "ledger", "a ledger", 'make one with ketascreen.Ledger("clinic.db")')


def to_screen_by(rulebook: object, ledger: Recorder | None) -> Rulebook:
    """The rulebook to screen by; with a ledger, the one that its files give (`loading.load.of_its_files`).

    Raises:
        RequestError: not a rulebook, or not a ledger.
        RulebookError: its files do not load.
    """
    require_recorder(ledger)
    if not isinstance(rulebook, Rulebook):
        refuse("rulebook", "a Rulebook", 'read one with load_rulebook("folder")')
    return rulebook if ledger is None else of_its_files(rulebook)


def refuse_without_record(what: str, *, has_ledger: bool) -> None:
    """Refuses what would give an answer without its record, on a screener with a ledger.

    Raises:
        RequestError: there is a ledger.
    """
    if has_ledger:
        hint = "use `screen`, or a screener without a ledger"
        raise RequestError([Diagnostic("reference", f"{what} puts nothing on record, and there is a ledger", hint)])


def require_reference(reference: str | None, *, has_ledger: bool) -> None:
    """Requires a reference if there is a ledger, and refuses one if there is not.

    Raises:
        RequestError: one without the other, or a reference that does not have the form of a token.
    """
    if has_ledger:
        problem = reference_problem(reference)
    elif reference is not None:
        problem = Diagnostic("reference", "`reference` is given, but there is no ledger", "name a ledger too")
    else:
        problem = None
    if problem is not None:
        raise RequestError([problem])


def reference_problem(reference: object) -> Diagnostic | None:
    """What is wrong with a reference for the ledger."""
    if isinstance(reference, str) and REFERENCE.fullmatch(reference):
        return None
    message = "a ledger needs `reference`" if reference is None else "`reference` does not have the form of a token"
    return Diagnostic("reference", message, TOKEN_FORM)
