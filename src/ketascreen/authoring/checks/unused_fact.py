"""A fact that the rulebook adds, or gives a freshness window, but that nothing asks."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.condition import facts_of
from ketascreen.patient.profile import BUILT_IN

CODE = "unused-fact"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Entries of vocabulary.yaml on facts that neither a rule nor a definition asks, one for each fact."""
    rulebook = subject.rulebook
    conditions = [*(rule.when for rule in rulebook.rules), *(one.when for one in rulebook.definitions.values())]
    used = {name for when in conditions for name in facts_of(when)}
    for name, fact in rulebook.vocabulary.items():
        added = name not in BUILT_IN
        if name in used or not (added or fact.freshness != BUILT_IN[name].freshness):
            continue
        what = f"no rule asks the fact `{name}`"
        message = what if added else f"{what}, so its freshness window has no use"
        place = subject.place("vocabulary.yaml", "facts" if added else "freshness", name)
        yield Concern(CODE, message, "delete the entry, or write the rule that needs it", place, about=name)
