"""The known facts that findings rest on, and the facts that they lack, as a verdict names them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from ketascreen.language.condition import ListValue, Value
from ketascreen.language.effects import EFFECTS
from ketascreen.language.logic import UNKNOWN
from ketascreen.language.quantity import decimal_text
from ketascreen.language.rule import Rule
from ketascreen.language.semantics import Grounds, explain
from ketascreen.language.vocabulary import UNRECOGNISED
from ketascreen.patient.facts import Facts, answers_for
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.finding import FactLacking, FactUsed, Fault, Want
from ketascreen.verdict.wording import Wording


class Evidence:
    """What the findings of one patient rest on and lack. Each rule is walked once."""

    def __init__(self, words: Wording, facts: Facts, as_of: datetime) -> None:
        self._words, self._facts, self._as_of = words, facts, as_of
        self._grounds: dict[str, Grounds] = {}
        self._used: dict[tuple[str, bool], FactUsed] = {}

    def explain(self, rules: Iterable[Rule]) -> tuple[Fault, ...]:
        """Walks over these rules. A rule that cannot be explained gives a fault, and has no grounds."""
        faults = []
        for rule in rules:
            try:
                self._grounds[rule.id] = explain(rule.when, answers_for(rule, self._facts))
            except Exception as error:  # noqa: BLE001 - what fails here makes the verdict cautious, not end it
                # Only its type is named: an error that we did not write may hold a patient's value.
                message = ENGLISH.text("fault.unexplained", rule=rule.id, error=type(error).__name__)
                faults.append(Fault(where=ENGLISH.text("fault.explanation"), message=message))
                self._grounds[rule.id] = Grounds(UNKNOWN)
        return tuple(faults)

    def rests_on(self, rule: Rule) -> tuple[FactUsed, ...]:
        """The known facts that the outcome of a rule rests on, by name; `explain` has walked the rule."""
        return tuple([self._fact_used(name, rule) for name in sorted(self._grounds[rule.id].rests_on)])

    def lacks(self, rule: Rule) -> tuple[FactLacking, ...]:
        """The facts that an unknown outcome lacks, by name; `explain` has walked the rule."""
        answers = answers_for(rule, self._facts)
        lacks = sorted(self._grounds[rule.id].lacks)
        return tuple([self._words.lacking(name, _why(name, name in answers, self._facts)) for name in lacks])

    def _fact_used(self, name: str, rule: Rule) -> FactUsed:
        read = name, EFFECTS[rule.effect].last_answers
        if read not in self._used:
            answer = answers_for(rule, self._facts)[name]
            self._used[read] = self._words.used(name, **_known(name, answer, self._facts, self._as_of))
        return self._used[read]


def _known(name: str, value: Value, facts: Facts, as_of: datetime) -> dict[str, Any]:
    """The part of a known fact that belongs to the patient, by field of `FactUsed`."""
    observed = facts.observed.get(name)
    known: str | tuple[str, ...]
    if isinstance(value, ListValue):
        known = (*sorted(value.present - {UNRECOGNISED}), *facts.unrecognised.get(name, ()))
    else:
        known = decimal_text(value) if isinstance(value, Decimal) else value
    days = None
    if observed is not None:
        instant = observed if isinstance(observed, datetime) else datetime.combine(observed, time.min, as_of.tzinfo)
        days = (as_of - instant).days
    return {
        "value": known,
        "complete": value.complete if isinstance(value, ListValue) else None,
        "observed_at": observed.isoformat() if observed is not None else None,
        "days_old": days,
        "counts": facts.current.get(name) == value,
    }


def _why(name: str, answered: bool, facts: Facts) -> Want:
    """Why a fact is not known. `answered`: a part of it is known."""
    if name in facts.stale:
        return "too_old" if name in facts.observed else "undated"
    return "list_incomplete" if answered else "not_recorded"
