"""`ketascreen facts`: what a profile may hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ketascreen.cli.options import json_option, plain, rulebook_of, rules_option, show_json, unknown
from ketascreen.language.condition import facts_of
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.source_attributes import USES
from ketascreen.language.vocabulary import Code, Fact, Kind
from ketascreen.patient.codes import codes_by_fact
from ketascreen.patient.profile import BUILT_IN
from ketascreen.rendering.page import Line, Style, entries, entry, show, wrapped
from ketascreen.signing import VerifyKey

Codes = tuple[Code, ...]


@click.command("facts")
@click.argument("name", required=False)
@json_option
@rules_option
def command(name: str | None, as_json: bool, rules: Path | None, keys: tuple[VerifyKey, ...]) -> None:
    """The facts that a profile may hold, how each is answered, and how long an answer counts.

    With NAME, everything about this one fact is shown.
    """
    rulebook = rulebook_of(rules, keys)
    vocabulary = rulebook.vocabulary
    if name is not None and name not in vocabulary:
        unknown("unknown-fact", "fact", name, vocabulary.offered, "`ketascreen facts` lists them")
    chosen = [vocabulary[name]] if name is not None else list(vocabulary.offered.values())
    codes = codes_by_fact(vocabulary)
    if as_json:
        data = [as_data(fact, codes[fact.name], rulebook) for fact in chosen]
        show_json(data[0] if name is not None else data)
    elif name is not None:
        show(render_whole(chosen[0], codes[chosen[0].name], rulebook))
    else:
        show(line for fact in chosen for line in render_short(fact, codes[fact.name]))


def as_data(fact: Fact, codes: Codes, rulebook: Rulebook) -> dict[str, Any]:
    """Everything about a fact, as plain data."""
    said = plain(fact)
    del said["own_codes"]  # `codes` has these too
    contradictions = [_contradiction(one) for one in contradictions_of(fact, rulebook)]
    return {**said, "codes": plain(codes), "rules": asked_by(fact, rulebook), "contradictions": contradictions}


def contradictions_of(fact: Fact, rulebook: Rulebook) -> list[Contradiction]:
    """The contradictions that compare a fact, with facts that are shown."""
    shown = {fact.name, *rulebook.vocabulary.offered}
    return [one for one in rulebook.vocabulary.contradictions if fact.name in one.facts <= shown]


def _contradiction(one: Contradiction) -> dict[str, Any]:
    when = {"not_below": [one.when.fact, one.when.other]} if isinstance(one.when, NotBelow) else plain(one.when)
    return {"name": one.name, "when": when, "about": one.about, "newer": one.newer, "say": one.say}


def asked_by(fact: Fact, rulebook: Rulebook) -> list[str]:
    """The rules that ask a fact, by id."""
    return [rule.id for rule in rulebook.rules if fact.name in facts_of(rule.when)]


def render_short(fact: Fact, codes: Codes) -> Iterator[Line]:
    """A fact in a few lines."""
    yield from wrapped(f"{fact.name}: {fact.label}", hang=2, style=Style.HEADING)
    yield from entry("Answer", fact.describe(), indent=2)
    yield from entry("Counts", fact.describe_freshness(), indent=2)
    if codes:
        yield from entry("Codes", listed(codes), indent=2)


def render_whole(fact: Fact, codes: Codes, rulebook: Rulebook) -> Iterator[Line]:
    """Everything about a fact, as text."""
    yield from render_short(fact, codes)
    if fact.freshness and fact.freshness.reason:
        yield from entry("Why so long", fact.freshness.reason, indent=2)
    if fact.unit:
        yield from entry("Unit", f"{fact.unit.name} (UCUM {fact.unit.ucum})", indent=2)
    if fact.note:
        yield from entry("Note", fact.note, indent=2)
    if fact.opaque:
        words = ", ".join(sorted(fact.opaque))
        yield from entry("Opaque", f"{words}; a clinician's decision counts for that one answer", indent=2)
    if fact.replaced_by:
        yield from entry("Replaced by", ", ".join(fact.replaced_by), indent=2)
    yield from entry("Uses", used(fact), indent=2)
    yield from entry("Domain", fact.domain, indent=2)
    recurs = "Can happen again" if fact.kind is Kind.SINCE else "Can change"
    yield from entry(recurs, "yes" if fact.changeable else "no", indent=2)
    where = "a field of the profile" if fact.name in BUILT_IN else "under `extra` in the profile"
    yield from entry("Given as", where, indent=2)
    yield from entry("Rules that ask it", ", ".join(asked_by(fact, rulebook)) or "none", indent=2)
    said = [f"{one.say} ({one.name}, with {_others(one, fact)})" for one in contradictions_of(fact, rulebook)]
    yield from entries("Refused with", said, indent=2)


def used(fact: Fact) -> str:
    """Which kinds of data of source attributes 5 to 13 an answer tells."""
    if fact.uses is None:
        return f"not said of `{fact.name}`; write `uses:` in vocabulary.yaml"
    return ", ".join(words for use, words in USES.items() if use in fact.uses) or "none of source attributes 5 to 13"


def _others(one: Contradiction, fact: Fact) -> str:
    """The other facts of a contradiction."""
    return " and ".join(sorted(one.facts - {fact.name}))


def listed(codes: Codes) -> str:
    """The codes of a fact and of its choices."""
    return ", ".join(f"{f'{code.choice} = ' if code.choice else ''}{code}" for code in codes)
