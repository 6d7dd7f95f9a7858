"""Slips in a rule, and whether a case notices each.

It may import what authoring may.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.authoring.mutation.mutant import Mutant, mutants

__all__ = ["Mutant", "mutants"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(__name__, {"mutant": ["Mutant", "mutants"]})
