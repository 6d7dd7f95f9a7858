"""A rule with its parameters, definitions and conflicts, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ketascreen.language.approval import Approval, ApprovalState, SubjectKind
from ketascreen.language.documents import Citation, Conflict
from ketascreen.language.effects import EFFECTS
from ketascreen.language.rule import Definition, Parameter, Retirement, Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Weight
from ketascreen.rendering.condition import quantity, render_condition
from ketascreen.rendering.page import Line, Style, entries, entry, heading, wrapped
from ketascreen.texts.catalogue import Catalogue
from ketascreen.texts.english import ENGLISH


@dataclass(frozen=True, slots=True)
class Context:
    """A rule with its parameters, definitions and conflicts; `day` is the day on which its approvals are looked at."""

    rule: Rule
    rulebook: Rulebook
    parameters: tuple[Parameter, ...]
    definitions: tuple[Definition, ...]
    conflicts: tuple[Conflict, ...]
    day: date

    @property
    def approvals(self) -> tuple[tuple[Approval, ApprovalState], ...]:
        """The approvals of the rule, each with its state on the day."""
        sheet, approvers = self.rulebook.sheet(self.rule), self.rulebook.identity.approvers
        return tuple(
            (one, one.state(sheet, approvers, self.day))
            for one in map(self.rulebook.of_today, self.rulebook.approvals)
            if one.kind is SubjectKind.RULE and one.name == self.rule.id
        )


def render_rule(context: Context, texts: Catalogue = ENGLISH) -> Iterator[Line]:
    """The rule as a page."""
    rule, rulebook = context.rule, context.rulebook
    yield from wrapped(rule.title, style=Style.HEADING)
    place = texts.text("place.rule", rule=rule.id, file=rule.place.path, line=rule.place.line)
    yield from entry(texts.text("entry.rule"), place)
    if rule.retired is not None:
        yield from _retired(rule.retired, texts)
    effect, stage = texts.label("effect", rule.effect), texts.label("stage", rule.stage)
    yield from entry(texts.text("entry.effect"), texts.text("rule_page.effect", effect=effect, stage=stage))
    if rule.weight is not Weight.USUAL:
        yield from entry(texts.text("entry.weight"), texts.label("weight", rule.weight))
    if EFFECTS[rule.effect].decided_by is not None:
        yield from entry(texts.text("entry.decided_by"), texts.label("decided_by", rule.decided_by))
    yield from entry(texts.text("option.head.many"), _routes(context, texts))
    yield from entry(texts.text("entry.says"), rule.say)
    if rule.do:
        yield from entry(texts.text("entry.do"), rule.do)
    if rule.do_if_old:
        yield from entry(texts.text("entry.do_if_old"), rule.do_if_old)
    yield from heading(texts.text("rule_page.when"))
    yield from render_condition(rule.when, rulebook, indent=2, texts=texts)
    for definition in context.definitions:
        yield from _definition(definition, rulebook, texts)
    yield from heading(texts.text("rule_page.sources"))
    for citation in rule.sources:
        yield from wrapped(cite(citation, rulebook, texts), indent=2, hang=2)
    for parameter in context.parameters:
        yield from _parameter(parameter, rulebook, texts)
    for conflict in context.conflicts:
        yield from _conflict(conflict, rulebook, texts)
    yield from heading(texts.text("rule_page.interpretation"))
    yield from wrapped(rule.interpretation or texts.text("rule_page.interpretation.none"), indent=2)
    yield from heading(texts.text("rule_page.approvals"))
    for approval, state in context.approvals:
        yield from wrapped(_approved(approval, state, texts), indent=2, hang=2)
    if not context.approvals:
        yield from wrapped(texts.text("rule_page.approvals.none"), indent=2)


def _retired(retired: Retirement, texts: Catalogue) -> Iterator[Line]:
    said = texts.text("rule_page.retired", by=retired.by, date=retired.day.isoformat())
    yield from entry(texts.text("entry.retired"), said)
    yield from entry(texts.text("entry.reason"), retired.reason)
    if retired.instead:
        yield from entry(texts.text("entry.instead"), texts.listed(retired.instead))


def _routes(context: Context, texts: Catalogue) -> str:
    everywhere = set(context.rule.routes) == set(context.rulebook.routes)
    return texts.text("rule_page.routes.all") if everywhere else texts.listed(context.rule.routes)


def _definition(definition: Definition, rulebook: Rulebook, texts: Catalogue) -> Iterator[Line]:
    yield from heading(texts.text("rule_page.definition", name=definition.name, title=definition.title))
    yield from render_condition(definition.when, rulebook, indent=2, texts=texts)
    yield from entries(texts.text("entry.sources"), _cited(definition.sources, rulebook, texts), indent=2)


def _parameter(parameter: Parameter, rulebook: Rulebook, texts: Catalogue) -> Iterator[Line]:
    value = quantity(parameter.value, texts)
    yield from heading(texts.text("rule_page.parameter", name=parameter.name, value=value))
    basis, stricter = texts.label("basis", parameter.basis), texts.label("stricter", parameter.stricter)
    said = texts.text("rule_page.basis", basis=basis, stricter=stricter)
    yield from entry(texts.text("entry.basis"), said, indent=2)
    if parameter.reason:
        yield from entry(texts.text("entry.reason"), parameter.reason, indent=2)
    yield from entries(texts.text("entry.sources"), _cited(parameter.sources, rulebook, texts), indent=2)


def _conflict(conflict: Conflict, rulebook: Rulebook, texts: Catalogue) -> Iterator[Line]:
    yield from heading(texts.text("rule_page.conflict", conflict=conflict.id, topic=conflict.topic))
    yield from entries(texts.text("entry.statements"), _cited(conflict.statements, rulebook, texts), indent=2)
    yield from entry(texts.text("entry.resolution"), conflict.resolution, indent=2)
    if conflict.reason:
        yield from entry(texts.text("entry.reason"), conflict.reason, indent=2)


def _approved(approval: Approval, state: ApprovalState, texts: Catalogue) -> str:
    stands, by, day = texts.label("approval", state), approval.by, approval.day.isoformat()
    if approval.role:
        said = texts.text("rule_page.approval", by=by, role=approval.role, date=day, state=stands)
    else:
        said = texts.text("rule_page.approval.without_role", by=by, date=day, state=stands)
    if state is ApprovalState.WITHDRAWN and approval.withdrawn is not None:
        gone = approval.withdrawn
        on = gone.day.isoformat()
        return texts.text("rule_page.approval.withdrawn", said=said, by=gone.by, date=on, reason=gone.reason)
    if approval.until is not None:
        return texts.text("rule_page.approval.until", said=said, until=approval.until.isoformat())
    return said


def _cited(citations: Iterable[Citation], rulebook: Rulebook, texts: Catalogue) -> Iterator[str]:
    return (cite(citation, rulebook, texts) for citation in citations)


def cite(citation: Citation, rulebook: Rulebook, texts: Catalogue) -> str:
    """A citation with its phrase; an outside source with its title and whether the original was read."""
    if citation.outside is None:
        return texts.text(
            "citation.document",
            document=citation.document,
            line=citation.line,
            phrase=citation.phrase,
            says=citation.says,
        )
    outside = rulebook.outside_sources[citation.outside]
    return texts.text(
        "citation.outside.whole",
        source=outside.id,
        says=citation.says,
        title=outside.title,
        phrase=outside.phrase,
        read=texts.label("read", outside.read),
    )
