"""`ketascreen schema`: JSON Schemas of a rulebook's files, for editors."""

from __future__ import annotations

from pathlib import Path

import click

from ketascreen.authoring.editor.file_schemas import FOLDER
from ketascreen.authoring.names import read_names
from ketascreen.authoring.scaffold import write_schemas
from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.loading.built_in import built_in_rules
from ketascreen.rendering.page import show, wrapped

_BUILT_IN = Path("schema/rules")


_MEANING = {
    AuthoringStatus.WELL: "the schemas are written",
    AuthoringStatus.BAD_INPUT: "a file that holds names, or the call, was refused",
    AuthoringStatus.FAULT: "a file could not be written, or an internal fault",
}


@click.command("schema", epilog=epilog(_MEANING))
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where to write them. [DIR/schema; schema/rules for the built-in rulebook]",
)
def command(folder: Path | None, out: Path | None) -> None:
    """Write JSON Schemas of the files of a rulebook, with its own facts, choices and names in them.

    DIR is the rulebook's folder; without it, the built-in one is used. With the schemas, an editor with a YAML language
    server completes and explains the facts, and marks misspelt words. Write them again when vocabulary.yaml,
    parameters.yaml or another file of names has changed; an incomplete rule does not matter.
    """
    where = out or (folder / FOLDER if folder else _BUILT_IN)
    written = write_schemas(read_names(folder or built_in_rules()), where)
    show(wrapped(f"Wrote {len(written)} schemas to {where}."))
