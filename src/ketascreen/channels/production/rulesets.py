"""Packs forms into rulesets of the engine, with short names whose hashes differ, and within the engine's limits.

The engine compares names by a 32-bit hash, overflows a stack of 64 when many conditions on one attribute hold
together, hangs at 512 conditions under a node, and loses rules at 257 on one terminal. A ruleset stays well below.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

from ketascreen.channels.production.attributes import Attribute
from ketascreen.channels.production.normal_form import NormalForm, NormalForms, Product, Term
from ketascreen.diagnostic import Diagnostic, RulebookError
from ketascreen.language.rule import Rule

SESSION = "p"
"""The only session id. It is never a patient's."""

MAX_PRODUCTIONS = 2000
MAX_JOINS = 4000
MAX_CONDITIONS = 400
MAX_SHARING = 200
MAX_STACK = 48

_OPERATORS = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_WORDS_OF_THE_ENGINE = (
    "k",
    "v",
    "sid",
    "id",
    "$s",
    f"sid-{SESSION}",
    SESSION,
    "m",
    *(f"c{i}" for i in range(16)),
)

Target = str | Attribute
"""What a production decides: a rule by its id, or a derived attribute."""

Terms = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Ruleset:
    """One ruleset: its text, and how to read what fires.

    `productions` gives the target that each production decides, and whether it makes it met. `inputs` and `derived`
    give the text of an attribute's fact up to its value. `rests_on` gives the inputs that decide a target once all of
    them are known. `of_spans` gives the constants with which each end of a span is compared.
    """

    rules: tuple[str, ...]
    text: str
    canary: str
    canary_fact: str
    productions: Mapping[str, tuple[Target, bool]]
    inputs: Mapping[Attribute, str]
    derived: Mapping[Target, str]
    rests_on: tuple[tuple[Target, frozenset[Attribute]], ...]
    of_spans: Mapping[Attribute, frozenset[int]]


def pack(rules: Iterable[Rule], forms: NormalForms) -> tuple[Ruleset, ...]:
    """The rules in as few rulesets as their sizes allow, each with the derived attributes that it needs.

    Raises:
        RulebookError: `over-engine-limits` for each rule that is too large for a ruleset of its own.
    """
    problems: list[Diagnostic] = []
    packs: list[_Pack] = []
    for rule in rules:
        wanted = _targets(rule, forms)
        if packs and packs[-1].takes(wanted):
            continue
        # A pack that refused keeps its targets. Its counts are wrong from then on, and it is not asked again.
        pack = _Pack()
        if pack.takes(wanted):
            packs.append(pack)
        else:
            problems.append(_too_large(rule))
    if problems:
        raise RulebookError(problems)
    return tuple(_made(pack.targets, forms) for pack in packs)


def fnv1a(text: str) -> int:
    """The engine's hash of a name: FNV-1a, 32 bits."""
    value = 2166136261
    for byte in text.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


def _too_large(rule: Rule) -> Diagnostic:
    message = f"`{rule.id}` exceeds the limits of the rule engine"
    hint = "split it into several rules, or compare a fact with fewer values"
    return Diagnostic("over-engine-limits", message, hint, place=rule.place)


def _targets(rule: Rule, forms: NormalForms) -> dict[Target, NormalForm]:
    form = forms.rules[rule.id]
    needed: dict[Target, NormalForm] = {attribute: forms.derived[attribute] for attribute in sorted(forms.needed(form))}
    return {**needed, rule.id: form}


@dataclass
class _Pack:
    """What a ruleset would hold, counted as the engine stores it: a tree of terms for each attribute."""

    targets: dict[Target, NormalForm] = field(default_factory=dict)
    productions: int = 0
    joins: int = 0
    paths: dict[Attribute, dict[Terms, list[Terms]]] = field(default_factory=dict)
    sharing: Counter[Terms] = field(default_factory=Counter)

    def takes(self, wanted: Mapping[Target, NormalForm]) -> bool:
        """Adds the targets if all fit."""
        touched: set[Attribute] = set()
        added = {target: form for target, form in wanted.items() if target not in self.targets}
        for form in added.values():
            for product in (*form.met, *form.unmet):
                touched |= self._count(product)
        if not self._fits(touched):
            return False
        self.targets.update(added)
        return True

    def _count(self, product: Product) -> set[Attribute]:
        groups = grouped(product)
        self.productions += 1
        self.joins += len(groups)
        for attribute, terms in groups.items():
            self.sharing[terms] += 1
            paths = self.paths.setdefault(attribute, {})
            for end in range(len(terms)):
                below = paths.setdefault(terms[:end], [])
                if terms[: end + 1] not in below:
                    below.append(terms[: end + 1])
        return set(groups)

    def _fits(self, touched: Iterable[Attribute]) -> bool:
        return (
            self.productions <= MAX_PRODUCTIONS
            and self.joins <= MAX_JOINS
            and len(self.paths) <= MAX_CONDITIONS
            and max(self.sharing.values(), default=0) <= MAX_SHARING
            and all(len(below) <= MAX_CONDITIONS for name in touched for below in self.paths[name].values())
            and all(_stack(self.paths[name]) <= MAX_STACK for name in touched)
        )


