"""A rule's `when` to a condition tree, typed by the facts that it asks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ketascreen.diagnostic import Place, did_you_mean
from ketascreen.language.complete import complete
from ketascreen.language.condition import (
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    Constant,
    DefinitionRef,
    Not,
    comparisons,
    levels,
)
from ketascreen.language.effects import MAY_BE_ALWAYS
from ketascreen.language.operators import OPERATORS, Operator, Takes
from ketascreen.language.quantity import Quantity, QuantityError, parse_quantity, range_hint
from ketascreen.language.rule import Parameter, renamed_in
from ketascreen.language.rulebook import USUAL_WORDS, OptionWords
from ketascreen.language.terms import Route
from ketascreen.language.vocabulary import Fact, Vocabulary
from ketascreen.loading import meant
from ketascreen.loading.parameter_uses import ParameterUses
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, Scalar, Sequence, has_no_value, key_place

MAX_COMPARISONS = 500
"""The most comparisons in one rule or definition, including the definitions that it uses."""
MAX_LEVELS = 60
"""How deep a condition may be nested, including its definitions; so every walk stays far below Python's limit."""
KEYWORDS = ("all", "any", "not", "meets")
ALWAYS_REFUSED = f"`always` is for {', '.join(MAY_BE_ALWAYS[:-1])} and {MAY_BE_ALWAYS[-1]} only"


