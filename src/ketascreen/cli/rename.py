"""`ketascreen rename`: another name for a fact, a choice, a rule, a parameter or a definition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from ketascreen.authoring.renaming.names import Name
from ketascreen.authoring.renaming.plan import Plan
from ketascreen.authoring.renaming.references import Thing
from ketascreen.authoring.renaming.write import rename
from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.cli.options import dir_option, require_rulebook
from ketascreen.diagnostic import printable
from ketascreen.rendering.page import Line, show, wrapped

_MEANING = {
    AuthoringStatus.WELL: "it has its new name wherever the rulebook names it",
    AuthoringStatus.BAD_INPUT: "the rulebook or the call was refused; nothing is written",
    AuthoringStatus.FAULT: "a file could not be written, or an internal fault",
}


@click.group("rename", epilog=epilog(_MEANING))
def command() -> None:
    """Give a fact, a choice, a rule, a parameter or a definition of a rulebook another name.

    Every file of the rulebook that names it is edited, cases too; nothing else of a file changes. The name of before is
    kept under `was`, so that patients with it are read as before. Another name of a fact or a choice ends the approvals
    of the rules that ask it, and the decisions on record; another name of the others ends none. To rename it back gives
    the same bytes as before.
    """


def _renaming(kind: Thing, told: str) -> Callable[..., None]:
    @command.command(kind.value, help=told, epilog=epilog(_MEANING))
    @click.argument("old", metavar="OLD")
    @click.argument("new", metavar="NEW")
    @dir_option
    def one(old: str, new: str, folder: Path) -> None:
        _rename(folder, Name(kind, old), new)

    return one


_renaming(Thing.FACT, "Give a fact that the rulebook adds another name.")


@command.command("choice", epilog=epilog(_MEANING))
@click.argument("fact", metavar="FACT")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@dir_option
def choice(fact: str, old: str, new: str, folder: Path) -> None:
    """Give a choice of FACT, a fact that the rulebook adds, another word."""
    _rename(folder, Name(Thing.CHOICE, old, fact), new)


_renaming(Thing.RULE, "Give a rule another id; its file and the file of its cases get that name too.")
_renaming(Thing.PARAMETER, "Give a parameter another name, in conditions and in the texts of rules.")
_renaming(Thing.DEFINITION, "Give a definition another name.")


def _rename(folder: Path, name: Name, new: str) -> None:
    require_rulebook(folder)
    show(_told(rename(folder, name, new), name, new))


def _told(made: Plan, name: Name, new: str) -> Iterator[Line]:
    """Each file with the number of places, and who may still use the old name."""
    for one in made.files:
        places = f"{one.places} {'place' if one.places == 1 else 'places'}"
        moved = "" if one.path == one.before else f"; it was {one.before}"
        yield from wrapped(f"{one.path}: {places}{moved}", hang=2)
    what = f"the choice `{name.old}` of `{name.fact}`" if name.kind is Thing.CHOICE else f"the {name.kind} `{name.old}`"
    yield from wrapped(f"Renamed {printable(what)} to `{new}`.", hang=2)
    yield from wrapped(_beyond(made, name, new), hang=2)


def _beyond(made: Plan, name: Name, new: str) -> str:
    """What the old name still means outside the rulebook's folder."""
    if made.forgotten:
        text = f"`{new}` was its name before, so `{name.old}` is not kept: nothing reads it any more."
        return f"{text} Change it in all that was written with it."
    return _BEYOND[name.kind].format(old=name.old, new=new)


_INSIDE = "Approvals and decisions stay as they are. Change `{old}` in what looks for it outside this folder."
_RECORDS = (
    "Patients and programs may still say `{old}`: it is read as `{new}`, and the verdict says so. Approvals and "
    "decisions on record of the rules that ask it have ended: look at these rules, and approve them again."
)
_BEYOND = {
    Thing.FACT: _RECORDS,
    Thing.CHOICE: _RECORDS,
    Thing.RULE: "Decisions, approvals and programs may still say `{old}`: it is read as `{new}`. Verdicts name `{new}` "
    "alone, so change what looks for `{old}` in a verdict.",
    Thing.PARAMETER: _INSIDE,
    Thing.DEFINITION: _INSIDE,
}