def grouped(product: Product) -> dict[Attribute, Terms]:
    """The terms of a product by attribute, in a fixed order."""
    groups: dict[Attribute, list[Term]] = defaultdict(list)
    for term in sorted(product, key=lambda term: (term.attribute, term.test != "==", term.test, str(term.constant))):
        groups[term.attribute].append(term)
    return {attribute: tuple(terms) for attribute, terms in groups.items()}


def _stack(paths: Mapping[Terms, list[Terms]]) -> int:
    """The most conditions on one attribute that wait on the engine's stack, for any single value."""
    conditions = [path[-1] for below in paths.values() for path in below]
    if len(conditions) <= MAX_STACK:
        return len(conditions)
    values: set[int | str] = {""}
    for constant in {term.constant for term in conditions}:
        values |= {constant} if isinstance(constant, str) else {constant - 1, constant, constant + 1}
    return max(_waiting((), value, paths) for value in values)


def _waiting(path: Terms, value: int | str, paths: Mapping[Terms, list[Terms]]) -> int:
    """All conditions below `path` that hold are pushed; one is popped, and the conditions below it are pushed."""
    holding = [longer for longer in paths.get(path, ()) if _holds(longer[-1], value)]
    below = max((_waiting(longer, value, paths) for longer in holding), default=0)
    return max(len(holding), len(holding) - 1 + below)


def _holds(term: Term, value: int | str) -> bool:
    constant = term.constant
    if isinstance(value, str) or isinstance(constant, str):
        return (value == constant) == (term.test == "==")
    match term.test:
        case "==":
            return value == constant
        case "!=":
            return value != constant
        case "<":
            return value < constant
        case "<=":
            return value <= constant
        case ">":
            return value > constant
        case _:
            return value >= constant


class ShortNames:
    """Short names that the engine cannot confuse: no two have the same hash."""

    def __init__(self) -> None:
        self._taken = {fnv1a(word) for word in _WORDS_OF_THE_ENGINE}
        self._next: dict[str, count[int]] = defaultdict(count)

    def fresh(self, prefix: str) -> str:
        """The next name; a name whose hash is taken is skipped."""
        while True:
            name = f"{prefix}{next(self._next[prefix])}"
            if (value := fnv1a(name)) not in self._taken:
                self._taken.add(value)
                return name


def _made(targets: Mapping[Target, NormalForm], forms: NormalForms) -> Ruleset:
    names = ShortNames()
    attributes = sorted({attribute for form in targets.values() for attribute in form.attributes()})
    called = {attribute: names.fresh("a") for attribute in attributes}
    openings = {attribute: _opening(names.fresh("f"), name) for attribute, name in called.items()}
    alive, canary = names.fresh("a"), names.fresh("p")
    ruleset: dict[str, object] = {canary: {"all": [{"m": {"k": alive}}]}}
    productions: dict[str, tuple[Target, bool]] = {}
    for target, form in targets.items():
        for way, products in ((True, form.met), (False, form.unmet)):
            for product in products:
                name = names.fresh("p")
                ruleset[name] = {"all": _conditions(product, called)}
                productions[name] = target, way
    settles = _Settling(forms)
    return Ruleset(
        rules=tuple(target for target in targets if isinstance(target, str)),
        text=json.dumps(ruleset, ensure_ascii=False),
        canary=canary,
        canary_fact=_opening(names.fresh("f"), alive) + "1}",
        productions=productions,
        inputs={attribute: text for attribute, text in openings.items() if not attribute.is_derived},
        derived={attribute: text for attribute, text in openings.items() if attribute.is_derived},
        rests_on=tuple((target, settles.of(form)) for target, form in targets.items()),
        of_spans=_compared([attribute for attribute in attributes if attribute.is_end], targets.values()),
    )


def _compared(ends: Iterable[Attribute], forms: Collection[NormalForm]) -> dict[Attribute, frozenset[int]]:
    terms = [term for form in forms for product in (*form.met, *form.unmet) for term in product]
    return {
        end: frozenset(term.constant for term in terms if term.attribute == end and isinstance(term.constant, int))
        for end in ends
    }


def _opening(fact_id: str, name: str) -> str:
    return f'{{"sid": "{SESSION}", "id": "{fact_id}", "k": "{name}", "v": '


def _conditions(product: Product, called: Mapping[Attribute, str]) -> list[object]:
    return [
        {f"c{index}": {"$and": [{"k": called[attribute]}, *map(_test, terms)]}}
        for index, (attribute, terms) in enumerate(grouped(product).items())
    ]


def _test(term: Term) -> object:
    constant = {"v": term.constant}
    return constant if term.test == "==" else {_OPERATORS[term.test]: constant}


class _Settling:
    """The inputs that decide a form once all of them are known, also through derived attributes."""

    def __init__(self, forms: NormalForms) -> None:
        self._forms = forms
        self._seen: dict[Attribute, frozenset[Attribute]] = {}

    def of(self, form: NormalForm) -> frozenset[Attribute]:
        """The inputs of a form."""
        return frozenset[Attribute]().union(*map(self._behind, form.attributes()))

    def _behind(self, attribute: Attribute) -> frozenset[Attribute]:
        if not attribute.is_derived:
            return frozenset([attribute])
        if attribute not in self._seen:
            self._seen[attribute] = self.of(self._forms.derived[attribute])
        return self._seen[attribute]
