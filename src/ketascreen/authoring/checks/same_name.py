"""A rulebook that has the id and the version of the built-in one, and means something else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.loading.built_in import built_in_rules
from ketascreen.loading.load import load_rulebook

CODE = "same-name"
ABOUT = "id"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """That a verdict by this rulebook would name the built-in one, whose rules it does not have."""
    identity = subject.rulebook.identity
    if not _may_be_named(identity.id, identity.version):
        return
    built_in = load_rulebook(built_in_rules(), cache=subject.cache)
    theirs = built_in.identity
    if (identity.id, identity.version) != (theirs.id, theirs.version):
        return
    if subject.rulebook.meaning_digest != built_in.meaning_digest:
        message = (
            f"this is not {identity.id} {identity.version}: its meaning differs from the built-in rulebook of that name"
        )
        hint = "give it an `id` of its own"
        yield Concern(CODE, message, hint, subject.place("rulebook.yaml", "id"), about=ABOUT)


def _may_be_named(name: str, version: str) -> bool:
    """Whether the file of the built-in rulebook has these words: it is loaded only then."""
    head = (built_in_rules() / "rulebook.yaml").read_text("utf-8")
    return all(re.search(rf"\b{re.escape(word)}\b", head) for word in (name, version))
