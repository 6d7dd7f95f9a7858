"""`ketascreen approve`: somebody has read the sheet of a rule, a route or a whole patient, and approves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from ketascreen.authoring.approving.earlier import earlier_sheet
from ketascreen.authoring.approving.subjects import SubjectName, Subjects, subject_of
from ketascreen.authoring.approving.write import approver_role, own_approvals, write_approvals
from ketascreen.authoring.layout.needed import layout_for
from ketascreen.cli.approving import of_a_subject, read_own, said
from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.cli.options import day_of, past_day_of, rule_of
from ketascreen.cli.passphrase import at_a_terminal
from ketascreen.diagnostic import Place, did_you_mean, printable, refused
from ketascreen.language.approval import Approval, ApprovalState, SubjectKind
from ketascreen.language.sheet import Sheet, form_of
from ketascreen.language.terms import Effect
from ketascreen.loading.signature import FILE as SIGNATURE
from ketascreen.rendering.page import Line, show, wrapped
from ketascreen.rendering.sheet import render_changes, render_sheet

MEANING = {
    AuthoringStatus.WELL: "what you approved is written; it may be nothing",
    AuthoringStatus.BAD_INPUT: "the rulebook or the call was refused, or there is no terminal; nothing is written",
    AuthoringStatus.FAULT: "approvals.yaml could not be written, or an internal fault",
}
_QUESTION = "Approve? [y/N/quit]"


@click.command("approve", epilog=epilog(MEANING))
@of_a_subject
@click.option("--by", metavar="NAME", required=True, help="Who approves: a name, or a word that stands for one.")
@click.option("--role", metavar="ROLE", help="What this person is.  [as rulebook.yaml says]")
@click.option("--until", metavar="DATE", help="The last day on which it counts.  [without an end]")
@click.option("--effect", multiple=True, type=click.Choice(list(map(str, Effect))), help="All of these, as --all.")
@click.option("--all", "everything", is_flag=True, help="Each rule that is not approved, one after the other.")
@click.option("--yes", is_flag=True, help="Approve all of them, without a question.")
def command(
    rule: tuple[str, ...],
    route: tuple[str, ...],
    patient: tuple[str, ...],
    on: str | None,
    folder: Path,
    by: str,
    role: str | None,
    until: str | None,
    effect: tuple[str, ...],
    everything: bool,
    yes: bool,
) -> None:
    """Show the sheet of each RULE: all that decides and speaks in it. Then write into approvals.yaml that you approve.

    A change of what was on the sheet ends the approval; the next `approve` shows what changed. Nobody checks who you
    are. No file of a rule is changed.
    """
    layout_for("approve")  # before anything is shown
    if not yes and not at_a_terminal():
        raise click.UsageError(
            "there is no terminal to answer at; nothing is written; --yes approves without a question"
        )
    subjects = read_own(folder, patients=bool(patient))
    day = past_day_of(on, "--date")
    approving = _Approving(
        folder=folder,
        subjects=subjects,
        by=said(by, "--by"),
        role=approver_role(subjects.rulebook, said(by, "--by"), said(role, "--role") if role is not None else None),
        day=day,
        until=day_of(until, "--until") if until is not None else None,
    )
    if approving.until is not None and approving.until < day:
        raise click.BadParameter("the last day is before the day of the approval", param_hint="--until")
    chosen = [*named(subjects, rule, route, patient), *(_left(subjects, effect, day) if effect or everything else ())]
    if not chosen and not (effect or everything):
        raise click.UsageError("name a rule, a route or a patient, or give --all")
    show(approving.run(list(dict.fromkeys(chosen)), yes=yes))


def named(
    subjects: Subjects, rules: Iterable[str], routes: Iterable[str], patients: Iterable[str]
) -> list[SubjectName]:
    """The subjects of these names.

    Raises:
        RequestError: there is no such rule, route or patient, or the rule is retired.
    """
    rulebook = subjects.rulebook
    for name in rules:
        rule_of(rulebook, name)
    for name in routes:
        if name not in map(str, rulebook.routes):
            hint = f"the routes are {', '.join(rulebook.routes)}"
            raise refused("unknown-route", f"unknown route `{printable(name)}`", hint)
    for name in patients:
        if name not in subjects.patients:
            hint = did_you_mean(name, subjects.patients, otherwise="write the path of its file, a space, and its name")
            raise refused("case", f"no whole patient `{printable(name)}`", hint)
    kinds = ((SubjectKind.RULE, rules), (SubjectKind.ROUTE, routes), (SubjectKind.PATIENT, patients))
    return [SubjectName(kind, name) for kind, names in kinds for name in names]


def _left(subjects: Subjects, effects: Sequence[str], day: date) -> Iterator[SubjectName]:
    """The rules that are not approved on a day."""
    states = subjects.rulebook.approval_states(day)
    for rule in subjects.rulebook.rules:
        if states.get(rule.id) is not ApprovalState.APPROVED and (not effects or rule.effect in effects):
            yield SubjectName(SubjectKind.RULE, rule.id)


@dataclass(frozen=True, kw_only=True)
class _Approving:
    """Somebody who approves sheets, one after the other."""

    folder: Path
    subjects: Subjects
    by: str
    role: str
    day: date
    until: date | None

    def run(self, chosen: Sequence[SubjectName], *, yes: bool) -> Iterator[Line]:
        """Shows each sheet and asks; writes after each answer, or with `yes` all at once. Gives the page at the end."""
        written: list[Approval] = []
        for number, subject in enumerate(chosen, 1):
            sheet = self.subjects.sheet(subject)
            if sheet is None:
                continue
            show(
                [*_numbered(number, len(chosen)), *render_sheet(subject, sheet), *self._changes(subject, sheet), Line()]
            )
            if yes:
                written.append(self._approval(subject, sheet))
                continue
            answer = _answer()
            if answer == "quit":
                break
            if answer == "y":
                written.append(self._approval(subject, sheet))
                write_approvals(self.folder, written[-1:])
        if yes and written:
            write_approvals(self.folder, written)
        yield from self._told(written, len(chosen))

    def _approval(self, subject: SubjectName, sheet: Sheet) -> Approval:
        place = Place("approvals.yaml")
        return Approval(*subject, sheet.digest, self.by, self.role, self.day, place, self.until)

    def _changes(self, subject: SubjectName, sheet: Sheet) -> Iterator[Line]:
        """What changed since it was approved: by the same person if that is so, else by the last one."""
        rulebook = self.subjects.rulebook
        earlier = [one for one in own_approvals(rulebook) if subject_of(one, rulebook) == subject and one.sheet]
        if earlier:
            last = max(earlier, key=lambda one: (one.by == self.by, one.day))
            named = last.sheet or sheet.digest
            now = sheet.in_form(form_of(named)) or sheet
            old = now if named == now.digest else earlier_sheet(self.folder, subject_of(last), named)
            yield from render_changes(last, old, now)

    def _told(self, written: Sequence[Approval], of: int) -> Iterator[Line]:
        if not of:
            yield from wrapped("Nothing is left to approve.")
            return
        ends = f", until {self.until}" if self.until else ""
        for one in written:
            yield from wrapped(f"Approved: {subject_of(one)} by {self.by}, {self.role}, on {self.day}{ends}.", hang=2)
        path = self.folder / "approvals.yaml"
        count = f"{len(written)} of {of} written to {path}." if written else f"Nothing is written to {path}."
        yield from wrapped(count, hang=2)
        if written and (self.folder / SIGNATURE).exists():
            yield from wrapped("The signature of the release does not fit any more: sign it again.", hang=2)


def _numbered(number: int, of: int) -> Iterator[Line]:
    if of > 1:
        yield from wrapped(f"{number} of {of}")


def _answer() -> str:
    """`y`, `n` or `quit`; nothing that is unclear counts as yes."""
    while True:
        given = str(click.prompt(_QUESTION, default="n", show_default=False, prompt_suffix=" ")).strip().lower()
        if given in ("y", "yes"):
            return "y"
        if given in ("n", "no"):
            return "n"
        if given in ("q", "quit"):
            return "quit"
