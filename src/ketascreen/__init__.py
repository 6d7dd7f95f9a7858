"""ketascreen: may this person receive ketamine by this route, on what grounds, and what is still missing?

from datetime import datetime, timezone
from ketascreen import PatientProfile, Screener

screener = Screener.default(time_zone="America/Los_Angeles")
verdict = screener.screen(PatientProfile(...), as_of=datetime.now(timezone.utc))
"""

from ketascreen._face import face
from ketascreen._version import VERSION as __version__  # noqa: N811

TYPE_CHECKING = False  # as in typing, whose loading would take longer than all else here
if TYPE_CHECKING:
    from ketascreen.audit.errors import LedgerError
    from ketascreen.audit.heads import KeptHead
    from ketascreen.audit.ledger import Ledger
    from ketascreen.channels.production.engine import EngineMissing
    from ketascreen.diagnostic import (
        ChannelFault,
        Diagnostic,
        InputError,
        KetascreenError,
        ProfileError,
        RequestError,
        RulebookError,
    )
    from ketascreen.language.partial_date import PartialDate
    from ketascreen.language.rulebook import Rulebook
    from ketascreen.language.terms import Decision, Effect, Outcome, Readiness, Route, Stage
    from ketascreen.loading.load import load_rulebook
    from ketascreen.patient.codes import CodeTable, Meaning
    from ketascreen.patient.given import GivenFacts
    from ketascreen.patient.observation import ListObservation, Observation
    from ketascreen.patient.profile import PatientProfile
    from ketascreen.patient.reader import read_profile
    from ketascreen.screen import Screener
    from ketascreen.screening.request import read_time
    from ketascreen.signing import SignatureError
    from ketascreen.verdict.decided import ClinicianDecision
    from ketascreen.verdict.decision import RouteRecommendation
    from ketascreen.verdict.finding import FactLacking, FactUsed, Fault, Finding, Source
    from ketascreen.verdict.lean import LeanVerdict
    from ketascreen.verdict.override import Override, OverrideReason
    from ketascreen.verdict.recommendation import Recommendation
    from ketascreen.verdict.standing import Standing
    from ketascreen.verdict.verdict import Agreement, Ask, Receipt, RouteVerdict, Verdict
    from ketascreen.verdict.writer import VerdictWriter

__all__ = [
    "Agreement",
    "Ask",
    "ChannelFault",
    "ClinicianDecision",
    "CodeTable",
    "Decision",
    "Diagnostic",
    "Effect",
    "EngineMissing",
    "FactLacking",
    "FactUsed",
    "Fault",
    "Finding",
    "GivenFacts",
    "InputError",
    "KeptHead",
    "KetascreenError",
    "LeanVerdict",
    "Ledger",
    "LedgerError",
    "ListObservation",
    "Meaning",
    "Observation",
    "Outcome",
    "Override",
    "OverrideReason",
    "PartialDate",
    "PatientProfile",
    "ProfileError",
    "Readiness",
    "Receipt",
    "Recommendation",
    "RequestError",
    "Route",
    "RouteRecommendation",
    "RouteVerdict",
    "Rulebook",
    "RulebookError",
    "Screener",
    "SignatureError",
    "Source",
    "Stage",
    "Standing",
    "Verdict",
    "VerdictWriter",
    "__version__",
    "load_rulebook",
    "read_profile",
    "read_time",
]

_HOMES = {
    "audit.errors": ("LedgerError",),
    "audit.heads": ("KeptHead",),
    "audit.ledger": ("Ledger",),
    "signing": ("SignatureError",),
    "verdict.override": ("Override", "OverrideReason"),
    "verdict.standing": ("Standing",),
    "screening.request": ("read_time",),
    "patient.codes": ("CodeTable", "Meaning"),
    "language.partial_date": ("PartialDate",),
    "channels.production.engine": ("EngineMissing",),
    "diagnostic": (
        "ChannelFault",
        "Diagnostic",
        "InputError",
        "KetascreenError",
        "ProfileError",
        "RequestError",
        "RulebookError",
    ),
    "verdict.decision": ("RouteRecommendation",),
    "verdict.finding": ("FactLacking", "FactUsed", "Fault", "Finding", "Source"),
    "verdict.lean": ("LeanVerdict",),
    "verdict.recommendation": ("Recommendation",),
    "loading.load": ("load_rulebook",),
    "patient.reader": ("read_profile",),
    "patient.given": ("GivenFacts",),
    "patient.observation": ("ListObservation", "Observation"),
    "patient.profile": ("PatientProfile",),
    "language.rulebook": ("Rulebook",),
    "screen": ("Screener",),
    "language.terms": ("Decision", "Effect", "Outcome", "Readiness", "Route", "Stage"),
    "verdict.decided": ("ClinicianDecision",),
    "verdict.verdict": ("Agreement", "Ask", "Receipt", "RouteVerdict", "Verdict"),
    "verdict.writer": ("VerdictWriter",),
}
"""The modules below this one that the names come from."""

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(__name__, _HOMES)
