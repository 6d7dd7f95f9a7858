"""A fact whose answers count at any age, without a word that this is meant."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.condition import facts_of
from ketascreen.language.effects import RESTRICTING

CODE = "no-window"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Facts without an entry under `freshness` that an exclusion, a review, a caution or a hold asks, one for each.

    An entry has a window, or `fresh_for: any age` with its reason.
    """
    rulebook = subject.rulebook
    asked: dict[str, str] = {}
    for rule in rulebook.with_effect(*RESTRICTING):
        for name in facts_of(rule.when):
            asked.setdefault(name, rule.id)
    for name, rule_id in sorted(asked.items()):
        if rulebook.vocabulary[name].freshness is None:
            message = f"`{rule_id}` asks `{name}`, whose answer counts at any age, and nothing says that this is meant"
            hint = (
                f"write under `freshness`: `{name}: {{fresh_for: 30 days, reason: ...}}` with the days that it counts, "
                "or `fresh_for: any age` if its age does not matter"
            )
            where = "facts" if rulebook.vocabulary[name].is_added else "freshness"
            yield Concern(CODE, message, hint, subject.place("vocabulary.yaml", where, name), about=name)
