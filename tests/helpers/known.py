"""What counts of a profile, by a vocabulary with windows, marked choices and a fact of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from ketascreen import PatientProfile, ProfileError
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.quantity import UNITS
from ketascreen.language.vocabulary import Fact, Freshness, Kind, Window
from ketascreen.patient.facts import Facts, known_facts
from ketascreen.patient.profile import BUILT_IN

AS_OF = datetime(2026, 11, 22, 9, tzinfo=UTC)
EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
EGFR = Fact("egfr", Kind.NUMBER, "Filtration", "renal", unit=UNITS["mL/min"], minimum=Decimal(0), maximum=Decimal(200))
VOCABULARY = BUILT_IN.extended(
    [EGFR],
    {
        "systolic_bp": Freshness(Window(30)),
        "pregnancy": Freshness(Window(30), lasting=frozenset({"pregnant"}), permanent=frozenset({"not_possible"})),
        "heart_conditions": Freshness(Window(90), lasting=frozenset({"aneurysm"})),
        "ride_home": Freshness(Window(0)),
    },
)


def facts(as_of: datetime = AS_OF, /, **given: Any) -> Facts:
    """The facts of a profile."""
    return known_facts(PatientProfile(**given), VOCABULARY, ClinicTime.at(as_of))


def problems(as_of: datetime = AS_OF, /, **given: Any) -> list[tuple[str, str | None]]:
    """Code and pointer of each problem of a profile that is refused at screening."""
    with pytest.raises(ProfileError) as caught:
        facts(as_of, **given)
    assert caught.value.__context__ is None
    return [(problem.code, problem.pointer) for problem in caught.value.diagnostics]
