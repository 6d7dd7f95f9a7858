"""The JSON Schema of a profile, for callers in other languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ketascreen.language.quantity import spellings
from ketascreen.language.vocabulary import Code, Fact, Kind, Vocabulary
from ketascreen.patient.codes import codes_by_fact
from ketascreen.patient.observation import NEVER, UNDATED
from ketascreen.patient.times import FIRST_YEAR, LAST_YEAR

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# A pattern leaves 29 February to the reader: whether there is one depends on the year.
_YEAR = "(18[5-9][0-9]|19[0-9]{2}|[2-8][0-9]{3}|9000)"
_DAY = "(02-(0[1-9]|[12][0-9])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01]))"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
_PARTIAL_DATE = f"^{_YEAR}(-(0[1-9]|1[0-2])|-{_DAY})?$"
_INSTANT = rf"^{_YEAR}-{_DAY}(T{_CLOCK}(:[0-5][0-9](\.[0-9]{{1,6}})?)?(Z|[+-]{_CLOCK}))?$"
_A_YEAR: dict[str, Any] = {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR}

_AT: dict[str, Any] = {"type": ["string", "null"], "pattern": _INSTANT}
_OBSERVED_AT: dict[str, Any] = {"anyOf": [_AT, {"const": UNDATED}], "title": "When it was observed"}


def profile_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """The JSON Schema of a patient profile whose built-in facts are `vocabulary`. Null or absent is not known."""
    nested = _profile_schema(vocabulary, {"$ref": "#/$defs/at"})
    return {"$schema": DIALECT, **nested, "$defs": {"at": _OBSERVED_AT}}


def nested_profile_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """The same without references, so that it may be a part of any other document, such as an OpenAPI document."""
    return _profile_schema(vocabulary, _OBSERVED_AT)


def _profile_schema(vocabulary: Vocabulary, at: Mapping[str, Any]) -> dict[str, Any]:
    codes = codes_by_fact(vocabulary)
    properties: dict[str, Any] = {
        "observed_at": {**_AT, "title": "When each answer was observed that does not have its own `at`"},
        "birth_date": {"anyOf": [{"type": "null"}, *_date_forms("date of birth")], "title": "Date of birth"},
        **{name: _fact_schema(fact, codes[name], at) for name, fact in vocabulary.items()},
        "extra": {"type": ["object", "null"], "title": "Facts that the rulebook adds, in the same forms"},
    }
    return {
        "title": "PatientProfile",
        "description": "What is known about one patient at one time. A fact that is null or absent is not known.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def _fact_schema(fact: Fact, codes: tuple[Code, ...], at: Mapping[str, Any]) -> dict[str, Any]:
    answer = _answer_schema(fact)
    if fact.kind is Kind.LIST:
        fields: dict[str, Any] = {"present": answer, "complete": {"type": "boolean"}}
        required = "present"
    else:
        fields = {"value": answer}
        required = "value"
        if fact.unit:
            fields["unit"] = {"enum": [*spellings(fact.unit), None]}
    observed = {
        "type": "object",
        "additionalProperties": False,
        "required": [required],
        "properties": {**fields, "at": {**at}},
    }
    if fact.replaced_by:
        return {"deprecated": True, "anyOf": [{"type": "null"}, answer, observed]}
    described: dict[str, Any] = {"title": fact.label, "x-domain": fact.domain, "x-kind": str(fact.kind)}
    if fact.unit:
        described |= {"x-unit": fact.unit.name, "x-ucum": fact.unit.ucum}
    if codes:
        described["x-codes"] = [_code_schema(code) for code in codes]
    if fact.note:
        described["description"] = fact.note
    return {**described, "anyOf": [{"type": "null"}, answer, observed]}


def _date_forms(what: str) -> list[dict[str, Any]]:
    return [
        {"type": "string", "pattern": _PARTIAL_DATE, "title": f"the {what}"},
        {**_A_YEAR, "title": f"the year of the {what}"},
    ]


def _code_schema(code: Code) -> dict[str, Any]:
    said: dict[str, Any] = {"system": code.system, "prefix" if code.is_prefix else "code": code.code}
    if code.exceptions:
        said["except"] = list(code.exceptions)
    return {**said, "choice": code.choice} if code.choice else said


def _answer_schema(fact: Fact) -> dict[str, Any]:
    if fact.kind is Kind.CHOICE:
        return {"enum": list(fact.choices)}
    if fact.kind is Kind.LIST:
        known = ", ".join(fact.choices)
        return {"type": "array", "items": {"type": "string"}, "description": f"Words known: {known}"}
    assert fact.minimum is not None
    assert fact.maximum is not None
    assert fact.unit is not None
    kind = "integer" if fact.is_whole else "number"
    units = "|".join(map(re.escape, spellings(fact.unit)))
    number = {"type": kind, "minimum": int(fact.minimum), "maximum": int(fact.maximum)}
    forms = [number, {"type": "string", "pattern": f"^-?[0-9][0-9.]* ({units})$", "title": "with its unit"}]
    if fact.kind is Kind.SINCE:
        forms += _date_forms("date of the event")
        forms += [{"const": NEVER}] if fact.changeable else []
    return {"anyOf": forms}
