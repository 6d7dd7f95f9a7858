"""The end of the page of `ketascreen screen --all`: every finding, and what each route is like."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.language.terms import Effect, Outcome
from ketascreen.rendering.grounds import grounds, source
from ketascreen.rendering.page import Line, entries, heading, wrapped
from ketascreen.texts.catalogue import Catalogue
from ketascreen.verdict.finding import in_order
from ketascreen.verdict.verdict import Verdict


def render_findings(verdict: Verdict, texts: Catalogue) -> Iterator[Line]:
    """Every finding by effect; findings that are met come first."""
    yield from heading(texts.text("verdict.findings", count=len(verdict.findings)))
    for effect in Effect:
        for outcome in reversed(Outcome):
            for finding in in_order(verdict.findings):
                if finding.effect is not effect or finding.outcome is not outcome:
                    continue
                line = texts.text(
                    "finding.line",
                    effect=texts.label("effect", effect),
                    outcome=texts.label("outcome", outcome),
                    title=finding.title,
                    rule=finding.rule,
                    file=finding.file,
                    line=finding.line,
                )
                yield from wrapped(line, indent=2, hang=2)
                yield from grounds(finding, texts, indent=6)


def render_attributes(verdict: Verdict, texts: Catalogue) -> Iterator[Line]:
    """What the sources say about each route; nothing here decides."""
    for route in verdict.routes.values():
        yield from heading(texts.text("verdict.route", route=route.route, title=route.title))
        for statement in route.attributes:
            attribute = statement.attribute.replace("_", " ")
            line = texts.text("verdict.statement", attribute=attribute, says=statement.says)
            yield from wrapped(line, indent=2, hang=2)
            sources = (source(cited, texts) for cited in statement.sources)
            yield from entries(texts.text("entry.sources"), sources, indent=4)
