"""`ketascreen coverage`: what the cases show of each rule's condition, and which comparison nobody tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from ketascreen.authoring.cases.read import read_cases
from ketascreen.authoring.coverage.contradictions import ContradictionCoverage, cover_contradictions
from ketascreen.authoring.coverage.lines import missing, unreachable
from ketascreen.authoring.coverage.measure import VALUES, CoverageNode, RuleCoverage, Share, cover, total
from ketascreen.cli.exit_status import AUTHORING_MEANING, AuthoringStatus, epilog
from ketascreen.cli.options import json_option, rule_of, rulebook_of, show_json
from ketascreen.language.condition import as_data
from ketascreen.language.terms import OUTCOME
from ketascreen.loading.built_in import built_in_rules
from ketascreen.rendering.coverage import render
from ketascreen.rendering.coverage_html import pages
from ketascreen.rendering.page import Style, show, wrapped
from ketascreen.runtime.plain_file import read_plain
from ketascreen.syntax.utf8 import decode

MEANING = {
    **AUTHORING_MEANING,
    AuthoringStatus.WELL: "enough is covered",
    AuthoringStatus.FINDINGS: "less is covered than --fail-under requires",
    AuthoringStatus.BAD_INPUT: "the rulebook, its cases or the call was refused",
}


@click.command("coverage", epilog=epilog(MEANING))
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--rule", "rule_id", metavar="RULE", help="Only this rule, with all lines of its condition.")
@click.option("--all", "vignettes", is_flag=True, help="Count whole patients (vignettes) too, not only a rule's cases.")
@click.option("--html", metavar="DIR", type=click.Path(path_type=Path), help="Write pages with coloured lines.")
@click.option("--fail-under", "least", metavar="PERCENT", help="Exit with 1 if less than this is covered.")
@json_option
def command(
    folder: Path | None, rule_id: str | None, vignettes: bool, html: Path | None, least: str | None, as_json: bool
) -> None:
    """Show what the cases of the rulebook in DIR, or of the built-in one, leave untested.

    Some case must see each comparison, and each `all`, `any` and `not`, true, false and unknown. Some case must show
    that each comparison matters with each of these values: another value of this one comparison would change the
    outcome of the rule. Parts that no patient can show are listed, and not counted. Of each contradiction, some case
    must meet it and another just not. docs/coverage.md says more.
    """
    limit = None if least is None else _percent(least)
    where = folder or built_in_rules()
    rulebook = rulebook_of(folder)
    cases = read_cases(where, rulebook)
    covered: Sequence[RuleCoverage] = cover(rulebook, cases, vignettes=vignettes)
    contradictions: Sequence[ContradictionCoverage] = cover_contradictions(rulebook, cases)
    if rule_id is not None:
        wanted = rule_of(rulebook, rule_id)
        covered, contradictions = [one for one in covered if one.rule == wanted], ()
    files = _files(where, covered)
    if html is not None:
        _write(html, pages(covered, contradictions, files, rulebook))
    if as_json:
        show_json(_data(covered, contradictions))
    else:
        show(render(covered, contradictions, files, whole=rule_id is not None))
    share = total([*covered, *contradictions])
    if limit is not None and not _reaches(share, limit):
        if not as_json:
            show(wrapped(f"{share} is less than the {least}% that --fail-under requires", style=Style.URGENT))
        raise click.exceptions.Exit(AuthoringStatus.FINDINGS)


def _percent(text: str) -> Decimal:
    try:
        limit = Decimal(text.removesuffix("%"))
    except InvalidOperation:
        limit = Decimal("NaN")
    if not (limit.is_finite() and 0 <= limit <= 100):
        raise click.BadParameter("not a percentage; write a number from 0 to 100", param_hint="--fail-under")
    return limit


def _reaches(share: Share, limit: Decimal) -> bool:
    """Compares the counts, not the percentage that is shown."""
    return share.met * 100 >= limit * share.wanted


def _files(folder: Path, covered: Sequence[RuleCoverage]) -> dict[str, list[str]]:
    """The lines of the files of the rules, and of the definitions that they use."""
    places = [one.rule.place for one in covered] + [node.place for one in covered for node in one.nodes if node.place]
    paths = sorted({place.path for place in places})
    return {path: decode(read_plain(folder / path), path)[0].split("\n") for path in paths}


def _write(folder: Path, written: Mapping[str, str]) -> None:
    for name, text in written.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")


def _data(covered: Sequence[RuleCoverage], contradictions: Sequence[ContradictionCoverage]) -> dict[str, Any]:
    return {
        **_share(total([*covered, *contradictions])),
        "rules": [_rule(one) for one in covered],
        "contradictions": [_contradiction(one) for one in contradictions],
    }


def _contradiction(one: ContradictionCoverage) -> dict[str, Any]:
    return {
        "contradiction": one.contradiction.name,
        **_share(one.share),
        "shown_by": {goal.value: str(one.shown[goal]) for goal in one.goals if goal in one.shown},
        "missing": [goal.value for goal in one.missing],
    }


def _share(share: Share) -> dict[str, Any]:
    return {"percent": str(share).removesuffix("%"), "shown": share.met, "wanted": share.wanted}


def _rule(one: RuleCoverage) -> dict[str, Any]:
    return {
        "rule": one.rule.id,
        **_share(one.share),
        "cases": {OUTCOME[value]: one.cases_by_truth[value] for value in VALUES},
        "all_patients_tried": one.tried_all,
        "failing_cases": list(map(str, one.failing)),
        "nodes": [_node(one, node) for node in one.nodes],
    }


def _node(one: RuleCoverage, node: CoverageNode) -> dict[str, Any]:
    return {
        "place": str(node.place) if node.place else None,
        "condition": as_data(node.condition),
        "definition": node.asked_by.name if node.asked_by else None,
        "shown_by": {
            f"{'matters ' if goal.matters else ''}{goal.value.value}": str(one.shown[goal])
            for goal in node.goals
            if goal in one.shown
        },
        "missing": missing(one, node),
        "unreachable": unreachable(one, node),
    }
