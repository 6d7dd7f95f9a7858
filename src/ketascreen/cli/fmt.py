"""`ketascreen fmt`: one layout for the files of a rulebook, and the newest format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from ketascreen.authoring.editing.writing import alone, replace_file, write_files
from ketascreen.authoring.format_two import Lost, Turned, in_format_2
from ketascreen.authoring.layout.needed import layout_for
from ketascreen.authoring.own_rulebook import own_rulebook_of
from ketascreen.authoring.scaffold import with_schema_line
from ketascreen.cli.errors import show_problem
from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.diagnostic import Diagnostic, InputError, Place, printable, refused
from ketascreen.loading.built_in import built_in_rules
from ketascreen.loading.formats import NEWEST
from ketascreen.rendering.page import Line, show, wrapped
from ketascreen.runtime.plain_file import read_plain
from ketascreen.syntax.folder import read_folder
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.utf8 import MAX_BYTES

CODE = "layout"
_MEANING = {
    AuthoringStatus.WELL: "all files of a rulebook have this layout, or this format",
    AuthoringStatus.FINDINGS: "--check found files with another layout, or another format",
    AuthoringStatus.BAD_INPUT: "a file was refused; the others are laid out, and with --format none is written",
    AuthoringStatus.FAULT: "a file could not be written, or an internal fault",
}


@click.command("fmt", epilog=epilog(_MEANING))
@click.argument("paths", metavar="[FILES or DIR]", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Write nothing; name the files that would be changed.")
@click.option(
    "--format",
    "wanted",
    type=click.Choice([str(NEWEST)]),
    help="Turn the rulebook of DIR into this format; lay out nothing.",
)
def command(paths: tuple[Path, ...], only_check: bool, wanted: str | None) -> None:
    """Give the files of a rulebook one layout; their meaning and their comments stay.

    The keys are in the order of the format; each level is indented by two columns; short lists and mappings are on one
    line; text that is too long for its line is folded. A first line that names the schema is put back if it is lost,
    where the folder has schemas. Without FILES or DIR, the built-in rulebook is checked. A file
    that is not in the folder of a ketascreen rulebook is passed over.

    With --format 2, which needs DIR, `sign_off` leaves each rule, and rulebook.yaml says its new format and which
    library reads it. Nothing else changes. Approvals that a `sign_off` said are listed: they named no sheet, so they
    must be given again.
    """
    if wanted is not None:
        _turn(paths, only_check)
        return
    laid_out = layout_for("fmt")
    changed: list[Path] = []
    problems: list[Diagnostic] = []
    refusals = 0
    files, over = _own(paths or (built_in_rules(),))
    for file in files:
        try:
            data = _bytes(file)
            name, folder = _within(file)
            text = with_schema_line(laid_out(data, file.as_posix()), name, folder).encode()
            if text != data and paths and not only_check:
                with alone(folder, CODE):
                    replace_file(folder, name, text, data, CODE)
        except InputError as error:
            problems += error.diagnostics
            refusals += 1
            continue
        if text != data:
            changed.append(file)
    if over:
        show(_passed_over(over))
    _tell(len(files), changed, problems, refusals, only_check or not paths)


def _within(file: Path) -> tuple[str, Path]:
    """The path of a file within its rulebook's folder, and that folder."""
    whole = file.resolve()
    folder = own_rulebook_of(whole, {})
    assert folder is not None
    return whole.relative_to(folder).as_posix(), folder


def _turn(paths: tuple[Path, ...], only_check: bool) -> None:
    """Turns the rulebook of a folder into format 2.

    Raises:
        UsageError: no folder is named, or more than one.
        InputError: it is refused; nothing is then written.
    """
    if len(paths) != 1:
        raise click.UsageError("--format needs DIR, the folder of one rulebook")
    (folder,) = paths
    problems = Problems()
    read = read_folder(folder, problems, fixtures=False)
    if problems.found:
        raise InputError(_below(folder, problems.sorted()))
    try:
        turned = in_format_2(read.files)
    except InputError as error:
        raise InputError(_below(folder, error.diagnostics)) from None
    for lost in turned.lost:
        show(_lost(lost))
    if not only_check:
        with alone(folder, CODE):
            write_files(folder, turned.writes, read.files, CODE)
    _tell_turned(turned, only_check)


