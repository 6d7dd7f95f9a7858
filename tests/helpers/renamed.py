"""Random rulebooks as files in several styles, with a case, and what renaming makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from random import Random
from typing import Any

import yaml

from ketascreen import Rulebook, RulebookError
from ketascreen.authoring.renaming.names import Name
from ketascreen.authoring.renaming.plan import Plan, plan
from ketascreen.authoring.renaming.references import Thing
from ketascreen.loading.load import rulebook_of_files
from tests.helpers.written import Files, load, written

Bytes = Mapping[str, bytes]
CASES = "vignettes/some.cases.yaml"


def styled(rng: Random, data: Any) -> bytes:
    """The text of a file in one of several styles, with comments."""
    flow = rng.choice((False, None, None, True))
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100, default_flow_style=flow)
    if rng.random() < 0.5:
        text = f"# Überschrift: level_0, word_0 and amber\n{text}"
    if flow is not True and rng.random() < 0.5:
        text = re.sub(r"\n(?=[a-z])", "\n# a comment about bar_0 and rule-0\n", text)
    if rng.random() < 0.3:
        text = re.sub(r"(?<=[\[ ])(amber|birch|bar_1|word_1|level_1|first)(?=[\],:\n])", r'"\1"', text)
    if rng.random() < 0.2:
        text = text.rstrip("\n")
    return (text.replace("\n", "\r\n") if rng.random() < 0.3 else text).encode()


def that_loads(rng: Random) -> Files:
    while True:
        files = written(rng)
        with suppress(RulebookError):
            load(files)
            return files


def some(rng: Random) -> tuple[Bytes, Bytes]:
    """The files of a rulebook, and its cases."""
    files = that_loads(rng)
    words = [data["choices"][0] for name, data in files["vocabulary.yaml"]["facts"].items() if name == "word_0"]
    rules = [data["id"] for path, data in files.items() if "/" in path]
    one = {
        "name": "Amber, word_0 and rule-0 in a text",
        "as_of": "2026-11-22T09:00:00Z",
        "given": {
            "level_0": 3, "word_0": words[0], "word_1": {"value": "delta", "at": "2026-11-22"}, "level_1": "3 mmHg",
        },
        "without": ["level_2"],
        "expect": {"decisions": {"iv": "review"}, "met": rules[:1], "unknown": rules[1:], "asks": ["level_3"]},
    }  # fmt: skip
    return {path: styled(rng, data) for path, data in files.items()}, {CASES: styled(rng, [one])}


def things(rulebook: Rulebook) -> Iterator[Name]:
    added = [fact for fact in rulebook.vocabulary.values() if fact.is_added]
    yield from (Name(Thing.FACT, fact.name) for fact in added)
    yield from (Name(Thing.CHOICE, word, fact.name) for fact in added for word in fact.choices)
    yield from (Name(Thing.RULE, rule.id) for rule in rulebook.rules)
    yield from (Name(Thing.PARAMETER, name) for name in rulebook.parameters)
    yield from (Name(Thing.DEFINITION, name) for name in rulebook.definitions)


def new_name(kind: Thing, number: int = 0) -> str:
    return f"name-{number}" if kind is Thing.RULE else f"name_{number}"


def applied(files: Bytes, fixtures: Bytes, made: Plan) -> tuple[Bytes, Bytes]:
    gone, new = {one.before for one in made.files}, {one.path: one.data for one in made.files}
    whole = {**{path: data for path, data in {**files, **fixtures}.items() if path not in gone}, **new}
    return (
        {path: data for path, data in whole.items() if not path.endswith(".cases.yaml")},
        {path: data for path, data in whole.items() if path.endswith(".cases.yaml")},
    )


def renamed(files: Bytes, fixtures: Bytes, name: Name, new: str) -> tuple[Bytes, Bytes]:
    return applied(files, fixtures, plan(rulebook_of_files(files), fixtures, name, new))
