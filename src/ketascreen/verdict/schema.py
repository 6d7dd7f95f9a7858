"""The JSON Schemas of a verdict and of its lean form, and all schemas that are kept in files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ketascreen.language.json_schema import SteadySchema
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


SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "lean-verdict.schema.json": lean_schema,
    "profile.schema.json": lambda: profile_schema(BUILT_IN),
    "verdict.schema.json": verdict_schema,
}
"""The schemas that stand under `schema/`, by file name."""
