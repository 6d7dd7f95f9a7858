"""What the schema of a file leaves out, or asks, because of the rulebook's format."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ketascreen.authoring.editor.conditions import Schema
from ketascreen.loading.formats import SIGN_OFF, keys_of_others


def of_format(written: int, kind: str, root: str, definitions: Mapping[str, Schema]) -> dict[str, Schema]:
    """The definitions without the keys that the format lacks; in format 1 a rule needs its `sign_off`."""
    schema, left = definitions[root], keys_of_others(written, kind)
    kept = {key: one for key, one in schema["properties"].items() if key not in left}
    needed = {"required": [*schema["required"], SIGN_OFF]} if SIGN_OFF in kept else {}
    made = {**definitions, root: {**schema, "properties": kept, **needed}}
    used = json.dumps(made)
    return {name: one for name, one in made.items() if name == root or f'"#/definitions/{name}"' in used}
