"""A fact that the rulebook adds, or gives a freshness window, but that nothing asks."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.checks.subject import Concern, Subject, conditions_of
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.condition import facts_of
from ketascreen.patient.contradictions import added
from ketascreen.patient.profile import BUILT_IN

CODE = "unused-fact"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Entries of vocabulary.yaml on facts that no rule, no definition and no contradiction of the rulebook asks."""
    rulebook = subject.rulebook
    used = {name for when in conditions_of(rulebook) for name in facts_of(when)}
    used |= {name for one in added(rulebook.vocabulary.contradictions) for name in one.facts}
    for name, fact in rulebook.vocabulary.items():
        own = name not in BUILT_IN
        if name in used or not (own or fact.freshness != BUILT_IN[name].freshness):
            continue
        what = f"no rule asks the fact `{name}`"
        message = what if own else f"{what}, so its freshness window has no use"
        place = subject.place("vocabulary.yaml", "facts" if own else "freshness", name)
        yield Concern(CODE, message, "delete the entry, or write the rule that needs it", place, about=name)
