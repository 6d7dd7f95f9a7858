"""`ketascreen audit override`: records a clinician's decision on a review, or an override."""

from __future__ import annotations

from pathlib import Path

import click

from ketascreen.audit import Ledger
from ketascreen.audit.replay import Replay
from ketascreen.cli.audit.options import ledger_argument
from ketascreen.cli.options import now, read_time
from ketascreen.verdict.override import OverrideReason


@click.command("override")
@ledger_argument
@click.argument("number", type=click.IntRange(1))
@click.option("--rule", required=True, metavar="RULE", help="The rule that the clinician decides on.")
@click.option("--reason", required=True, type=click.Choice(list(map(str, OverrideReason))), help="Why, as a code.")
@click.option("--text", default="", metavar="TEXT", help="Why, in your own words.")
@click.option("--by", required=True, metavar="WHO", help="Who decided: your own identifier of the person.")
@click.option("--at", metavar="TIME", help="When it was decided, ISO 8601 with its offset.  [now]")
@click.option("--until", metavar="TIME", help="When it lapses, ISO 8601 with its offset.  [never by date]")
def command(
    ledger: Path, number: int, rule: str, reason: str, text: str, by: str, at: str | None, until: str | None
) -> None:
    """Record that a clinician decided to go ahead despite a rule, in the screening of entry NUMBER.

    On a review that is met, this is the clinician's decision that makes a session ready. On any other rule it is an
    override: it is on record, and changes no recommendation. It lapses on its date, and when the rule or a fact that
    it rests on changes.
    """
    made, end = read_time(at, "--at") if at else now(), read_time(until, "--until") if until else None
    with Ledger.existing(ledger, writes=True) as opened:
        replay = Replay(opened)
        verdict = replay.verdict(opened.entry(number))
        replay.close()
        override = opened.override(verdict, rule=rule, reason=reason, text=text, by=by, at=made, until=end)
    what = (
        "decision on a review: it counts for readiness" if override.kind == "decision" else "override: on record only"
    )
    click.echo(f"entry {override.record}: {rule}: {what}")
