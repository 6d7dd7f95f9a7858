"""Schemas for an editor that no longer have the names of the rulebook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.authoring.editor.conditions import Schema
from ketascreen.authoring.editor.file_schemas import FOLDER, schema_text, schemas
from ketascreen.authoring.names import names_of
from ketascreen.diagnostic import Diagnostic, Place

CODE = "stale-schema"
_NAME_RULES = ("cases", "vignettes", "conflicts", "approvals")
"""The kinds of file in which rules are named."""
_NAMES_RULES = "RetiredModel"
"""What names rules in the schema of a rule."""
_TEXTS = frozenset({"description", "enumDescriptions", "errorMessage", "patternErrorMessage", "title"})
"""What an editor shows beside a name, such as the value of a parameter."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The folder of schemas beside the rules, if a schema in it is not the one that the rulebook's names give now.

    Schemas elsewhere are not looked at; neither is a schema that is not there. What names rules is left aside: each
    new rule would make it stale. So are the texts: they refuse no word.
    """
    if _written(subject, "rule.schema.json") is None:
        return
    made = schemas(names_of(subject.rulebook.files, ()))
    written = {name: _written(subject, name) for name in made if name.partition(".")[0] not in _NAME_RULES}
    stale = [name for name, text in written.items() if text is not None and _differs(text, made[name])]
    if stale:
        message = f"{len(stale)} of the schemas in `{FOLDER}/` {'has' if len(stale) == 1 else 'have'} other names than"
        hint = "write them again: ketascreen schema DIR"
        place = Place(f"{FOLDER}/{stale[0]}")
        yield Concern(CODE, f"{message} the rulebook; an editor marks right words as wrong", hint, place, about=FOLDER)


def _differs(written: str, made: Schema) -> bool:
    """Whether they differ in the names that they have, apart from names of rules."""
    try:
        return _names(json.loads(written)) != _names(json.loads(schema_text(made)))
    except ValueError:  # what is written is not JSON any more
        return True


def _names(node: Any) -> Any:
    """What is left of a schema without texts and names of rules. What a property of such a name can hold is kept."""
    if isinstance(node, list):
        return [_names(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {name: one for name, one in node.items() if name not in _TEXTS or isinstance(one, dict)}
    return {name: _names(one) for name, one in kept.items() if name != _NAMES_RULES}


def _written(subject: Subject, name: str) -> str | None:
    return subject.texts.get(f"{FOLDER}/{name}")
