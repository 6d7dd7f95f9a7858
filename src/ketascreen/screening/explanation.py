"""The known facts that findings rest on, and the facts that they lack, as a verdict names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from ketascreen.language.clinic_time import MINUTES_A_DAY, ClinicTime, Instant
from ketascreen.language.condition import ListValue, Span, Value
from ketascreen.language.effects import EFFECTS
from ketascreen.language.logic import UNKNOWN
from ketascreen.language.quantity import decimal_text
from ketascreen.language.rule import Rule
from ketascreen.language.semantics import explain
from ketascreen.language.terms import Outcome
from ketascreen.language.vocabulary import UNRECOGNISED, Vocabulary
from ketascreen.patient.facts import Facts, deciding_answers
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.finding import FactLacking, FactUsed, Fault, Finding
from ketascreen.verdict.wording import Wording


def findings_of(
    rules: Iterable[Rule],
    outcomes: Mapping[str, Outcome],
    words: Wording,
    vocabulary: Vocabulary,
    facts: Facts,
    clinic: ClinicTime,
) -> tuple[tuple[Finding, ...], tuple[Fault, ...]]:
    """The findings of rules for one patient. A rule that cannot be explained gives a fault, and has no grounds."""
    evidence, grounded, faults = _Evidence(words, vocabulary, facts, clinic), [], []
    for rule in rules:
        try:
            rests_on, lacks = evidence.of(rule)
        except Exception as error:  # noqa: BLE001 - what fails here makes the verdict cautious, not end it
            # Only its type is named: an error that we did not write may hold a patient's value.
            message = ENGLISH.text("fault.unexplained", rule=rule.id, error=type(error).__name__)
            faults.append(Fault(where=ENGLISH.text("fault.explanation"), message=message))
            rests_on, lacks = (), ()
        grounded.append((rule.id, outcomes[rule.id], rests_on, lacks))
    return words.findings(grounded, clinic.today), tuple(faults)


def answers_now(
    names: Iterable[str], words: Wording, vocabulary: Vocabulary, facts: Facts, clinic: ClinicTime
) -> dict[str, FactUsed]:
    """The answers that count now, or stand, to the facts of these names, as a verdict words them."""
    evidence, known = _Evidence(words, vocabulary, facts, clinic), facts.with_standing().current
    return {name: evidence.fact_used(name, known[name]) for name in sorted(names) if name in known}


class _Evidence:
    """What the findings of one patient rest on and lack. Many rest on the same facts, so each is worded once."""

    def __init__(self, words: Wording, vocabulary: Vocabulary, facts: Facts, clinic: ClinicTime) -> None:
        self._words, self._vocabulary, self._facts, self._clinic = words, vocabulary, facts, clinic
        self._used: dict[tuple[str, bool], FactUsed] = {}
        self._ages: dict[Instant, int] = {}

    def of(self, rule: Rule) -> tuple[tuple[FactUsed, ...], tuple[FactLacking, ...]]:
        """The facts that the outcome of a rule rests on, and those that it lacks, by name."""
        last = EFFECTS[rule.effect].last_answers
        # An alert rests on an answer that does not count only where those that count do not settle it.
        answers = self._facts.current if last else deciding_answers(rule, self._facts)
        outcome, rests_on, lacks = explain(rule.when, answers)
        if last and outcome is UNKNOWN:
            answers = deciding_answers(rule, self._facts)
            _, rests_on, lacks = explain(rule.when, answers)
        return (
            tuple([self.fact_used(name, answers[name], last) for name in sorted(rests_on)]),
            tuple([self._lacking(name, name in answers) for name in sorted(lacks)]),
        )

    def fact_used(self, name: str, answer: Value, last: bool = False) -> FactUsed:
        """A known fact; `last`: as an alert reads it, at any age."""
        if (name, last) not in self._used:
            self._used[name, last] = self._words.used(name, **self._known(name, answer))
        return self._used[name, last]

    def _known(self, name: str, value: Value) -> dict[str, Any]:
        """The part of a known fact that belongs to the patient, by field of `FactUsed`."""
        facts = self._facts
        observed, event, counts = facts.observed.get(name), facts.events.get(name), facts.current.get(name) == value
        known: dict[str, Any] = {"value": _answer(name, value, facts), "counts": counts}
        if isinstance(value, ListValue):
            known["complete"] = value.complete
        if event is not None:
            known |= {"earliest": event.first.isoformat(), "latest": event.last.isoformat()}
        if observed is not None:
            known |= {"observed_at": observed.isoformat(), "days_old": self._days_old(observed)}
            if counts and name not in facts.stale and not self._lasts(name, value):
                known["counts_through"] = self._counts_through(name, observed)
        return known

    def _lasts(self, name: str, value: Value) -> bool:
        """Whether an answer, or an entry of it, counts until another one replaces it."""
        freshness = self._vocabulary[name].freshness
        if freshness is None:
            return False
        words = value.present if isinstance(value, ListValue) else {value}
        return not words.isdisjoint(freshness.lasting | freshness.permanent)

    def _days_old(self, observed: Instant) -> int:
        """The clinic's days since then; most answers share a few times."""
        if observed not in self._ages:
            self._ages[observed] = (self._clinic.today - self._clinic.day_of(observed)).days
        return self._ages[observed]

    def _counts_through(self, name: str, observed: Instant) -> str | None:
        """The last day, or the last minute, on which an answer counts; None if it does not age."""
        window = self._vocabulary.windows.get(name)
        if window is None:
            return None
        if window.minutes:
            end = self._clinic.instant(observed) + timedelta(minutes=window.minutes)
            return end.astimezone(self._clinic.as_of.tzinfo).isoformat(timespec="minutes")
        return (self._clinic.today + timedelta(window.days - self._days_old(observed))).isoformat()

    def _minutes_old(self, name: str, observed: Instant) -> int:
        """How old an answer is: by the clinic's days, or to the minute if its window is in minutes."""
        window = self._vocabulary.windows.get(name)
        if window is not None and window.minutes:
            return -((self._clinic.instant(observed) - self._clinic.as_of) // timedelta(minutes=1))
        return (self._clinic.today - self._clinic.day_of(observed)).days * MINUTES_A_DAY

    def _lacking(self, name: str, answered: bool) -> FactLacking:
        """A fact that is not known, and why; `answered`: a part of it is known."""
        observed = self._facts.observed.get(name)
        if name in self._facts.stale:
            if observed is None:
                return self._words.lacking(name, "undated")
            return self._words.lacking(name, "too_old", self._minutes_old(name, observed))
        if name in self._facts.events and answered:
            return self._words.lacking(name, "not_exact")
        if answered:
            return self._words.lacking(name, "list_incomplete", unrecognised=self._facts.unrecognised.get(name, ()))
        return self._words.lacking(name, "not_recorded")


def _answer(name: str, value: Value, facts: Facts) -> str | tuple[str, ...]:
    match value:
        case ListValue():
            return (*sorted(value.present - {UNRECOGNISED}), *facts.unrecognised.get(name, ()))
        case Span():
            return ENGLISH.text("answer.span", low=decimal_text(value.low), high=decimal_text(value.high))
        case Decimal():
            return decimal_text(value)
        case _:
            return value
