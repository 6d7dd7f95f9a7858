"""`ketascreen replay`: recorded screenings run again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import click

from ketascreen.audit import Ledger
from ketascreen.audit.replay import Replay, Replayed
from ketascreen.cli.audit.options import MEANING, ledger_argument
from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.cli.options import counter, json_option, rulebook_of, rules_option, show_json
from ketascreen.diagnostic import printable
from ketascreen.rendering.page import Line, Style, show, wrapped
from ketascreen.signing import VerifyKey

_MANY = 50


@click.command(
    "replay", epilog=epilog({**MEANING, AuthoringStatus.FINDINGS: "a screening is not the same, or could not be run"})
)
@ledger_argument
@click.option("--first", metavar="N", type=click.IntRange(1), default=1, help="From this entry on.")
@click.option("--last", metavar="N", type=click.IntRange(1), help="Up to this entry.")
@json_option
@rules_option
def command(
    ledger: Path, first: int, last: int | None, as_json: bool, rules: Path | None, keys: tuple[VerifyKey, ...]
) -> None:
    """Run the screenings of a ledger again.

    By their own rulebooks, which the ledger holds, each must give the same bytes. With --rules, or for a record of
    another version of ketascreen, it lists the patients who would get another decision, and the rules that cause it.
    """
    if keys and not rules:
        raise click.UsageError("--trust is for the rulebook of --rules; add --rules")
    rulebook = rulebook_of(rules, keys) if rules else None
    with Ledger.existing(ledger) as opened:
        replay = Replay(opened, rulebook)
        told = list(_counted(replay.run(first=first, last=last)))
        replay.close()
    if as_json:
        show_json(told)
    else:
        show(render(told, {rule.id for rule in rulebook.retired} if rulebook else ()))
    found = any(one.refused or one.differs or one.changes for one in told)
    raise click.exceptions.Exit(AuthoringStatus.FINDINGS if found else AuthoringStatus.WELL)


def _counted(replayed: Iterable[Replayed]) -> Iterator[Replayed]:
    count = counter("screenings run again")
    for done, one in enumerate(replayed, 1):
        count(done)
        yield one


def render(told: Sequence[Replayed], retired: Collection[str] = ()) -> Iterator[Line]:
    """Each screening that is not the same, and how many are; `retired` are rules that are retired now."""
    special = [one for one in told if one.refused or one.differs or one.changes]
    for one in special[:_MANY]:
        yield from _one(one, retired)
    if special[_MANY:]:
        yield Line(f"and {len(special) - _MANY:,} more; --json lists all")
    counts = Counter(map(_outcome, told))
    yield Line(
        f"{len(told):,} screenings run again: " + (", ".join(f"{n:,} {what}" for what, n in counts.items()) or "none")
    )


def _outcome(one: Replayed) -> str:
    if one.refused:
        return "refused today" if one.refused_now else "could not be run"
    if one.own:
        return "not the same" if one.differs else "the same to the byte"
    return "decided otherwise" if one.changes else "decided the same"


def _one(one: Replayed, retired: Collection[str]) -> Iterator[Line]:
    who = f"entry {one.number}{f' ({printable(one.reference)})' if one.reference else ''}"
    if one.refused:
        what = "refused today" if one.refused_now else "cannot be run"
        yield from wrapped(f"{who}: {what}: {one.refused}", hang=2, style=Style.URGENT)
    if one.differs:
        yield from wrapped(f"{who}: not the same in {', '.join(one.differs)}", hang=2, style=Style.URGENT)
    for change in one.changes:
        rules = [f"{rule} (retired)" if rule in retired else rule for rule in change.by]
        by = f", by {', '.join(rules)}" if rules else ""
        yield from wrapped(f"{who}: {change.route}: {change.then} -> {change.now}{by}", hang=2, style=Style.WARNING)
