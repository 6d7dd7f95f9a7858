"""Writes approvals: of exactly the sheets that were read, into approvals.yaml, in one step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from ketascreen.authoring.approving.approvals_text import FILE, with_approvals
from ketascreen.authoring.approving.earlier import kept_path, kept_text, sheets_at_head
from ketascreen.authoring.approving.subjects import Subjects, read_subjects, subject_of
from ketascreen.authoring.editing.writing import alone, replace_file
from ketascreen.authoring.scaffold import schema_line
from ketascreen.diagnostic import Place, did_you_mean, refused
from ketascreen.language.approval import Approval, Approver, SubjectKind, Withdrawal
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.sheet import Sheet
from ketascreen.loading.load import rulebook_of_files
from ketascreen.runtime.whole_file import write_whole
from ketascreen.syntax.folder import APPROVED, is_kept_sheet

CODE = "approve"


def write_approvals(folder: Path, approvals: Sequence[Approval]) -> Path:
    """Writes approvals of the sheets that were shown; returns the path of approvals.yaml.

    Each replaces the approvals of the same subject by the same name, except withdrawn ones. Nothing is written if a
    sheet is not what it was when it was shown. Sheets that git's HEAD does not have are kept beside approvals.yaml.

    Raises:
        InputError: a sheet or approvals.yaml has changed, another process writes, the rulebook does not load, or an
            approval is of a day before one that it replaces or before a withdrawal of one.
        OSError: a file could not be written; approvals.yaml is then as it was.
    """
    patients = any(one.kind is SubjectKind.PATIENT for one in approvals)
    with alone(folder, CODE):
        subjects = read_subjects(folder, patients=patients)
        sheets = [_as_shown(subjects, one) for one in approvals]
        _require_later(folder, subjects.rulebook, approvals)
        data = _text(folder, subjects.rulebook, approvals)
        committed = sheets_at_head(folder, [subject_of(one) for one in approvals])
        for sheet in sheets:
            if sheet.digest not in committed:
                _keep(folder, sheet)
        path = replace_file(folder, FILE, data, subjects.rulebook.files.get(FILE), CODE)
        _drop_unnamed(folder, rulebook_of_files({**subjects.rulebook.files, FILE: data}).approvals)
        return path


def write_withdrawal(folder: Path, choose: Callable[[Rulebook], Approval], withdrawal: Withdrawal) -> Approval:
    """Writes that the chosen approval does not count any more; returns the approval that was withdrawn.

    Raises:
        InputError: there is no such approval, approvals.yaml has changed, another process writes, or the rulebook does
            not load.
        OSError: the file could not be written; it is then as it was.
    """
    with alone(folder, CODE):
        rulebook = read_subjects(folder, patients=False).rulebook
        chosen = replace(choose(rulebook), withdrawn=withdrawal)
        replace_file(folder, FILE, _text(folder, rulebook, [chosen]), rulebook.files.get(FILE), CODE)
        return chosen


def approver_role(rulebook: Rulebook, by: str, role: str | None) -> str:
    """The role of somebody who approves: as rulebook.yaml says it, if it lists its approvers.

    Raises:
        InputError: it lists them, and not this one, or in another role; or nobody says the role.
    """
    listed = {one.name: one for one in rulebook.identity.approvers}
    found: Approver | None = listed.get(by)
    if listed and found is None:
        hint = did_you_mean(by, listed, otherwise=f"rulebook.yaml lists {', '.join(f'`{name}`' for name in listed)}")
        raise refused("not-an-approver", f"`{by}` is not an approver of this rulebook", hint)
    if found is not None and role not in (None, found.role):
        hint = "leave --role out, or change `approvers`"
        raise refused("not-an-approver", f"rulebook.yaml says that `{by}` is `{found.role}`, not `{role}`", hint)
    if found is None and role is None:
        raise refused(CODE, "the role is not known", "give --role, such as --role psychiatrist")
    return found.role if found else str(role)


def own_approvals(rulebook: Rulebook) -> tuple[Approval, ...]:
    """The approvals of approvals.yaml, in its order, without the sign-offs of rules."""
    return tuple(one for one in rulebook.approvals if one.place.path == FILE)


def _as_shown(subjects: Subjects, approval: Approval) -> Sheet:
    sheet = subjects.sheet(subject_of(approval))
    if sheet is None or sheet.digest != approval.sheet:
        what = f"{subject_of(approval)} was changed after its sheet was shown; nothing is written"
        raise refused(CODE, what, "read the new sheet, and approve that")
    return sheet


def _require_later(folder: Path, rulebook: Rulebook, approvals: Sequence[Approval]) -> None:
    """Refuses an approval of a day before the last that its approver approved or withdrew: the newest is to count."""
    last: dict[tuple[object, str], date] = {}
    for one in own_approvals(rulebook):
        key = subject_of(one, rulebook), one.by
        last[key] = max(last.get(key, date.min), one.day if one.withdrawn is None else one.withdrawn.day)
    for one in approvals:
        day = last.get((subject_of(one), one.by), date.min)
        if one.day < day:
            message = f"`{one.by}` approved or withdrew {subject_of(one)} on {day}, after {one.day}; nothing is written"
            raise refused(CODE, message, f"give --date {day}, or a later day", Place(str(folder / FILE)))


def _text(folder: Path, rulebook: Rulebook, new: Sequence[Approval]) -> bytes:
    """The bytes of approvals.yaml with new approvals; they load, and say what is meant."""
    files = rulebook.files
    head = schema_line(FILE, files["rulebook.yaml"].decode("utf-8", "replace")) + "\n"
    data = with_approvals(files.get(FILE), own_approvals(rulebook), new, head, rulebook.of_today)
    read = {_unplaced(one) for one in rulebook_of_files({**files, FILE: data}).approvals}
    if not {_unplaced(one) for one in new} <= read:
        raise refused(CODE, "a name, a role or a reason cannot be written as it is", "use letters", Place(str(folder)))
    return data


def _unplaced(one: Approval) -> Approval:
    return replace(one, place=Place(FILE))


def _keep(folder: Path, sheet: Sheet) -> None:
    path = kept_path(folder, sheet.digest)
    if path.parent.exists() and not path.parent.is_dir():
        message, hint = "a file, and a copy of the sheet is to go into a folder of this name", "rename the file"
        raise refused(CODE, message, hint, Place(str(path.parent)))
    path.parent.mkdir(exist_ok=True)
    write_whole(path, kept_text(sheet), (folder / "rulebook.yaml").stat().st_mode & 0o666)


def _drop_unnamed(folder: Path, approvals: Sequence[Approval]) -> None:
    """Removes the kept sheets that no approval names any more."""
    named = {kept_path(folder, one.sheet) for one in approvals if one.sheet is not None}
    for path in (folder / APPROVED).glob("*"):
        if is_kept_sheet(path.relative_to(folder).as_posix()) and path not in named:
            path.unlink(missing_ok=True)
