"""What a screening hands over to be put on record, and what it asks of whoever keeps the records."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from ketascreen.diagnostic import Diagnostic, RequestError
from ketascreen.language.rulebook import Rulebook
from ketascreen.patient.profile import PatientProfile
from ketascreen.verdict.override import Override
from ketascreen.verdict.verdict import Receipt, Verdict

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,199}")
"""The form of a caller's own reference to a patient: an opaque token without spaces, never a name."""


@dataclass(frozen=True, slots=True)
class Screening:
    """One screening as it goes on record. Its repr shows nothing of the patient.

    `engines` are the rule engines that its channels stand on, with their versions, by channel.
    """

    reference: str = field(repr=False)
    profile: PatientProfile = field(repr=False)
    verdict: Verdict = field(repr=False)
    rulebook: Rulebook = field(repr=False)
    engines: tuple[tuple[str, str], ...] = ()


class Recorder(Protocol):
    """Keeps screenings, durably, before their verdicts are handed out."""

    def overrides(self, reference: str) -> tuple[Override, ...]:
        """The overrides on record for the caller's reference."""
        ...

    def record(self, screening: Screening) -> Receipt:
        """Puts a screening on record.

        Raises:
            KetascreenError: it is not on record; its verdict must not be handed out.
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
    """Lets pass a reference for a ledger, and none where there is none.

    Raises:
        RequestError: one without the other, or a reference that is no opaque token.
    """
    hint = "give your own opaque token for the patient: letters and digits without spaces, never a name"
    if not has_ledger:
        problem, hint = "`reference` is given, and there is no ledger to keep it", "give `Screener` a ledger"
        refused = reference is not None
    elif reference is None:
        problem, refused = "a ledger needs `reference`", True
    else:
        problem = "`reference` is no opaque token"
        refused = not (isinstance(reference, str) and REFERENCE.fullmatch(reference))
    if refused:
        raise RequestError([Diagnostic("reference", problem, hint)])
