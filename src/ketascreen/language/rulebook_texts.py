"""The texts of a rulebook that people read, by id and field: a translation of the rulebook must have each.

Names (of facts, choices, parameters, documents) and cited phrases are not among them: they are the same in every
language. Empty fields are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ketascreen.language.documents import Citation
from ketascreen.language.rulebook import Rulebook

_Texts = Iterator[tuple[str, str]]


def texts_of(rulebook: Rulebook) -> Mapping[str, str]:
    """The texts by id, such as `rule.<rule>.say`, `fact.<fact>.label` or `route.<route>.<attribute>.<number>`.

    What citations say of a matter is one text for all citations, `says.<text>`.
    """
    parts = (_identity, _rules, _facts, _routes, _parameters, _definitions, _contradictions, _conflicts, _citations)
    return {text_id: text for part in parts for text_id, text in part(rulebook) if text}


def _identity(rulebook: Rulebook) -> _Texts:
    identity = rulebook.identity
    yield "rulebook.title", identity.title
    yield "rulebook.responsible", identity.responsible
    yield "rulebook.intended_use", identity.intended_use
    yield "rulebook.limits", identity.limits
    for number, text in enumerate(identity.not_asked, 1):
        yield f"rulebook.not_asked.{number}", text


def _rules(rulebook: Rulebook) -> _Texts:
    for rule in rulebook.rules:
        yield f"rule.{rule.id}.title", rule.title
        yield f"rule.{rule.id}.say", rule.say
        yield f"rule.{rule.id}.do", rule.do
        yield f"rule.{rule.id}.do_if_old", rule.do_if_old
        yield f"rule.{rule.id}.interpretation", rule.interpretation


def _facts(rulebook: Rulebook) -> _Texts:
    for name, fact in rulebook.vocabulary.items():
        yield f"fact.{name}.label", fact.label
        yield f"fact.{name}.note", fact.note
        yield f"fact.{name}.freshness", fact.freshness.reason if fact.freshness else ""


def _routes(rulebook: Rulebook) -> _Texts:
    for route, sheet in rulebook.routes.items():
        yield f"route.{route}.title", sheet.title
        for attribute, statements in sheet.attributes:
            yield f"attribute.{attribute}", attribute.replace("_", " ")
            for number, statement in enumerate(statements, 1):
                yield f"route.{route}.{attribute}.{number}", statement.says


def _parameters(rulebook: Rulebook) -> _Texts:
    for name, parameter in rulebook.parameters.items():
        yield f"parameter.{name}.reason", parameter.reason


def _definitions(rulebook: Rulebook) -> _Texts:
    for name, definition in rulebook.definitions.items():
        yield f"definition.{name}.title", definition.title


def _contradictions(rulebook: Rulebook) -> _Texts:
    for one in rulebook.vocabulary.contradictions:
        yield f"contradiction.{one.name}.say", one.say


def _conflicts(rulebook: Rulebook) -> _Texts:
    for name, conflict in rulebook.conflicts.items():
        yield f"conflict.{name}.topic", conflict.topic
        yield f"conflict.{name}.resolution", conflict.resolution
        yield f"conflict.{name}.reason", conflict.reason


def _citations(rulebook: Rulebook) -> _Texts:
    for citation in _cited(rulebook):
        yield f"says.{citation.says}", citation.says


def _cited(rulebook: Rulebook) -> Iterator[Citation]:
    """Every citation that a verdict or the page of a rule shows."""
    shown: Iterable[tuple[Citation, ...]] = (
        *(rule.sources for rule in rulebook.rules),
        *(parameter.sources for parameter in rulebook.parameters.values()),
        *(definition.sources for definition in rulebook.definitions.values()),
        *(conflict.statements for conflict in rulebook.conflicts.values()),
        *(
            statement.sources
            for sheet in rulebook.routes.values()
            for _, statements in sheet.attributes
            for statement in statements
        ),
    )
    for citations in shown:
        yield from citations
