"""What a complete rulebook must fulfil before it may decide anything."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ketascreen.diagnostic import Diagnostic, Place, RulebookError, did_you_mean
from ketascreen.language.condition import (
    AllOf,
    Always,
    AnyOf,
    Compare,
    Condition,
    DefinitionRef,
    ListValue,
    Not,
    facts_of,
)
from ketascreen.language.documents import Conflict
from ketascreen.language.effects import RESTRICTING, giving
from ketascreen.language.logic import Truth, negation
from ketascreen.language.retired import named
from ketascreen.language.rule import Rule, renamed_in
from ketascreen.language.rulebook import OptionWords, Rulebook
from ketascreen.language.semantics import evaluate
from ketascreen.language.terms import Decision, Effect, Route
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Kind, Vocabulary
from ketascreen.loading.standing import standing_choices
from ketascreen.reasoning.accepted import vocabulary_for
from ketascreen.reasoning.satisfiable import can_be
from ketascreen.syntax.problems import Problems

_READS_UNRECOGNISED: tuple[tuple[Effect, tuple[Effect, ...]], ...] = (
    (Effect.REVIEW, (Effect.EXCLUDE, Effect.REVIEW)),
    (Effect.CAUTION, (Effect.EXCLUDE, Effect.REVIEW, Effect.CAUTION)),
)
"""By the strongest effect that asks a list on a route, the effects that its rule for unrecognised entries may have.

