"""JSON Schemas are the same with every version of Pydantic: those that say less, or one thing twice, are levelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from tools.docs.refresh import editor_schemas, schema_text

from ketascreen.language.json_schema import SteadySchema
from ketascreen.language.terms import ROUTE_PATTERN, Route, Stage
from ketascreen.verdict.schema import SCHEMAS
from tests.helpers.places import ROOT


@pytest.fixture
def _older_pydantic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pydantic as its version 2.7 makes schemas."""
    for kind, key in (("dict_schema", "propertyNames"), ("dataclass_schema", "description")):
        monkeypatch.setattr(GenerateJsonSchema, kind, without(getattr(GenerateJsonSchema, kind), key))
    made = GenerateJsonSchema.literal_schema

    def twice(self: GenerateJsonSchema, schema: Any) -> dict[str, Any]:
        once = made(self, schema)
        return {**once, "enum": [once["const"]]} if "const" in once else once

    monkeypatch.setattr(GenerateJsonSchema, "literal_schema", twice)
    with_default = GenerateJsonSchema.default_schema

    def around(self: GenerateJsonSchema, schema: Any) -> dict[str, Any]:
        plain = with_default(self, schema)
        return {"allOf": [{"$ref": plain.pop("$ref")}], **plain} if "$ref" in plain else plain

    monkeypatch.setattr(GenerateJsonSchema, "default_schema", around)


def without(make: Callable[..., dict[str, Any]], key: str) -> Callable[..., dict[str, Any]]:
    return lambda self, schema: {name: value for name, value in make(self, schema).items() if name != key}


@dataclass
class Told:
    """What is told.

    In two lines.
    """

    one: int


class Model(BaseModel):
    by_route: dict[Route, str]
    by_stage: dict[Stage, str]
    by_word: dict[Literal["a", "b"], int]
    by_name: dict[str, int]
    format: Literal[1]
    told: Told
    asked: Stage = Stage.CANDIDACY


def test_a_model_says_keys_constants_and_docstrings_as_the_newest_version_does() -> None:
    made = Model.model_json_schema(schema_generator=SteadySchema)
    properties = made["properties"]
    by_route = properties["by_route"]
    assert by_route["patternProperties"] == {ROUTE_PATTERN: {"type": "string"}}
    assert by_route["additionalProperties"] is False
    assert "propertyNames" not in by_route
    assert properties["by_stage"]["propertyNames"] == {"$ref": "#/$defs/Stage"}
    assert made["$defs"]["Stage"]["enum"] == list(Stage)
    assert properties["by_word"]["propertyNames"]["enum"] == ["a", "b"]
    assert "propertyNames" not in properties["by_name"]
    assert properties["asked"] == {"$ref": "#/$defs/Stage", "default": "candidacy"}
    assert properties["format"]["const"] == 1
    assert "enum" not in properties["format"]
    assert made["$defs"]["Told"]["description"] == "What is told.\n\nIn two lines."


@pytest.mark.usefixtures("_older_pydantic")
def test_an_older_version_gives_the_same_model() -> None:
    test_a_model_says_keys_constants_and_docstrings_as_the_newest_version_does()
    plain = Model.model_json_schema()  # what the older version gives by itself
    assert "propertyNames" not in plain["properties"]["by_stage"]
    assert plain["properties"]["format"]["enum"] == [1]


@pytest.mark.usefixtures("_older_pydantic")
def test_an_older_version_writes_every_schema_to_the_byte_as_it_is_kept() -> None:
    for name in SCHEMAS:
        assert schema_text(name) == (ROOT / "schema" / name).read_text("utf-8"), name
    for name, text in editor_schemas().items():
        assert text == (ROOT / "schema" / "rules" / name).read_text("utf-8"), name
