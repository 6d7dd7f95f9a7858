"""Everywhere that a file of a rulebook names a fact, a choice, a rule, a parameter or a definition.

The files are read with PyYAML's composer, whose nodes say where each begins and ends. A name means a thing by where it
stands: a word in a text is never one, and the choice of a fact is never another fact's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import yaml

from ketascreen.authoring.editing.text_edits import at, items, pairs
from ketascreen.authoring.file_kinds import kind_of
from ketascreen.language.vocabulary import Fact
from ketascreen.loading.linker import TEXTS

_OF_A_ROUTE = "route-not-tried"
"""The check whose findings are about a route, which may have the name of anything."""


class Thing(StrEnum):
    """What can be renamed."""

    FACT = "fact"
    CHOICE = "choice"
    RULE = "rule"
    PARAMETER = "parameter"
    DEFINITION = "definition"


class Reference(NamedTuple):
    """A node that names a thing; of a choice, `fact` is its fact. `in_text`: each `{name}` within the node does."""

    kind: Thing
    name: str
    node: Any
    fact: str = ""
    in_text: bool = False


def references(path: str, root: Any, vocabulary: Mapping[str, Fact]) -> Iterator[Reference]:
    """Each reference in a file, in the order of the file; `vocabulary` says which facts have choices."""
    reader = _ReferenceReader(vocabulary)
    match kind_of(path):
        case "rule":
            yield from reader.rule(root)
        case "cases" | "vignettes":
            for case in _cases(root):
                yield from reader.case(case)
        case "start":
            yield from reader.given(at(root, "given"))
        case "vocabulary":
            yield from reader.vocabulary_file(root)
        case "parameters":
            yield from (Reference(Thing.PARAMETER, key.value, key) for key, _ in pairs(root))
        case "definitions":
            for key, value in pairs(root):
                yield Reference(Thing.DEFINITION, key.value, key)
                yield from reader.condition(at(value, "when"))
        case "conflicts":
            for _, value in pairs(root):
                yield from _listed(Thing.RULE, at(value, "rules"))
        case "rulebook":
            for allowed in items(at(root, "allow")):
                yield from _about(allowed)


def _cases(root: Any) -> Iterator[Any]:
    """The cases of a file: its list, or the lists under its keys."""
    yield from items(root)
    for _, value in pairs(root):
        yield from items(value)


def _listed(kind: Thing, node: Any, fact: str = "") -> Iterator[Reference]:
    yield from (Reference(kind, one.value, one, fact) for one in items(node) if isinstance(one, yaml.ScalarNode))


def _single(kind: Thing, node: Any, fact: str = "") -> Iterator[Reference]:
    if isinstance(node, yaml.ScalarNode):
        yield Reference(kind, node.value.strip(), node, fact)


def _about(allowed: Any) -> Iterator[Reference]:
    """What an accepted finding is about. Facts, parameters and definitions never have the same name."""
    check = at(allowed, "check")
    if check is None or check.value != _OF_A_ROUTE:
        for kind in (Thing.FACT, Thing.PARAMETER, Thing.DEFINITION):
            yield from _single(kind, at(allowed, "about"))


class _ReferenceReader:
    def __init__(self, vocabulary: Mapping[str, Fact]) -> None:
        self._vocabulary = vocabulary

    def rule(self, root: Any) -> Iterator[Reference]:
        yield from _single(Thing.RULE, at(root, "id"))
        yield from self.condition(at(root, "when"))
        for key in TEXTS:
            yield from (one._replace(in_text=True) for one in _single(Thing.PARAMETER, at(root, key)))
        yield from _listed(Thing.RULE, at(root, "retired", "instead"))

    def condition(self, node: Any) -> Iterator[Reference]:
        for key, value in pairs(node):
            match key.value:
                case "all" | "any":
                    for member in items(value):
                        yield from self.condition(member)
                case "not":
                    yield from self.condition(value)
                case "meets":
                    yield from _single(Thing.DEFINITION, value)
                case name:
                    yield Reference(Thing.FACT, name, key)
                    yield from self._constants(name, value)

    def _constants(self, fact: str, node: Any) -> Iterator[Reference]:
        known = self._vocabulary.get(fact)
        kind = Thing.PARAMETER if known is not None and known.is_number else Thing.CHOICE
        for _, value in pairs(node):
            yield from _single(kind, value, fact)
            yield from _listed(kind, value, fact)

    def case(self, node: Any) -> Iterator[Reference]:
        yield from self.given(at(node, "given"))
        yield from _listed(Thing.FACT, at(node, "without"))
        yield from _listed(Thing.RULE, at(node, "decisions"))
        for key in ("because", "asks"):
            yield from _listed(Thing.FACT, at(node, "expect", key))
        for key in ("met", "unknown", "alerts", "not_decidable"):
            yield from _listed(Thing.RULE, at(node, "expect", key))

    def given(self, node: Any) -> Iterator[Reference]:
        for key, value in pairs(node):
            yield Reference(Thing.FACT, key.value, key)
            for answer in (value, at(value, "value"), at(value, "present")):
                yield from _single(Thing.CHOICE, answer, key.value)
                yield from _listed(Thing.CHOICE, answer, key.value)

    def vocabulary_file(self, root: Any) -> Iterator[Reference]:
        for key, value in pairs(at(root, "facts")):
            yield Reference(Thing.FACT, key.value, key)
            for words in ("choices", "opaque"):
                yield from _listed(Thing.CHOICE, at(value, words), key.value)
            for code in items(at(value, "codes")):
                yield from _single(Thing.CHOICE, at(code, "choice"), key.value)
            for _, now in pairs(at(value, "was_choices")):
                yield from _single(Thing.CHOICE, now, key.value)
        for key, value in pairs(at(root, "freshness")):
            yield Reference(Thing.FACT, key.value, key)
            for words in ("lasting", "permanent", "stands"):
                yield from _listed(Thing.CHOICE, at(value, words), key.value)
        for _, value in pairs(at(root, "contradictions")):
            yield from self.condition(at(value, "when"))
            yield from _listed(Thing.FACT, at(value, "not_below"))
            for one in ("about", "newer"):
                yield from _single(Thing.FACT, at(value, one))
