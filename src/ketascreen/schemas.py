"""JSON Schemas of the profile and the verdict, for callers in other languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ketascreen.patient_codes import codes_of
from ketascreen.profile import BUILT_IN
from ketascreen.vocabulary import Code, Fact, Kind

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?$"


def profile_schema() -> dict[str, Any]:
    """The JSON Schema of a patient profile. Null or absent is not known."""
    properties: dict[str, Any] = {
        "birth_date": {"type": ["string", "null"], "pattern": _DATE, "title": "Date of birth"},
        **{name: _fact_schema(fact) for name, fact in BUILT_IN.items()},
        "extra": {"type": ["object", "null"], "title": "Facts that the rulebook adds, in the same forms"},
    }
    return {
        "$schema": DIALECT,
        "title": "PatientProfile",
        "description": "What is known about one patient at one time. A fact that is null or absent is not known.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "$defs": {"at": {"type": ["string", "null"], "pattern": _INSTANT, "title": "When it was observed"}},
    }


def verdict_schema() -> dict[str, Any]:
    """The JSON Schema of a verdict."""
    from ketascreen.verdict import Verdict

    return {"$schema": DIALECT, **Verdict.model_json_schema(mode="serialization")}


SCHEMAS: Mapping[str, Any] = {"profile.schema.json": profile_schema, "verdict.schema.json": verdict_schema}
"""The schemas that stand under `schema/`, by file name."""


def _fact_schema(fact: Fact) -> dict[str, Any]:
    answer = _answer_schema(fact)
    if fact.kind is Kind.LIST:
        fields: dict[str, Any] = {"present": answer, "complete": {"type": "boolean"}}
        required = "present"
    else:
        fields = {"value": answer}
        required = "value"
        if fact.unit:
            fields["unit"] = {"type": "string"}
    observed = {
        "type": "object",
        "additionalProperties": False,
        "required": [required],
        "properties": {**fields, "at": {"$ref": "#/$defs/at"}},
    }
    described: dict[str, Any] = {"title": fact.label, "x-domain": fact.domain, "x-kind": str(fact.kind)}
    if fact.unit:
        described |= {"x-unit": fact.unit.name, "x-ucum": fact.unit.ucum}
    if codes := codes_of(fact):
        described["x-codes"] = [_code_schema(code) for code in codes]
    if fact.note:
        described["description"] = fact.note
    return {**described, "anyOf": [{"type": "null"}, answer, observed]}


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
    kind = "integer" if fact.kind is Kind.INTEGER else "number"
    number = {"type": kind, "minimum": int(fact.minimum), "maximum": int(fact.maximum)}
    return {"anyOf": [number, {"type": "string", "pattern": "^-?[0-9][0-9.]* [^ ].*$", "title": "with its unit"}]}
