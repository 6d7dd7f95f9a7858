"""Groups rules under shared tests, so that one test can skip many rules.

Each rule is in the group of one of its tests for *not met*, with the other rules that have the same test. If several
such tests are about one fact, their groups share one more test, which holds only if all of these tests hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ketascreen.channels.compiled.expressions import Expression, Or, Test

_KINDS = {"!=": "not in", "not in": "not in", "<": "<", "<=": "<", ">": ">", ">=": ">"}
_KINDS |= {"excludes": "lacks", "lacks": "lacks"}


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are not met if `test` holds, and groups of such rules. A group without a test holds only rules."""

    test: Expression | None
    rules: Sequence[str] = ()
    groups: Sequence[Group] = ()


def alternatives(unmet: Expression) -> tuple[Expression, ...]:
    """The expressions of a rule for not met; if one of them holds, the rule is not met."""
    return unmet.any_of if isinstance(unmet, Or) else (unmet,)


def grouped(unmet: Mapping[str, Expression]) -> list[Group]:
    """The groups of all rules, each rule in one of them. `unmet` gives each rule's expression for not met."""
    uses = Counter(kind for each in unmet.values() for kind in {_kind(one) for one in alternatives(each)})
    kinds: dict[Hashable, dict[Expression, list[str]]] = {}
    alone = []
    for rule, each in unmet.items():
        shared = [one for one in alternatives(each) if uses[_kind(one)] > 1]
        if shared:
            test = max(shared, key=lambda one: uses[_kind(one)])
            kinds.setdefault(_kind(test), {}).setdefault(test, []).append(rule)
        else:
            alone.append(rule)
    return [Group(None, alone), *(_joined(tests) for tests in kinds.values())]


def _kind(one: Expression) -> Hashable:
    """The same value for tests that one test can cover. Each other expression is its own value."""
    return (one.fact, _KINDS[one.test]) if isinstance(one, Test) and one.test in _KINDS else one


def _joined(tests: Mapping[Expression, Sequence[str]]) -> Group:
    if len(tests) == 1:
        ((test, rules),) = tests.items()
        return Group(test, rules)
    several = [Group(test, rules) for test, rules in tests.items() if len(rules) > 1]
    single = [rule for rules in tests.values() if len(rules) == 1 for rule in rules]
    return Group(_covering([test for test in tests if isinstance(test, Test)]), single, several)


def _covering(tests: Sequence[Test]) -> Test:
    """A test that holds only if all of these tests hold; they are of one kind."""
    first = tests[0]
    match _KINDS[first.test]:
        case "<":
            return min(tests, key=lambda test: (_number(test), test.test))
        case ">":
            return max(tests, key=lambda test: (_number(test), test.test == ">"))
        case kind:
            return Test(first.fact, kind, frozenset[Decimal | str]().union(*map(constants, tests)))


def _number(test: Test) -> Decimal:
    assert isinstance(test.constant, Decimal)
    return test.constant


def constants(test: Test) -> frozenset[Decimal | str]:
    """The constants that a test compares with. A number stays a number: it never equals a text."""
    return test.constant if isinstance(test.constant, frozenset) else frozenset([test.constant])
