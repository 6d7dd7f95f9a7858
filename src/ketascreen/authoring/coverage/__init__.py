"""What the cases of a rulebook show of each rule, and what they leave untested.

It may import what authoring may.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.authoring.coverage.measure import RuleCoverage, cover

__all__ = ["RuleCoverage", "cover"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(__name__, {"measure": ["RuleCoverage", "cover"]})
