"""A rule that no case tries."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.syntax.folder import CASES

CODE = "no-case"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Rules without their own case; whole patients do not count, since they do not say what the rule gave."""
    tried = {case.rule for case in subject.cases}
    for rule in subject.rulebook.rules:
        if rule.id not in tried:
            message = f"no case tries `{rule.id}`"
            yield Diagnostic(CODE, message, f"write `{rule.id}{CASES}` beside it", rule.place)
