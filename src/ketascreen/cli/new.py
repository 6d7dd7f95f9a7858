"""`ketascreen new`: a rule with its cases, to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ketascreen.authoring.scaffold import check_new, write_rule
from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.diagnostic import refused
from ketascreen.language.terms import Effect
from ketascreen.rendering.page import Flow, Line, show, wrapped
from ketascreen.rendering.shell import pasted

_MEANING = {
    AuthoringStatus.WELL: "the rule and its cases are written",
    AuthoringStatus.BAD_INPUT: "the call was refused; nothing is written",
    AuthoringStatus.FAULT: "a file could not be written, or an internal fault",
}


@click.command("new", epilog=epilog(_MEANING))
@click.argument("rule", metavar="RULE")
@click.option("--effect", metavar="EFFECT", required=True, help=f"What follows when it is met: {', '.join(Effect)}.")
@click.option(
    "--stage",
    metavar="STAGE",
    help="candidacy, session, or, for an alert, both. [the first of these that the effect can have]",
)
@click.option("--routes", metavar="ROUTES", default="all", help="all, or routes with commas between, such as iv,im.")
@click.option(
    "--dir",
    "folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The rulebook's folder. [the current folder]",
)
def command(rule: str, effect: str, stage: str | None, routes: str, folder: Path) -> None:
    """Write a rule named RULE with its cases, for you to fill in.

    RULE is its id: lower-case words joined by hyphens, such as kidney-failure. The file is in the subfolder of its
    effect, with its cases beside it. Until every key has its value, `ketascreen check` points at each key without one,
    and the rulebook does not load.
    """
    if not (folder / "rulebook.yaml").is_file():
        raise refused(
            "no-rulebook",
            "the folder has no rulebook.yaml",
            "name a rulebook's folder with --dir; `ketascreen init DIR` makes one",
        )
    listed = [] if routes == "all" else [route.strip() for route in routes.split(",")]
    show(render(*write_rule(check_new(rule, effect, stage, listed, folder), folder), folder))


def render(rule: Path, cases: Path, folder: Path) -> Iterator[Line]:
    """What was written, and what to do next."""
    yield from wrapped(f"Wrote {rule}")
    yield from wrapped(f"  and {cases}", indent=2)
    yield Line()
    yield from wrapped("Fill in each key that has no value. This points at each one that is left:")
    yield Line(f"  {pasted('ketascreen', 'check', folder)}", flow=Flow.WHOLE)