@dataclass
class ConditionReader:
    """Reads conditions; a problem is reported and the condition is None.

    What is wrong with a parameter `uses` reports, once all conditions are read.
    """

    vocabulary: Vocabulary
    parameters: Mapping[str, Parameter]
    define: Callable[[str, int], Condition | None]
    definition_names: frozenset[str]
    problems: Problems
    level: int = 0
    comparisons: int = 0
    uses: ParameterUses = field(default_factory=ParameterUses)
    routes: Collection[Route] = ()
    called: OptionWords = USUAL_WORDS
    renamed_definitions: Mapping[str, str] = field(default_factory=dict)

    def read(self, node: Node, *, may_be_always: bool = False) -> Condition | None:
        """The condition that a node says."""
        self.comparisons = 0
        if isinstance(node, Scalar) and node.value == "always":
            if may_be_always:
                return Always()
            self._problem("always", ALWAYS_REFUSED, "write a condition", node)
            return None
        condition = self._condition(node)
        if condition is None or self.comparisons > MAX_COMPARISONS:
            return None
        if levels(condition) > MAX_LEVELS:
            self._too_deep(node)
            return None
        return condition

    def _too_deep(self, node: Node) -> None:
        limit = f"nested more than {MAX_LEVELS} deep, definitions included"
        self._problem("over-limit", limit, "make it simpler", node)

    def _problem(self, code: str, message: str, hint: str, node: Node) -> None:
        self.problems.report(code, message, hint, node.place)

    def _condition(self, node: Node) -> Condition | None:
        if self.comparisons > MAX_COMPARISONS:
            return None  # reported; the rest is not read
        if self.level >= MAX_LEVELS:
            self._too_deep(node)
            return None
        self.level += 1
        condition = self._entry(node)
        self.level -= 1
        return condition

    def _entry(self, node: Node) -> Condition | None:
        if not isinstance(node, MappingNode) or not node.items:
            if not self.problems.is_reported(node.place):
                hint = meant.condition(node, self.vocabulary, self.definition_names)
                self._problem("condition", "must be a condition", hint, node)
            return None
        if len(node.items) > 1:
            first, second = list(node.items)[:2]
            if has_no_value(node.items[first]):
                self.problems.not_indented("condition", node, second, first)
                return None
            self.problems.report(
                "condition",
                "more than one condition in one entry",
                "put each after its own `- `, under `all:` or `any:`",
                key_place(node, second),
            )
            return None
        ((key, value),) = node.items.items()
        match key:
            case "all" | "any":
                return self._members(key, value, key_place(node, key))
            case "not":
                member = self._condition(value)
                return None if member is None else Not(member, key_place(node, key))
            case "meets":
                return self._meets(value)
            case _:
                return self._comparisons(key, value, node)

    def _members(self, key: str, node: Node, place: Place) -> Condition | None:
        if not isinstance(node, Sequence) or not node.items:
            self._problem(
                "condition", f"`{key}` must be a list of conditions", "write `- ` before each condition", node
            )
            return None
        members = [self._condition(item) for item in node.items]
        known = tuple(member for member in members if member is not None)
        if len(known) < len(members):
            return None
        return AllOf(known, place) if key == "all" else AnyOf(known, place)

    def _meets(self, node: Node) -> Condition | None:
        name = node.value if isinstance(node, Scalar) else None
        if not isinstance(name, str) or name not in self.definition_names:
            word = name if isinstance(name, str) else ""
            otherwise, renamed = "definitions.yaml does not have it", self.renamed_definitions
            hint = did_you_mean(word, self.definition_names, otherwise=otherwise, renamed=renamed)
            self._problem("unknown-definition", f"unknown definition `{word}`", hint, node)
            return None
        condition = self.define(name, self.level)
        if condition is None:
            return None
        self._count(sum(1 for _ in comparisons(condition)), node.place)
        return DefinitionRef(name, condition, node.place)

    def _count(self, more: int, place: Place) -> None:
        if self.comparisons <= MAX_COMPARISONS < self.comparisons + more:
            limit = f"more than {MAX_COMPARISONS} comparisons in one rule, definitions included"
            self.problems.report("over-limit", limit, "split the rule", place)
        self.comparisons += more

    def _comparisons(self, name: str, node: Node, parent: MappingNode) -> Condition | None:
        place = key_place(parent, name)
        fact = self.vocabulary.get(name)
        if fact is None:
            self._count(1, place)
            self._unknown(name, place)
            return None
        if not isinstance(node, MappingNode) or not node.items:
            hint = meant.compared(fact, node, self.parameters)
            if not self.problems.is_within(node.place):
                self.problems.report("condition", f"`{name}` has no comparison", hint, place)
            return None
        compares = [self._compare(fact, key, value, node) for key, value in node.items.items()]
        known = tuple(compare for compare in compares if compare is not None)
        if len(known) < len(compares):
            return None
        if len(known) > 1:
            return AllOf(known, place)
        (only,) = known
        return Compare(only.fact, only.operator, only.constant, only.parameters, self._to_end(place))

    def _unknown(self, name: str, place: Place) -> None:
        if name in (self.called.one, self.called.many, *self.routes):
            self.problems.report("condition", *meant.route_in_condition(self.called), place)
            return
        names, renamed = [*self.vocabulary.offered, *KEYWORDS], self.vocabulary.renamed
        self.problems.withdraw(place, "key")  # `OR`: another keyword is meant
        self.problems.report(*meant.name(name, names, renamed, self.parameters, self.definition_names), place)

    def _to_end(self, place: Place) -> Place:
        """A comparison's place, from its key to the end of its line."""
        lines = self.problems.lines.get(place.path, ())
        line = lines[place.line - 1] if place.line <= len(lines) else ""
        return place._replace(length=max(1, len(line.rstrip()) - place.column + 1))

    def _compare(self, fact: Fact, key: str, node: Node, parent: MappingNode) -> Compare | None:
        place = key_place(parent, key)
        self._count(1, place)
        operator = OPERATORS.get(key)
        if operator is None or fact.kind not in operator.kinds:
            what = f"unknown comparison `{key}`" if operator is None else f"`{key}` is not for a {fact.kind}"
            if not self.problems.is_reported(place):
                self.problems.report("comparison", what, meant.comparison(key, fact), place)
            return None
        parameters: list[str] = []
        constant = self._constant(fact, operator, node, parameters)
        return None if constant is None else Compare(fact.name, key, constant, tuple(parameters), self._to_end(place))

    def _constant(self, fact: Fact, operator: Operator, node: Node, parameters: list[str]) -> Constant | None:
        return _CONSTANTS[operator.takes](self, fact, operator, node, parameters)

    def _words(self, fact: Fact, operator: Operator, node: Node, parameters: list[str]) -> Constant | None:
        items = self._items(fact, operator, node, parameters)
        if items is None:
            return None
        words = [str(item) for item in items]
        if len(set(words)) < len(words):
            self._problem("comparison", "a word twice", "delete one", node)
        return tuple(words)

    def _pair(self, fact: Fact, operator: Operator, node: Node, parameters: list[str]) -> Constant | None:
        items = self._items(fact, operator, node, parameters)
        if items is None:
            return None
        low, high = (items[0], items[-1])
        if len(items) != 2 or not isinstance(low, Decimal) or not isinstance(high, Decimal) or low > high:
            self._problem("comparison", f"`{operator.name}` takes two ends, the lower first", "write [low, high]", node)
            return None
        return (low, high)

    def _items(self, fact: Fact, operator: Operator, node: Node, parameters: list[str]) -> list[Decimal | str] | None:
        if not isinstance(node, Sequence) or not node.items:
            value = node.value if isinstance(node, Scalar) else None
            hint = f"write {meant.in_brackets(fact, operator, value) or '[a, b]'}"
            self._problem("comparison", f"`{operator.name}` takes a list", hint, node)
            return None
        items = [self._one(fact, operator, item, parameters) for item in node.items]
        known = [item for item in items if item is not None]
        return known if len(known) == len(items) else None

    def _one(self, fact: Fact, operator: Operator, node: Node, parameters: list[str]) -> Decimal | str | None:
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(node, Sequence) and (hint := meant.several(operator, fact, node)):
            self._problem("comparison", f"`{operator.name}` takes one value", hint, node)
            return None
        if fact.is_number:
            return self._number(fact, operator, node, value, parameters)
        if isinstance(value, str) and value in fact.words:
            return value
        choices = f"its choices are {', '.join(fact.choices)}"
        self.problems.withdraw(node.place, "ambiguous")  # a choice is never a word that must be in quotes
        if not isinstance(value, str):
            self._problem("unknown-choice", f"must be a choice of `{fact.name}`", choices, node)
        elif not self.problems.is_reported(node.place):
            hint = meant.absent(fact, value) or did_you_mean(
                value, fact.words, otherwise=choices, renamed=dict(fact.was_choices)
            )
            self._problem("unknown-choice", f"`{fact.name}` has no choice `{value}`", hint, node)
        return None

    def _number(self, fact: Fact, by: Operator, node: Node, value: object, parameters: list[str]) -> Decimal | None:
        assert fact.unit is not None
        if isinstance(value, str) and value in self.parameters:
            parameters.append(value)
            return self.uses.number(self.parameters[value], fact, node.place)
        if isinstance(value, str) and value in self.uses.unread:
            self.uses.unread[value].append(fact)
            return None
        if isinstance(value, str) and value[:1].isalpha():
            otherwise, renamed = "parameters.yaml does not have it", renamed_in(self.parameters)
            hint = did_you_mean(value, self.parameters, otherwise=otherwise, renamed=renamed)
            self._problem("unknown-parameter", f"unknown parameter `{value}`", hint, node)
            return None
        try:
            quantity = parse_quantity(str(value), fact.unit)
        except QuantityError as error:
            if not self.problems.is_reported(node.place):
                kind = "plain number" if fact.unit.is_none else "quantity"
                hint = meant.number(fact, by, value) or str(error)
                self._problem("quantity", f"must be a {kind}, such as {fact.unit.example}", hint, node)
            return None
        return self._in_range(fact, quantity, node)

    def _in_range(self, fact: Fact, quantity: Quantity, node: Node) -> Decimal | None:
        assert fact.unit is not None
        try:
            number = quantity.to(fact.unit).value
        except QuantityError as error:
            self._problem("quantity", f"not in the unit of `{fact.name}`", str(error), node)
            return None
        if not fact.spans(number):
            hint = range_hint(fact.minimum, fact.maximum, fact.unit)
            self._problem("out-of-range", f"outside the range of `{fact.name}`", hint, node)
            return None
        return number


_CONSTANTS: Mapping[Takes, Callable[[ConditionReader, Fact, Operator, Node, list[str]], Constant | None]] = complete(
    "the reader's table of constants",
    {Takes.ONE: ConditionReader._one, Takes.WORDS: ConditionReader._words, Takes.PAIR: ConditionReader._pair},
    Takes,
)
