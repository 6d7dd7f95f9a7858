"""`ketascreen check`: everything that is wrong with a rulebook, at once."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import click

from ketascreen.authoring.boundary_cases import append_cases, proposed_cases
from ketascreen.authoring.cases.read import read_cases
from ketascreen.authoring.checks import boundary_case
from ketascreen.authoring.checks.run import Checked, check_folder
from ketascreen.authoring.checks.subject import Subject
from ketascreen.cli.exit_status import AUTHORING_MEANING, AuthoringStatus, epilog
from ketascreen.cli.options import cache_folder, day_of, from_here
from ketascreen.diagnostic import Diagnostic
from ketascreen.loading.built_in import built_in_rules
from ketascreen.loading.load import load_rulebook
from ketascreen.rendering.boundary_cases import written_cases
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
@click.option("--write-cases", is_flag=True, help="Write the boundary cases that are listed, for you to read.")
@click.option("--today", metavar="DATE", help="The day to check for, as 2026-11-22.  [today]")
def command(
    folder: Path | None,
    form: str,
    documents: Path | None,
    no_documents: bool,
    verbose: bool,
    write_cases: bool,
    today: str | None,
) -> None:
    """Check the rulebook in DIR, or the built-in one, and its cases.

    Each problem is shown with its file, line and column, a hint, and a code; docs/codes/ has a page for each code. An
    `allow` entry with a reason accepts a check finding that is right as it is. Of problems of one cause the first is
    shown in full; other formats than text hold each.

    --write-cases adds a case for each number that `boundary-case` lists to the file of its rule's cases: it says what
    the rule gives now, and only you can say whether that is right. Then the rulebook is checked.
    """
    day = day_of(today, "--today")
    if documents is not None and no_documents:
        raise click.UsageError("--documents and --no-documents say opposite things; leave one out")
    check = partial(
        check_folder,
        folder or built_in_rules(),
        today=day,
        documents=documents,
        no_documents=no_documents,
        cache=cache_folder(),
    )
    with gc_paused():
        checked = check()
    if write_cases and _write_cases(folder, checked, day, to_err=form != "text"):
        checked = check()
    placed = checked if folder is None else _below(checked, folder)
    if form == "text":
        show(text.page(placed, width_of(sys.stdout), verbose=verbose))
    else:
        click.echo(FORMATS[form](placed))
    raise click.exceptions.Exit(_status(checked))


def _write_cases(folder: Path | None, checked: Checked, day: date, *, to_err: bool) -> bool:
    """Writes the boundary cases that are listed, and says which; returns whether any was written."""
    if folder is None:
        raise click.UsageError("--write-cases needs the folder of your own rulebook; name DIR")
    if checked.refused:
        click.echo("No case is written: the problems below must be corrected first.\n", err=to_err)
        return False
    rulebook = load_rulebook(folder, cache=cache_folder())
    listed = [finding for finding in checked.found if finding.code == boundary_case.CODE]
    made = proposed_cases(Subject(rulebook, read_cases(folder, rulebook) if checked.cases else (), day), listed, folder)
    append_cases(made.cases, folder)
    show(written_cases(made, from_here(folder)), err=to_err)
    return bool(made.cases)


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
