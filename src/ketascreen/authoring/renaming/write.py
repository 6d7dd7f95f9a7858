"""Renames a thing in the files of a folder, whole or not at all as far as a file system can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from ketascreen.authoring.cases.read import read_cases
from ketascreen.authoring.editing.writing import alone, write_files
from ketascreen.authoring.renaming.first import case_without_names
from ketascreen.authoring.renaming.names import Name
from ketascreen.authoring.renaming.plan import CODE, Changed, Plan, plan
from ketascreen.authoring.scaffold import rewrite_schemas
from ketascreen.diagnostic import Diagnostic, InputError, Place, refused
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.formats import NEWEST, TO_NEWEST
from ketascreen.loading.load import rulebook_of_files
from ketascreen.syntax.folder import CASES, Folder, read_folder
from ketascreen.syntax.problems import Problems


def rename(folder: Path, name: Name, new: str) -> Plan:
    """Gives a thing another name in every file of a rulebook's folder; returns what was written.

    The file that declares the name is written first, and the file of a rule under its old name is deleted last. In
    between the rulebook does not load, and says why.

    Raises:
        InputError: the rulebook or a case does not load, the name cannot be given, or another process writes. Nothing
            is then written. Or a file was changed meanwhile; what was written before it stays.
        OSError: a file could not be written.
    """
    with alone(folder, CODE):
        read = _read(folder)
        rulebook = _loaded(read.files)
        made = plan(rulebook, read.fixtures, name, new)
        _require_same_cases(folder, rulebook, read, made)
        _write(folder, made.files, {**read.files, **read.fixtures})
        rewrite_schemas(folder)
        return made


def _read(folder: Path) -> Folder:
    problems = Problems()
    read = read_folder(folder, problems)
    if problems.found:
        raise InputError(problems.sorted())
    return read


def _loaded(files: Mapping[str, bytes]) -> Rulebook:
    try:
        rulebook = rulebook_of_files(files)
    except InputError as error:
        raise _as_it_is(error) from None
    if rulebook.identity.format < NEWEST:
        message = "a rulebook of format 1 cannot keep a former name"
        raise refused("format", message, TO_NEWEST, Place("rulebook.yaml"))
    return rulebook


def _as_it_is(error: InputError) -> InputError:
    message = "the rulebook, or a case, does not load as it is; nothing is renamed"
    first = Diagnostic(CODE, message, "correct what `ketascreen check` shows, then rename")
    return InputError([first, *error.diagnostics])


def _require_same_cases(folder: Path, rulebook: Rulebook, read: Folder, made: Plan) -> None:
    """Requires that every case says the same of the same patient, except for the name."""
    if not any(path.endswith(CASES) for path in read.fixtures):
        return
    try:
        before = read_cases(folder, rulebook)
    except InputError as error:
        raise _as_it_is(error) from None
    moved = {one.before for one in made.files}
    kept = {path: data for path, data in {**read.files, **read.fixtures}.items() if path not in moved}
    with TemporaryDirectory() as there:
        for path, data in {**kept, **{one.path: one.data for one in made.files}}.items():
            target = Path(there) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        after = read_cases(there, made.rulebook)
    told = [sorted(map(str, (case_without_names(one, book) for one in cases))) for cases, book in (
        (before, rulebook), (after, made.rulebook),
    )]  # fmt: skip
    if told[0] != told[1]:
        raise refused(CODE, "a case would say something else", "nothing is written; rename it by hand, and report this")


def _write(folder: Path, files: Sequence[Changed], had: Mapping[str, bytes]) -> None:
    moved = [one for one in files if one.path != one.before]
    writes = [*((one.path, one.data) for one in files), *((one.before, None) for one in moved)]
    write_files(folder, writes, had, CODE, like={one.path: one.before for one in moved})
