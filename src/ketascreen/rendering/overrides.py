"""What clinicians put on record: decisions on reviews, and overrides of other findings."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.rendering.page import Line, entry, heading, wrapped
from ketascreen.texts.catalogue import Catalogue
from ketascreen.verdict.override import Override, OverrideShown
from ketascreen.verdict.standing import Standing
from ketascreen.verdict.verdict import Verdict


def render_overrides(verdict: Verdict, texts: Catalogue) -> Iterator[Line]:
    """Each decision or override, and whether it counts in this screening."""
    if not verdict.overrides:
        return
    yield from heading(texts.text("override.heading"))
    for one in verdict.overrides:
        made = one.override
        yield Line()
        yield from wrapped(_worth(one, texts), indent=2, first="- ")
        yield from entry(texts.text("entry.by"), _by(made, texts), indent=4)
        yield from entry(texts.text("entry.reason"), _reason(made, texts), indent=4)
        record = texts.text("override.record", record=made.record, screening=made.screening)
        yield from entry(texts.text("entry.record"), record, indent=4)


def _worth(one: OverrideShown, texts: Catalogue) -> str:
    rule, standing = one.override.rule, texts.label("standing", one.standing)
    if one.kind == "decision":
        return texts.text("override.decision", rule=rule, standing=standing)
    if one.standing is Standing.IN_FORCE:
        return texts.text("override.on_record", rule=rule)
    return texts.text("override.override", rule=rule, standing=standing)


def _by(made: Override, texts: Catalogue) -> str:
    at = made.at.isoformat()
    if made.until is None:
        return texts.text("override.by", by=made.by, at=at)
    return texts.text("override.by.until", by=made.by, at=at, until=made.until.isoformat())


def _reason(made: Override, texts: Catalogue) -> str:
    reason = texts.label("override_reason", made.reason)
    if not made.text.strip():
        return texts.text("override.reason", reason=reason)
    return texts.text("override.reason.text", reason=reason, text=made.text)
