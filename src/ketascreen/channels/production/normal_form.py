"""Turns every rule into productions: for met, and for not met.

Negations are pushed to the leaves, and the tree is multiplied out, for the condition and for its negation. All terms
are positive; if neither form holds, the condition is unknown. Kleene's logic is distributive, so this is exact as long
as only absorption simplifies: `a or not a` is unknown if `a` is unknown.

A part that would grow too large gets a name: a derived attribute is 1 if its own form is met, and 0 if it is not met.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from ketascreen.channels.production.attributes import Attribute, AttributeKind, scaled
from ketascreen.channels.production.operators import COMPOSED, OPPOSITE, PLAIN
from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, Condition, DefinitionRef, Not
from ketascreen.language.effects import EFFECTS
from ketascreen.language.operators import Present, Shape, shape_of
from ketascreen.language.rule import Rule

MAX_PRODUCTIONS = 16
"""The most productions of one form; a node with more is split over derived attributes."""

MAX_ATTRIBUTES = 8
"""The most attributes that one production joins. The engine allows 16."""

_MAX_TERMS = 16
_MAX_UNION = 256


class Term(NamedTuple):
    """An attribute compared with a constant: a scaled integer, a word, or 1 and 0 for present and absent."""

    attribute: Attribute
    test: str
    constant: int | str


Product = frozenset[Term]
"""Terms that must all hold: one production."""

Products = tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class NormalForm:
    """The productions for met and for not met."""

    met: Products
    unmet: Products

    def negated(self) -> NormalForm:
        """The form of the negation."""
        return NormalForm(self.unmet, self.met)

    def attributes(self) -> frozenset[Attribute]:
        """The attributes that it tests."""
        return frozenset(term.attribute for product in (*self.met, *self.unmet) for term in product)


@dataclass(frozen=True, slots=True)
class NormalForms:
    """The form of each rule by its id, and of each derived attribute that they need."""

    rules: Mapping[str, NormalForm]
    derived: Mapping[Attribute, NormalForm]

    def needed(self, form: NormalForm) -> frozenset[Attribute]:
        """The derived attributes that a form needs, directly or through other derived attributes."""
        found: set[Attribute] = set()
        waiting = [form]
        while waiting:
            for attribute in waiting.pop().attributes():
                if attribute.is_derived and attribute not in found:
                    found.add(attribute)
                    waiting.append(self.derived[attribute])
        return frozenset(found)


_FOREVER: Product = frozenset([Term(Attribute(AttributeKind.CONSTANT), "==", 1)])
_ALWAYS = NormalForm((_FOREVER,), ())


def compile_rules(rules: Iterable[Rule], since: Container[str]) -> NormalForms:
    """The forms of the rules; alerts use the last answers. `since` are the facts whose answer may be a span."""
    compiler = _Compiler(since)
    forms = {rule.id: compiler.form(rule.when, EFFECTS[rule.effect].last_answers) for rule in rules}
    return NormalForms(forms, compiler.derived)


class _Compiler:
    """Collects the derived attributes while it goes through the rules."""

    def __init__(self, since: Container[str]) -> None:
        self._since = since
        self.derived: dict[Attribute, NormalForm] = {}
        self._names: dict[NormalForm, NormalForm] = {}
        self._definitions: dict[tuple[str, bool], list[tuple[Condition, NormalForm]]] = {}

    def form(self, condition: Condition, last: bool) -> NormalForm:
        """The form of a condition, over the last answers with `last`, else over the answers that count."""
        match condition:
            case Compare():
                shape = shape_of(condition)
                composed = COMPOSED.get(type(shape))
                return (
                    self.form(composed(shape, condition), last) if composed else self._literal(condition, shape, last)
                )
            case AllOf(members):
                return self._all([self.form(member, last) for member in members])
            case AnyOf(members):
                return self._all([self.form(member, last).negated() for member in members]).negated()
            case Not(member):
                return self.form(member, last).negated()
            case DefinitionRef(name, member):
                return self._definition(name, member, last)
            case Always():
                return _ALWAYS

    def _literal(self, compare: Compare, shape: Shape, last: bool) -> NormalForm:
        constant = compare.constant
        if isinstance(shape, Present):
            assert isinstance(constant, str)
            return _flag(Attribute(AttributeKind.WORD, compare.fact, constant, last))
        assert not isinstance(constant, tuple)
        value = scaled(constant) if isinstance(constant, Decimal) else constant
        test = PLAIN[type(shape)](shape)
        if compare.fact in self._since:
            return _of_ends(compare.fact, test, value, last)
        attribute = Attribute(
            AttributeKind.NUMBER if isinstance(constant, Decimal) else AttributeKind.CHOICE, compare.fact, last=last
        )
        return NormalForm(_one(attribute, test, value), _one(attribute, OPPOSITE[test], value))

    def _all(self, given: Sequence[NormalForm]) -> NormalForm:
        forms = _distinct(given)
        if not forms:
            return _ALWAYS
        if joined := _multiplied(forms):
            return joined
        forms = _distinct(self._named(form) for form in forms)
        if joined := _multiplied(forms):
            return joined
        # Named forms are one term each, so that many of them always fit.
        return self._all([self._named(self._all(chunk)) for chunk in _chunks(forms)])

    def _named(self, form: NormalForm) -> NormalForm:
        """The form itself if it is one term, else the form of a derived attribute that stands for it."""
        if all(sum(map(len, products)) <= 1 for products in (form.met, form.unmet)):
            return form
        if form not in self._names:
            self._name(form, Attribute(AttributeKind.NODE, str(len(self.derived))))
        return self._names[form]

    def _definition(self, name: str, condition: Condition, last: bool) -> NormalForm:
        known = self._definitions.setdefault((name, last), [])
        for seen, form in known:
            if seen is condition or seen == condition:
                return form
        # A rulebook has one condition for a name; if there were two, each would get its own attribute.
        form = self.form(condition, last)
        named = self._name(form, Attribute(AttributeKind.DEFINITION, name, str(len(known) or ""), last))
        known.append((condition, named))
        return named

    def _name(self, form: NormalForm, attribute: Attribute) -> NormalForm:
        self.derived[attribute] = form
        named = _flag(attribute)
        self._names.setdefault(form, named)
        self._names.setdefault(form.negated(), named.negated())
        return named


def _of_ends(fact: str, test: str, value: int | str, last: bool) -> NormalForm:
    """A span meets a test that holds for all of it, and does not meet a test that holds for none of it."""
    low, high = Attribute(AttributeKind.LOW, fact, last=last), Attribute(AttributeKind.HIGH, fact, last=last)
    if test in ("==", "!="):
        same = frozenset([Term(low, "==", value), Term(high, "==", value)])
        equal = NormalForm((same,), (*_one(low, ">", value), *_one(high, "<", value)))
        return equal if test == "==" else equal.negated()
    least, most = (low, high) if test in (">", ">=") else (high, low)
    return NormalForm(_one(least, test, value), _one(most, OPPOSITE[test], value))


def _flag(attribute: Attribute) -> NormalForm:
    return NormalForm(_one(attribute, "==", 1), _one(attribute, "==", 0))


def _one(attribute: Attribute, test: str, constant: int | str) -> Products:
    return (frozenset([Term(attribute, test, constant)]),)


def _distinct(forms: Iterable[NormalForm]) -> list[NormalForm]:
    return list(dict.fromkeys(forms))


def _chunks(forms: Sequence[NormalForm]) -> Iterable[Sequence[NormalForm]]:
    return (forms[start : start + MAX_ATTRIBUTES] for start in range(0, len(forms), MAX_ATTRIBUTES))


def _multiplied(forms: Sequence[NormalForm]) -> NormalForm | None:
    """The form of a conjunction, or None if it is too large; it never builds more than 256 products on the way."""
    if sum(len(form.unmet) for form in forms) > _MAX_UNION:
        return None
    unmet = _absorbed(chain.from_iterable(form.unmet for form in forms))
    met: Products = (frozenset(),)
    for form in forms:
        met = _absorbed(left | right for left in met for right in form.met)
        if not _fits(met):
            return None
    return NormalForm(met, unmet) if _fits(unmet) else None


def _absorbed(products: Iterable[Product]) -> Products:
    """The products without those that contain another one, in a fixed order."""
    kept: list[Product] = []
    for product in sorted(set(products), key=_order):
        if not any(other <= product for other in kept):
            kept.append(product)
    return tuple(kept)


def _order(product: Product) -> tuple[int, list[tuple[Attribute, str, str]]]:
    return len(product), sorted((term.attribute, term.test, str(term.constant)) for term in product)


def _fits(products: Products) -> bool:
    return len(products) <= MAX_PRODUCTIONS and all(
        len(product) <= _MAX_TERMS and len({term.attribute for term in product}) <= MAX_ATTRIBUTES
        for product in products
    )
