"""A rule that is retired from a day that is still to come."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic

CODE = "retired-date"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Retired rules whose day is after today: nobody is asked them any more from now on, whatever the day."""
    for rule in subject.rulebook.retired:
        if rule.retired is not None and rule.retired.day > subject.today:
            message = f"`{rule.id}` is retired from {rule.retired.day} on, which is still to come"
            hint = "nobody is asked it even now; write the day on which that was decided"
            yield Diagnostic(CODE, message, hint, subject.place(rule.place.path, "retired", "date"))
