"""What `ketascreen screen --all` shows beside the grounds: every finding, and what each route is like."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.language.terms import Effect, Outcome
from ketascreen.rendering.grounds import fact_lacking, fact_used, source
from ketascreen.rendering.page import Line, entries, heading, wrapped
from ketascreen.verdict.verdict import Verdict


def render_findings(verdict: Verdict) -> Iterator[Line]:
    """Every finding by effect, those that are met first."""
    yield from heading(f"Every finding ({len(verdict.findings)})")
    for effect in Effect:
        for outcome in reversed(Outcome):
            for finding in verdict.findings:
                if finding.effect is not effect or finding.outcome is not outcome:
                    continue
                standing = f"{effect}, {outcome.replace('_', ' ')}: {finding.title}"
                yield from wrapped(f"{standing}; {finding.rule}, {finding.file}:{finding.line}", indent=2, hang=2)
                yield from entries("Rests on", map(fact_used, finding.rests_on), indent=6)
                yield from entries("Lacks", map(fact_lacking, finding.lacks), indent=6)


def render_attributes(verdict: Verdict) -> Iterator[Line]:
    """What the sources say of each route; nothing here decides."""
    for route in verdict.routes.values():
        yield from heading(f"{route.route}: {route.title}")
        for statement in route.attributes:
            attribute = statement.attribute.replace("_", " ")
            yield from wrapped(f"{attribute}: {statement.says}", indent=2, hang=2)
            yield from entries("Sources", map(source, statement.sources), indent=4)
