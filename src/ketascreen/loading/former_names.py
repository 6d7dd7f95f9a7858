"""The names that things had before (`was`), and the rules that replace retired ones (`instead`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from ketascreen.diagnostic import Place, did_you_mean
from ketascreen.language.rule import Definition, Parameter, Rule, renamed_in
from ketascreen.language.vocabulary import UNRECOGNISED, Vocabulary
from ketascreen.patient.profile import PatientProfile
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Node, place_of


class _Named(NamedTuple):
    """A thing with the names that it had before, and where they stand."""

    name: str
    was: tuple[str, ...]
    node: Node | None
    path: tuple[str, ...]

    def place(self, index: int) -> Place:
        return place_of(self.node, (*self.path, index)) if self.node else Place("")


def check_former_names(
    rules: Mapping[str, Rule],
    files: Mapping[str, Node],
    named: Mapping[str, Node | None],
    vocabulary: Vocabulary,
    parameters: Mapping[str, Parameter],
    definitions: Mapping[str, Definition],
    problems: Problems,
) -> None:
    """Reports each former name that could mean two things, and each rule in the place of a retired one that is unknown.

    `rules` are all rules by the path of their file, those that are retired too.
    """
    by_rule = (_Named(rule.id, rule.was, files[path], ("was",)) for path, rule in rules.items())
    _former(by_rule, {rule.id for rule in rules.values()}, "rule", problems)
    facts = (
        _Named(fact.name, fact.was, named["vocabulary"], ("facts", fact.name, "was")) for fact in vocabulary.values()
    )
    _former(facts, {*vocabulary, *PatientProfile.model_fields}, "fact", problems)
    values = (_Named(one.name, one.was, named["parameters"], (one.name, "was")) for one in parameters.values())
    _former(values, parameters, "parameter", problems)
    defined = (_Named(one.name, one.was, named["definitions"], (one.name, "was")) for one in definitions.values())
    _former(defined, definitions, "definition", problems)
    for fact in vocabulary.values():
        _former_choices(fact.name, fact.choices, fact.was_choices, named["vocabulary"], problems)
    for path, rule in rules.items():
        _instead(rule, {one.id: one for one in rules.values()}, files[path], problems)


def _former(things: Iterable[_Named], today: Collection[str], kind: str, problems: Problems) -> None:
    """Each former name is one thing's alone: no name of today, and no other former name."""
    seen: dict[str, str] = {}
    for one in things:
        for index, old in enumerate(one.was):
            if old in today:
                message = f"`{one.name}` was `{old}` before, and there is a {kind} `{old}` now"
                problems.report("name-taken", message, "delete the former name, or rename one", one.place(index))
            elif old in seen:
                message = f"`{old}` is a former name of `{seen[old]}` already"
                problems.report("name-taken", message, "delete it in one of the two places", one.place(index))
            seen[old] = one.name


def _former_choices(
    name: str,
    choices: Collection[str],
    was: Iterable[tuple[str, str]],
    vocabulary: Node | None,
    problems: Problems,
) -> None:
    for old, now in was:
        place = place_of(vocabulary, ("facts", name, "was_choices", old)) if vocabulary else Place("")
        if old in choices or old == UNRECOGNISED:
            message = f"`{old}` is a word of `{name}` now, and a former word of `{now}`"
            problems.report("name-taken", message, "delete the former word", place)
        if now not in choices:
            hint = did_you_mean(now, choices, otherwise=f"its choices are {', '.join(choices)}")
            problems.report("unknown-choice", f"`{name}` has no choice `{now}`", hint, place)


def _instead(rule: Rule, rules: Mapping[str, Rule], node: Node, problems: Problems) -> None:
    for index, name in _wrong(rule, rules):
        place = place_of(node, ("retired", "instead", index))
        if name == rule.id:
            message = f"`{rule.id}` cannot replace itself"
            problems.report("unknown-rule", message, "name another rule, or delete it", place)
        else:
            otherwise = "`ketascreen rules` lists them"
            hint = did_you_mean(name, rules, otherwise=otherwise, renamed=renamed_in(rules))
            problems.report("unknown-rule", f"no rule `{name}`", hint, place)


def _wrong(rule: Rule, ids: Collection[str]) -> Iterator[tuple[int, str]]:
    for index, name in enumerate(rule.retired.instead if rule.retired else ()):
        if name == rule.id or name not in ids:
            yield index, name
