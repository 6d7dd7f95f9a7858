"""A new rule with its cases to fill in; for a rule about a list, the rule for entries that nobody has read too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, tzinfo
from pathlib import Path
from typing import Any

from ketascreen.authoring.editing.entries import CODE
from ketascreen.authoring.editing.writing import alone
from ketascreen.authoring.editing.yaml_text import flow, lines_of, scalar
from ketascreen.authoring.mutation.given import unheard_of, written_time
from ketascreen.authoring.names import RulebookNames, read_names
from ketascreen.authoring.scaffold import require_id, schema_line
from ketascreen.diagnostic import RulebookError, did_you_mean, refused
from ketascreen.language.clinic_time import at_fixed_offset
from ketascreen.language.effects import EFFECTS
from ketascreen.language.iso_time import read_iso_date
from ketascreen.language.terms import Effect
from ketascreen.language.vocabulary import UNRECOGNISED, Fact, Kind
from ketascreen.loading.build import NAMED
from ketascreen.loading.invariants import unread_by
from ketascreen.loading.load import load_rulebook
from ketascreen.runtime.time_zones import time_zone

_NONE_OF_IT = {"present": [], "complete": True}


@dataclass(frozen=True, slots=True)
class NewRule:
    """What is known of a rule before it is written; `about` is the list that it is about, if it is about one.

    `unread`: it is the rule for entries of the list that the vocabulary does not know.
    """

    id: str
    effect: Effect
    stage: str
    routes: tuple[str, ...]
    about: Fact | None = None
    unread: bool = False


def check_new(
    rule: str, effect: str, stage: str | None, routes: Sequence[str], folder: Path, about: str | None = None
) -> NewRule:
    """A rule that may be added to a rulebook's folder; `about` names the list that it is about.

    Raises:
        InputError: an id that is taken or malformed, an unknown effect or route, a stage that the effect cannot have, a
            fact that is not a list.
        RulebookError: the rulebook's names cannot be read.
    """
    require_id(rule, "new-rule")
    if effect not in list(Effect):
        hint = did_you_mean(effect, list(Effect), otherwise=f"the effects are {', '.join(Effect)}")
        raise refused("wrong-word", f"unknown effect `{effect}`", hint)
    stages = EFFECTS[Effect(effect)].stages
    if stage is not None and stage not in stages:
        raise refused(
            "stage",
            f"a rule with effect `{effect}` cannot have stage `{stage}`",
            f"its stage can be {' or '.join(stages)}",
        )
    names = read_names(folder)
    for route in routes:
        if route not in names.routes:
            hint = f"the {names.called.many} are {', '.join(names.routes)}, or all"
            raise refused("unknown-route", f"unknown {names.called.one} `{route}`", hint)
    if rule in names.retired:
        raise refused("rule-id", f"there was a `{rule}`, which is retired", "choose another id")
    if rule in names.former:
        raise refused("rule-id", f"`{rule}` is a former name of `{names.former[rule]}`", "choose another id")
    if rule in names.rules or rule in NAMED:
        raise refused("rule-id", f"there is a `{rule}` already", "choose another id")
    listed = None if about is None else _list_of(about, names)
    return NewRule(rule, Effect(effect), stage or stages[0], tuple(dict.fromkeys(routes)), listed)


def _list_of(name: str, names: RulebookNames) -> Fact:
    lists = [fact.name for fact in names.vocabulary.values() if fact.kind is Kind.LIST]
    fact = names.vocabulary.get(name)
    if fact is None or fact.kind is not Kind.LIST:
        what = f"unknown fact `{name}`" if fact is None else f"`{name}` is not a list"
        code = "unknown-fact" if fact is None else "wrong-type"
        raise refused(code, what, did_you_mean(name, lists, otherwise=f"the lists are {', '.join(lists)}"))
    return fact


def unread_rule(rule: NewRule, folder: Path) -> NewRule | None:
    """The rule for entries of the new rule's list that nobody has read; None if the rulebook needs no other one.

    While the rulebook does not load, nobody knows whether a rule reads such entries: then it is needed, unless one has
    its id.

    Raises:
        RulebookError: the rulebook's names cannot be read.
    """
    names = read_names(folder)
    assert rule.about is not None
    name = f"{UNRECOGNISED}-{rule.about.name.replace('_', '-')}"
    try:
        rules = load_rulebook(folder).rules
    except RulebookError:
        rules = ()
    wanted = unread_by(rule.about, rule.effect, rule.routes or names.routes, rules)
    if wanted is None or name in names.rules:
        return None
    effect, missing = wanted
    routes = rule.routes if set(missing) == set(rule.routes or names.routes) else missing
    return replace(rule, id=name, effect=effect, stage=str(EFFECTS[effect].stages[0]), routes=routes, unread=True)


def write_rule(rule: NewRule, folder: Path) -> tuple[Path, Path]:
    """Writes a rule with its cases to fill in, and returns the paths of both. No file is overwritten.

    Raises:
        FileExistsError: a file of that name exists.
        InputError: another process writes into the folder. Nothing is written then.
    """
    with alone(folder, CODE):
        return _write(rule, folder)


def _write(rule: NewRule, folder: Path) -> tuple[Path, Path]:
    head = (folder / "rulebook.yaml").read_text(encoding="utf-8")
    written = []
    for path, text in (
        (f"{EFFECTS[rule.effect].folder}/{rule.id}.yaml", _rule_text(rule)),
        (f"{EFFECTS[rule.effect].folder}/{rule.id}.cases.yaml", _cases_text(rule, head)),
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        with (folder / path).open("x", encoding="utf-8", newline="\n") as file:
            file.write(f"{schema_line(path, head)}\n{text}")
        written.append(folder / path)
    return written[0], written[1]


def _rule_text(rule: NewRule) -> str:
    routes = f"[{', '.join(rule.routes)}]" if rule.routes else "all"
    title, say = "", ""
    when = """\
