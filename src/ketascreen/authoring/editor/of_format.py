"""What the schema of a file leaves out, or asks, because of the rulebook's format."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ketascreen.authoring.editor.conditions import Schema
from ketascreen.loading.formats import SIGN_OFF, keys_of_others


def of_format(written: int, kind: str, root: str, definitions: Mapping[str, Schema]) -> dict[str, Schema]:
    """The definitions without the keys that the format lacks; in format 1 a rule needs its `sign_off`."""
    left = keys_of_others(written, kind)
    made = {name: _without(left, one) for name, one in definitions.items()}
    if SIGN_OFF in made[root]["properties"]:
        made[root] = {**made[root], "required": [*made[root]["required"], SIGN_OFF]}
    used = json.dumps(made)
    return {name: one for name, one in made.items() if name == root or f'"#/definitions/{name}"' in used}


def _without(left: frozenset[str], schema: Schema) -> Schema:
    if "properties" not in schema:
        return schema
    return {**schema, "properties": {key: one for key, one in schema["properties"].items() if key not in left}}
