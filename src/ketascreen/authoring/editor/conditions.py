"""JSON Schemas of conditions and of answers, from the vocabulary and the table of operators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ketascreen.authoring.editor.texts import CONDITIONS
from ketascreen.authoring.names import RulebookNames
from ketascreen.language.complete import complete
from ketascreen.language.operators import OPERATORS, Takes
from ketascreen.language.quantity import UNITS, QuantityError, Unit
from ketascreen.language.rule import Parameter
from ketascreen.language.vocabulary import Fact, Kind
from ketascreen.patient.observation import NEVER, UNDATED

Schema = dict[str, Any]

NUMBER = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?"
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
PARTIAL_DATE = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?$"


def partial_date() -> Schema:
    """A day, a month or a year; a year may be a number."""
    written = {"type": "string", "pattern": PARTIAL_DATE, "patternErrorMessage": "Write 2026-11-22, 2026-11 or 2026."}
    return {"anyOf": [written, {"type": "integer", "minimum": 1, "maximum": 9999}]}


def instant() -> Schema:
    """A date, or a time with its offset."""
    hint = "Write 2026-11-22, or 2026-11-22T09:00:00-08:00."
    return {"type": "string", "pattern": INSTANT, "patternErrorMessage": hint}


def one_of(words: Iterable[str], texts: Mapping[str, str] | None = None) -> Schema:
    """One word of a closed list, with what an editor shows for each; any text if the list is empty."""
    listed = list(words)
    described = {"enumDescriptions": [texts.get(word, "") for word in listed]} if texts else {}
    return {"type": "string", **({"enum": listed} if listed else {}), **described}


def condition(names: RulebookNames) -> Schema:
    """A condition: one key, which is `all`, `any`, `not`, `meets` or a fact."""
    inner = {"$ref": "#/definitions/condition"}
    members = {"type": "array", "minItems": 1, "items": inner}
    keys: Mapping[str, Schema] = {
        "all": members,
        "any": members,
        "not": inner,
        "meets": one_of(names.definitions, names.definitions),
    }
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": {
            **{key: {**schema, "description": CONDITIONS[key]} for key, schema in keys.items()},
            **{fact.name: _asked(fact, names.parameters) for fact in names.vocabulary.values()},
        },
    }


def _asked(fact: Fact, parameters: Mapping[str, Parameter]) -> Schema:
    one = quantity(fact, parameters) if fact.is_number else one_of(fact.words)
    fitting = [operator for operator in OPERATORS.values() if fact.kind in operator.kinds]
    return {
        "type": "object",
        **explained(fact),
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {
            operator.name: {**_CONSTANTS[operator.takes](one), "description": operator.says} for operator in fitting
        },
    }


def _one(one: Schema) -> Schema:
    return one


def _words(one: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": one}


def _pair(one: Schema) -> Schema:
    return {"type": "array", "minItems": 2, "maxItems": 2, "items": one}


_CONSTANTS: Mapping[Takes, Callable[[Schema], Schema]] = complete(
    "the editor's table of constants", {Takes.ONE: _one, Takes.WORDS: _words, Takes.PAIR: _pair}, Takes
)
"""What a rule writes after an operator, by the schema of one constant."""


def quantity(fact: Fact, parameters: Mapping[str, Parameter] = {}) -> Schema:
    """A quantity in a unit that the fact can be compared in, or the name of such a parameter."""
    assert fact.unit is not None
    fitting = {
        name: f"{parameter.value}; {parameter.basis}"
        for name, parameter in parameters.items()
        if _converts(parameter, fact.unit)
    }
    if fact.unit.is_none:
        hint = f"Write a plain number, such as {fact.unit.example}{', or a parameter' if fitting else ''}."
        plain: Schema = {"type": "number", "errorMessage": hint}
        return {"anyOf": [{**one_of(fitting, fitting), "errorMessage": hint}, plain]} if fitting else plain
    units = "|".join(_escaped(name) for name, unit in UNITS.items() if unit.dimension == fact.unit.dimension)
    or_parameter = ", or a parameter of parameters.yaml" if fitting else ""
    hint = f"Write a quantity with its unit, such as 1 {fact.unit.name}{or_parameter}."
    pattern = f"^{NUMBER} ({units})$"
    written: Schema = {"type": "string", "pattern": pattern, "patternErrorMessage": hint, "errorMessage": hint}
    return {"anyOf": [{**one_of(fitting, fitting), "errorMessage": hint}, written]} if fitting else written


def _escaped(unit: str) -> str:
    # Not re.escape: it escapes more than needed, which is an error in a JavaScript pattern with the Unicode flag.
    return "".join(f"\\{char}" if char in r".*+?^$()[]{}|\/" else char for char in unit)


def _converts(parameter: Parameter, unit: Unit) -> bool:
    try:
        parameter.value.to(unit)
    except QuantityError:
        return False
    return True


def answers(names: RulebookNames) -> Schema:
    """`given`: the answers to facts, and the date of birth."""
    born: Schema = {"anyOf": [_partial_date(), _YEAR], "title": "Date of birth, or its month or year"}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **{fact.name: _answer(fact) for fact in names.vocabulary.values()},
            "birth_date": {"anyOf": [born, _observed("value", born)], "title": "Date of birth"},
        },
    }


def _answer(fact: Fact) -> Schema:
    if fact.kind is Kind.LIST:
        # A word that the vocabulary does not know is kept, and makes the list incomplete.
        words: Schema = {"type": "array", "items": {"anyOf": [one_of(fact.choices), {"type": "string"}]}}
        forms = [words, _observed("present", words, complete={"type": "boolean"})]
    elif fact.is_number:
        low, high = ({} if end is None else {key: _number(end)} for key, end in _ends(fact))
        bare: Schema = {"type": "integer" if fact.is_whole else "number", **low, **high}
        value: Schema = {"anyOf": [*_event(fact), quantity(fact), bare]}
        forms = [*value["anyOf"], _observed("value", value, unit={"type": "string"})]
    else:
        value = one_of(fact.choices)
        forms = [value, _observed("value", value)]
    return {**explained(fact), "anyOf": forms}


_YEAR: Schema = {"type": "integer", "minimum": 1850, "maximum": 9000}


def _event(fact: Fact) -> list[Schema]:
    """The answers that say when an event was, and that it never was; of a number that is measured there are none."""
    if fact.kind is not Kind.SINCE:
        return []
    never = [{"const": NEVER, "description": "It never was."}] if fact.changeable else []
    return [_partial_date(), _YEAR, *never]


def _partial_date() -> Schema:
    return {"type": "string", "pattern": PARTIAL_DATE, "patternErrorMessage": "Write 2026-03-04, 2026-03 or 2026."}


def _ends(fact: Fact) -> tuple[tuple[str, Any], tuple[str, Any]]:
    return ("minimum", fact.minimum), ("maximum", fact.maximum)


def _number(end: Any) -> int | float:
    return int(end) if end == int(end) else float(end)


def _observed(key: str, answer: Schema, **others: Schema) -> Schema:
    undated = {"const": UNDATED, "description": "The answer has no date."}
    properties = {key: answer, **others, "at": {"anyOf": [instant(), undated]}}
    return {"type": "object", "additionalProperties": False, "required": [key], "properties": properties}


def explained(fact: Fact) -> Schema:
    """What an editor shows of a fact; of one that others replaced only that, and it does not suggest it."""
    if fact.replaced_by:
        return {"doNotSuggest": True, "deprecationMessage": f"Write {' or '.join(fact.replaced_by)}."}
    return {"title": fact.label, "description": describe(fact)}


def describe(fact: Fact) -> str:
    """A fact's answers, how long one counts, and its note."""
    said = fact.describe()
    counts = f"An answer counts {fact.describe_freshness()}."
    return " ".join(part for part in (f"{said[0].upper()}{said[1:]}.", counts, fact.note) if part)
