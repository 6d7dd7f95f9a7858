"""Coverage: what the cases of a rule show of its condition, and what they leave untested.

Some case must see every comparison, and every `all`, `any` and `not`, true, false and unknown. Some case must also show
that every comparison matters by itself with each of these values. A comparison *matters* in a case if another value of
this one comparison would change the value of the whole condition. For two values this is masking MC/DC (J. J.
Chilenski, An Investigation of Three Forms of the Modified Condition Decision Coverage (MCDC) Criterion,
DOT/FAA/AR-01/18, 2001). This project asks the same for unknown, in Kleene's logic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.examination import NOT_ASKED
from ketascreen.authoring.coverage.vectors import vectors
from ketascreen.diagnostic import Place, ProfileError
from ketascreen.language import logic
from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, Condition, DefinitionRef, Not, comparisons
from ketascreen.language.logic import Truth
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.semantics import evaluate
from ketascreen.language.terms import OUTCOME
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.patient.facts import Facts, deciding_answers, known_facts

VALUES = (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN)


class Goal(NamedTuple):
    """What a case can show of a node: that it evaluated to `value`, or that it mattered with this value."""

    node: int
    value: Truth
    matters: bool = False


@dataclass(frozen=True, slots=True)
class CoverageNode:
    """A comparison, or an `all`, `any` or `not`; `asked_by` names the definition that it is in, if any."""

    number: int
    condition: Condition
    asked_by: DefinitionRef | None = None

    @property
    def is_comparison(self) -> bool:
        """Whether it asks a fact."""
        return isinstance(self.condition, Compare)

    @property
    def place(self) -> Place | None:
        """Where it is written."""
        return None if isinstance(self.condition, Always) else self.condition.place

    @property
    def goals(self) -> tuple[Goal, ...]:
        """What cases must show of it."""
        seen = tuple(Goal(self.number, value) for value in VALUES)
        matters = tuple(Goal(self.number, value, matters=True) for value in VALUES)
        return seen + matters if self.is_comparison else seen


class Share(NamedTuple):
    """How much of the total was met."""

    met: int
    wanted: int

    def __str__(self) -> str:
        if self.met == self.wanted:
            return "100%"
        tenths = self.met * 1000 // self.wanted  # never rounded up
        return f"{tenths // 10}.{tenths % 10}%"


@dataclass(frozen=True, slots=True)
class RuleCoverage:
    """What the cases show of one rule: for each goal that is met, the first case that meets it.

    `cases_by_truth` counts the cases in which the rule was met, not met and unknown. `unreachable` are goals that no
    patient can meet; they are known only if `tried_all`. `failing` are the rule's own cases that do not hold (they
    expect another finding, or do not ask the rule), and so show nothing.
    """

    rule: Rule
    nodes: tuple[CoverageNode, ...]
    cases_by_truth: Mapping[Truth, int]
    shown: Mapping[Goal, Case]
    unreachable: frozenset[Goal] = frozenset()
    tried_all: bool = True
    failing: tuple[Case, ...] = ()

    @property
    def goals(self) -> tuple[Goal, ...]:
        """Everything that some patient could show."""
        return tuple(goal for node in self.nodes for goal in node.goals if goal not in self.unreachable)

    @property
    def missing(self) -> tuple[Goal, ...]:
        """What no case shows although some patient could."""
        return tuple(goal for goal in self.goals if goal not in self.shown)

    @property
    def share(self) -> Share:
        """How much of it is shown; a rule that is always met needs no case."""
        return Share(len(self.goals) - len(self.missing), len(self.goals))

    def comparisons(self, value: Truth) -> int:
        """How many comparisons were seen with this value."""
        return sum(Goal(node.number, value) in self.shown for node in self.nodes if node.is_comparison)

    @property
    def shown_to_matter(self) -> Share:
        """Of the comparisons that can matter, how many were shown to matter with every possible value."""
        asked = {goal.node for goal in self.goals if goal.matters}
        return Share(len(asked - {goal.node for goal in self.missing if goal.matters}), len(asked))


class _Covered(Protocol):
    @property
    def share(self) -> Share: ...


def total(covered: Iterable[_Covered]) -> Share:
    """The share of several rules and contradictions together."""
    shares = [one.share for one in covered]
    return Share(sum(share.met for share in shares), sum(share.wanted for share in shares))


def cover(rulebook: Rulebook, cases: Iterable[Case], *, vignettes: bool = False) -> tuple[RuleCoverage, ...]:
    """What the cases show of each rule, by id: its own cases, and whole patients too if `vignettes`."""
    own: dict[str | None, list[_Patient]] = {None: []}
    for case in cases:
        if case.rule is not None or vignettes:
            own.setdefault(case.rule, []).append(_patient(case, rulebook.vocabulary))
    return tuple(_cover(rule, (*own.get(rule.id, ()), *own[None]), rulebook.vocabulary) for rule in rulebook.rules)


class _Patient(NamedTuple):
    """A case, and what is known of its patient; None if the patient is refused."""

    case: Case
    facts: Facts | None


def _patient(case: Case, vocabulary: Vocabulary) -> _Patient:
    try:
        return _Patient(case, known_facts(case.profile, vocabulary, case.clinic))
    except ProfileError:
        return _Patient(case, None)


def _cover(rule: Rule, patients: Iterable[_Patient], vocabulary: Vocabulary) -> RuleCoverage:
    """What these cases show of a rule; cases whose stage does not ask it show nothing."""
    nodes = nodes_of(rule.when)
    cases_by_truth = dict.fromkeys(VALUES, 0)
    shown: dict[Goal, Case] = {}
    failing = []
    for case, facts in patients:
        leaves = _leaves(rule, case, facts)
        outcome = evaluated(rule.when, leaves) if leaves is not None else None
        if leaves is None or outcome is None or case.expect.get("finding", OUTCOME[outcome]) != OUTCOME[outcome]:
            failing += [case] if case.rule and case.expect["finding"] != NOT_ASKED else []
            continue
        cases_by_truth[outcome] += 1
        for goal in shows(rule.when, leaves):
            shown.setdefault(goal, case)
    missing = {goal for node in nodes for goal in node.goals} - set(shown)
    unreachable = _unreachable(rule.when, missing, vocabulary)
    tried_all = unreachable is not None
    return RuleCoverage(rule, nodes, cases_by_truth, shown, unreachable or frozenset(), tried_all, tuple(failing))


def _leaves(rule: Rule, case: Case, facts: Facts | None) -> list[Truth] | None:
    """The value of each comparison, in the order written; None if the case does not ask the rule."""
    if facts is None or not rule.asked_at(case.stage):
        return None
    answers = deciding_answers(rule, facts)
    return [evaluate(compare, answers) for compare in comparisons(rule.when)]


def nodes_of(condition: Condition) -> tuple[CoverageNode, ...]:
    """The nodes of a tree in the order written, definitions included; a definition is the node of its condition."""
    return tuple(CoverageNode(number, node, by) for number, (node, by) in enumerate(_walk(condition, None)))


def _walk(condition: Condition, asked_by: DefinitionRef | None) -> Iterator[tuple[Condition, DefinitionRef | None]]:
    match condition:
        case DefinitionRef(_, member):
            yield from _walk(member, condition)
        case AllOf(members) | AnyOf(members):
            yield condition, asked_by
            for member in members:
                yield from _walk(member, asked_by)
        case Not(member):
            yield condition, asked_by
            yield from _walk(member, asked_by)
        case Compare():
            yield condition, asked_by


def evaluated(condition: Condition, leaves: Iterable[Truth]) -> Truth:
    """The value of the tree if its comparisons, in the order written, have the values `leaves`."""
    return _valued(condition, iter(leaves)).value


def shows(condition: Condition, leaves: Iterable[Truth]) -> Iterator[Goal]:
    """What is shown if the comparisons have the values `leaves`."""
    itself = {value: value for value in VALUES}
    for number, (node, matters) in enumerate(_readings(_valued(condition, iter(leaves)), itself)):
        yield Goal(number, node.value)
        if matters and isinstance(node.condition, Compare):
            yield Goal(number, node.value, matters=True)


@dataclass(frozen=True, slots=True)
class _Valued:
    condition: Condition
    value: Truth
    members: tuple[_Valued, ...] = ()


def _valued(condition: Condition, leaves: Iterator[Truth]) -> _Valued:
    match condition:
        case Compare():
            return _Valued(condition, next(leaves))
        case Always():
            return _Valued(condition, Truth.TRUE)
        case Not(member) | DefinitionRef(_, member):
            members: tuple[_Valued, ...] = (_valued(member, leaves),)
        case AllOf(parts) | AnyOf(parts):
            members = tuple(_valued(part, leaves) for part in parts)
    return _Valued(condition, _combined(condition, [member.value for member in members]), members)


def _combined(condition: Condition, values: list[Truth]) -> Truth:
    """The value of a node whose members, one or more, have these values."""
    match condition:
        case AllOf():
            return logic.conjunction(values)
        case AnyOf():
            return logic.disjunction(values)
        case Not():
            return logic.negation(values[0])
        case _:
            return values[0]


def _readings(node: _Valued, outcome: Mapping[Truth, Truth]) -> Iterator[tuple[_Valued, bool]]:
    """Each node in the order written, and whether it matters; `outcome`: the value of the whole for each of its values.

    A node's own value makes no difference: if the outcome differs among the three values, another value changes it.
    """
    if not isinstance(node.condition, DefinitionRef | Always):
        yield node, len(set(outcome.values())) > 1
    values = [member.value for member in node.members]
    others = {value: _without(node.condition, values, value) for value in set(values)}
    for member in node.members:
        through = {value: outcome[_combined(node.condition, [value, *others[member.value]])] for value in VALUES}
        yield from _readings(member, through)


def _without(condition: Condition, values: list[Truth], value: Truth) -> list[Truth]:
    """The value of the members without one member of that value, as at most one value."""
    rest = list(values)
    rest.remove(value)
    return [_combined(condition, rest)] if rest else []


def _unreachable(condition: Condition, missing: set[Goal], vocabulary: Vocabulary) -> frozenset[Goal] | None:
    """The goals that no patient can meet, by trying; None if there are too many patients to try."""
    left = set(missing)
    if not left:
        return frozenset()
    every = vectors(condition, vocabulary)
    if every is None:
        return None
    for leaves in every:
        left.difference_update(shows(condition, leaves))
        if not left:
            break
    return frozenset(left)
