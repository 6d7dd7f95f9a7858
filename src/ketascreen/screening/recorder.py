"""What a screening gives to a ledger, and what it needs from the ledger."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from ketascreen.diagnostic import Diagnostic, RequestError
from ketascreen.language.quiet import Quiet
from ketascreen.language.rulebook import Rulebook
from ketascreen.patient.profile import PatientProfile
from ketascreen.verdict.override import Override
from ketascreen.verdict.verdict import Receipt, Verdict

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,199}")
"""The form of a caller's own reference to a patient: an opaque token without spaces, never a name."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Screening(Quiet):
    """One screening as it goes on record. Its repr shows nothing of the patient.

    `engines` are the rule engines of its channels, with their versions, by channel.
    """

    reference: str
    profile: PatientProfile
    verdict: Verdict
    rulebook: Rulebook
    engines: tuple[tuple[str, str], ...] = ()


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
        RequestError: one without the other, or a reference that is not an opaque token.
    """
    hint = "give your own token for the patient: at most 200 letters, digits and ._:/+=@- without spaces, never a name"
    if not has_ledger:
        problem, hint = "`reference` is given, but there is no ledger", "name a ledger too"
        refused = reference is not None
    elif reference is None:
        problem, refused = "a ledger needs `reference`", True
    else:
        problem = "`reference` is not an opaque token"
        refused = not (isinstance(reference, str) and REFERENCE.fullmatch(reference))
    if refused:
        raise RequestError([Diagnostic("reference", problem, hint)])