The first line with an effect that asks the list on a route holds there. An exclusion asks for no more than a review: an
entry that nobody has read excludes nobody permanently. A hold asks for none: such an entry makes the list incomplete,
and may make no rule false (`_unread_entries_rule_nothing_out`). So the hold is unknown or met, and nobody is ready,
wherever the entry could matter to it.
"""
_NEVER_RULED_OUT_UNREAD = (*RESTRICTING, Effect.ALERT)
"""The effects whose rules no unrecognised entry may make false."""
if {effect for _, effects in _READS_UNRECOGNISED for effect in effects} != set(giving(Decision)):
    raise ImportError("`_READS_UNRECOGNISED` must name the effects that give a decision, and no other")


def check_whole(
    rules: tuple[Rule, ...],
    vocabulary: Vocabulary,
    routes: Iterable[Route],
    called: OptionWords,
    conflicts: Mapping[str, Conflict],
    problems: Problems,
    retired: tuple[Rule, ...] = (),
    named_at: Mapping[tuple[str, str], Place] = MappingProxyType({}),
) -> None:
    """Reports each of these requirements that the rulebook does not fulfil.

    The `retired` rules fulfil none, and still carry the conflicts that name them. `named_at` says where conflicts.yaml
    names a rule, by the ids of the conflict and the rule.
    """
    listed = tuple(routes)
    problems.extend(_without_exclusion(rules, listed, called))
    asking = _asking(rules)
    for fact in vocabulary.values():
        _lasting_choices_exclude(fact, asking.get(fact.name, []), listed, called, problems)
        problems.extend(standing_choices(fact, asking.get(fact.name, []), vocabulary))
        if fact.kind is Kind.LIST:
            _unrecognised_entries_meet_a_rule(fact, asking.get(fact.name, []), problems, retired)
    _conflicts_name_rules_that_carry_them(rules, retired, conflicts, named_at, problems)
    _unread_entries_rule_nothing_out(rules, problems)
    _every_rule_distinguishes_patients(rules, vocabulary, problems)


def require_exclusions(rulebook: Rulebook) -> None:
    """Refuses a rulebook that would exclude nobody on some route, in whatever way it was made.

    Raises:
        RulebookError: no route, or a route without an exclusion.
    """
    if problems := list(_without_exclusion(rulebook.rules, rulebook.routes, rulebook.identity.options)):
        raise RulebookError(problems)


def _without_exclusion(rules: Iterable[Rule], routes: Collection[Route], called: OptionWords) -> Iterator[Diagnostic]:
    place = Place("routes.yaml")
    if not routes:
        yield Diagnostic("no-exclusion", f"no {called.one}", "name at least one", place)
    covered = {route for rule in rules if rule.effect is Effect.EXCLUDE for route in rule.routes}
    for route in routes:
        if route not in covered:
            hint = "write one; without it, nobody would be excluded"
            yield Diagnostic("no-exclusion", f"no exclusion for the {called.one} `{route}`", hint, place)


def _met_alone(fact: Fact, word: str, asking: list[Rule], *effects: Effect) -> set[Route]:
    """The routes on which that answer alone, with nothing else known, meets a rule with one of `effects`."""
    answer = ListValue(frozenset([word]), complete=False) if fact.kind is Kind.LIST else word
    met = [rule for rule in asking if rule.effect in effects and evaluate(rule.when, {fact.name: answer}) is Truth.TRUE]
    return {route for rule in met for route in rule.routes}


def _lasting_choices_exclude(
    fact: Fact, asking: list[Rule], routes: tuple[Route, ...], called: OptionWords, problems: Problems
) -> None:
    # An old answer may count only where it cannot make a verdict better than not knowing would (P1).
    for word in sorted(fact.freshness.lasting if fact.freshness else ()):
        if missing := set(routes) - _met_alone(fact, word, asking, Effect.EXCLUDE):
            where = ", ".join(sorted(missing))
            message = f"`{word}` of `{fact.name}` is marked lasting, but does not exclude by itself on: {where}"
            problems.report(
                "lasting",
                message,
                f"a lasting choice must meet an exclusion on every {called.one}",
                Place("vocabulary.yaml"),
            )


def required_for_unrecognised(rules: Iterable[Rule], vocabulary: Vocabulary) -> frozenset[str]:
    """The ids of the rules without which `check_whole` would report `unrecognised`."""
    asking = _asking(rules)
    found: set[str] = set()
    for fact in vocabulary.values():
        for rule in asking.get(fact.name, []) if fact.kind is Kind.LIST else ():
            others = [other for other in asking[fact.name] if other is not rule]
            if any(True for _ in _not_read(fact, others)):
                found.add(rule.id)
    return frozenset(found)


def _asking(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """The rules that ask each fact, by its name."""
    asking: dict[str, list[Rule]] = {}
    for rule in rules:
        for name in facts_of(rule.when):
            asking.setdefault(name, []).append(rule)
    return asking


def unread_by(
    fact: Fact, effect: Effect, routes: Iterable[Route | str], rules: Iterable[Rule]
) -> tuple[Effect, tuple[str, ...]] | None:
    """The effect that a rule for unrecognised entries of a list needs if a new rule with `effect` asks the list.

    With it the routes of the new rule on which no rule reads such entries yet; None if each has one, or needs none.
    """
    needed = next(((given, enough) for given, enough in _READS_UNRECOGNISED if effect in enough), None)
    if needed is None:
        return None
    met = _met_alone(fact, UNRECOGNISED, _asking(rules).get(fact.name, []), *needed[1])
    missing = tuple(str(route) for route in routes if route not in met)
    return (needed[0], missing) if missing else None


class _NotRead(NamedTuple):
    """The routes on which no rule reads unrecognised entries: of those on which `deciding` ask the list."""

    effect: Effect
    deciding: list[Rule]
    asked: set[Route]
    missing: set[Route]


def _not_read(fact: Fact, asking: list[Rule]) -> Iterator[_NotRead]:
    """Where an unrecognised entry alone does not meet a rule as strong as the strongest that asks the list there."""
    settled: set[Route] = set()
    for effect, enough in _READS_UNRECOGNISED:
        deciding = [rule for rule in asking if rule.effect in enough]
        asked = {route for rule in deciding for route in rule.routes} - settled
        settled |= asked
        if missing := asked - _met_alone(fact, UNRECOGNISED, asking, *enough):
            yield _NotRead(effect, deciding, asked, missing)


def _unrecognised_entries_meet_a_rule(
    fact: Fact, asking: list[Rule], problems: Problems, retired: Iterable[Rule]
) -> None:
    """On each route an unrecognised entry alone meets a rule as strong as the strongest that asks the list there."""
    for effect, deciding, asked, missing in _not_read(fact, asking):
        first = next(rule for rule in deciding if not missing.isdisjoint(rule.routes))
        where = ", ".join(sorted(missing))
        message = f"no {effect} for unrecognised entries of `{fact.name}` on {where}"
        if read := [rule.id for rule in retired if _met_alone(fact, UNRECOGNISED, [rule], rule.effect) & missing]:
            message += f": {named(read)} {'is' if len(read) == 1 else 'are'} retired"
        hint = _how_to_read(fact, effect, len(missing) < len(asked), where)
        problems.report("unrecognised", message, hint, first.place)


def _how_to_read(fact: Fact, effect: Effect, some: bool, where: str) -> str:
    """How to write the rule for unrecognised entries of a list."""
    name = f"unrecognised-{fact.name.replace('_', '-')}"
    routes = f"[{where}]" if some else "all"
    return (
        f"write a rule `{name}` with `effect: {effect}`, `routes: {routes}` and "
        f"`when: {{{fact.name}: {{includes: {UNRECOGNISED}}}}}`; docs/codes/unrecognised.md has one to copy"
    )


def _unread_entries_rule_nothing_out(rules: tuple[Rule, ...], problems: Problems) -> None:
    # Nobody has read the entry, so it may say that something is there, and never that something is not (P1).
    for rule in rules:
        for compare in _ruled_out_unread(rule.when) if rule.effect in _NEVER_RULED_OUT_UNREAD else ():
            message = f"an unrecognised entry of `{compare.fact}` would rule out `{rule.id}`, and nobody has read it"
            hint = (
                f"take `{UNRECOGNISED}` out here, and such an entry leaves the rule unknown; "
                f"to act on one, ask `{compare.fact}: {{includes: {UNRECOGNISED}}}` without `not`"
            )
            problems.report("unrecognised", message, hint, compare.place or rule.place)


def _ruled_out_unread(condition: Condition, when: Truth = Truth.FALSE) -> Iterator[Compare]:
    """The comparisons that an unrecognised entry can turn to `when`, and so the whole condition to false."""
    match condition:
        case Compare():
            words = condition.constant if isinstance(condition.constant, tuple) else (condition.constant,)
            present = frozenset(word for word in words if isinstance(word, str))
            if UNRECOGNISED in present and evaluate(condition, {condition.fact: ListValue(present, False)}) is when:
                yield condition
        case AllOf(members) | AnyOf(members):
            for member in members:
                yield from _ruled_out_unread(member, when)
        case Not(member):
            yield from _ruled_out_unread(member, negation(when))
        case DefinitionRef(_, member):
            yield from _ruled_out_unread(member, when)


def _every_rule_distinguishes_patients(rules: tuple[Rule, ...], vocabulary: Vocabulary, problems: Problems) -> None:
    # With an exclusion that nobody can meet, a route would only seem to have one (P2).
    for rule in rules:
        if isinstance(rule.when, Always):
            continue
        among = vocabulary_for(rule, vocabulary)
        if not can_be(rule.when, Truth.TRUE, among):
            problems.report(
                "never-met",
                "no possible answers meet this condition",
                "look for parts that can never hold together, or for answers that contradict each other",
                rule.place,
            )
        elif not can_be(rule.when, Truth.FALSE, among):
            hint = "write `always`, or look for the other end of a range"
            problems.report("always-met", "all possible answers meet this condition", hint, rule.place)


def _conflicts_name_rules_that_carry_them(
    rules: tuple[Rule, ...],
    retired: tuple[Rule, ...],
    conflicts: Mapping[str, Conflict],
    named_at: Mapping[tuple[str, str], Place],
    problems: Problems,
) -> None:
    carried = {rule.id: rule.conflicts for rule in (*rules, *retired)}
    renamed = renamed_in({rule.id: rule for rule in (*rules, *retired)})
    gone = {rule.id for rule in retired}
    for conflict in conflicts.values():
        if conflict.rules and gone.issuperset(conflict.rules) and not conflict.reason:
            message = f"only retired rules carry `{conflict.id}`, and no `reason` says why: {named(conflict.rules)}"
            place = conflict.statements[0].place or Place("conflicts.yaml")
            problems.report("conflict", message, "add `reason:`, or name the rule that carries it now", place)
        for name in conflict.rules:
            place = named_at.get((conflict.id, name), Place("conflicts.yaml"))
            if name not in carried:
                otherwise = f"delete it under `rules:` of {conflict.id}"
                hint = did_you_mean(name, carried, otherwise=otherwise, renamed=renamed)
                problems.report("conflict", f"`{conflict.id}` names an unknown rule `{name}`", hint, place)
            elif conflict.id not in carried[name]:
                message = f"`{name}` does not name the conflict `{conflict.id}`"
                hint = f"add {conflict.id} to its `conflicts:`, or delete it here"
                problems.report("conflict", message, hint, place)
