"""Schemas for an editor that no longer have the names of the rulebook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.authoring.editor.file_schemas import FOLDER, schema_text, schemas
from ketascreen.authoring.names import names_of
from ketascreen.diagnostic import Diagnostic, Place

CODE = "stale-schema"
_NAME_RULES = ("cases", "vignettes", "conflicts", "approvals")
"""The kinds of file in which rules are named."""
_SHOWN = ("title", "description", "enumDescriptions")
"""The keys of a schema that hold what an editor shows."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The folder of schemas beside the rules, if a schema in it takes other words than the rulebook's names give now.

    Schemas elsewhere are not looked at; neither is a schema that is not there. Those that name rules are left aside:
    each new rule would make them stale. All other names are in the rest too. What an editor only shows, such as the
    value of a parameter, is not compared: it marks nothing as wrong.
    """
    if _written(subject, "rule.schema.json") is None:
        return
    made = schemas(names_of(subject.rulebook.files, ()))
    written = {name: _written(subject, name) for name in made if name.partition(".")[0] not in _NAME_RULES}
    stale = [
        name
        for name, text in written.items()
        if text is not None and _words_of(text) != _words_of(schema_text(made[name]))
    ]
    if stale:
        message = f"{len(stale)} of the schemas in `{FOLDER}/` {'has' if len(stale) == 1 else 'have'} other names than"
        hint = "write them again: ketascreen schema DIR"
        place = Place(f"{FOLDER}/{stale[0]}")
        yield Concern(CODE, f"{message} the rulebook; an editor marks right words as wrong", hint, place, about=FOLDER)


def _words_of(text: str) -> Any:
    """What a schema takes; None if it is not JSON."""
    try:
        return _taken(json.loads(text))
    except ValueError:
        return None


def _taken(schema: Any) -> Any:
    """A schema without what an editor only shows."""
    if isinstance(schema, dict):
        return {
            key: _taken(one) for key, one in schema.items() if key not in _SHOWN or isinstance(one, dict)
        }  # a key of a file may be called so too
    return list(map(_taken, schema)) if isinstance(schema, list) else schema


def _written(subject: Subject, name: str) -> str | None:
    return subject.texts.get(f"{FOLDER}/{name}")
