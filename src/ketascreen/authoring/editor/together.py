"""Keys of a file that go together, as conditions of its JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping

from ketascreen.authoring.editor.conditions import Schema
from ketascreen.language.approval import SubjectKind
from ketascreen.language.partial_date import MONTHS_OF


def if_then(key: str, words: list[str], then: Schema) -> Schema:
    """What holds where a key has one of these words."""
    return {"if": {"required": [key], "properties": {key: {"enum": words}}}, "then": then}


TOGETHER: Mapping[str, Schema] = {
    "CitationModel": {
        "if": {"required": ["outside"]},
        "then": {"not": {"anyOf": [{"required": [key]} for key in ("document", "line", "phrase")]}},
        "else": {"required": ["document", "line", "phrase"]},
    },
    "SignOffModel": if_then("status", ["approved"], {"required": ["by", "date"]}),
    "ApprovalModel": {"oneOf": [{"required": [kind]} for kind in SubjectKind]},
    "ParameterModel": {
        "allOf": [
            if_then("basis", ["policy"], {"required": ["reason"]}),
            if_then("basis", ["source"], {"required": ["sources"], "properties": {"sources": {"minItems": 1}}}),
        ]
    },
    "FactModel": {
        "allOf": [
            if_then("type", ["choice", "list"], {"required": ["choices"]}),
            if_then("type", ["number", "integer", "since"], {"required": ["unit", "minimum", "maximum"]}),
            if_then("type", ["since"], {"properties": {"unit": {"enum": list(MONTHS_OF)}, "minimum": {"const": 0}}}),
        ]
    },
    "ContradictionModel": {"oneOf": [{"required": ["when"]}, {"required": ["not_below"]}]},
}
"""Keys that go together."""
