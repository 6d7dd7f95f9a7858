"""A rulebook with every name as it was first: two that differ by a name alone are then the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ketascreen.authoring.approving.subjects import sheet_of_patient
from ketascreen.authoring.cases.case import Case
from ketascreen.language.meaning import meant
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook


def without_names(rulebook: Rulebook) -> tuple[Any, ...]:
    """All that a rulebook means, and the sheets of its rules, in first names."""
    ids = {rule.id: rule.was[0] for rule in (*rulebook.rules, *rulebook.retired) if rule.was}
    named = rulebook.first_names
    about = {**named.facts, **named.parameters, **named.definitions}

    def first(rule: Rule) -> Rule:
        gone = rule.retired
        retired = gone and replace(gone, instead=tuple(ids.get(one, one) for one in gone.instead))
        return replace(named.rule(rule), id=ids.get(rule.id, rule.id), was=(), retired=retired)

    allow = tuple(replace(one, about=about.get(one.about, one.about)) for one in rulebook.identity.allow)
    conflicts = {
        name: replace(one, rules=tuple(ids.get(rule, rule) for rule in one.rules))
        for name, one in rulebook.conflicts.items()
    }
    book = replace(
        rulebook,
        identity=replace(rulebook.identity, allow=allow),
        rules=tuple(map(first, rulebook.rules)),
        retired=tuple(map(first, rulebook.retired)),
        vocabulary=named.vocabulary(rulebook.vocabulary),
        parameters=named.of_parameters(rulebook.parameters),
        definitions=named.of_definitions(rulebook.definitions),
        conflicts=conflicts,
    )
    sheets = {rule: sheet.digest for rule, sheet in book.sheets.items()}
    retired = [(meant(replace(one, retired=None)), one.retired) for one in book.retired]
    return book.meaning_digest, retired, book.rule_digests, sheets


def case_without_names(case: Case, rulebook: Rulebook) -> tuple[str, str | None, str]:
    """A case in first names: its name, its rule and what it gives and expects."""
    rule = rulebook.rule(case.rule) if case.rule else None
    first = rule.was[0] if rule and rule.was else case.rule
    return case.name, first, sheet_of_patient(case, rulebook, rulebook.first_names).digest
