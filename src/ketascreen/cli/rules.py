"""`ketascreen rules`: a line for each rule."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from ketascreen.authoring.approving.subjects import Subjects
from ketascreen.cli.exit_status import AUTHORING_MEANING, AuthoringStatus, epilog
from ketascreen.cli.options import day_of, json_option, routes_of, rulebook_of, rules_option, show_json
from ketascreen.language.retired import retired_in_words
from ketascreen.language.rule import Rule, RuleStage
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Effect, Stage, Weight, listing_order
from ketascreen.rendering.page import WIDTH, Line, cut, show, wrapped
from ketascreen.rendering.passed_over import passed_over
from ketascreen.rendering.unapproved import render_unapproved, unapproved, unapproved_data
from ketascreen.signing import VerifyKey

_MEANING = {
    **AUTHORING_MEANING,
    AuthoringStatus.WELL: "the rules are listed; with --unapproved: each is approved, and none is gone",
    AuthoringStatus.FINDINGS: "--unapproved, and a rule is not approved, or an approved rule is gone",
}


@click.command("rules", epilog=epilog(_MEANING))
@click.option("--effect", type=click.Choice(list(map(str, Effect))), help="Only rules with this effect.")
@click.option("--route", metavar="ROUTE", help="Only rules for this route.")
@click.option("--stage", type=click.Choice(list(map(str, Stage))), help="Only rules of this stage, or of both.")
@click.option("--retired", "only_retired", is_flag=True, help="Only rules that are retired, and why.")
@click.option("--unapproved", "only_unapproved", is_flag=True, help="Only rules that are not approved, and why.")
@click.option("--date", "on", metavar="DATE", help="The day that --unapproved is for, as 2026-11-22.  [today]")
@json_option
@rules_option
def command(
    effect: str | None,
    route: str | None,
    stage: str | None,
    only_retired: bool,
    only_unapproved: bool,
    on: str | None,
    as_json: bool,
    rules: Path | None,
    keys: tuple[VerifyKey, ...],
) -> None:
    """The rules, one on each line: effect, stage, id, routes and title.

    Retired rules are asked of nobody, and are listed with --retired alone.
    """
    if only_retired and only_unapproved:
        raise click.UsageError("give one of --retired and --unapproved: nobody approves a retired rule")
    rulebook = rulebook_of(rules, keys)
    routes_of(rulebook, [] if route is None else [route])
    among = rulebook.retired if only_retired else rulebook.rules
    chosen = [rule for rule in among if _fits(rule, effect, route, stage)]
    day = day_of(on, "--date")
    if only_unapproved:
        left = unapproved(Subjects(rulebook), chosen, day)
        if as_json:
            show_json({**unapproved_data(left, day), "ignored": rulebook.ignored})
        else:
            show([*render_unapproved(left), *passed_over(rulebook.ignored)])
        raise click.exceptions.Exit(AuthoringStatus.FINDINGS if left.rules or left.gone else AuthoringStatus.WELL)
    if as_json:
        show_json({"rules": chosen, "retired": len(rulebook.retired), "ignored": rulebook.ignored})
    elif only_retired:
        show(render_retired(chosen, rulebook))
    else:
        show(render(chosen, rulebook))


def _fits(rule: Rule, effect: str | None, route: str | None, stage: str | None) -> bool:
    return (
        (effect is None or rule.effect == effect)
        and (route is None or route in rule.routes)
        and (stage is None or rule.stage in (stage, RuleStage.BOTH))
    )


def render(rules: Sequence[Rule], rulebook: Rulebook) -> list[Line]:
    """One line for each rule, by effect and weight, their number, and what was passed over."""
    ordered = sorted(rules, key=lambda rule: listing_order(rule.effect, rule.weight, rule.id))
    counted = "1 rule" if len(ordered) == 1 else f"{len(ordered)} rules"
    lines = [Line(_line(rule, rulebook)) for rule in ordered]
    retired = f", {len(rulebook.retired)} retired" if rulebook.retired else ""
    return [*lines, Line(f"{counted} of {len(rulebook.rules)}{retired}"), *passed_over(rulebook.ignored)]


def render_retired(rules: Sequence[Rule], rulebook: Rulebook) -> list[Line]:
    """For each retired rule its line, then since when, by whom, why, and what replaces it."""
    lines: list[Line] = []
    for rule in sorted(rules, key=lambda rule: listing_order(rule.effect, rule.weight, rule.id)):
        if rule.retired is not None:
            told = f"{retired_in_words(rule)}. By {rule.retired.by}: {rule.retired.reason}"
            lines += [Line(_line(rule, rulebook)), *wrapped(told, indent=8)]
    counted = "1 retired rule" if len(rules) == 1 else f"{len(rules)} retired rules"
    of = f" of {len(rulebook.retired)}" if len(rules) < len(rulebook.retired) else ""
    return [*lines, Line(f"{counted}{of}"), *passed_over(rulebook.ignored)]


def _line(rule: Rule, rulebook: Rulebook) -> str:
    routes = "all" if set(rule.routes) == set(rulebook.routes) else ",".join(rule.routes)
    weight = "" if rule.weight is Weight.USUAL else f" ({rule.weight})"
    return cut(f"{rule.effect:<7} {rule.stage:<9} {rule.id}{weight} {routes} {rule.title}", WIDTH)
