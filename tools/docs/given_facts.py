"""src/ketascreen/patient/given.py, from the table of facts and the windows of the built-in rulebook."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable

from tests.helpers.places import ROOT
from tests.helpers.screening import shipped

from ketascreen.language.quantity import Unit, spellings
from ketascreen.language.vocabulary import Fact, Kind
from ketascreen.patient.profile import BUILT_IN, PatientProfile

MODULE = ROOT / "src" / "ketascreen" / "patient" / "given.py"
WIDTH = 120

HEAD = '''"""What a caller may give for each fact of a profile. `make docs` writes this file; do not edit it.

Type checkers and editors read it: they complete the names and the choices, and mark a name or a choice that a fact does
not have. `PatientProfile.<fact>` and `help(PatientProfile)` show its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

from ketascreen.patient.answers import At, Chosen, Happened, Measured, Number, Words, WrittenDay
from ketascreen.patient.observation import ListObservation
'''
_MEASURED = '''
class {name}(TypedDict):
    """A number with its unit of {dimension}, and its time; without a unit it is in the fact's own."""

    value: Number
{unit}
    at: NotRequired[At]
'''
_PRESENT = '''
class {name}At(TypedDict):
    """The words of `{fact}` that are present, whether the list is complete, and when it was gone through."""

    present: Words[{name}]
    complete: NotRequired[bool]
    at: NotRequired[At]
'''
_GIVEN = '''
class GivenFacts(TypedDict, total=False):
    """The facts of one patient by name; one that is absent or None is not known.

    How long an answer counts is a policy of the built-in rulebook; another rulebook may have other windows.
    """
'''
_NOT_FACTS = {"observed_at": "At", "birth_date": "WrittenDay | None", "extra": "Mapping[str, Any] | None"}
"""The other fields of a profile, with their types."""


def given_facts() -> str:
    """The module."""
    facts = shipped().vocabulary
    units = {fact.unit.dimension: fact.unit for fact in BUILT_IN.values() if fact.unit}
    lists = [fact for fact in BUILT_IN.values() if fact.kind is Kind.LIST]
    fields = [
        _fact(facts[name]) if name in BUILT_IN else _field(name, _NOT_FACTS[name], [field.description or ""])
        for name, field in PatientProfile.model_fields.items()
    ]
    measured = (
        _MEASURED.format(name=_measured(unit), dimension=name, unit=_unit(unit)) for name, unit in units.items()
    )
    present = (_PRESENT.format(name=_camel(fact.name), fact=fact.name) for fact in lists)
    words = "".join(_listed(fact) for fact in lists)
    return "\n".join([HEAD, words, *measured, *present, _GIVEN, *fields])


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.replace("_", " ").split())


def _measured(unit: Unit) -> str:
    return f"{_camel(unit.dimension)}At"


def _unit(unit: Unit) -> str:
    """The field of the unit, as the formatter lays it out."""
    words = [json.dumps(name) for name in spellings(unit)]
    short = f"    unit: NotRequired[Literal[{', '.join(words)}] | None]"
    if len(short) <= WIDTH:
        return short
    listed = "".join(f"            {word},\n" for word in words)
    return f"    unit: NotRequired[\n        Literal[\n{listed}        ]\n        | None\n    ]"


def _literal(words: Iterable[str]) -> str:
    return f"Literal[{', '.join(map(json.dumps, words))}]"


def _listed(fact: Fact) -> str:
    words = "".join(f"    {json.dumps(word)},\n" for word in fact.choices)
    return f"{_camel(fact.name)}: TypeAlias = Literal[\n{words}]\n"


def _fact(fact: Fact) -> str:
    return _field(fact.name, _form(fact), _told(fact))


def _form(fact: Fact) -> str:
    """The type of its answers."""
    if fact.kind is Kind.LIST:
        return f"Words[{_camel(fact.name)}] | {_camel(fact.name)}At | ListObservation | None"
    if fact.unit is None:
        return f"Chosen[{_literal(fact.choices)}]"
    return f"{'Happened' if fact.kind is Kind.SINCE else 'Measured'}[{_measured(fact.unit)}]"


def _told(fact: Fact) -> list[str]:
    paragraphs = [f"{fact.label}.", f"Answer: {fact.describe()}.", f"Counts {fact.describe_freshness()}."]
    if fact.note:
        paragraphs.append(f"Note: {fact.note}")
    if fact.replaced_by:
        paragraphs.append(f"Replaced by {' and '.join(fact.replaced_by)}.")
    return paragraphs


def _field(name: str, annotation: str, paragraphs: list[str]) -> str:
    """A field with its docstring."""
    first, *others = [line for text in paragraphs for line in textwrap.wrap(text, WIDTH - 8, subsequent_indent="  ")]
    typed = f"    {name}: {annotation}"
    if not others:
        return f'{typed}\n    """{first}"""\n'
    return "\n".join([typed, f'    """{first}', "", *(f"    {line}" for line in others), '    """', ""])
