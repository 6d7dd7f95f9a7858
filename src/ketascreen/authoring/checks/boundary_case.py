"""A threshold without a case exactly at it, or without a case on one of its sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext

from ketascreen.authoring.cases.read import Case
from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.diagnostic import Diagnostic, ProfileError
from ketascreen.language.condition import Compare, Condition, comparisons, definitions
from ketascreen.language.logic import Truth
from ketascreen.language.quantity import decimal_text
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import Known, evaluate
from ketascreen.language.vocabulary import Fact
from ketascreen.patient.facts import deciding_answers, known_facts
from ketascreen.reasoning.partitions import neighbours
from ketascreen.reasoning.spread import spread
from ketascreen.reasoning.witness import FAILS, HOLDS, Truths, find, fixed, replaced

CODE = "boundary-case"


@dataclass
class Threshold:
    """A number of a comparison, with the rules that use it; `definition` names the definition that holds it, if any."""

    compare: Compare
    number: Decimal
    definition: str
    rules: list[Rule] = field(default_factory=list)

    def tried_by(self, rule: Rule, answers: Known, want: WantedSide) -> bool:
        """Whether the answers are on the wanted side, and the comparison decides the outcome of the rule."""
        value = answers.get(self.compare.fact)
        within = isinstance(value, Decimal) and want.low <= value <= want.high
        return within and len({evaluate(forced, answers) for forced in self.forced(rule)}) == 2

    def limit(self, fact: Fact) -> str:
        """The number with its unit."""
        return quantity_text(fact, self.number)

    def forced(self, rule: Rule) -> tuple[Condition, Condition]:
        """The condition of a rule with this comparison as if it held, and as if it did not."""
        return _forced(rule.when, self.compare, HOLDS), _forced(rule.when, self.compare, FAILS)


@dataclass(frozen=True, slots=True)
class WantedSide:
    """A side of a boundary that a case must try: an example, and the lowest and the highest answer that count."""

    side: str
    example: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class BoundaryGap:
    """A threshold with the sides that no case tries, and the finding that says so."""

    threshold: Threshold
    missing: tuple[WantedSide, ...]
    finding: Concern


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Each of `boundary_gaps` as a finding."""
    yield from (gap.finding for gap in boundary_gaps(subject))


def boundary_gaps(subject: Subject) -> Iterator[BoundaryGap]:
    """Thresholds for which some case is missing: exactly at it, or at most a step below or above it.

    A case counts if the comparison decides the outcome of its rule; it is missing only if such a case can exist. For a
    threshold in a definition, the cases of every rule that uses the definition count.
    """
    answers = _CaseAnswers(subject)
    for threshold in _thresholds(subject.rulebook):
        fact = subject.rulebook.vocabulary[threshold.compare.fact]
        missing = [
            want
            for want in _wanted(fact, threshold.number)
            if not any(threshold.tried_by(rule, one, want) for rule in threshold.rules for one in answers.of(rule))
            and any(_can_decide(rule, threshold, want.example, subject.rulebook) for rule in threshold.rules)
        ]
        if missing:
            where = f"the definition `{threshold.definition}`" if threshold.definition else f"`{threshold.rules[0].id}`"
            limit, sides = threshold.limit(fact), _listed([want.side for want in missing])
            message = f"no case of {where} tries the boundary of `{fact.name}` at {limit} {sides}"
            examples = _listed([f"with {quantity_text(fact, want.example)}" for want in missing])
            hint = f"add a case {examples}, in which this comparison decides"
            place = threshold.compare.place or threshold.rules[0].place
            about = threshold.definition or threshold.rules[0].id
            brief = f"{where} needs {_listed([quantity_text(fact, want.example) for want in missing])} of `{fact.name}`"
            parameters = threshold.compare.parameters
            cause = f"`{parameters[0]}`" if len(parameters) == 1 else ""
            finding = Concern(CODE, message, hint, place, about=about, cause=cause, brief=brief)
            yield BoundaryGap(threshold, tuple(missing), finding)


def _thresholds(rulebook: Rulebook) -> Iterator[Threshold]:
    shared: dict[int, list[Threshold]] = {}
    for rule in rulebook.rules:
        defined = {
            id(compare): meets.name for meets in definitions(rule.when) for compare in comparisons(meets.condition)
        }
        for compare in {id(compare): compare for compare in comparisons(rule.when)}.values():
            listed = shared.get(id(compare)) or [
                Threshold(compare, number, defined.get(id(compare), "")) for number in compare.numbers
            ]
            shared[id(compare)] = listed
            for threshold in listed:
                threshold.rules.append(rule)
    yield from (threshold for listed in shared.values() for threshold in listed)


def _wanted(fact: Fact, number: Decimal) -> Iterator[WantedSide]:
    """The sides of a boundary that cases must try, within the fact's range.

    A step is one in the last place of the number, so that 2.9 and 3.1 count for 3, and 1.4 counts for 1.5.
    """
    step = Decimal(1) if fact.is_whole else Decimal(1).scaleb(_exponent(number))
    below, above = neighbours(fact, number)
    assert fact.minimum is not None
    assert fact.maximum is not None
    with localcontext(Context(prec=50)):  # not the caller's, which may round
        low, high = max(number - step, fact.minimum), min(number + step, fact.maximum)
    if below is not None:
        yield WantedSide("from below", below if fact.is_whole else low, low, below)
    if not fact.is_whole or number == number.to_integral_value():
        yield WantedSide("exactly", number, number, number)
    if above is not None:
        yield WantedSide("from above", above if fact.is_whole else high, above, high)


def _exponent(number: Decimal) -> int:
    text = decimal_text(number)
    return -len(text.partition(".")[2])


def _forced(condition: Condition, compare: Compare, truth: Condition) -> Condition:
    return replaced(condition, lambda one: truth if one is compare else one)


def _can_decide(rule: Rule, threshold: Threshold, value: Decimal, rulebook: Rulebook) -> bool:
    """Whether, with that answer, some other answers make the comparison decide, as far as a search shows."""
    holds, fails = (fixed(spread(forced), threshold.compare.fact, value) for forced in threshold.forced(rule))

    def differ(truths: Truths) -> bool:
        return truths in ((Truth.TRUE, Truth.FALSE), (Truth.FALSE, Truth.TRUE))

    return find([holds, fails], rulebook.vocabulary, differ, unknown=False).answers is not None


class _CaseAnswers:
    """The known answers in each case of a rule, read when they are first needed."""

    def __init__(self, subject: Subject) -> None:
        self._vocabulary = subject.rulebook.vocabulary
        self._cases: dict[str, list[Case]] = {}
        self._read: dict[str, list[Known]] = {}
        for case in subject.cases:
            if case.rule is not None:
                self._cases.setdefault(case.rule, []).append(case)

    def of(self, rule: Rule) -> list[Known]:
        if rule.id not in self._read:
            read = (self._answers(rule, case) for case in self._cases.get(rule.id, ()))
            self._read[rule.id] = [answers for answers in read if answers is not None]
        return self._read[rule.id]

    def _answers(self, rule: Rule, case: Case) -> Known | None:
        try:
            return deciding_answers(rule, known_facts(case.profile, self._vocabulary, case.clinic))
        except ProfileError:
            return None  # `ketascreen test` reports it


def _listed(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def quantity_text(fact: Fact, number: Decimal) -> str:
    """A number of a fact with its unit."""
    return f"{decimal_text(number)} {fact.unit_name}" if fact.unit_name else decimal_text(number)
