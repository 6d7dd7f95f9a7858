"""What a screening says: frozen data, the five decisions, overrides, the JSON Schema. No evaluation.

It may import language, patient, texts.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.verdict.decision import combine, combine_readiness
    from ketascreen.verdict.finding import Fault, Finding
    from ketascreen.verdict.override import Override
    from ketascreen.verdict.schema import SCHEMAS, verdict_schema
    from ketascreen.verdict.verdict import ClinicianDecision, RouteVerdict, Verdict

__all__ = [
    "SCHEMAS",
    "ClinicianDecision",
    "Fault",
    "Finding",
    "Override",
    "RouteVerdict",
    "Verdict",
    "combine",
    "combine_readiness",
    "verdict_schema",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__,
        {
            "decision": ["combine", "combine_readiness"],
            "finding": ["Fault", "Finding"],
            "override": ["Override"],
            "schema": ["SCHEMAS", "verdict_schema"],
            "verdict": ["ClinicianDecision", "RouteVerdict", "Verdict"],
        },
    )
