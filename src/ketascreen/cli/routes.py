"""`ketascreen routes`: what each route is like."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ketascreen.cli.options import json_option, rulebook_of, rules_option, show_json
from ketascreen.language.rulebook import Rulebook
from ketascreen.rendering.grounds import source
from ketascreen.rendering.page import Line, Style, entries, heading, show, wrapped
from ketascreen.signing import VerifyKey
from ketascreen.verdict.wording import source_of


@click.command("routes")
@json_option
@rules_option
def command(as_json: bool, rules: Path | None, keys: tuple[VerifyKey, ...]) -> None:
    """What each route of administration is like, each statement with its sources. Nothing here decides."""
    rulebook = rulebook_of(rules, keys)
    if as_json:
        show_json(rulebook.routes)
    else:
        show(list(render(rulebook))[1:])


def render(rulebook: Rulebook) -> Iterator[Line]:
    """The routes of a rulebook as text."""
    for route, sheet in rulebook.routes.items():
        yield from heading(f"{route}: {sheet.title}", Style.HEADING)
        for attribute, statements in sheet.attributes:
            for statement in statements:
                yield from wrapped(f"{attribute.replace('_', ' ')}: {statement.says}", indent=2, hang=2)
                yield from entries("Sources", (source(source_of(one)) for one in statement.sources), indent=4)
