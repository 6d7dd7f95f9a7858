"""Calls of `PatientProfile` that its types and its reader accept, and calls that both refuse: for each fact, each form.

A type checker reads them as two files; a test runs them.
"""

from __future__ import annotations

import ast
import doctest
import json
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from ketascreen.language.quantity import spellings
from ketascreen.language.vocabulary import Fact, Kind
from ketascreen.patient.profile import BUILT_IN
from tests.helpers.places import EXAMPLES, ROOT
from tests.helpers.visits import UNKNOWN, read_kinds

HEAD = """\
from datetime import UTC, date, datetime
from decimal import Decimal

from ketascreen import GivenFacts, ListObservation, Observation, PatientProfile
from ketascreen.language.partial_date import PartialDate

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
DAY = date(2026, 11, 22)
"""

DATED = '"at": AT'


def client(calls: Iterable[str]) -> str:
    """A program with a call on each line behind its head."""
    return HEAD + "".join(f"{call}\n" for call in calls)


def line_of(number: int) -> int:
    """The line, from 1, on which the call of that number stands, from 0."""
    return HEAD.count("\n") + 1 + number


def _call(name: str, answer: str) -> str:
    return f"PatientProfile({name}={answer})"


@cache
def accepted() -> tuple[str, ...]:
    """Each fact in each form; the fields that are not facts; every profile that the documents and examples show."""
    forms = [_call(fact.name, form) for fact in BUILT_IN.values() for form in _forms(fact)]
    others = [
        *(_call("birth_date", form) for form in ("1984", '"1984"', '"1984-03"', "DAY", "None")),
        *(_call("observed_at", form) for form in ("DAY", "AT", '"2026-11-22"', "None")),
        *(_call("extra", form) for form in ('{"egfr": 60}', '{"egfr": {"value": 60, "at": AT}}', "None")),
        'GIVEN: GivenFacts = {"pregnancy": "pregnant"}; PatientProfile(**GIVEN)',
        'PatientProfile().model_copy(update={"pregnancy": "pregnant"})',
        'PatientProfile.model_validate({"pregnancy": str("pregnant")})',
    ]
    return (*forms, *others, *_shown())


def _forms(fact: Fact) -> Iterator[str]:
    yield "None"
    match fact.kind:
        case Kind.CHOICE:
            yield from (json.dumps(word) for word in fact.choices)
            yield from (f'{{"value": {json.dumps(word)}, {DATED}}}' for word in fact.choices)
            yield f'{{"value": {json.dumps(fact.choices[0])}, "at": None}}'
            yield f'{{"value": {json.dumps(fact.choices[0])}, "at": "undated"}}'
            yield f"Observation({json.dumps(fact.choices[0])}, AT)"
        case Kind.LIST:
            whole = json.dumps(list(fact.choices))
            yield from ("[]", '["a word of nobody"]', whole, f"tuple({whole})", f"set({whole})", f"frozenset({whole})")
            yield from (f'{{"present": ["{word}"], "complete": True, {DATED}}}' for word in fact.choices)
            yield '{"present": ["a word of nobody"]}'
            yield f"ListObservation(frozenset({whole}), True, (), AT)"
        case _:
            yield from _numbers(fact)


def _numbers(fact: Fact) -> Iterator[str]:
    assert fact.unit is not None
    assert fact.minimum is not None
    least, unit = int(fact.minimum), fact.unit.name
    yield from (f"{least}", f"{least}.0", f'Decimal("{least}")', f'"{least} {unit}"')
    yield from (f'{{"value": {form}, {DATED}}}' for form in (f"{least}", f"{least}.0", f'"{least} {unit}"'))
    same = spellings(fact.unit)
    yield from (f'{{"value": {least}, "unit": "{name}", "at": "2026-11-22"}}' for name in same)
    yield f'{{"value": {least}, "unit": None}}'
    yield f'Observation(Decimal("{least}"), AT)'
    if fact.kind is Kind.SINCE:
        yield from ("DAY", '"2026-03"', "2026", 'PartialDate.parse("2026")', f'{{"value": DAY, {DATED}}}')
        yield from (f'{{"value": "2026", {DATED}}}', *(['"none"', '{"value": "none"}'] if fact.changeable else []))


def _shown() -> Iterator[str]:
    for path in sorted(EXAMPLES.iterdir()):
        if path.suffix in (".json", ".yaml"):
            yield _literal(yaml.safe_load(path.read_text("utf-8")))
    for line in (EXAMPLES / "several.jsonl").read_text("utf-8").splitlines():
        yield _literal({name: answer for name, answer in json.loads(line).items() if name not in ("id", "sistolic_bp")})
    for kind in read_kinds(ROOT / "tests" / "data" / "visits"):
        yield _literal({name: answer for name, answer in kind.honest.items() if answer != UNKNOWN})
    for page in sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")]):
        yield from _of_page(page)


def _literal(profile: dict[str, object]) -> str:
    return f"PatientProfile({', '.join(f'{name}={_plain(answer)!r}' for name, answer in profile.items())})"


def _plain(answer: object) -> object:
    """An answer with its dates as text."""
    if isinstance(answer, dict):
        return {key: _plain(part) for key, part in answer.items()}
    return answer.isoformat() if isinstance(answer, date) else answer


def _of_page(page: Path) -> Iterator[str]:
    """The calls in the Python sessions of a document that name their facts; a name that is wrong on purpose is not."""
    for example in doctest.DocTestParser().get_examples(page.read_text("utf-8")):
        for node in ast.walk(ast.parse(example.source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "PatientProfile" and node.keywords:
                names = {word.arg for word in node.keywords}
                if "sistolic_bp" not in names and not {ast.Name, ast.Starred} & {type(w.value) for w in node.keywords}:
                    yield ast.unparse(node)


@cache
def refused() -> tuple[str, ...]:
    """A misspelt name, choice, key and unit of each fact that can have one, and other forms that no reader reads."""
    wrong = [_call(f"{fact.name}x", _first(fact)) for fact in BUILT_IN.values()]
    forms: tuple[str, ...]
    for fact in BUILT_IN.values():
        match fact.kind:
            case Kind.CHOICE:
                word = json.dumps(f"{fact.choices[0]}x")
                forms = (word, f'{{"value": {word}}}', f'{{"value": {word}, {DATED}}}', f'{{"valu": {_first(fact)}}}')
            case Kind.LIST:
                forms = ('"stroke"', '{"present": "stroke"}', '{"value": ["stroke"]}', '{"present": [1]}', "[1]")
            case _:
                forms = ('{"value": 31, "unit": "kPa"}', '{"value": 31, "units": "mmHg"}', "[31]", "b'31 mmHg'")
        wrong += [_call(fact.name, form) for form in forms]
    others = [
        *("PatientProfile(egfr=60)", "PatientProfile(observed_at=2026)", 'PatientProfile(birth_date=["1984"])'),
        'PatientProfile(extra=["egfr"])',
        'PatientProfile(**{"pregnancy": "not_pregnnt"})',
    ]
    return (*wrong, *others)


def _first(fact: Fact) -> str:
    return json.dumps(fact.choices[0]) if fact.kind is Kind.CHOICE else "[]" if fact.kind is Kind.LIST else "31"
