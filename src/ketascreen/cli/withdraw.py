"""`ketascreen withdraw`: an approval does not count any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ketascreen.authoring.approving.subjects import SubjectName, subject_of
from ketascreen.authoring.approving.write import own_approvals, write_withdrawal
from ketascreen.authoring.layout.needed import layout_for
from ketascreen.cli.approving import of_a_subject, read_own, said
from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.cli.options import past_day_of
from ketascreen.diagnostic import refused
from ketascreen.language.approval import Approval, SubjectKind, Withdrawal
from ketascreen.language.rulebook import Rulebook
from ketascreen.rendering.page import Line, show, wrapped

_MEANING = {
    AuthoringStatus.WELL: "it is withdrawn",
    AuthoringStatus.BAD_INPUT: "the rulebook or the call was refused; nothing is written",
    AuthoringStatus.FAULT: "approvals.yaml could not be written, or an internal fault",
}


@click.command("withdraw", epilog=epilog(_MEANING))
@of_a_subject
@click.option("--by", metavar="NAME", required=True, help="Who withdraws it.")
@click.option("--reason", metavar="TEXT", required=True, help="Why; everybody who has the rulebook can read it.")
@click.option("--of", "approver", metavar="NAME", help="Whose approval.  [the one of --by]")
def command(
    rule: tuple[str, ...],
    route: tuple[str, ...],
    patient: tuple[str, ...],
    on: str | None,
    folder: Path,
    by: str,
    reason: str,
    approver: str | None,
) -> None:
    """Write into approvals.yaml that your approval of RULE does not count any more.

    The entry stays, with who withdrew it, when and why. What it approved may be gone. Nobody checks who you are.
    """
    layout_for("withdraw")  # before anything is shown
    read_own(folder, patients=False)
    given = [
        *(SubjectName(SubjectKind.RULE, name) for name in rule),
        *(SubjectName(SubjectKind.ROUTE, name) for name in route),
        *(SubjectName(SubjectKind.PATIENT, name) for name in patient),
    ]
    if len(given) != 1:
        raise click.UsageError("name one rule, route or patient")
    withdrawal = Withdrawal(said(by, "--by"), past_day_of(on, "--date"), said(reason, "--reason"))
    whose = said(approver, "--of") if approver is not None else withdrawal.by
    show(_told(write_withdrawal(folder, lambda rulebook: _approval(rulebook, given[0], whose, withdrawal), withdrawal)))


def _approval(rulebook: Rulebook, subject: SubjectName, by: str, withdrawal: Withdrawal) -> Approval:
    """The newest approval of a subject by a name.

    Raises:
        InputError: there is none, or the withdrawal is before it.
    """
    of_it = [one for one in own_approvals(rulebook) if subject_of(one, rulebook) == subject and one.withdrawn is None]
    own = [one for one in of_it if one.by == by]
    if not own:
        others = sorted({f"`{one.by}`" for one in of_it})
        has = f"--of names one of {', '.join(others)}" if others else "approvals.yaml holds what can be withdrawn"
        raise refused("approve", f"`{by}` has no approval of {subject} that is not withdrawn", has)
    newest = max(own, key=lambda one: one.day)
    if withdrawal.day < newest.day:
        raise refused("approve", f"the approval is of {newest.day}, after the day of the withdrawal", "give that day")
    return newest


def _told(one: Approval) -> Iterator[Line]:
    gone = one.withdrawn
    assert gone is not None
    yield from wrapped(f"Withdrawn: {subject_of(one)}, approved by {one.by} on {one.day}, from {gone.day} on.", hang=2)
