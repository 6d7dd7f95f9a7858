"""Coverage as HTML: an index, and a page for each rule with coloured lines. Pages load nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from ketascreen.authoring.coverage.contradictions import ContradictionCoverage, Shown
from ketascreen.authoring.coverage.lines import Block, Mark, Row, blocks, missing, unreachable
from ketascreen.authoring.coverage.measure import VALUES, CoverageNode, Goal, RuleCoverage
from ketascreen.diagnostic import printable
from ketascreen.language.condition import AllOf, AnyOf, Compare
from ketascreen.language.rulebook import Rulebook
from ketascreen.rendering.coverage import counted, of_total

_STYLE = """
body { font-family: system-ui, sans-serif; margin: 2rem; max-width: 70rem; color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; } th, td { padding: .2rem .6rem; text-align: left; vertical-align: top; }
td.number { text-align: right; } tr { border-bottom: 1px solid #ddd; }
pre { line-height: 1.5; padding: .6rem; border: 1px solid #ccc; overflow-x: auto; }
.number { color: #666; } .shown { background: #d9f2d9; } .missing { background: #ffd6d6; text-decoration: underline; }
.unreachable { background: #e4e4e4; } .says { font-style: italic; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def pages(
    covered: Sequence[RuleCoverage],
    contradictions: Sequence[ContradictionCoverage],
    files: Mapping[str, Sequence[str]],
    rulebook: Rulebook,
) -> dict[str, str]:
    """The pages by path: `index.html`, and `rules/<rule>.html` for each rule. `files`: the lines of each file."""
    found = {"index.html": _index(covered, contradictions, rulebook)}
    for one in covered:
        found[f"rules/{one.rule.id}.html"] = _rule(one, blocks(one, files))
    return found


def _page(title: str, body: Iterator[str]) -> str:
    text = "\n".join(body)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{_safe(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{text}\n</body>\n</html>\n"
    )


def _safe(text: str) -> str:
    return escape(printable(text))


def _index(covered: Sequence[RuleCoverage], contradictions: Sequence[ContradictionCoverage], rulebook: Rulebook) -> str:
    def body() -> Iterator[str]:
        identity = rulebook.identity
        yield f"<h1>Coverage of {_safe(identity.title)}</h1>"
        yield f"<p>{_safe(identity.id)} {_safe(identity.version)}, meaning {_safe(rulebook.meaning_digest[:16])}</p>"
        yield f"<p>{counted(covered, contradictions)}: {of_total(covered, contradictions)}.</p>"
        yield "<table>\n<tr><th>rule<th>met<th>not met<th>unknown"
        yield "<th>seen true<th>seen false<th>seen unknown<th>shown to matter<th>covered</tr>"
        yield from map(_index_row, covered)
        yield "</table>"
        if contradictions:
            heads = "".join(f"<th>{goal}" for goal in Shown)
            yield f"<h2>Contradictions</h2>\n<table>\n<tr><th>contradiction{heads}<th>covered</tr>"
            yield from map(_contradiction, contradictions)
            yield "</table>"

    return _page(f"Coverage of {rulebook.identity.title}", body())


def _index_row(one: RuleCoverage) -> str:
    numbers = [one.cases_by_truth[value] for value in VALUES]
    if one.nodes:
        matter = f"{one.shown_to_matter.met}/{one.shown_to_matter.wanted}"
        cells = [*numbers, *(one.comparisons(value) for value in VALUES), matter]
    else:
        cells = [*numbers, "", "", "", "always met"]
    row = "".join(f'<td class="number">{cell}' for cell in cells)
    link = f'<a href="rules/{_safe(one.rule.id)}.html">{_safe(one.rule.id)}</a>'
    return f'<tr><td>{link}{row}<td class="number {"missing" if one.missing else "shown"}">{one.share}</tr>'


def _contradiction(one: ContradictionCoverage) -> str:
    def cell(goal: Shown) -> str:
        case = one.shown.get(goal)
        return "" if goal not in one.goals else "<b>no case</b>" if case is None else _safe(case.name)

    cells = "".join(f"<td>{cell(goal)}" for goal in Shown)
    share = f'<td class="number {"missing" if one.missing else "shown"}">{one.share}'
    return f"<tr><td>{_safe(one.contradiction.name)}{cells}{share}</tr>"


def _rule(one: RuleCoverage, found: Sequence[Block]) -> str:
    def body() -> Iterator[str]:
        yield '<p><a href="../index.html">all rules</a></p>'
        yield f"<h1>{_safe(one.rule.title)}</h1>\n<p>{_safe(one.rule.id)}: {one.share}</p>"
        if not one.tried_all:
            yield "<p>There are too many patients to try all. Some missing parts may be impossible.</p>"
        for case in one.failing:
            yield f'<p class="missing">{_safe(str(case))} (does not hold, so it shows nothing)</p>'
        for block in found:
            yield _block(block)
        yield '<p><span class="shown">all shown</span> <span class="missing">something is missing</span> '
        yield '<span class="unreachable">something that no patient can show</span></p>'
        yield "<h2>What shows what</h2>\n<table>\n<tr><th>where<th>what<th>true<th>false<th>unknown</tr>"
        yield from (_node(one, node) for node in one.nodes)
        yield "</table>"

    return _page(f"Coverage of {one.rule.id}", body())


def _block(block: Block) -> str:
    asked = f", asked as {_safe(block.asked_by.name)}" if block.asked_by else ""
    return f"<h2>{_safe(block.path)}{asked}</h2>\n<pre>{''.join(map(_row, block.rows))}</pre>"


def _row(row: Row) -> str:
    parts, at = [f'<span class="number">{row.number:>5}</span>  '], 0
    for mark in row.marks:
        start, end = mark.column - 1, mark.column - 1 + mark.length
        parts.append(_safe(row.text[at:start]))
        parts.append(f'<span class="{_class(mark)}">{_safe(row.text[max(at, start) : end])}</span>')
        at = max(at, end)
    said = "; ".join(text for mark in row.marks for text in (mark.missing, mark.unreachable) if text)
    says = f'  <span class="says">{_safe(said)}</span>' if said else ""
    return f"{''.join(parts)}{_safe(row.text[at:])}{says}\n"


def _class(mark: Mark) -> str:
    return "missing" if mark.missing else "unreachable" if mark.unreachable else "shown"


def _node(one: RuleCoverage, node: CoverageNode) -> str:
    cells = "".join(f"<td>{_shown(one, node, Goal(node.number, value))}" for value in VALUES)
    lacking = "; ".join(text for text in (missing(one, node), unreachable(one, node)) if text)
    what = f"{_safe(_named(node))}<br><span class='says'>{_safe(lacking)}</span>" if lacking else _safe(_named(node))
    return f"<tr><td>{_safe(str(node.place or ''))}<td>{what}{cells}</tr>"


def _named(node: CoverageNode) -> str:
    match node.condition:
        case Compare(fact, operator, _):
            return f"{fact} {operator.replace('_', ' ')}"
        case AllOf():
            return "all"
        case AnyOf():
            return "any"
        case _:
            return "not"


def _shown(one: RuleCoverage, node: CoverageNode, goal: Goal) -> str:
    """The case that shows a value; a case in which the value matters comes first."""
    case = one.shown.get(goal._replace(matters=True), one.shown.get(goal))
    if case is None:
        return "no patient" if goal in one.unreachable else "<b>no case</b>"
    return _safe(case.name)
