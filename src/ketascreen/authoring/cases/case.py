"""A case: a patient at a time, written in YAML, and the expected results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ketascreen.authoring.cases.case_models import REFUSED
from ketascreen.diagnostic import Place
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.terms import Stage
from ketascreen.patient.profile import PatientProfile

NOTHING = "nothing"
"""What a rule's case expects for a route that the rule is not for."""


@dataclass(frozen=True, slots=True)
class CaseForm:
    """How a file writes its cases: the columns before each `- `, and the times that the file says once."""

    indent: int = 0
    as_of: str | None = None
    observed_at: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A patient at a time, and the expected results; `rule` is None for a whole patient.

    `start` names the start that the case changes, or is empty; `form` is its file's form.
    """

    name: str
    place: Place
    rule: str | None
    clinic: ClinicTime
    stage: Stage
    profile: PatientProfile
    decided: tuple[str, ...]
    expect: Mapping[str, Any]
    start: str = ""
    form: CaseForm = CaseForm()

    @property
    def as_of(self) -> datetime:
        """The time of the screening, at a fixed offset."""
        return self.clinic.as_of

    @property
    def refused(self) -> str | None:
        """The contradiction for which the patient must be refused; None if the patient is screened."""
        return self.expect.get(REFUSED)

    def __str__(self) -> str:
        return f"{self.place.path}:{self.place.line}: {self.name}"


def free_name(name: str, taken: frozenset[str]) -> str:
    """A name that no other case has: the name itself, or with a number."""
    numbered = (f"{name}, case {count}" for count in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in numbered if one not in taken)
