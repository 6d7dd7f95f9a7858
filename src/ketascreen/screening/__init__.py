"""The parts of the story that `screen.py` tells: request, scope, agreement, recommending, explaining, recording.

It may import arguments, channels, loading, verdict, patient, syntax, language, runtime, diagnostic, texts.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.screening.agreement import ask
    from ketascreen.screening.explanation import findings_of
    from ketascreen.screening.recorder import Recorder, Screening
    from ketascreen.screening.request import read_request
    from ketascreen.screening.scope import Scope

__all__ = ["Recorder", "Scope", "Screening", "ask", "findings_of", "read_request"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__,
        {
            "agreement": ["ask"],
            "explanation": ["findings_of"],
            "recorder": ["Recorder", "Screening"],
            "request": ["read_request"],
            "scope": ["Scope"],
        },
    )
