"""Whom a change to the rules treats otherwise: `python -m tests.campaigns.rulebooks BEFORE AFTER [--patients N]`.

BEFORE and AFTER are folders of rules; this library screens generated patients by both, at both stages, by all routes.
Each rule that holds fewer people needs a reason in tests/data/less-cautious.yaml. Without one, it ends with 1.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from textwrap import fill

from ketascreen import PatientProfile, Stage
from ketascreen.language.condition import facts_of
from tests.helpers.patients import cohort
from tests.helpers.places import DATA
from tests.helpers.two_rulebooks import Book, Change, Reason, Seen, changes, is_explained, read_reasons

REASONS = DATA / "less-cautious.yaml"


@dataclass
class Kind:
    """The routes that became less cautious as the same rules no longer hold them; with a reason, or all without."""

    rules: tuple[str, ...]
    is_explained: bool
    example: PatientProfile
    steps: Counter[str] = field(default_factory=Counter)


@dataclass
class Alerts:
    """How many patients a rule alerts about now and did not before, and the other way; `silent`: now no rule does."""

    gained: int = 0
    lost: int = 0
    silent: int = 0


@dataclass
class Told:
    """What the comparison found so far."""

    milder: dict[tuple[tuple[str, ...], bool], Kind] = field(default_factory=dict)
    stricter_rules: Counter[str] = field(default_factory=Counter)
    stricter_steps: Counter[str] = field(default_factory=Counter)
    alerts: dict[tuple[Stage, str], Alerts] = field(default_factory=dict)
    compared: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    refused_before: int = 0
    refused_after: int = 0

    @property
    def unexplained(self) -> list[Kind]:
        """The kinds without a reason."""
        return [kind for kind in self.milder.values() if not kind.is_explained]

    @property
    def ends_well(self) -> bool:
        """Whether each loosening has a reason, nobody lost their last alert, and nobody is screened who was refused."""
        silenced = any(one.silent for one in self.alerts.values())
        return not self.unexplained and not silenced and not self.refused_before


def compare(before: Book, after: Book, reasons: Mapping[str, Reason], profiles: Iterable[PatientProfile]) -> Told:
    """Screens each patient by both rulebooks."""
    told = Told()
    for profile in profiles:
        old, new = before.see(profile), after.see(profile)
        if old is None or new is None:
            told.refused_before += new is not None
            told.refused_after += old is not None
            continue
        told.compared.update(what for what, _ in old.levels)
        _note_alerts(told, old, new)
        for change in changes(old, new):
            told.changed[change.what] += 1
            if change.is_milder:
                is_right = is_explained(change, profile, reasons, after.rulebook)
                kind = told.milder.setdefault((change.rules, is_right), Kind(change.rules, is_right, profile))
                kind.steps[change.step] += 1
            else:
                _note_stricter(told, change)
    return told


def _note_stricter(told: Told, change: Change) -> None:
    told.stricter_steps[change.step] += 1
    told.stricter_rules.update(f"{change.what}: {rule}" for rule in change.rules)


def _note_alerts(told: Told, old: Seen, new: Seen) -> None:
    for stage, rule in old.alerts ^ new.alerts:
        noted = told.alerts.setdefault((stage, rule), Alerts())
        is_lost = (stage, rule) in old.alerts
        noted.lost += is_lost
        noted.gained += not is_lost
        noted.silent += is_lost and not any(other is stage for other, _ in new.alerts)


def report(told: Told, before: Book, after: Book, reasons: Mapping[str, Reason]) -> Iterator[str]:
    """What was found, by line."""
    yield "== Less cautious"
    for kind in sorted(told.milder.values(), key=lambda one: (one.is_explained, one.rules)):
        yield from _kind(kind, before, after, reasons)
    if not told.milder:
        yield "no route"
    yield from ("", "== More cautious, by step, in routes")
    yield from _counts(told.stricter_steps)
    yield from ("", "== More cautious, by rule that did it, in routes (a route with two such rules counts twice)")
    yield from _counts(told.stricter_rules)
    yield from ("", "== Alerts, in patients")
    for (stage, rule), one in sorted(told.alerts.items()):
        yield f"{stage}, {rule}: {one.gained:,} gained, {one.lost:,} lost, of whom {one.silent:,} have no alert now"
    yield from ("", "== Unchanged, in routes")
    for what, number in told.compared.items():
        yield f"{what}: {number - told.changed[what]:,} of {number:,}"
    yield f"patients whom only one rulebook refuses: {told.refused_before:,} before, {told.refused_after:,} after"


def _kind(kind: Kind, before: Book, after: Book, reasons: Mapping[str, Reason]) -> Iterator[str]:
    yield ""
    yield f"-- no longer by {', '.join(kind.rules) or 'any rule'}"
    yield from _counts(kind.steps)
    conditions = chain.from_iterable((book.condition_of(rule) for rule in kind.rules) for book in (before, after))
    yield "for example:"
    for name in sorted({name for condition in conditions for name in facts_of(condition)}):
        yield f"  {name}: {_answer(kind.example, name)}"
    if not kind.is_explained:
        yield f"NO REASON: {REASONS.name} has none for this rule, or not for this patient."
    else:
        yield from (fill(f"Because: {reasons[rule].because}", 120) for rule in kind.rules)


def _answer(profile: PatientProfile, name: str) -> str:
    answers = profile.model_dump(mode="json", exclude_none=True)
    if name == "age" and "birth_date" in answers:
        return f"born {answers['birth_date']}"
    return json.dumps(answers[name]) if name in answers else "not recorded"


def _counts(counter: Counter[str]) -> Iterator[str]:
    for what, number in sorted(counter.items(), key=lambda item: (-item[1], item[0])):
        yield f"{number:>7,}  {what}"


def main(arguments: list[str] | None = None) -> int:
    """Prints the comparison; 1 where a loosening has no reason."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--patients", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reasons", type=Path, default=REASONS)
    given = parser.parse_args(arguments)
    before, after = Book.load(given.before), Book.load(given.after)
    reasons = read_reasons(given.reasons, after.rulebook)
    told = compare(before, after, reasons, (one.profile for one in cohort(given.seed, given.patients)))
    print(f"{given.patients:,} patients of seed {given.seed}\n")
    print("\n".join(report(told, before, after, reasons)))
    return 0 if told.ends_well else 1


if __name__ == "__main__":
    sys.exit(main())
