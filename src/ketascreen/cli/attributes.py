"""`ketascreen attributes`: the source attributes of a rulebook and of its rules."""

from __future__ import annotations

from pathlib import Path

import click

from ketascreen.cli.options import json_option, rule_of, rulebook_of, rules_option, show_json
from ketascreen.language.source_attributes import source_attributes
from ketascreen.rendering.attributes import render_attributes
from ketascreen.rendering.page import show
from ketascreen.signing import VerifyKey


@click.command("attributes")
@click.option("--rule", "named", metavar="RULE", multiple=True, help="Only this rule; may be given several times.")
@click.option("-v", "--verbose", is_flag=True, help="Show the 13 of each rule, not what they use alone.")
@json_option
@rules_option
def command(
    named: tuple[str, ...], verbose: bool, as_json: bool, rules: Path | None, keys: tuple[VerifyKey, ...]
) -> None:
    """The 13 source attributes of 45 CFR 170.315(b)(11)(iv)(A), of the rulebook and of its rules.

    Each has its value and where it comes from. What nobody said is named, with the key to write. Of the rules, what
    they use and what nobody said is shown, rules alike together; --rule shows the 13 of a rule.
    """
    rulebook = rulebook_of(rules, keys)
    chosen = [rule_of(rulebook, name) for name in dict.fromkeys(named)] if named else rulebook.rules
    told = source_attributes(rulebook, chosen)
    if as_json:
        show_json(told)
    else:
        show(render_attributes(told, whole=not named, brief=not (named or verbose)))
