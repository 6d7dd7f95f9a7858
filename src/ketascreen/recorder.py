"""What a screening hands over to be put on record, and what it asks of whoever keeps the records."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from ketascreen.override import Override
from ketascreen.profile import PatientProfile
from ketascreen.rulebook import Rulebook
from ketascreen.verdict import Receipt, Verdict

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
