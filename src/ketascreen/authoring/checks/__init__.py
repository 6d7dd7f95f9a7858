"""The checks beyond the form of a rulebook: each a module named for its code, listed in `registry`.

It may import what authoring may.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.authoring.checks.registry import CHECKS, Check
    from ketascreen.authoring.checks.run import check_folder
    from ketascreen.authoring.checks.subject import Concern, Subject

__all__ = ["CHECKS", "Check", "Concern", "Subject", "check_folder"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__, {"registry": ["CHECKS", "Check"], "run": ["check_folder"], "subject": ["Concern", "Subject"]}
    )
