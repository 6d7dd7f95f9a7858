"""A rule in the folder of another effect than its own."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.effects import EFFECTS
from ketascreen.syntax.folder import CASES

CODE = "other-folder"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Rules in a folder that has the name of an effect's folder, if it is not their effect's.

    A folder of another name says nothing of an effect.
    """
    folders = {row.folder for row in EFFECTS.values()}
    for rule in subject.rulebook.rules:
        above = rule.place.path.rpartition("/")[0]
        own, here = EFFECTS[rule.effect].folder, above.rpartition("/")[2]
        if here in folders and here != own:
            moved = f"move it and `{rule.id}{CASES}` to `{own}/`, or correct its effect"
            message = f"`{rule.id}` has the effect `{rule.effect}`, and is in `{here}/`"
            yield Diagnostic(CODE, message, moved, subject.place(rule.place.path, "effect"))
