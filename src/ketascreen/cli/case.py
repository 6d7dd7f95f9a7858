"""`ketascreen case`: from a patient to a case that holds now."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from ketascreen.authoring.case_file import case_file
from ketascreen.authoring.patient_case import CaseWanted, PatientCase, case_of
from ketascreen.cli.approving import said
from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.cli.options import day_of, now, profile_of, read_time, require_rulebook, rule_of, rulebook_of
from ketascreen.language.iso_time import read_iso_date
from ketascreen.language.rule import Rule
from ketascreen.language.terms import Stage
from ketascreen.rendering.page import Flow, Line, fitted, show, width_of, wrapped
from ketascreen.rendering.shell import pasted
from ketascreen.screen import Screener

_MEANING = {
    AuthoringStatus.WELL: "the case holds; it is shown, and with --write it is written",
    AuthoringStatus.BAD_INPUT: "PATIENT, the rulebook or the call was refused; nothing is written",
    AuthoringStatus.FAULT: "a file could not be written, or an internal fault",
}
PATIENTS = "patients"
"""The file, without its endings, of cases of whole patients that are given no other."""


@click.command("case", epilog=epilog(_MEANING))
@click.argument("patient", metavar="PATIENT")
@click.option("--rule", "rule_id", metavar="RULE", help="A case of this rule, with the facts that it needs.")
@click.option("--name", metavar="TEXT", help="What the case shows; not the name of a person.")
@click.option("--as-of", metavar="TIME", help="When the patient was screened, as in 2026-11-22T09:00:00+01:00.  [now]")
@click.option("--stage", type=click.Choice(list(map(str, Stage))), help="[candidacy, or the stage of RULE]")
@click.option("--onto", metavar="DATE", help="The day that the case is of.  [the rulebook's `effective`]")
@click.option("--decided", multiple=True, metavar="RULE", help="A rule on which a clinician decided to go ahead.")
@click.option("--write", "writes", is_flag=True, help="Add it to the rule's cases, or to vignettes/FILE.cases.yaml.")
@click.option("--file", "stem", metavar="FILE", help=f"With --write, for a whole patient.  [{PATIENTS}]")
@click.option(
    "--rules",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The rulebook's folder.  [the current folder]",
)
def command(
    patient: str,
    rule_id: str | None,
    name: str | None,
    as_of: str | None,
    stage: str | None,
    onto: str | None,
    decided: tuple[str, ...],
    writes: bool,
    stem: str | None,
    folder: Path,
) -> None:
    """Turn the profile PATIENT (JSON or YAML; - is standard input) into a case that holds now.

    Without --rule it is the case of a whole patient. No date of it is real: all dates move by the same number of days,
    and each time keeps its hour and minute. Words that the vocabulary does not know are replaced. All other answers
    stay as they are: read the case before you share it. --decided can be given more than once.
    """
    if rule_id is not None and (decided or stem):
        raise click.UsageError("--decided and --file are for a whole patient; leave them out with --rule")
    if stem is not None and not writes:
        raise click.UsageError("--file is for --write")
    require_rulebook(folder, "--rules")
    rulebook = rulebook_of(folder)
    rule = None if rule_id is None else rule_of(rulebook, rule_id)
    wanted = CaseWanted(
        _stage(stage, rule),
        rule,
        tuple(rule_of(rulebook, rulebook.id_of_today(one.partition(":")[0])).id for one in decided),
        day_of(onto, "--onto") if onto is not None else read_iso_date(rulebook.identity.effective),
        None if name is None else said(name, "--name"),
    )
    time = now().replace(microsecond=0) if as_of is None else read_time(as_of, "--as-of")
    profile = profile_of(patient, rulebook)
    into = case_file(folder, rule, stem or PATIENTS) if writes else None
    with Screener(rulebook) as screener:
        made = case_of(profile, time, wanted, screener, into.names if into else ())
    if into is None:
        click.echo(made.text, nl=False)
    else:
        show(_written(made, into.add(made.text), folder))
    _tell(made, wanted.onto)


def _stage(named: str | None, rule: Rule | None) -> Stage:
    """The stage that is named, or the first that asks the rule."""
    if named is None:
        return next(stage for stage in Stage if rule is None or rule.asked_at(stage))
    stage = Stage(named)
    if rule is not None and not rule.asked_at(stage):
        other = next(one for one in Stage if rule.asked_at(one))
        raise click.BadParameter(f"`{rule.id}` is asked at {other}; leave --stage out", param_hint="--stage")
    return stage


def _written(made: PatientCase, path: Path, folder: Path) -> Iterator[Line]:
    yield from wrapped(f"Wrote the case “{made.name}” at the end of {path}.")
    yield Line()
    yield from wrapped("This checks that all cases hold:")
    yield Line(f"  {pasted('ketascreen', 'test', folder)}", flow=Flow.WHOLE)


def _tell(made: PatientCase, onto: date) -> None:
    """Says on standard error what a reader of the case must know before it is shared."""
    moved = f"Its day is {made.day}, and all dates moved with it"
    if made.day != onto:
        moved += f"; on {onto} not every finding would be the same, or a date would be the real one"
    stays = "All other answers stay as the profile has them, and together they can still tell who it is."
    for line in fitted(wrapped(f"{moved}. {stays} Read the case before you share it."), width_of(sys.stderr)):
        click.echo(line.text, err=True)
