"""JSON Schemas of models that are the same with every supported version of Pydantic."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

from pydantic.json_schema import GenerateJsonSchema


class SteadySchema(GenerateJsonSchema):
    """Says what older versions of Pydantic leave out, and leaves out what they say twice.

    Give it to `model_json_schema` as `schema_generator`. `make test-oldest` and `make test-newest` compare the schemas.
    """

    def generate(self, schema: Any, mode: Any = "validation") -> dict[str, Any]:
        """The whole schema, with each default beside its reference; until 2.9 an `allOf` was put around these."""
        whole: dict[str, Any] = _without_wraps(super().generate(schema, mode))
        return whole

    def dict_schema(self, schema: Any) -> dict[str, Any]:
        """A mapping with the words that its keys may be, which Pydantic says since 2.10, or with their form and no
        other key."""
        made = super().dict_schema(schema)
        if "patternProperties" in made:
            made["additionalProperties"] = False
        if "keys_schema" in schema and "propertyNames" not in made:
            keys = self.generate_inner(schema["keys_schema"])
            if "$ref" in keys or "enum" in keys:
                made["propertyNames"] = keys
        return made

    def literal_schema(self, schema: Any) -> dict[str, Any]:
        """One value as `const` alone; until 2.9 it was an `enum` too."""
        made = super().literal_schema(schema)
        if "const" in made:
            made.pop("enum", None)
        return made

    def dataclass_schema(self, schema: Any) -> dict[str, Any]:
        """A dataclass with its docstring, which older versions leave out."""
        made = super().dataclass_schema(schema)
        if "description" not in made and schema["cls"].__doc__:
            made["description"] = cleandoc(schema["cls"].__doc__)
        return made


def _without_wraps(part: Any) -> Any:
    """A part of a schema in which an `allOf` of one reference is that reference."""
    if isinstance(part, list):
        return [_without_wraps(item) for item in part]
    if not isinstance(part, dict):
        return part
    inner = {key: _without_wraps(value) for key, value in part.items()}
    match inner.get("allOf"):
        case [{"$ref": str() as ref, **rest}] if not rest:
            return {"$ref": ref, **{key: value for key, value in inner.items() if key != "allOf"}}
    return inner
