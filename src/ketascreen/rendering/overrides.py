"""What clinicians have put on record beside the findings: decisions on reviews, and overrides of anything else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ketascreen.rendering.page import Line, entry, heading, wrapped
from ketascreen.verdict.override import OverrideReason, Standing
from ketascreen.verdict.verdict import Verdict

WORTH = {
    Standing.IN_FORCE: "in force",
    Standing.LAPSED_BY_DATE: "lapsed: its date has passed",
    Standing.FACT_CHANGED: "lapsed: a fact that it rests on has changed",
    Standing.FACT_NOT_KNOWN: "not in force: a fact that it rests on is not known now",
    Standing.RULE_CHANGED: "lapsed: the rule has changed",
    Standing.REPLACED: "replaced by a later one",
    Standing.NOT_ASKED: "the rule is not asked in this screening",
}
REASONS = {reason: reason.replace("_", " ") for reason in OverrideReason}


def render_overrides(verdict: Verdict) -> Iterator[Line]:
    """Each as what it is, and what it is worth in this screening."""
    if not verdict.overrides:
        return
    yield from heading("Decided by clinicians, on record")
    for one in verdict.overrides:
        made = one.override
        what = "Decision to go ahead" if one.kind == "decision" else "Went ahead against the recommendation"
        yield Line()
        yield from wrapped(f"{what}: {made.rule}: {WORTH[one.standing]}", indent=2, first="- ")
        yield from entry("By", f"{made.by}, {made.at.isoformat()}{_until(made.until)}", indent=4)
        yield from entry("Reason", f"{REASONS[made.reason]}. {made.text}".strip(), indent=4)
        yield from entry("Record", f"entry {made.record}, on the screening of entry {made.screening}", indent=4)


def _until(time: datetime | None) -> str:
    return f", until {time.isoformat()}" if time else ""
