"""What a rule can say, and what it means: words, quantities, facts, conditions, rules. It knows no file, no patient.

It may import runtime, diagnostic, spelling, texts.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.language.condition import (
        AllOf,
        Always,
        AnyOf,
        Compare,
        Condition,
        DefinitionRef,
        ListValue,
        Not,
        Value,
    )
    from ketascreen.language.documents import Citation, Conflict, Document, NotEncoded
    from ketascreen.language.effects import EFFECTS
    from ketascreen.language.logic import Truth
    from ketascreen.language.operators import OPERATORS
    from ketascreen.language.quantity import Quantity, Unit
    from ketascreen.language.rule import Parameter, Rule
    from ketascreen.language.rulebook import Rulebook
    from ketascreen.language.rulebook_texts import texts_of
    from ketascreen.language.semantics import Grounds, Known, evaluate, explain
    from ketascreen.language.terms import OUTCOME, Decision, Effect, Outcome, Readiness, Route, Stage
    from ketascreen.language.vocabulary import Fact, Kind, Vocabulary

__all__ = [
    "EFFECTS",
    "OPERATORS",
    "OUTCOME",
    "AllOf",
    "Always",
    "AnyOf",
    "Citation",
    "Compare",
    "Condition",
    "Conflict",
    "Decision",
    "DefinitionRef",
    "Document",
    "Effect",
    "Fact",
    "Grounds",
    "Kind",
    "Known",
    "ListValue",
    "Not",
    "NotEncoded",
    "Outcome",
    "Parameter",
    "Quantity",
    "Readiness",
    "Route",
    "Rule",
    "Rulebook",
    "Stage",
    "Truth",
    "Unit",
    "Value",
    "Vocabulary",
    "evaluate",
    "explain",
    "texts_of",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__,
        {
            "condition": [
                "AllOf",
                "Always",
                "AnyOf",
                "Compare",
                "Condition",
                "DefinitionRef",
                "Not",
                "Value",
                "ListValue",
            ],
            "documents": ["Citation", "Conflict", "Document", "NotEncoded"],
            "effects": ["EFFECTS"],
            "logic": ["Truth"],
            "operators": ["OPERATORS"],
            "quantity": ["Quantity", "Unit"],
            "rule": ["Parameter", "Rule"],
            "rulebook": ["Rulebook"],
            "rulebook_texts": ["texts_of"],
            "semantics": ["Known", "Grounds", "evaluate", "explain"],
            "terms": ["OUTCOME", "Decision", "Effect", "Outcome", "Readiness", "Route", "Stage"],
            "vocabulary": ["Fact", "Kind", "Vocabulary"],
        },
    )
