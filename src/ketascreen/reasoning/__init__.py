"""Searches among all patients: whether a condition can be met, by whom, and which answers it tells apart.

It may import language.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.reasoning.partitions import answers
    from ketascreen.reasoning.rule_pairs import Pairs
    from ketascreen.reasoning.satisfiable import can_come_to
    from ketascreen.reasoning.witness import find, met_by

__all__ = ["Pairs", "answers", "can_come_to", "find", "met_by"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__,
        {
            "partitions": ["answers"],
            "rule_pairs": ["Pairs"],
            "satisfiable": ["can_come_to"],
            "witness": ["find", "met_by"],
        },
    )
