"""What the findings of one screening rest on and lack, as a verdict names it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal

from ketascreen.diagnostic import ChannelFault
from ketascreen.language.condition import ListValue, Value
from ketascreen.language.logic import UNKNOWN
from ketascreen.language.quantity import decimal_text
from ketascreen.language.rule import Rule
from ketascreen.language.semantics import Grounds, explain
from ketascreen.language.terms import Effect
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Vocabulary
from ketascreen.patient.facts import Facts, answers_for
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.finding import FactLacking, FactUsed, Fault, Want


class Evidence:
    """The grounds of each rule for one patient: the reference channel's walk, done when asked for, and once."""

    def __init__(self, vocabulary: Vocabulary, facts: Facts, as_of: datetime) -> None:
        self._vocabulary, self._facts, self._as_of = vocabulary, facts, as_of
        self._grounds: dict[str, Grounds] = {}
        self._used: dict[tuple[str, bool], FactUsed] = {}

    def explain(self, rules: Iterable[Rule]) -> tuple[Fault, ...]:
        """Walks these rules now. One that cannot be explained is a fault, and stands without grounds."""
        faults = []
        for rule in rules:
            try:
                self._grounds[rule.id] = explain(rule.when, answers_for(rule, self._facts))
            except Exception as error:  # noqa: BLE001 - what fails here makes the verdict cautious, not end it
                faults.append(Fault(where=ENGLISH.text("fault.explanation"), message=_failed(rule, error)))
                self._grounds[rule.id] = Grounds(UNKNOWN)
        return tuple(faults)

    def rests_on(self, rule: Rule) -> tuple[FactUsed, ...]:
        """The known facts that a rule's outcome rests on, by name.

        Raises:
            ChannelFault: the rule cannot be explained.
        """
        return tuple([self._fact_used(name, rule) for name in sorted(self._explained(rule).rests_on)])

    def lacks(self, rule: Rule) -> tuple[FactLacking, ...]:
        """The facts that an unknown outcome lacks, by name.

        Raises:
            ChannelFault: the rule cannot be explained.
        """
        lacks = self._explained(rule).lacks
        answers = answers_for(rule, self._facts)
        return tuple([_lacking(self._vocabulary[name], name in answers, self._facts) for name in sorted(lacks)])

    def _explained(self, rule: Rule) -> Grounds:
        if (known := self._grounds.get(rule.id)) is not None:
            return known
        try:
            grounds = self._grounds[rule.id] = explain(rule.when, answers_for(rule, self._facts))
        except Exception as error:  # noqa: BLE001 - told by its type alone
            failure = _failed(rule, error)
        else:
            return grounds
        # Raised where the error is no longer at hand, since it could hold values.
        raise ChannelFault(failure)

    def _fact_used(self, name: str, rule: Rule) -> FactUsed:
        read = name, rule.effect is Effect.ALERT
        if read not in self._used:
            answer = answers_for(rule, self._facts)[name]
            self._used[read] = _used(self._vocabulary[name], answer, self._facts, self._as_of)
        return self._used[read]


def _failed(rule: Rule, error: Exception) -> str:
    # Only the type is told: the message of an error that we did not write may hold a patient's value.
    return ENGLISH.text("fault.unexplained", rule=rule.id, error=type(error).__name__)


def _used(fact: Fact, value: Value, facts: Facts, as_of: datetime) -> FactUsed:
    name, observed = fact.name, facts.observed.get(fact.name)
    known: str | tuple[str, ...]
    if isinstance(value, ListValue):
        known = (*sorted(value.present - {UNRECOGNISED}), *facts.unrecognised.get(name, ()))
    else:
        known = decimal_text(value) if isinstance(value, Decimal) else value
    days = None
    if observed is not None:
        instant = observed if isinstance(observed, datetime) else datetime.combine(observed, time.min, as_of.tzinfo)
        days = (as_of - instant).days
    return FactUsed.made(
        {
            "fact": name,
            "label": fact.label,
            "value": known,
            "unit": fact.unit.name if fact.unit else None,
            "complete": value.complete if isinstance(value, ListValue) else None,
            "observed_at": observed.isoformat() if observed is not None else None,
            "days_old": days,
            "counts": facts.current.get(name) == value,
        }
    )


def _lacking(fact: Fact, answered: bool, facts: Facts) -> FactLacking:
    why: Want
    if fact.name in facts.stale:
        why = "too_old" if fact.name in facts.observed else "undated"
    else:
        why = "list_incomplete" if answered else "not_recorded"
    return FactLacking.made({"fact": fact.name, "label": fact.label, "why": why})
