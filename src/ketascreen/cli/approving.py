"""What `approve` and `withdraw` share: options that name a subject, the rulebook, and words of the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from ketascreen.authoring.approving.subjects import Subjects, read_subjects
from ketascreen.cli.options import require_rulebook
from ketascreen.diagnostic import Place, printable, refused
from ketascreen.loading.formats import NEWEST, TO_NEWEST


def of_a_subject(command: Callable[..., None]) -> Callable[..., None]:
    """RULE..., --route, --patient, --date and --rules: what is approved or withdrawn, when, and where."""
    for decorate in reversed(
        (
            click.argument("rule", metavar="[RULE]...", nargs=-1),
            click.option("--route", metavar="ROUTE", multiple=True, help="A route of routes.yaml."),
            click.option("--patient", metavar='"FILE NAME"', multiple=True, help="A whole patient of vignettes/."),
            click.option(
                "--date", "on", metavar="DATE", help="The day, as 2026-11-22; not a later one than today.  [today]"
            ),
            click.option(
                "--rules",
                "folder",
                metavar="DIR",
                type=click.Path(path_type=Path),
                default=Path(),
                help="The rulebook's folder.  [the current folder]",
            ),
        )
    ):
        command = decorate(command)
    return command


def read_own(folder: Path, *, patients: bool) -> Subjects:
    """The rulebook of a folder that approvals can be written into.

    Raises:
        InputError: there is none, it does not load, or its format has no approvals.
    """
    require_rulebook(folder, "--rules")
    subjects = read_subjects(folder, patients=patients)
    if subjects.rulebook.identity.format < NEWEST:
        raise refused("approve", "a rulebook of format 1 has no approvals.yaml", TO_NEWEST, Place(str(folder)))
    return subjects


def said(text: str, option: str) -> str:
    """A word of the command line without the spaces around it.

    Raises:
        BadParameter: nothing is left, or a character in it cannot be seen.
    """
    bare = text.strip()
    if not bare or printable(bare) != bare:
        raise click.BadParameter("write letters that can be read", param_hint=option)
    return bare
