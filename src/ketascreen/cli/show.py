"""`ketascreen show`: one rule with all its parts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from ketascreen.cli.options import json_option, now, plain, rule_of, rulebook_of, rules_option, show_json, texts_of
from ketascreen.language.approval import Approval, ApprovalState
from ketascreen.language.condition import comparisons, definitions
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.rendering.page import show
from ketascreen.rendering.rule import Context, render_rule
from ketascreen.signing import VerifyKey


@click.command("show")
@click.argument("rule_id", metavar="RULE")
@json_option
@rules_option
def command(rule_id: str, as_json: bool, rules: Path | None, keys: tuple[VerifyKey, ...]) -> None:
    """One rule: its words, condition, sources, conflicts, parameters, interpretation and approvals."""
    rulebook = rulebook_of(rules, keys)
    rule = rulebook.retired_rule(rule_id) or rule_of(rulebook, rule_id)
    context = context_of(rule, rulebook, now().date())
    if as_json:
        show_json(_data(context))
    else:
        show(render_rule(context, texts_of(rulebook)))


def context_of(rule: Rule, rulebook: Rulebook, day: date) -> Context:
    """A rule with all that it is made with, and its approvals with their state on a day."""
    compared = (name for compare in comparisons(rule.when) for name in compare.parameters)
    names = dict.fromkeys((*compared, *rule.named))
    used = dict.fromkeys(meets.name for meets in definitions(rule.when))
    return Context(
        rule,
        rulebook,
        tuple(rulebook.parameters[name] for name in names),
        tuple(rulebook.definitions[name] for name in used),
        tuple(rulebook.conflicts[name] for name in rule.conflicts),
        day,
    )


def _data(context: Context) -> dict[str, Any]:
    return {
        **plain(context.rule),
        "parameters": plain(context.parameters),
        "definitions": plain(context.definitions),
        "conflicts": plain(context.conflicts),
        "sheet": context.rulebook.sheet(context.rule).digest,
        "approvals": [_approval(*one) for one in context.approvals],
    }


def _approval(approval: Approval, state: ApprovalState) -> dict[str, Any]:
    gone = approval.withdrawn
    return {
        "sheet": approval.sheet,
        "by": approval.by,
        "role": approval.role,
        "date": approval.day.isoformat(),
        "until": None if approval.until is None else approval.until.isoformat(),
        "withdrawn": gone and {"by": gone.by, "date": gone.day.isoformat(), "reason": gone.reason},
        "state": state,
    }
