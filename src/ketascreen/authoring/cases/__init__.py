"""Cases: example patients with what is expected of each, read and run.

It may import what authoring may.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.authoring.cases.case import Case
    from ketascreen.authoring.cases.examination import examine
    from ketascreen.authoring.cases.read import read_cases
    from ketascreen.authoring.cases.run import run_cases

__all__ = ["Case", "examine", "read_cases", "run_cases"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__, {"case": ["Case"], "examination": ["examine"], "read": ["read_cases"], "run": ["run_cases"]}
    )
