"""What a screening says: frozen data, the five decisions, overrides, the JSON Schema. No evaluation.

It may import arguments, language, patient, texts, diagnostic, _version.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.verdict.decided import ClinicianDecision, DecisionShown
    from ketascreen.verdict.decision import RouteRecommendation, combine
    from ketascreen.verdict.finding import Fault, Finding
    from ketascreen.verdict.lean import LeanVerdict
    from ketascreen.verdict.override import Override
    from ketascreen.verdict.recommendation import Recommendation
    from ketascreen.verdict.schema import SCHEMAS, verdict_schema
    from ketascreen.verdict.verdict import RouteVerdict, Verdict
    from ketascreen.verdict.wording import Wording
    from ketascreen.verdict.writer import VerdictWriter

__all__ = [
    "SCHEMAS",
    "ClinicianDecision",
    "DecisionShown",
    "Fault",
    "Finding",
    "LeanVerdict",
    "Override",
    "Recommendation",
    "RouteRecommendation",
    "RouteVerdict",
    "Verdict",
    "VerdictWriter",
    "Wording",
    "combine",
    "verdict_schema",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__,
        {
            "decided": ["ClinicianDecision", "DecisionShown"],
            "decision": ["RouteRecommendation", "combine"],
            "finding": ["Fault", "Finding"],
            "lean": ["LeanVerdict"],
            "override": ["Override"],
            "recommendation": ["Recommendation"],
            "schema": ["SCHEMAS", "verdict_schema"],
            "verdict": ["RouteVerdict", "Verdict"],
            "wording": ["Wording"],
            "writer": ["VerdictWriter"],
        },
    )
