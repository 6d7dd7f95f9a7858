"""ketascreen: may this person receive ketamine by this route, on what grounds, and what is still missing?

from datetime import datetime, timezone
from ketascreen import PatientProfile, Screener

screener = Screener.default()
verdict = screener.screen(PatientProfile(...), as_of=datetime.now(timezone.utc))
"""

import logging
from typing import TYPE_CHECKING

from ketascreen._version import VERSION as __version__  # noqa: N811

if TYPE_CHECKING:
    from ketascreen.channels.engine import EngineMissing
    from ketascreen.diagnostic import (
        ChannelFault,
        InputError,
        KetascreenError,
        ProfileError,
        RequestError,
        RulebookError,
    )
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

_HOMES = {
    "channels.engine": ("EngineMissing",),
    "diagnostic": ("ChannelFault", "InputError", "KetascreenError", "ProfileError", "RequestError", "RulebookError"),
    "finding": ("Fault", "Finding"),
    "loading": ("load_rulebook",),
    "loading.profiles": ("read_profile",),
    "observation": ("ListObservation", "Observation"),
    "profile": ("PatientProfile",),
    "rulebook": ("Rulebook",),
    "screen": ("Screener",),
    "terms": ("Decision", "Effect", "Outcome", "Readiness", "Route", "Stage"),
    "verdict": ("ReviewDecision", "RouteVerdict", "Verdict"),
}
"""The modules below this one that the names come from. Each is loaded when a name of it is first asked for (PEP 562),
so that a program pays for what it uses: `ketascreen routes` needs no profile, and a type checker loads nothing."""

if not TYPE_CHECKING:  # a type checker reads the imports above, and must go on refusing names that there are not

    def __getattr__(name: str) -> object:
        for home, names in _HOMES.items():
            if name in names:
                from importlib import import_module

                found = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
                return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


# Silent unless the program that uses it says otherwise; nothing that is logged holds a value of a profile.
logging.getLogger(__name__).addHandler(logging.NullHandler())
