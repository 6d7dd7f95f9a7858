"""The smallest rulebook that loads, for a guideline of its own: an exclusion on age, a caution that this is all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from ketascreen._version import VERSION
from ketascreen.authoring.editing.yaml_text import is_text
from ketascreen.authoring.editor.file_schemas import FOLDER, reference
from ketascreen.authoring.mutation.given import written_time
from ketascreen.authoring.names import read_names
from ketascreen.authoring.new_rule import nine_o_clock
from ketascreen.authoring.scaffold import KEEP_BYTES, in_zone, require_new, write_schemas
from ketascreen.diagnostic import refused
from ketascreen.loading.formats import NEWEST
from ketascreen.loading.load import rulebook_of_files
from ketascreen.syntax.yaml_tree import NOT_TEXT, WORD

RULE = "exclusions/below-minimum-age.yaml"
BEGINNING = "cautions/only-a-beginning.yaml"
"""Met by everybody, so that nobody is `eligible` by a rulebook that asks the age alone."""


_LINE = 100
"""The longest list of routes with their words on one line."""
_SHORT = 2
"""A word of so many letters is taken for an abbreviation, such as `iv`."""


def write_empty(target: Path, routes: Sequence[str], today: date, zone: str | None = None) -> tuple[str, ...]:
    """Writes a rulebook with these routes into a folder, in effect from `today`; returns the paths of its files.

    `zone` is the clinic's time zone, by a name that exists.

    Raises:
        InputError: `target` exists and is not an empty folder, or a route is not a plain word or is named twice.
        RulebookError: a rulebook cannot have one of the routes. Nothing is written then.
    """
    require_new(target)
    for route in routes:
        if not WORD.fullmatch(route) or routes.count(route) > 1:
            hint = "name each once, as a lower-case word such as alteplase"
            raise refused("route", "a route that is not a plain word, or that is named twice", hint)
        if route in NOT_TEXT:
            message = f"`{route}` is not a name for a route: YAML may read it as true, false or nothing"
            raise refused("route", message, "use another word, such as alteplase")
    rules, cases = _rules(target, routes, today), _cases(routes, today, zone)
    if zone is not None:
        rules["rulebook.yaml"] = in_zone(rules["rulebook.yaml"].encode(), zone).decode()
    rulebook_of_files({path: text.encode() for path, text in rules.items()})
    files = {path: f"{reference(path, FOLDER)}\n{text}" for path, text in {**rules, **cases}.items()}
    for path, text in files.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(text, encoding="utf-8", newline="\n")
    (target / ".gitattributes").write_text(KEEP_BYTES, encoding="utf-8")
    write_schemas(read_names(target), target / FOLDER)
    return tuple(files)


def _rules(target: Path, routes: Sequence[str], today: date) -> dict[str, str]:
    name = re.sub(r"[^a-z0-9]+", "-", target.resolve().name.lower()).strip("-")[:80].strip("-")
    name = name if is_text(name) else f"rulebook-{name}"[:80].strip("-")
    titles = {route: _title(route) for route in routes}
    return {
        "rulebook.yaml": f"""\
id: {name}
title: "Screening for {", ".join(titles.values())}"
version: "0.1.0"
format: {NEWEST}
effective: {today.isoformat()}
requires: ">={VERSION}"
responsible: Nobody yet. Name who answers for these rules.
# What `ketascreen attributes` asks: once you know one of these, write it without the #.
# developer: Who made these rules from their sources
# funding: Who paid for that
# released: {today.isoformat()}
# revised: {today.isoformat()}
intended_use: A beginning to write rules on; not for use with patients.
limits: Its rules ask the age and nothing else. No clinician has read it.
not_asked: [everything except age]
""",
        "routes.yaml": "".join(f"{route}: {{title: {title}}}\n" for route, title in titles.items()),
        "documents.yaml": """\
# A source document has its text in documents/, and here its title, sha256 and number of lines.
documents: {}
outside_sources:
  # An example: replace it with a source that you have read.
  E-1:
    title: An example of an outside source
    where: example.org
    phrase: adults aged 18 or older
    read: copy
""",
        "parameters.yaml": """\
minimum_age:
  value: 18 years
  stricter: higher
  basis: policy
  reason: An example; write the age that your sources give.
""",
        "vocabulary.yaml": """\
freshness:
  age:
    fresh_for: any age
    reason: An age with its date is counted on to the day of screening, so it does not go out of date.
""",
        RULE: """\
id: below-minimum-age
title: Below the minimum age
stage: candidacy
effect: exclude
routes: all
when:
  age: {below: minimum_age}
say: The person is younger than {minimum_age}.
do: Check the date of birth.
sources:
  - {outside: E-1, says: adults}
""",
        BEGINNING: """\
id: only-a-beginning
title: Only a beginning
stage: candidacy
effect: caution
routes: all
when: always
say: These rules are a beginning. They ask the age and no other reason against treatment.
do: Do not decide by these rules.
sources:
  - {outside: E-1, says: inform}
interpretation: >
  Policy of this beginning. Delete this rule, its cases and `not_asked` once the reasons of your sources have rules.
""",
    }


def _title(route: str) -> str:
    """A route's name as a title: `iv` is IV, and `nasal_spray` is Nasal spray."""
    first, *others = (word.upper() if len(word) <= _SHORT else word for word in route.split("_"))
    return " ".join([first[:1].upper() + first[1:], *others])


def _cases(routes: Sequence[str], today: date, zone: str | None) -> Mapping[str, str]:
    at = nine_o_clock(today, zone)
    told = (
        ("a person of 17 is excluded", "{age: 17 years}", "met", "because: [age]", "not_eligible"),
        ("a person of exactly 18 is not", "{age: 18 years}", "not_met", "because: [age]", "eligible"),
        ("nor is a person of 19", "{age: 19 years}", "not_met", "because: [age]", "eligible"),
        ("an age that is not recorded is asked", "{}", "unknown", "asks: [age]", "insufficient_data"),
    )
    everybody = ("everybody meets it", "{}", "met", "because: []", "caution")
    return {
        RULE.replace(".yaml", ".cases.yaml"): "\n".join(_case(*one, routes, at) for one in told),
        BEGINNING.replace(".yaml", ".cases.yaml"): _case(*everybody, routes, at),
    }


def _case(name: str, given: str, finding: str, grounds: str, gives: str, routes: Sequence[str], at: datetime) -> str:
    """A case that expects one word for each route: on one line if they fit, else each on its own."""
    words = [f"{route}: {gives}" for route in routes]
    line = f"{{{', '.join(words)}}}"
    on_each = f" {line}" if len(line) <= _LINE else "".join(f"\n      {word}" for word in words)
    return (
        f"- name: {name}\n  as_of: {written_time(at)}\n  observed_at: {at.date()}\n  given: {given}\n"
        f"  expect:\n    finding: {finding}\n    {grounds}\n    gives:{on_each}\n"
    )
