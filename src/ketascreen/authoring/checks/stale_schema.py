"""Schemas for an editor that no longer have the names of the rulebook."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.authoring.editor.file_schemas import FOLDER, schema_text, schemas
from ketascreen.authoring.names import names_of
from ketascreen.diagnostic import Diagnostic, Place

CODE = "stale-schema"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The folder of schemas beside the rules, if a schema in it is not the one that the rulebook's names give now.

    Schemas elsewhere are not looked at; neither is a schema that is not there.
    """
    if _written(subject, "rule.schema.json") is None:
        return
    made = schemas(names_of(subject.rulebook.files, subject.texts))
    stale = [name for name, schema in made.items() if (text := _written(subject, name)) and text != schema_text(schema)]
    if stale:
        message = f"{len(stale)} of the schemas in `{FOLDER}/` {'has' if len(stale) == 1 else 'have'} other names than"
        hint = "write them again: ketascreen schema DIR"
        place = Place(f"{FOLDER}/{stale[0]}")
        yield Concern(CODE, f"{message} the rulebook; an editor marks right words as wrong", hint, place, about=FOLDER)


def _written(subject: Subject, name: str) -> str | None:
    return subject.texts.get(f"{FOLDER}/{name}")
