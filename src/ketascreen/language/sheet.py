"""What a clinician reads and approves of a rule: the rule, and all of the rulebook that decides or speaks in it.

A sheet has two halves. `decides` holds what can change a verdict: the condition with its constants, the parameters and
definitions that it asks, the facts with their windows and words, and the contradictions of these facts with all that
these ask in turn. `says` holds the words: titles, texts, reasons and citations. Layout, comments, lines, accepted
findings and conflicts are in neither.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, partial
from typing import Any, NamedTuple

from ketascreen.language.condition import (
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    DefinitionRef,
    Not,
    comparisons,
    definitions,
    facts_of,
)
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.documents import Citation
from ketascreen.language.effects import DECIDABLE
from ketascreen.language.meaning import meant
from ketascreen.language.rule import Definition, Parameter, RouteSheet, Rule
from ketascreen.language.vocabulary import Fact, Freshness, Vocabulary

FORM = 1
"""The newest form of a sheet. A later form gets a new number and its own function in `FORMS`, and this one stays."""

_HALF = 16
"""How many hexadecimal digits of its sha256 stand for a half."""


class Halves(NamedTuple):
    """The digests of the two halves of a sheet."""

    decides: str
    says: str


@dataclass(frozen=True)
class Sheet:
    """What there is to approve, as plain data in two halves. `others` work out the same in its other forms."""

    decides: Mapping[str, Any]
    says: Mapping[str, Any]
    form: int = FORM
    others: Mapping[int, Callable[[], Sheet]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def halves(self) -> Halves:
        """The digests of its halves."""
        return Halves(_digest(self.decides), _digest(self.says))

    @cached_property
    def digest(self) -> str:
        """What an approval names: the form of the sheet, and the digests of its halves."""
        return "-".join((str(self.form), *self.halves))

    def in_form(self, form: int) -> Sheet | None:
        """The sheet of the same thing in a form; None if it has no such form."""
        if form == self.form:
            return self
        return self.others[form]() if form in self.others else None


def form_of(digest: str) -> int:
    """The form that a sheet's digest names."""
    return int(digest.partition("-")[0])


def halves_of(digest: str) -> Halves:
    """The halves that a sheet's digest names."""
    _, decides, says = digest.split("-")
    return Halves(decides, says)


