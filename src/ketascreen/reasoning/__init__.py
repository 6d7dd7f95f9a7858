"""Searches among all patients: whether a condition can be met, by whom, and which answers it distinguishes.

It may import language.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.reasoning.partitions import answers
    from ketascreen.reasoning.rule_pairs import Pairs
    from ketascreen.reasoning.satisfiable import can_be
    from ketascreen.reasoning.witness import find, met_by

__all__ = ["Pairs", "answers", "can_be", "find", "met_by"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__,
        {
            "partitions": ["answers"],
            "rule_pairs": ["Pairs"],
            "satisfiable": ["can_be"],
            "witness": ["find", "met_by"],
        },
    )
