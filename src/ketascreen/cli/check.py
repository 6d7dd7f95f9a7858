"""`ketascreen check`: everything that is wrong with a rulebook, at once."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from ketascreen.authoring.checks.run import Checked, check_folder
from ketascreen.cli.exit_status import AUTHORING_MEANING, AuthoringStatus, epilog
from ketascreen.cli.options import cache_folder, day_of, from_here
from ketascreen.diagnostic import Diagnostic
from ketascreen.loading.built_in import built_in_rules
from ketascreen.rendering.checks import text
from ketascreen.rendering.checks.formats import FORMATS
from ketascreen.rendering.page import show, width_of
from ketascreen.runtime.gc_pause import gc_paused

MEANING = {
    **AUTHORING_MEANING,
    AuthoringStatus.WELL: "nothing was found, or only what the rulebook accepts",
    AuthoringStatus.FINDINGS: "the rulebook loads, and something was found",
    AuthoringStatus.BAD_INPUT: "the rulebook, its cases or the call was refused",
}


@click.command("check", epilog=epilog(MEANING))
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", help="How to write it.")
@click.option(
    "--documents",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the source documents, to check each cited phrase.  [documents/ in DIR]",
)
@click.option("--no-documents", is_flag=True, help="Check no cited phrase: the source documents are not available.")
@click.option("-v", "--verbose", is_flag=True, help="Show each problem in full, not the first of each cause alone.")
@click.option("--today", metavar="DATE", help="The day to check for, as 2026-11-22.  [today]")
def command(
    folder: Path | None, form: str, documents: Path | None, no_documents: bool, verbose: bool, today: str | None
) -> None:
    """Check the rulebook in DIR, or the built-in one, and its cases.

    Each problem is shown with its file, line and column, a hint, and a code; docs/codes/ has a page for each code. An
    `allow` entry with a reason accepts a check finding that is right as it is. Of problems of one cause the first is
    shown in full; other formats than text hold each.
    """
    day = day_of(today, "--today")
    if documents is not None and no_documents:
        raise click.UsageError("--documents and --no-documents say opposite things; leave one out")
    with gc_paused():
        checked = check_folder(
            folder or built_in_rules(),
            today=day,
            documents=documents,
            no_documents=no_documents,
            cache=cache_folder(),
        )
    placed = checked if folder is None else _below(checked, folder)
    if form == "text":
        show(text.page(placed, width_of(sys.stdout), verbose=verbose))
    else:
        click.echo(FORMATS[form](placed))
    raise click.exceptions.Exit(_status(checked))


def _status(checked: Checked) -> AuthoringStatus:
    if checked.refused:
        return AuthoringStatus.BAD_INPUT
    return AuthoringStatus.FINDINGS if checked.found else AuthoringStatus.WELL


def _below(checked: Checked, folder: Path) -> Checked:
    """The same with paths from the current folder, so that an editor can open them."""
    here = from_here(folder)

    def moved(problem: Diagnostic) -> Diagnostic:
        place = problem.place
        if place is None or place.path == str(folder):  # the folder itself
            return problem
        return replace(problem, place=place._replace(path=(here / place.path).as_posix()))

    return replace(
        checked,
        refused=tuple(map(moved, checked.refused)),
        found=tuple(map(moved, checked.found)),
        silenced=tuple(replace(one, finding=moved(one.finding)) for one in checked.silenced),
    )