class _Parts(NamedTuple):
    """Where the fields of a part stand: in the half that decides, in the half that says, or in neither."""

    decides: tuple[str, ...]
    says: tuple[str, ...]
    neither: tuple[str, ...] = ()

    def of(self, part: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """What a part decides and what it says; what is empty is left out."""
        return _some(part, self.decides), _some(part, self.says)


def _some(part: Any, names: Iterable[str]) -> dict[str, Any]:
    found = {name: meant(getattr(part, name)) for name in names}
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


_PARTS: Mapping[type, _Parts] = {
    Rule: _Parts(
        ("effect", "stage", "decided_by"),
        ("weight", "title", "say", "do", "do_if_old", "interpretation"),
        ("id", "routes", "when", "named", "sources", "place", "conflicts", "allow", "was", "retired"),
    ),
    Parameter: _Parts(("value",), ("stricter", "basis", "reason"), ("name", "sources", "place", "was")),
    Definition: _Parts((), ("title",), ("name", "when", "sources", "place", "was")),
    Fact: _Parts(
        (
            *("kind", "label", "note", "unit", "minimum", "maximum", "choices", "own_codes", "changeable", "opaque"),
            *("was", "was_choices"),
        ),
        ("domain", "replaced_by"),
        ("name", "freshness", "is_added", "uses"),
    ),
    Freshness: _Parts(("window", "lasting", "permanent", "stands"), ("reason",)),
    Contradiction: _Parts(("when", "about", "newer"), ("say",), ("name", "place", "facts")),
    Citation: _Parts((), ("document", "phrase", "outside", "says"), ("line", "place")),
    RouteSheet: _Parts((), ("title",), ("route", "attributes")),
}
"""Each field of each part is named once. What is in neither half here gets its place below."""

for _kind, _parts in _PARTS.items():
    if sorted([name for half in _parts for name in half]) != sorted([one.name for one in fields(_kind)]):
        raise ImportError(f"`_PARTS` must name each field of {_kind.__name__} once")


def sheet_of(
    rule: Rule,
    vocabulary: Vocabulary,
    parameters: Mapping[str, Parameter],
    defined: Mapping[str, Definition],
) -> Sheet:
    """The sheet of a rule in the rulebook with these parts, in the newest form."""
    others = {form: partial(of, rule, vocabulary, parameters, defined) for form, of in FORMS.items() if form != FORM}
    newest = FORMS[FORM](rule, vocabulary, parameters, defined)
    return replace(newest, others=others) if others else newest


def _form_1(
    rule: Rule,
    vocabulary: Vocabulary,
    parameters: Mapping[str, Parameter],
    defined: Mapping[str, Definition],
) -> Sheet:
    decides, says = _PARTS[Rule].of(rule)
    if rule.effect not in DECIDABLE:
        del decides["decided_by"]
    decides |= {"routes": sorted(map(str, rule.routes)), "when": meant(_unordered(rule.when))}
    says["sources"] = _cited(rule.sources)
    asked = list(_comparisons_of(rule.when, vocabulary))
    named = {name for compare in asked for name in compare.parameters}
    for name in sorted({*named, *rule.named}):
        deciding, saying = _PARTS[Parameter].of(parameters[name])
        saying["sources"] = _cited(parameters[name].sources)
        (decides if name in named else says).setdefault("parameters", {})[name] = deciding
        says.setdefault("reasons", {})[name] = saying
    for name in sorted(_definitions_of(rule.when, vocabulary)):
        _, saying = _PARTS[Definition].of(defined[name])
        says.setdefault("definitions", {})[name] = {**saying, "sources": _cited(defined[name].sources)}
    against = contradictions_of(rule.when, vocabulary)
    for name in sorted(deciding_facts(rule.when, vocabulary)):
        deciding, saying = _fact(vocabulary[name])
        decides.setdefault("facts", {})[name] = deciding
        says.setdefault("facts", {})[name] = saying
    for one in sorted(against, key=_name):
        when = one.when if isinstance(one.when, NotBelow) else _unordered(one.when)
        deciding, saying = _PARTS[Contradiction].of(replace(one, when=when))
        decides.setdefault("contradictions", {})[one.name] = deciding
        says.setdefault("contradictions", {})[one.name] = saying
    return Sheet(decides, says, 1)


FORMS: Mapping[int, Callable[[Rule, Vocabulary, Mapping[str, Parameter], Mapping[str, Definition]], Sheet]] = {
    1: _form_1
}
"""By form, what works out the sheet of a rule. An approval is compared in the form that it names."""


def route_sheet_of(route: RouteSheet) -> Sheet:
    """The sheet of a route: all that the rulebook says of it. It decides nothing."""
    said = {
        attribute: [{"says": meant(one.says), "sources": _cited(one.sources)} for one in statements]
        for attribute, statements in route.attributes
    }
    return Sheet({}, {"title": meant(route.title), "attributes": said})


def contradictions_of(when: Condition, vocabulary: Vocabulary) -> list[Contradiction]:
    """The contradictions of the facts that a condition asks: one of them, and a screening is refused."""
    asked = facts_of(when)
    return [one for one in vocabulary.contradictions if not asked.isdisjoint(one.facts)]


def deciding_facts(when: Condition, vocabulary: Vocabulary) -> frozenset[str]:
    """The facts that a condition asks, and those with which a contradiction compares one of them."""
    return facts_of(when).union(*(one.facts for one in contradictions_of(when, vocabulary)))


def _name(one: Contradiction) -> str:
    return one.name


def _fact(fact: Fact) -> tuple[dict[str, Any], dict[str, Any]]:
    deciding, saying = _PARTS[Fact].of(fact)
    if fact.is_added and fact.uses is not None:  # of a built-in fact the library says it, in docs/attributes.md
        saying["uses"] = meant(fact.uses)
    if fact.freshness is not None:
        halves = _PARTS[Freshness].of(fact.freshness)
        for half, freshness in zip((deciding, saying), halves, strict=True):
            if freshness:  # `any age` decides what no window decides
                half["freshness"] = freshness
    return deciding, saying


def _unordered(when: Condition) -> Condition:
    """A condition in which the words of each comparison are in the order of the alphabet: their order decides nothing.

    `meant` does the same with the members of `all` and `any`.
    """
    match when:
        case AllOf(members) | AnyOf(members):
            return replace(when, members=tuple(map(_unordered, members)))
        case Not(member):
            return replace(when, member=_unordered(member))
        case DefinitionRef(_, member):
            return replace(when, condition=_unordered(member))
        case Compare(_, _, constant) if isinstance(constant, tuple):
            words = [one for one in constant if isinstance(one, str)]
            return replace(when, constant=tuple(sorted(words))) if words else when
        case Compare() | Always():
            return when


def _comparisons_of(when: Condition, vocabulary: Vocabulary) -> Iterable[Compare]:
    """The comparisons of a condition, and of the contradictions of its facts."""
    yield from comparisons(when)
    for one in contradictions_of(when, vocabulary):
        if not isinstance(one.when, NotBelow):
            yield from comparisons(one.when)


def _definitions_of(when: Condition, vocabulary: Vocabulary) -> set[str]:
    against = [one.when for one in contradictions_of(when, vocabulary) if not isinstance(one.when, NotBelow)]
    return {found.name for condition in (when, *against) for found in definitions(condition)}


def _cited(citations: Iterable[Citation]) -> list[Any]:
    return [_PARTS[Citation].of(one)[1] for one in citations]


def _digest(half: Mapping[str, Any]) -> str:
    written = json.dumps(half, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode("utf-8", "surrogateescape")).hexdigest()[:_HALF]
