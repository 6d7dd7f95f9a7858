"""For the tests of a program that uses ketascreen: profiles, verdicts, and a screener that gives what a test wants.

A made-up verdict says so in its notice, its rulebook and its channels, and no ledger takes it.

It may import arguments, channels, language, loading, patient, screen, screening, texts, verdict, diagnostic, _version.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.testing.fake_screener import Call, FakeScreener
    from ketascreen.testing.made_up import made_up_verdict
    from ketascreen.testing.profiles import eligible_profile, screened

__all__ = ["Call", "FakeScreener", "eligible_profile", "made_up_verdict", "screened"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__,
        {
            "fake_screener": ["Call", "FakeScreener"],
            "made_up": ["made_up_verdict"],
            "profiles": ["eligible_profile", "screened"],
        },
    )
