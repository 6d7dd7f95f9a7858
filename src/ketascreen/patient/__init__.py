"""What is known about one patient, and which answers count at a point in time.

It may import arguments, language, syntax, runtime, diagnostic, spelling.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.patient.facts import Facts, answers_for, known_facts
    from ketascreen.patient.observation import ListObservation, Observation
    from ketascreen.patient.profile import BUILT_IN, PatientProfile
    from ketascreen.patient.reader import read_profile
    from ketascreen.patient.schema import profile_schema

__all__ = [
    "BUILT_IN",
    "Facts",
    "ListObservation",
    "Observation",
    "PatientProfile",
    "answers_for",
    "known_facts",
    "profile_schema",
    "read_profile",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__,
        {
            "facts": ["Facts", "answers_for", "known_facts"],
            "observation": ["ListObservation", "Observation"],
            "profile": ["BUILT_IN", "PatientProfile"],
            "reader": ["read_profile"],
            "schema": ["profile_schema"],
        },
    )
