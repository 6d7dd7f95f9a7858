"""`ketascreen screen`: a recommendation with its grounds for one patient, or for each line of a file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ketascreen.channels.registry import Isolation
from ketascreen.cli.exit_status import MEANING, of_verdict
from ketascreen.cli.heads import heads_options
from ketascreen.cli.options import (
    channel_option,
    json_option,
    now,
    profile_of,
    read_time,
    routes_of,
    rulebook_of,
    rules_option,
    show_json,
    texts_of,
)
from ketascreen.cli.screen_many import MEANING as MANY
from ketascreen.cli.screen_many import Asked, opened_lines, screen_many
from ketascreen.diagnostic import printable
from ketascreen.language.terms import Stage
from ketascreen.rendering.page import show
from ketascreen.rendering.verdict import render
from ketascreen.screen import Screener
from ketascreen.screening.recorder import require_reference
from ketascreen.verdict.decided import ClinicianDecision

if TYPE_CHECKING:
    from ketascreen.audit import Ledger
    from ketascreen.audit.heads import KeptHead
    from ketascreen.signing import VerifyKey

EPILOG = "\b\nExit status:\n" + "\n".join(f"  {status:>2}  {meaning}" for status, meaning in MEANING.items())
EPILOG += "\n\nWith several routes the most cautious one counts: 6, 7, 5, 4, 3, 0."
EPILOG += "\n\n\b\nWith --many:\n" + "\n".join(f"  {status:>2}  {meaning}" for status, meaning in MANY.items())


@click.command("screen", epilog=EPILOG)
@click.argument("file")
@click.option("--route", "routes", multiple=True, metavar="ROUTE", help="Only this route of the rulebook.")
@click.option("--stage", type=click.Choice(list(map(str, Stage))), default=str(Stage.CANDIDACY), show_default=True)
@click.option("--as-of", metavar="TIME", help="ISO 8601 with its offset, as in 2026-11-22T09:00:00+01:00.  [now]")
@click.option("--time-zone", metavar="NAME", help="The clinic's time zone, as in America/Los_Angeles.")
@click.option(
    "--decided",
    multiple=True,
    metavar="RULE:WHO",
    help="A rule on which a clinician decided today to go ahead, and who decided.",
)
@channel_option
@click.option("--isolation", type=click.Choice(["none", "process"]), default="none", show_default=True)
@click.option("--ledger", metavar="FILE", type=click.Path(path_type=Path), help="Record each screening in this ledger.")
@click.option("--reference", metavar="TOKEN", help="Your own reference to the patient, for the ledger.")
@heads_options
@click.option("--many", is_flag=True, help="FILE has a profile on each line (JSON Lines); print a line for each.")
@click.option("-j", "workers", metavar="N", type=click.IntRange(min=1), help="With --many: use N processes.  [1]")
@click.option("-v", "--all", "everything", is_flag=True, help="Show every finding too, and what each route is like.")
@json_option
@rules_option
def command(
    file: str,
    routes: tuple[str, ...],
    stage: str,
    as_of: str | None,
    time_zone: str | None,
    decided: tuple[str, ...],
    channels: tuple[str, ...] | None,
    isolation: Isolation,
    ledger: Path | None,
    reference: str | None,
    heads: KeptHead | None,
    many: bool,
    workers: int | None,
    everything: bool,
    as_json: bool,
    rules: Path | None,
    keys: tuple[VerifyKey, ...],
) -> None:
    """Screen the patient whose profile is in FILE (JSON or YAML; - is standard input).

    --route, --decided and --channel can be given more than once.
    """
    time = now() if as_of is None else read_time(as_of, "--as-of")
    if many:
        one_by_one = {"--decided": decided, "--reference": reference, "--all": everything}
        _require_absent(one_by_one, "is for one patient; leave it out with --many")
        if ledger and as_of is None:
            why = "so that a second start with the same time finds what is on record"
            raise click.UsageError(f"--many with --ledger needs --as-of, {why}")
    else:
        _require_absent({"-j": workers}, "is for --many")
        require_reference(reference, has_ledger=ledger is not None)  # before a new ledger is made
    if not ledger:
        _require_absent({"--heads": heads}, "is for a ledger; add --ledger")
    decisions = [_decision(text, time) for text in decided]
    rulebook = rulebook_of(rules, keys, from_files=ledger is not None)
    chosen = routes_of(rulebook, routes) or None
    profile = None if many else profile_of(file, rulebook)
    with ExitStack() as opened:
        # Before the ledger: a file that cannot be read must not leave a new ledger.
        lines = opened_lines(file, opened) if many else None
        kept = opened.enter_context(_ledger(ledger, heads)) if ledger else None
        screener = Screener(rulebook, channels=channels, isolation=isolation, ledger=kept, time_zone=time_zone)
        opened.enter_context(screener)
        if profile is None:
            assert lines is not None
            asked = Asked(time, Stage(stage), chosen, file, as_json)
            recorded = kept.head().number if kept else None
            raise click.exceptions.Exit(screen_many(screener, asked, lines, workers=workers or 1, recorded=recorded))
        verdict = screener.screen(
            profile, as_of=time, stage=stage, routes=chosen, decisions=decisions, reference=reference
        )
    if as_json:
        show_json(verdict.model_dump(mode="json"))
    else:
        show(render(verdict, by_clock=as_of is None, everything=everything, texts=texts_of(rulebook)))
    raise click.exceptions.Exit(of_verdict(verdict))


def _require_absent(options: Mapping[str, object], why: str) -> None:
    for option, given in options.items():
        if given:
            raise click.UsageError(f"{option} {why}")


def _ledger(path: Path, heads: KeptHead | None) -> Ledger:
    from ketascreen.audit import Ledger  # most screenings at the command line have no ledger

    is_new = not path.exists() or (path.is_file() and not path.stat().st_size)
    ledger = Ledger(path, heads=heads)
    if is_new:  # a name that is misspelt would make one every night
        click.echo(f"made a new ledger {printable(str(path))}", err=True)
    return ledger


def _decision(text: str, time: datetime) -> ClinicianDecision:
    rule, _, who = text.partition(":")
    if not rule or not who.strip():
        raise click.BadParameter("write the rule's id, a colon, and who decided", param_hint="--decided")
    return ClinicianDecision(rule=rule, by=who.strip(), at=time)
