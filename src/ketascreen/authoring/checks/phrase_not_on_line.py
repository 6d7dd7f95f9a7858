"""A citation whose line does not hold its phrase."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.checks.subject import Subject
from ketascreen.authoring.traceability import verify
from ketascreen.diagnostic import Diagnostic

CODE = "phrase-not-on-line"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Such citations, if there is a folder of the source documents.

    A document that is missing, or is not the cited one, is reported under the code that `verify` gives it.
    """
    if subject.documents is not None:
        for problem in verify(subject.rulebook, subject.documents):
            known = problem.code == "phrase-not-found"
            yield Diagnostic(CODE, problem.message, problem.hint, problem.place) if known else problem
