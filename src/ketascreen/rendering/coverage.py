"""Coverage as text: one line for each rule, and the lines that no case tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ketascreen.authoring.coverage.contradictions import ContradictionCoverage
from ketascreen.authoring.coverage.lines import Block, Mark, Row, blocks
from ketascreen.authoring.coverage.measure import RuleCoverage, total
from ketascreen.diagnostic import printable
from ketascreen.language.logic import Truth
from ketascreen.rendering.page import WIDTH, Flow, Line, Style, cut, heading, wrapped

Files = Mapping[str, Sequence[str]]

_MARGIN = " " * 6 + "| "
_ROOM = WIDTH - len(_MARGIN)
_HEAD = (
    f"{'':<39}{'cases':>13}{'comparisons':>22}",
    f"{'rule':<39}{'met':>4}{'not':>4}{'unkn':>5}{'true':>5}{'false':>6}{'unkn':>5}{'matter':>7}{'%':>5}",
)


def render(
    covered: Sequence[RuleCoverage],
    contradictions: Sequence[ContradictionCoverage],
    files: Files,
    *,
    whole: bool = False,
) -> Iterator[Line]:
    """A line for each rule and contradiction, then the lines of each rule with something missing; of all if `whole`."""
    yield from (Line(text, Style.HEADING) for text in _HEAD)
    yield from map(_rule, covered)
    if contradictions:
        yield Line(f"{'contradiction':<39}{'':>36}{'%':>5}", Style.HEADING)
        yield from map(_contradiction, contradictions)
    yield from wrapped(_total(covered, contradictions), style=Style.HEADING)
    for one in covered:
        if whole or one.missing or one.unreachable or one.failing:
            yield from _details(one, files, whole=whole)


def _rule(one: RuleCoverage) -> Line:
    met, unmet, unknown = (one.cases_by_truth[value] for value in (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN))
    seen = f"{cut(one.rule.id, 39):<39}{met:>4}{unmet:>4}{unknown:>5}"
    if not one.nodes:
        return Line(f"{seen}{'always met':>22}{'100%':>6}")
    true, false, open_ = (one.comparisons(value) for value in (Truth.TRUE, Truth.FALSE, Truth.UNKNOWN))
    matter = f"{one.shown_to_matter.met}/{one.shown_to_matter.wanted}"
    style = Style.WARNING if one.missing else Style.PLAIN
    return Line(f"{seen}{true:>5}{false:>6}{open_:>5}{matter:>6}{one.share!s:>6}", style)


def _contradiction(one: ContradictionCoverage) -> Line:
    missing = f"no case: {', '.join(one.missing)}" if one.missing else ""
    style = Style.WARNING if one.missing else Style.PLAIN
    return Line(f"{cut(one.contradiction.name, 39):<39}{missing:>35}{one.share!s:>6}", style)


def _total(covered: Sequence[RuleCoverage], contradictions: Sequence[ContradictionCoverage]) -> str:
    return f"{counted(covered, contradictions)}: {of_total(covered, contradictions)}"


def counted(covered: Sequence[RuleCoverage], contradictions: Sequence[ContradictionCoverage]) -> str:
    """How many rules, and contradictions if there are any."""
    rules = "1 rule" if len(covered) == 1 else f"{len(covered)} rules"
    if not contradictions:
        return rules
    return f"{rules}, {len(contradictions)} contradiction{'s' * (len(contradictions) != 1)}"


def of_total(covered: Sequence[RuleCoverage], contradictions: Sequence[ContradictionCoverage]) -> str:
    """How much is shown of all that a patient can show."""
    share = total([*covered, *contradictions])
    return f"{share}, {share.met} of {share.wanted} that a patient can show"


def _details(one: RuleCoverage, files: Files, *, whole: bool) -> Iterator[Line]:
    yield from heading(f"{one.rule.id}: {one.share}")
    if not one.tried_all:
        yield from wrapped("There are too many patients to try all. Some missing parts may be impossible.")
    for case in one.failing:
        yield from wrapped(f"{case} (does not hold, so it shows nothing)", hang=2)
    for block in blocks(one, files):
        if whole or block.asked_by is None or any(mark.missing or mark.unreachable for mark in _all_marks(block)):
            yield from _block(block)


def _all_marks(block: Block) -> list[Mark]:
    return [mark for row in block.rows for mark in row.marks]


def _block(block: Block) -> Iterator[Line]:
    asked = f", asked as {block.asked_by.name}" if block.asked_by else ""
    yield from wrapped(f"{block.path}{asked}")
    margin = min((len(row.text) - len(row.text.lstrip(" ")) for row in block.rows if row.text.strip()), default=0)
    for row in block.rows:
        yield from _row(row, margin)


def _row(row: Row, margin: int) -> Iterator[Line]:
    """A line of the rule with its marks below; a long line is broken into several."""
    number = f"{row.number:>5} | "
    for start, end in _pieces(row.text, margin):
        piece = row.text[start:end].rstrip()
        yield Line(f"{number}{printable(piece)}".rstrip(), flow=Flow.WHOLE)
        number = _MARGIN
        for mark in row.marks:
            if start < mark.column <= end and (mark.missing or mark.unreachable):
                before = mark.column - 1 - start
                yield from _mark(printable(piece[:before]), min(mark.length, len(piece) - before), mark)


def _pieces(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Where a line is broken: at its last space that fits on the page, if there is one after the margin."""
    while len(printable(text[start:])) > _ROOM:
        room = _ROOM * len(text[start:]) // len(printable(text[start:]))
        space = text.rfind(" ", start, start + room)
        end = space + 1 if text[start:space].strip() else start + max(1, room)
        yield start, end
        start = end
    yield start, len(text)


def _mark(before: str, length: int, mark: Mark) -> Iterator[Line]:
    """Underlines the part; beside or below the line is what is missing, and what no patient can show."""
    style = Style.WARNING if mark.missing else Style.PLAIN
    said = [text for text in (mark.missing, mark.unreachable) if text]
    under = f"{_MARGIN}{' ' * len(before)}{'^' * length}"
    if len(said) == 1 and len(f"{under} {said[0]}") <= WIDTH:
        yield Line(f"{under} {said[0]}", style)
        return
    yield Line(under, style)
    for text in said:
        yield from (Line(f"{_MARGIN}{line.text}", style) for line in wrapped(text, indent=2) if line.text)
