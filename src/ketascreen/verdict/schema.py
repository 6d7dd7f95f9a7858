"""The JSON Schemas of a verdict, of its lean form, of problems and of source attributes: all that are kept in files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from ketascreen.language.json_schema import SteadySchema
from ketascreen.language.source_attributes import SourceAttributes
from ketascreen.patient.profile import BUILT_IN
from ketascreen.patient.schema import DIALECT, profile_schema
from ketascreen.verdict.lean import LeanVerdict
from ketascreen.verdict.verdict import Verdict


def verdict_schema() -> dict[str, Any]:
    """The JSON Schema of a verdict."""
    return {"$schema": DIALECT, **Verdict.model_json_schema(mode="serialization", schema_generator=SteadySchema)}


def lean_schema() -> dict[str, Any]:
    """The JSON Schema of the lean form of a verdict, which leaves out fields that have their default."""
    return {"$schema": DIALECT, **LeanVerdict.model_json_schema(mode="validation", schema_generator=SteadySchema)}


def problems_schema() -> dict[str, Any]:
    """The JSON Schema of what a command with `--json` prints where it fails, and of a refused line of `--many`."""
    words: dict[str, Any] = {
        "code": {
            "type": "string",
            "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
            "title": "Stable; see docs/codes",
        },
        "message": {"type": "string", "title": "What is wrong, without a value of a patient"},
        "hint": {"type": "string", "title": "What to do; may be empty"},
    }
    place: dict[str, Any] = {
        "path": {"type": ["string", "null"], "title": "The file"},
        "line": {"type": ["integer", "null"], "minimum": 1},
        "column": {"type": ["integer", "null"], "minimum": 1},
        "length": {
            "type": ["integer", "null"],
            "minimum": 0,
            "title": "Characters; 0: the whole file, or one place",
        },
        "text": {"type": ["string", "null"], "title": "The line of a file of rules or cases; never one of a profile"},
        "pointer": {"type": ["string", "null"], "title": "JSON pointer into the profile; empty: the whole profile"},
    }
    problem = {
        "type": "object",
        "additionalProperties": False,
        "required": [*words, *place],
        "properties": {**words, **place},
    }
    return {
        "$schema": DIALECT,
        "title": "Problems",
        "description": "Why there is no result.",
        "type": "object",
        "additionalProperties": False,
        "required": ["problems"],
        "properties": {
            "line": {"type": "integer", "minimum": 1, "title": "With --many: the line of the input"},
            "id": {"type": "string", "title": "With --many: the token of the line"},
            "problems": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/problem"}},
        },
        "$defs": {"problem": problem},
    }


def attributes_schema() -> dict[str, Any]:
    """The JSON Schema of what `ketascreen attributes --json` prints."""
    made = TypeAdapter(SourceAttributes).json_schema(mode="serialization", schema_generator=SteadySchema)
    return {"$schema": DIALECT, **made}


SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "attributes.schema.json": attributes_schema,
    "lean-verdict.schema.json": lean_schema,
    "problems.schema.json": problems_schema,
    "profile.schema.json": lambda: profile_schema(BUILT_IN),
    "verdict.schema.json": verdict_schema,
}
"""The schemas that stand under `schema/`, by file name."""
