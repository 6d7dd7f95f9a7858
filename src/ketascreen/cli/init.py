"""`ketascreen init`: a copy of the built-in rulebook for a site to own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ketascreen.authoring.scaffold import copy_rulebook
from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.loading.built_in import built_in_rules
from ketascreen.rendering.page import Flow, Line, show, wrapped
from ketascreen.rendering.shell import pasted

_MEANING = {
    AuthoringStatus.WELL: "the rulebook is copied",
    AuthoringStatus.BAD_INPUT: "DIR or the call was refused",
    AuthoringStatus.FAULT: "a file could not be written, or an internal fault",
}


@click.command("init", epilog=epilog(_MEANING))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Copy the built-in rulebook to DIR, with its cases, and with schemas for editors.

    DIR must not exist, or must be empty. No file is overwritten.
    """
    rules, cases = copy_rulebook(built_in_rules(), folder)
    show(render(folder, rules, cases))


def render(folder: Path, rules: int, cases: int) -> Iterator[Line]:
    """What was copied, and what to do next."""
    yield from wrapped(f"Copied {rules} rules and {cases} files of cases to {folder}.")
    yield Line()
    yield Line("Next:")
    for number, (step, commands) in enumerate(
        (
            (f"In {folder / 'rulebook.yaml'}, give it its own id and title, and name who is responsible for it.", ()),
            (
                "Open the folder in an editor with a YAML language server (for VS Code, the extension YAML): it "
                "completes and explains the facts.",
                (),
            ),
            ("Write a rule:", (("new", "RULE", "--effect", "EFFECT", "--dir", folder),)),
            ("See whether all is well:", (("check", folder), ("test", folder))),
            ("Screen by it:", (("screen", "PATIENT", "--rules", folder),)),
        ),
        1,
    ):
        yield from wrapped(step, indent=2, first=f"{number}. ")
        yield from (Line(f"     {pasted('ketascreen', *words)}", flow=Flow.WHOLE) for words in commands)