def _lost(lost: Lost) -> Iterator[Line]:
    said = f"{printable(lost.rule)}: the approval by {printable(lost.by)} on {printable(lost.date)}"
    told = f"{said} was bound to nothing, and goes. It must be given again."
    yield from wrapped(told, hang=2)


def _tell_turned(turned: Turned, only_check: bool) -> None:
    files = list(dict.fromkeys(path for path, _ in turned.writes))
    for file in sorted(files):
        click.echo(f"{'would change' if only_check else 'changed'} {printable(file)}")
    count = f"{len(files)} {'file' if len(files) == 1 else 'files'}"
    done = f"{count} {'would be changed' if only_check else 'changed'}; the meaning is the same."
    show(wrapped(f"Format {NEWEST}: {done if files else 'nothing to do.'}"))
    if files and only_check:
        raise click.exceptions.Exit(AuthoringStatus.FINDINGS)


def _own(paths: tuple[Path, ...]) -> tuple[list[Path], list[Path]]:
    """The files of a rulebook of ketascreen, and the files of other programs.

    Raises:
        InputError: see `_files`, or a folder without a file of a rulebook.
    """
    known: dict[Path, bool] = {}
    own: list[Path] = []
    over: list[Path] = []
    for path in paths:
        before = len(own)
        for file in _files(path):
            (over if own_rulebook_of(file.resolve(), known) is None else own).append(file)
        if path.is_dir() and len(own) == before:
            raise refused("no-rules", "no file of a ketascreen rulebook", "name a rulebook's folder", Place(str(path)))
    return own, over


def _passed_over(files: list[Path]) -> Iterator[Line]:
    count = f"{len(files)} {'file' if len(files) == 1 else 'files'}"
    told = f"Passed over {count} without a ketascreen rulebook, first {printable(str(files[0]))}."
    yield from wrapped(told, hang=2)


def _files(path: Path) -> Iterator[Path]:
    """The file itself, or the files of the folder.

    Raises:
        InputError: a folder that may not be read, or a name that cannot be a file of a rulebook.
    """
    if path.is_dir():
        report = Problems()
        read = read_folder(path, report)
        if report.found:
            raise InputError(_below(path, report.sorted()))
        yield from (path / name for name in sorted({**read.files, **read.fixtures}))
    elif path.is_file() and not path.is_symlink() and path.suffix == ".yaml":
        yield path
    else:
        raise refused(
            "not-a-file", "no such file or folder, or its name does not end in .yaml", "name one", Place(str(path))
        )


def _below(folder: Path, problems: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The problems with their places below the folder; a problem of the folder itself has its place already."""
    for one in problems:
        if one.place is None or one.place.path == str(folder):
            yield one
        else:
            yield replace(one, place=one.place._replace(path=str(folder / one.place.path)))


def _bytes(path: Path) -> bytes:
    return read_plain(path, MAX_BYTES + 1)


def _tell(files: int, changed: list[Path], problems: list[Diagnostic], refusals: int, only_check: bool) -> None:
    for problem in problems:
        show_problem(problem)
    for file in changed:
        click.echo(f"{'would lay out' if only_check else 'laid out'} {printable(str(file))}")
    counts = [f"{files - len(changed) - refusals} as they should be"]
    counts += [f"{len(changed)} {'otherwise' if only_check else 'laid out'}"] if changed else []
    counts += [f"{refusals} refused"] if refusals else []
    show(wrapped(f"{files} {'file' if files == 1 else 'files'}: {', '.join(counts)}."))
    if problems:
        raise click.exceptions.Exit(AuthoringStatus.BAD_INPUT)
    if changed and only_check:
        raise click.exceptions.Exit(AuthoringStatus.FINDINGS)
