"""The JSON Schema of vocabulary.yaml: facts and contradictions under new names, freshness under the names of facts."""

from __future__ import annotations

from ketascreen.authoring.editor.conditions import Schema, one_of
from ketascreen.authoring.editor.texts import KEYS
from ketascreen.authoring.names import RulebookNames
from ketascreen.language.quantity import UNITS
from ketascreen.language.vocabulary import MARKS
from ketascreen.loading import file_models

WORD = "^[a-z][a-z0-9_]*$"
"""The form of a plain name."""


def ref(model: type[file_models.FileModel]) -> Schema:
    """What the definition of a model allows."""
    return {"$ref": f"#/definitions/{model.__name__}"}


def named(pattern: str, item: Schema) -> Schema:
    """A mapping of names of this form, each with such an item."""
    return {"type": "object", "propertyNames": {"pattern": pattern}, "additionalProperties": item}


def vocabulary_keys(names: RulebookNames) -> Schema:
    """`facts` under new names, `freshness` under the names of facts, with each fact's choices."""
    of_window = KEYS["FreshnessModel"]
    window = {"type": "string", "pattern": _window_pattern(), "examples": ["30 days", "2 hours", "same day", "any age"]}
    texts = KEYS["VocabularyModel"]
    windows = {}
    for fact in names.vocabulary.values():
        shown: Schema = {"doNotSuggest": True} if fact.replaced_by else {"title": fact.label}
        choices = {"type": "array", "uniqueItems": True, "items": one_of(fact.choices)}
        keys: dict[str, Schema] = {"fresh_for": window, "reason": {"type": "string", "minLength": 1}}
        keys |= dict.fromkeys(MARKS, choices) if fact.choices else {}
        windows[fact.name] = {
            "type": "object",
            **shown,
            "required": ["fresh_for", "reason"],
            "additionalProperties": False,
            "properties": {key: {**schema, "description": of_window[key]} for key, schema in keys.items()},
        }
    freshness = {"type": "object", "additionalProperties": False, "properties": windows}
    return {
        "facts": {**named(WORD, ref(file_models.FactModel)), "description": texts["facts"]},
        "freshness": {**freshness, "description": texts["freshness"]},
        "contradictions": {
            **named(WORD, ref(file_models.ContradictionModel)),
            "description": texts["contradictions"],
        },
    }


def _window_pattern() -> str:
    """`same day`, `any age`, or a whole number of a unit of time that is not longer than a week."""
    units = [name for name, unit in UNITS.items() if unit.dimension == UNITS["minutes"].dimension]
    return f"^(same day|any age|[1-9][0-9]* ({'|'.join(units)}))$"
