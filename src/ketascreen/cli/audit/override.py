"""`ketascreen audit override`: records a clinician's decision on a review, or an override."""

from __future__ import annotations

from pathlib import Path

import click

from ketascreen.audit import Ledger
from ketascreen.audit.heads import KeptHead
from ketascreen.audit.replay import Replay
from ketascreen.cli.audit.options import ledger_argument
from ketascreen.cli.heads import heads_options
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
@heads_options
def command(
    ledger: Path,
    number: int,
    rule: str,
    reason: str,
    text: str,
    by: str,
    at: str | None,
    until: str | None,
    heads: KeptHead | None,
) -> None:
    """Record that a clinician decided to go ahead despite a rule, in the screening of entry NUMBER.

    On a met rule that a clinician decides, this is the decision that makes a session ready: on a review until it
    lapses, on a hold for that day alone. On any other rule it is an override: it is on record that somebody went ahead,
    and it counts for nothing. Both lapse on their date, and when the rule or a fact that they rest on changes.
    """
    made, end = read_time(at, "--at") if at else now(), read_time(until, "--until") if until else None
    with Ledger.existing(ledger, writes=True, heads=heads) as opened:
        replay = Replay(opened)
        verdict = replay.verdict(opened.entry(number))
        replay.close()
        override = opened.override(verdict, rule=rule, reason=reason, text=text, by=by, at=made, until=end)
    is_decision = override.kind == "decision"
    what = "decision: it counts for readiness" if is_decision else "override: on record only, it counts for nothing"
    click.echo(f"entry {override.record}: {rule}: {what}")
