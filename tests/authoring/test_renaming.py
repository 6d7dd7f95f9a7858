"""Renaming over random rulebooks: the names change, and nothing else; there and back gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ketascreen.authoring.renaming.first import without_names
from ketascreen.authoring.renaming.names import Name
from ketascreen.authoring.renaming.plan import changed_files
from ketascreen.authoring.renaming.references import Thing
from ketascreen.language.condition import facts_of
from ketascreen.language.sheet import deciding_facts
from ketascreen.loading.load import rulebook_of_files
from tests.helpers.places import RULES
from tests.helpers.renamed import Bytes, new_name, renamed, some, things
from tests.helpers.screening import shipped

SEEDS = st.integers(0, 10**6)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_there_and_back_gives_the_same_bytes_of_every_file(seed: int) -> None:
    rng = Random(seed)
    files, fixtures = some(rng)
    for kind in Thing:
        name = rng.choice([one for one in things(rulebook_of_files(files)) if one.kind is kind])
        new = new_name(kind)
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
        new = new_name(name.kind, number)
        way.append((name, new, now))
        now = renamed(*now, name, new)
        assert without_names(rulebook_of_files(now[0])) == first, (seed, way[-1][:2])
    for name, new, before in reversed(way):
        now = renamed(*now, name._replace(old=new), name.old)
        assert now == before, (seed, name)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_digests_and_sheets_stay_except_where_records_name_the_thing(seed: int) -> None:
    rng = Random(seed)
    files, fixtures = some(rng)
    before = rulebook_of_files(files)
    name = rng.choice([*things(before)])
    after = rulebook_of_files(renamed(files, fixtures, name, new_name(name.kind))[0])
    for rule in before.rules:
        today = after.id_of_today(rule.id)
        fact = {Thing.FACT: name.old, Thing.CHOICE: name.fact}.get(name.kind)
        stays = after.rule_digests[today] == before.rule_digests[rule.id]
        assert stays is (fact not in facts_of(rule.when)), (seed, name, rule.id)
        stays = after.sheets[today].digest == before.sheets[rule.id].digest
        assert stays is (fact not in deciding_facts(rule.when, before.vocabulary)), (seed, name, rule.id)


@pytest.mark.parametrize("kind", Thing)
def test_the_old_name_stays_only_where_it_is_kept_or_means_something_else(kind: Thing) -> None:
    for seed in range(20):
        rng = Random(seed)
        files, fixtures = some(rng)
        name = next(one for one in things(rulebook_of_files(files)) if one.kind is kind)
        there, cases = renamed(files, fixtures, name, new_name(kind))
        for path, data in {**there, **cases}.items():
            for place in stands(yaml.safe_load(data), name.old):
                assert place[-1] in ("was", "was_choices", name.old) or kind is Thing.CHOICE, (seed, path, place)
                if kind is Thing.CHOICE:
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


def test_each_thing_of_the_shipped_rulebook_can_be_renamed_and_back() -> None:
    book = shipped()
    fixtures = {path.relative_to(RULES).as_posix(): path.read_bytes() for path in RULES.rglob("*.cases.yaml")}
    before = {**book.files, **fixtures}
    things = [
        *(Name(Thing.RULE, rule.id) for rule in book.rules),
        *(Name(Thing.PARAMETER, name) for name in book.parameters),
        *(Name(Thing.DEFINITION, name) for name in book.definitions),
    ]
    assert len(things) > 80
    now = dict(before)
    for name in things:
        now = _with(now, book.vocabulary, name, _other(name), forgotten=False)
    after = rulebook_of_files(
        {path: data for path, data in now.items() if path not in fixtures and ".cases." not in path}
    )
    assert without_names(after) == without_names(book)
    assert not {rule.id for rule in after.rules} & {rule.id for rule in book.rules}
    for name in reversed(things):
        now = _with(now, book.vocabulary, name._replace(old=_other(name)), name.old, forgotten=True)
    assert now == before


def _other(name: Name) -> str:
    return f"{name.old}-now" if name.kind is Thing.RULE else f"{name.old}_now"


def _with(files: dict[str, bytes], vocabulary: object, name: Name, new: str, *, forgotten: bool) -> dict[str, bytes]:
    made = changed_files(files, vocabulary, name, new, forgotten=forgotten)  # type: ignore[arg-type]
    gone = {one.before for one in made}
    return {**{path: data for path, data in files.items() if path not in gone}, **{one.path: one.data for one in made}}
