"""Renaming over random rulebooks: the names change, and nothing else; there and back gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ketascreen import Rulebook, RulebookError
from ketascreen.authoring.renaming.first import without_names
from ketascreen.authoring.renaming.names import Name
from ketascreen.authoring.renaming.plan import Plan, plan
from ketascreen.authoring.renaming.references import Kind
from ketascreen.loading.load import rulebook_of_files
from tests.helpers.written import Files, load, written

Bytes = Mapping[str, bytes]
NEW = {Kind.RULE: "another-id"}
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
    yield from (Name(Kind.FACT, fact.name) for fact in added)
    yield from (Name(Kind.CHOICE, word, fact.name) for fact in added for word in fact.choices)
    yield from (Name(Kind.RULE, rule.id) for rule in rulebook.rules)
    yield from (Name(Kind.PARAMETER, name) for name in rulebook.parameters)
    yield from (Name(Kind.DEFINITION, name) for name in rulebook.definitions)


def applied(files: Bytes, fixtures: Bytes, made: Plan) -> tuple[Bytes, Bytes]:
    gone, new = {one.before for one in made.files}, {one.path: one.data for one in made.files}
    whole = {**{path: data for path, data in {**files, **fixtures}.items() if path not in gone}, **new}
    return (
        {path: data for path, data in whole.items() if not path.endswith(".cases.yaml")},
        {path: data for path, data in whole.items() if path.endswith(".cases.yaml")},
    )


def renamed(files: Bytes, fixtures: Bytes, name: Name, new: str) -> tuple[Bytes, Bytes]:
    return applied(files, fixtures, plan(rulebook_of_files(files), fixtures, name, new))


SEEDS = st.integers(0, 10**6)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_there_and_back_gives_the_same_bytes_of_every_file(seed: int) -> None:
    rng = Random(seed)
    files, fixtures = some(rng)
    for kind in Kind:
        name = rng.choice([one for one in things(rulebook_of_files(files)) if one.kind is kind])
        new = NEW.get(kind, "another_name")
        there = renamed(files, fixtures, name, new)
        assert there != (files, fixtures)
        assert renamed(*there, name._replace(old=new), name.old) == (files, fixtures), (seed, name)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_any_number_of_names_later_it_means_the_same_and_each_way_back_is_the_way_there(seed: int) -> None:
    rng = Random(seed)
    now = some(rng)
    first = without_names(rulebook_of_files(now[0]))
    way: list[tuple[Name, str, tuple[Bytes, Bytes]]] = []
    for number in range(6):
        name = rng.choice([*things(rulebook_of_files(now[0]))])
        new = f"name-{number}" if name.kind is Kind.RULE else f"name_{number}"
        way.append((name, new, now))
        now = renamed(*now, name, new)
        assert without_names(rulebook_of_files(now[0])) == first, (seed, way[-1][:2])
    for name, new, before in reversed(way):
        fact = name.fact
        now = renamed(*now, name._replace(old=new, fact=fact), name.old)
        assert now == before, (seed, name)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_digests_and_sheets_stay(seed: int) -> None:
    rng = Random(seed)
    files, fixtures = some(rng)
    before = rulebook_of_files(files)
    name = rng.choice([*things(before)])
    after = rulebook_of_files(renamed(files, fixtures, name, NEW.get(name.kind, "another_name"))[0])
    for rule in before.rules:
        today = after.id_of_today(rule.id)
        assert after.rule_digests[today] == before.rule_digests[rule.id], (seed, name, rule.id)
        assert after.sheets[today].digest == before.sheets[rule.id].digest, (seed, name, rule.id)


@pytest.mark.parametrize("kind", Kind)
def test_the_old_name_stays_only_where_it_is_kept_or_means_something_else(kind: Kind) -> None:
    for seed in range(20):
        rng = Random(seed)
        files, fixtures = some(rng)
        name = next(one for one in things(rulebook_of_files(files)) if one.kind is kind)
        there, cases = renamed(files, fixtures, name, NEW.get(kind, "another_name"))
        for path, data in {**there, **cases}.items():
            for place in stands(yaml.safe_load(data), name.old):
                assert place[-1] in ("was", "was_choices", name.old) or kind is Kind.CHOICE, (seed, path, place)
                if kind is Kind.CHOICE:
                    assert name.fact not in place or "was_choices" in place, (seed, path, place)


def stands(data: Any, word: str, place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where a word stands by itself, as a key or as a value: the keys that lead there."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == word:
                yield (*place, key)
            yield from stands(value, word, (*place, str(key)))
    elif isinstance(data, list):
        for value in data:
            yield from stands(value, word, place)
    elif data == word:
        yield place