# A condition, such as `fact: {is: choice}`, or `any:` or `all:` with a list of conditions.
when:
"""
    if rule.about is not None and rule.unread:
        title = f" {scalar(f'{rule.about.label} with an entry that was not recognised')}"
        say = (
            f" The answer to {rule.about.name} holds an entry that these rules do not know. A clinician should read it."
        )
        when = f"when:\n  {rule.about.name}: {{includes: {UNRECOGNISED}}}\n"
    elif rule.about is not None:
        words = ", ".join(rule.about.choices)
        when = f"""\
when:
  {rule.about.name}:
    # The words that the rule is about, as in [{rule.about.choices[0]}]. The list has {words}.
    includes_any:
"""
    return f"""\
# Fill in every key without a value; docs/rule-format.md says what each holds.
id: {rule.id}
# A few words.
title:{title}
stage: {rule.stage}
effect: {rule.effect}
routes: {routes}
{when}\
# What the reader must know if the rule is met, in one or two sentences.
say:{say}
# At least one: a line of a document with at most 12 words of it, or `outside:` with an id of documents.yaml.
sources:
  - document:
    line:
    phrase:
    says:
"""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A case to write; None is left to fill in."""

    comment: str
    finding: str
    name: str | None = None
    given: Mapping[str, Any] | None = None
    facts: tuple[str, ...] | None = None


def _cases_text(rule: NewRule, head: str) -> str:
    stage = {"stage": "session"} if rule.stage == "session" else {}
    text = "# Name each case for what it shows. docs/rule-format.md says what `given` and `expect` hold.\n"
    effective = _effective(head)
    when = None if effective is None else written_time(nine_o_clock(effective, _zone(head)))
    day = None if effective is None else effective.isoformat()
    for case in _cases(rule):
        why = {"asks" if case.finding == "unknown" else "because": None if case.facts is None else list(case.facts)}
        keys = {**stage, "as_of": when, "observed_at": day, "given": case.given}
        lines = [
            f"# {case.comment}",
            *lines_of("- name", case.name),
            *(line for key, value in keys.items() for line in lines_of(key, value, 2)),
            "  expect:",
            f"    finding: {case.finding}",
            *(line for key, value in why.items() for line in lines_of(key, value, 4)),
        ]
        text += "\n".join(lines) + "\n"
    return text


def _cases(rule: NewRule) -> Iterator[_Draft]:
    if rule.about is None:
        yield _Draft("The condition holds. For a threshold, write one case exactly on it and one on each side.", "met")
        yield _Draft("The condition does not hold.", "not_met")
        yield _Draft("A fact that the condition needs is not known.", "unknown")
        return
    name, facts = rule.about.name, (rule.about.name,)
    if rule.unread:
        given = {name: [unheard_of(rule.about)]}
        yield _Draft(
            "An entry that the vocabulary does not know.", "met", "an entry that nobody has read", given, facts
        )
    else:
        yield _Draft(f"The condition holds, as with `{flow({name: ['word']})[1:-1]}`.", "met", None, None, facts)
    yield _Draft(
        "The list is complete, and empty.", "not_met", "a complete list of nothing", {name: _NONE_OF_IT}, facts
    )
    yield _Draft("The list is not known.", "unknown", "nothing recorded", {}, facts)


def nine_o_clock(day: date, zone: str | None) -> datetime:
    """Nine in the morning of a day, by the clock of a zone; in UTC without a zone, or without one of that name."""
    try:
        own: tzinfo = time_zone(zone or "")
    except LookupError:
        own = UTC
    return at_fixed_offset(datetime.combine(day, time(9), tzinfo=own))


def _effective(head: str) -> date | None:
    found = re.search(r"^effective: *['\"]?([0-9]{4}-[0-9]{2}-[0-9]{2})\b", head, re.MULTILINE)
    try:
        return read_iso_date(found[1]) if found else None
    except ValueError:
        return None


def _zone(head: str) -> str | None:
    found = re.search(r"^time_zone: *['\"]?([\w/+-]+)", head, re.MULTILINE)
    return found[1] if found else None
