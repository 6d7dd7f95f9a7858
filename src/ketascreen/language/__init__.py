"""What a rule can say, and what it means: words, quantities, facts, conditions, rules. No file, no patient.

It may import diagnostic.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.language.condition import OPERATORS, All, Always, Any_, Compare, Condition, Meets, Not, Value, Words
    from ketascreen.language.documents import Citation, Conflict, Document, NotEncoded
    from ketascreen.language.logic import Truth
    from ketascreen.language.quantity import Quantity, Unit
    from ketascreen.language.rule import Parameter, Rule
    from ketascreen.language.rulebook import Rulebook
    from ketascreen.language.semantics import Answers, Grounds, evaluate, explain
    from ketascreen.language.terms import OUTCOME, Decision, Effect, Outcome, Readiness, Route, Stage
    from ketascreen.language.vocabulary import Fact, Kind, Vocabulary

__all__ = [
    "OPERATORS",
    "OUTCOME",
    "All",
    "Always",
    "Answers",
    "Any_",
    "Citation",
    "Compare",
    "Condition",
    "Conflict",
    "Decision",
    "Document",
    "Effect",
    "Fact",
    "Grounds",
    "Kind",
    "Meets",
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
    "Words",
    "evaluate",
    "explain",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__,
        {
            "condition": [
                "OPERATORS",
                "All",
                "Always",
                "Any_",
                "Compare",
                "Condition",
                "Meets",
                "Not",
                "Value",
                "Words",
            ],
            "documents": ["Citation", "Conflict", "Document", "NotEncoded"],
            "logic": ["Truth"],
            "quantity": ["Quantity", "Unit"],
            "rule": ["Parameter", "Rule"],
            "rulebook": ["Rulebook"],
            "semantics": ["Answers", "Grounds", "evaluate", "explain"],
            "terms": ["OUTCOME", "Decision", "Effect", "Outcome", "Readiness", "Route", "Stage"],
            "vocabulary": ["Fact", "Kind", "Vocabulary"],
        },
    )
