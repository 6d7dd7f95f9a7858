"""Mutants: each is a rulebook with one slip in it, and the changed line before and after.

Pure: the result depends only on the rulebook and its files, and always has the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from ketascreen.authoring.mutation import contradictions, freshness
from ketascreen.authoring.mutation.line_edits import EditedLine, SourceFile, put, span, word_added, word_dropped
from ketascreen.authoring.mutation.operators import Slips, in_range, steps, with_definition, with_parameter
from ketascreen.diagnostic import Place
from ketascreen.language.condition import Always, Condition, comparisons, definitions, facts_of
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.effects import EFFECTS, MAY_BE_ALWAYS
from ketascreen.language.quantity import Quantity, QuantityError
from ketascreen.language.rule import Definition, Parameter, Rule, RuleStage
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import DecidedBy, Effect, in_order
from ketascreen.language.vocabulary import Fact, Vocabulary
from ketascreen.loading.conditions import ALWAYS_REFUSED
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, Sequence


@dataclass(frozen=True, slots=True)
class Mutant:
    """One slip: its subject, what it does, its line.

    The subject is `rule x`, `parameter x`, `definition x`, `fact x` or `contradiction x`.
    `rules` are the changed rules by id; `fact` is the changed fact, if its freshness changes; `contradictions` are
    changed ones by name, None where one is dropped. `touches` are the ids of all rules that may give another outcome,
    or that ask a fact of a changed contradiction. `refused` says why the format would not accept it; `marked` are words
    of `fact` that count for another time.
    """

    kind: str
    about: str
    what: str
    line: EditedLine
    touches: tuple[str, ...]
    rules: Mapping[str, Rule]
    fact: Fact | None = None
    refused: str = ""
    marked: frozenset[str] = frozenset()
    contradictions: Mapping[str, Contradiction | None] = field(default_factory=dict)

    @property
    def reads_otherwise(self) -> bool:
        """Whether the same profile may have other facts, or be refused for another reason."""
        return self.fact is not None or bool(self.contradictions)

    @property
    def place(self) -> Place:
        """The changed line."""
        return self.line.place

    def rulebook(self, original: Rulebook) -> Rulebook:
        """The rulebook with this slip in it."""
        rules = tuple(self.rules.get(rule.id, rule) for rule in original.rules)
        vocabulary = original.vocabulary
        if self.fact is not None:
            vocabulary = vocabulary.extended((self.fact,), {})
        if self.contradictions:
            changed = (self.contradictions.get(one.name, one) for one in vocabulary.contradictions)
            vocabulary = Vocabulary(vocabulary.values(), filter(None, changed))
        return replace(original, rules=rules, vocabulary=vocabulary)


def source_paths(rulebook: Rulebook) -> tuple[str, ...]:
    """The files in which mutants change lines."""
    return (*(rule.place.path for rule in rulebook.rules), "parameters.yaml", "definitions.yaml", "vocabulary.yaml")


def mutants(rulebook: Rulebook, sources: Mapping[str, SourceFile]) -> tuple[Mutant, ...]:
    """Every mutant of a rulebook, by file and line; two slips with the same effect are one."""
    found = chain(
        chain.from_iterable(_of_rule(rule, rulebook, sources) for rule in rulebook.rules),
        chain.from_iterable(_of_parameter(one, rulebook, sources) for one in rulebook.parameters.values()),
        _of_definitions(rulebook, sources),
        _of_vocabulary(rulebook, sources),
    )
    return tuple(sorted(_distinct(found), key=lambda one: (one.place.path, one.place.line, one.place.column)))


def _distinct(found: Iterable[Mutant]) -> Iterator[Mutant]:
    seen = set()
    for mutant in found:
        key = (frozenset(mutant.rules.items()), mutant.fact, frozenset(mutant.contradictions.items()))
        if key not in seen:
            seen.add(key)
            yield mutant


def _of_rule(rule: Rule, rulebook: Rulebook, sources: Mapping[str, SourceFile]) -> Iterator[Mutant]:
    source = sources.get(rule.place.path)
    if source is None:
        return
    items = source.tree.items
    for kind, what, line, changed, refused in chain(
        _stages(rule, source, items["stage"]),
        _effects(rule, source, items["effect"]),
        _deciders(rule, source, items.get("decided_by")),
        _routes(rule, source, items["routes"], rulebook),
    ):
        yield Mutant(kind, f"rule {rule.id}", what, line, (rule.id,), {rule.id: changed}, refused=refused)
    for slip in Slips(source, rulebook.vocabulary).of(rule.when, items["when"]):
        changed = replace(rule, when=slip.condition)
        yield Mutant(
            slip.kind, f"rule {rule.id}", slip.what, slip.line, (rule.id,), {rule.id: changed}, refused=slip.refused
        )


_RuleSlip = tuple[str, str, EditedLine, Rule, str]


def _stages(rule: Rule, source: SourceFile, node: Node) -> Iterator[_RuleSlip]:
    for stage in EFFECTS[rule.effect].stages:
        if stage is not rule.stage:
            line = put(source, span(node), stage)
            yield "stage", f"`{rule.stage}` becomes `{stage}`", line, replace(rule, stage=stage), ""


def _effects(rule: Rule, source: SourceFile, node: Node) -> Iterator[_RuleSlip]:
    ladder = _ladder(rule.stage)
    if rule.effect in ladder:
        at = ladder.index(rule.effect)
        steps_from = ladder[max(0, at - 1) : at] + ladder[at + 1 : at + 2]
    else:
        steps_from = ladder[:1]  # an alert becomes advice
    for effect in steps_from:
        allowed = not isinstance(rule.when, Always) or effect in MAY_BE_ALWAYS
        line = put(source, span(node), effect)
        what = f"`{rule.effect}` becomes `{effect}`"
        yield "effect", what, line, replace(rule, effect=effect), "" if allowed else ALWAYS_REFUSED


def _deciders(rule: Rule, source: SourceFile, node: Node | None) -> Iterator[_RuleSlip]:
    """A rule that says who decides says the other; a rule that leaves it to its effect has no such slip."""
    if node is None:
        return
    for other in DecidedBy:
        if other is not rule.decided_by:
            what = f"`{rule.decided_by}` becomes `{other}`"
            yield "decided_by", what, put(source, span(node), other), replace(rule, decided_by=other), ""


def _ladder(stage: RuleStage) -> tuple[Effect, ...]:
    """The effects that a stage allows, the weakest first, without `alert`."""
    ranks = {row.rank: effect for effect, row in EFFECTS.items() if stage in row.stages and row.rank is not None}
    return tuple(ranks[rank] for rank in sorted(ranks))


def _routes(rule: Rule, source: SourceFile, node: Node, rulebook: Rulebook) -> Iterator[_RuleSlip]:
    listed, called = node if isinstance(node, Sequence) else None, rulebook.identity.options.one
    for route in rule.routes if len(rule.routes) > 1 else ():
        fewer = tuple(one for one in rule.routes if one != route)
        if listed is None:
            line = put(source, span(node), f"[{', '.join(fewer)}]")
        else:
            line = word_dropped(source, next(item for item in listed.items if span_value(item) == route))
        yield "route", f"the {called} `{route}` is dropped", line, replace(rule, routes=fewer), ""
    for route in rulebook.routes if listed is not None else ():
        if route not in rule.routes:
            more = in_order((*rule.routes, route))
            line = word_added(source, listed.items[-1], route) if listed else put(source, span(node), route)
            yield "route", f"the {called} `{route}` is added", line, replace(rule, routes=more), ""


def span_value(node: Node) -> object:
    """The value of a scalar."""
    return getattr(node, "value", None)


def _of_parameter(parameter: Parameter, rulebook: Rulebook, sources: Mapping[str, SourceFile]) -> Iterator[Mutant]:
    source = sources.get(parameter.place.path)
    entry = source.tree.items.get(parameter.name) if source else None
    users = [rule for rule in rulebook.rules if parameter.name in parameters_of(rule.when)]
    held = _held(rulebook, lambda when: parameter.name in parameters_of(when))
    if source is None or not isinstance(entry, MappingNode) or not (users or held):
        return
    node = entry.items["value"]
    for number in steps(parameter.number):
        new = Quantity(number, parameter.value.unit)
        rules: dict[str, Rule] = {}
        changed: dict[str, Contradiction | None] = {}
        refused = ""
        try:
            for one, when in held:
                when = with_parameter(when, parameter.name, parameter.value, new, rulebook.vocabulary)
                changed[one.name] = replace(one, when=when)
                refused = refused or _outside(when, rulebook)
            for rule in users:
                when = with_parameter(rule.when, parameter.name, parameter.value, new, rulebook.vocabulary)
                rules[rule.id] = replace(rule, when=when)
                refused = refused or _outside(when, rulebook)
        except QuantityError:
            refused = "it would not be exact in the unit of a fact that it is compared with"
        yield Mutant(
            "parameter", f"parameter {parameter.name}", f"{parameter.value} becomes {new}",
            put(source, span(node), str(new)), tuple(rule.id for rule in users), rules, refused=refused,
            contradictions=changed,
        )  # fmt: skip


def _held(rulebook: Rulebook, uses: Callable[[Condition], bool]) -> list[tuple[Contradiction, Condition]]:
    """The contradictions whose condition uses something, each with its condition."""
    every = ((one, one.when) for one in rulebook.vocabulary.contradictions)
    return [(one, when) for one, when in every if not isinstance(when, NotBelow) and uses(when)]


def _outside(when: Condition, rulebook: Rulebook) -> str:
    for compare in comparisons(when):
        fact = rulebook.vocabulary[compare.fact]
        if fact.is_number and compare.parameters and not all(in_range(fact, end) for end in compare.numbers):
            return f"outside the range of `{fact.name}`"
    return ""


def parameters_of(when: Condition) -> frozenset[str]:
    """The parameters that a condition uses, in its definitions too."""
    return frozenset(name for compare in comparisons(when) for name in compare.parameters)


def _of_definitions(rulebook: Rulebook, sources: Mapping[str, SourceFile]) -> Iterator[Mutant]:
    for definition in rulebook.definitions.values():
        source = sources.get(definition.place.path)
        entry = source.tree.items.get(definition.name) if source else None
        users = [rule for rule in rulebook.rules if _uses(rule.when, definition)]
        held = _held(rulebook, lambda when: _uses(when, definition))  # noqa: B023
        if source is None or not isinstance(entry, MappingNode) or not (users or held):
            continue
        for slip in Slips(source, rulebook.vocabulary).of(definition.when, entry.items["when"]):
            rules = {
                rule.id: replace(rule, when=with_definition(rule.when, definition.name, slip.condition))
                for rule in users
            }
            changed: dict[str, Contradiction | None] = {
                one.name: replace(one, when=with_definition(when, definition.name, slip.condition))
                for one, when in held
            }
            yield Mutant(
                slip.kind, f"definition {definition.name}", slip.what, slip.line, tuple(rules), rules,
                refused=slip.refused, contradictions=changed,
            )  # fmt: skip


def _uses(when: Condition, definition: Definition) -> bool:
    return any(one.name == definition.name for one in definitions(when))


def _of_vocabulary(rulebook: Rulebook, sources: Mapping[str, SourceFile]) -> Iterator[Mutant]:
    source = sources.get("vocabulary.yaml")
    if source is None:
        return
    found = {one.name: one for one in rulebook.vocabulary.contradictions}
    for one, slip in contradictions.slips_in(found, source, rulebook.vocabulary):
        asked = one.facts | (slip.after.facts if slip.after else frozenset())
        users = tuple(rule.id for rule in rulebook.rules if asked & facts_of(rule.when))
        yield Mutant(
            slip.kind, f"contradiction {one.name}", slip.what, slip.line, users, {}, refused=slip.refused,
            contradictions={one.name: slip.after},
        )  # fmt: skip
    windows = source.tree.items.get("freshness")
    for name, entry in windows.items.items() if isinstance(windows, MappingNode) else ():
        users = tuple(rule.id for rule in rulebook.rules if name in facts_of(rule.when))
        is_asked = bool(users) or any(name in one.facts for one in rulebook.vocabulary.contradictions)
        if is_asked and isinstance(entry, MappingNode):
            for kind, what, line, fact in freshness.slips(rulebook.vocabulary[name], source, entry):
                marked = _marked(rulebook.vocabulary[name]) ^ _marked(fact)
                yield Mutant(kind, f"fact {name}", what, line, users, {}, fact, marked=marked)


def _marked(fact: Fact) -> frozenset[str]:
    return fact.freshness.ageless | fact.freshness.stands if fact.freshness else frozenset()
