"""ketascreen: may this person receive ketamine by this route, on what grounds, and what is still missing?

from datetime import datetime, timezone
from ketascreen import PatientProfile, Screener

screener = Screener.default()
verdict = screener.screen(PatientProfile(...), as_of=datetime.now(timezone.utc))
"""

import logging

from ketascreen._version import VERSION as __version__  # noqa: N811
from ketascreen.channels import ChannelFault
from ketascreen.channels.production import EngineMissing
from ketascreen.diagnostic import InputError, KetascreenError, ProfileError, RequestError, RulebookError
from ketascreen.finding import Fault, Finding
from ketascreen.loading import load_rulebook
from ketascreen.loading.profiles import read_profile
from ketascreen.observation import ListObservation, Observation
from ketascreen.profile import PatientProfile
from ketascreen.rulebook import Rulebook
from ketascreen.screen import Screener
from ketascreen.terms import Decision, Effect, Outcome, Readiness, Route, Stage
from ketascreen.verdict import ReviewDecision, RouteVerdict, Verdict

__all__ = [
    "ChannelFault",
    "Decision",
    "Effect",
    "EngineMissing",
    "Fault",
    "Finding",
    "InputError",
    "KetascreenError",
    "ListObservation",
    "Observation",
    "Outcome",
    "PatientProfile",
    "ProfileError",
    "Readiness",
    "RequestError",
    "ReviewDecision",
    "Route",
    "RouteVerdict",
    "Rulebook",
    "RulebookError",
    "Screener",
    "Stage",
    "Verdict",
    "__version__",
    "load_rulebook",
    "read_profile",
]

# Silent unless the program that uses it says otherwise; nothing that is logged holds a value of a profile.
logging.getLogger(__name__).addHandler(logging.NullHandler())
