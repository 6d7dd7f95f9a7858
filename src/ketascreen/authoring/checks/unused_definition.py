"""A definition that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.checks.subject import Concern, Subject, conditions_of
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.condition import definitions

CODE = "unused-definition"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Definitions that neither a rule, nor a contradiction, nor another definition uses."""
    rulebook = subject.rulebook
    used = {meets.name for when in conditions_of(rulebook) for meets in definitions(when)}
    for name in rulebook.definitions:
        if name not in used:
            hint = "delete it, or use it with `meets:`"
            place = subject.place("definitions.yaml", name)
            yield Concern(CODE, f"nothing uses the definition `{name}`", hint, place, about=name)
