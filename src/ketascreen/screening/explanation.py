"""The known facts that findings rest on, and the facts that they lack, as a verdict names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from ketascreen.language.condition import ListValue, Value
from ketascreen.language.effects import EFFECTS
from ketascreen.language.quantity import decimal_text
from ketascreen.language.rule import Rule
from ketascreen.language.semantics import explain
from ketascreen.language.terms import Outcome
from ketascreen.language.vocabulary import UNRECOGNISED
from ketascreen.patient.facts import Facts, answers_for
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.finding import FactLacking, FactUsed, Fault, Finding
from ketascreen.verdict.wording import Wording


def findings_of(
    rules: Iterable[Rule], outcomes: Mapping[str, Outcome], words: Wording, facts: Facts, as_of: datetime
) -> tuple[tuple[Finding, ...], tuple[Fault, ...]]:
    """The findings of rules for one patient. A rule that cannot be explained gives a fault, and has no grounds."""
    evidence, grounded, faults = _Evidence(words, facts, as_of), [], []
    for rule in rules:
        try:
            rests_on, lacks = evidence.of(rule)
        except Exception as error:  # noqa: BLE001 - what fails here makes the verdict cautious, not end it
            # Only its type is named: an error that we did not write may hold a patient's value.
            message = ENGLISH.text("fault.unexplained", rule=rule.id, error=type(error).__name__)
            faults.append(Fault(where=ENGLISH.text("fault.explanation"), message=message))
            rests_on, lacks = (), ()
        grounded.append((rule.id, outcomes[rule.id], rests_on, lacks))
    return words.findings(grounded), tuple(faults)


def answers_now(names: Iterable[str], words: Wording, facts: Facts, as_of: datetime) -> dict[str, FactUsed]:
    """The answers that count now to the facts of these names, as a verdict words them."""
    known = ((name, facts.current[name]) for name in sorted(names) if name in facts.current)
    return {name: words.used(name, **_known(name, answer, facts, as_of)) for name, answer in known}


class _Evidence:
    """What the findings of one patient rest on and lack. Many rest on the same facts, so each is worded once."""

    def __init__(self, words: Wording, facts: Facts, as_of: datetime) -> None:
        self._words, self._facts, self._as_of = words, facts, as_of
        self._used: dict[tuple[str, bool], FactUsed] = {}

    def of(self, rule: Rule) -> tuple[tuple[FactUsed, ...], tuple[FactLacking, ...]]:
        """The facts that the outcome of a rule rests on, and those that it lacks, by name."""
        answers = answers_for(rule, self._facts)
        _, rests_on, lacks = explain(rule.when, answers)
        last = EFFECTS[rule.effect].last_answers
        return (
            tuple([self._fact_used(name, answers[name], last) for name in sorted(rests_on)]),
            tuple([self._lacking(name, name in answers) for name in sorted(lacks)]),
        )

    def _fact_used(self, name: str, answer: Value, last: bool) -> FactUsed:
        """A known fact; `last`: as an alert reads it, at any age."""
        if (name, last) not in self._used:
            self._used[name, last] = self._words.used(name, **_known(name, answer, self._facts, self._as_of))
        return self._used[name, last]

    def _lacking(self, name: str, answered: bool) -> FactLacking:
        """A fact that is not known, and why; `answered`: a part of it is known."""
        if name in self._facts.stale:
            return self._words.lacking(name, "too_old" if name in self._facts.observed else "undated")
        return self._words.lacking(name, "list_incomplete" if answered else "not_recorded")


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
