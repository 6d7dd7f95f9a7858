"""`ketascreen retire`: a rule is asked of nobody any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.retire import Retiring, retire
from ketascreen.cli.approving import said
from ketascreen.cli.exit_status import AuthoringStatus, epilog
from ketascreen.cli.options import dir_option, past_day_of, require_rulebook
from ketascreen.language.retired import retired_in_words
from ketascreen.language.rule import Retirement
from ketascreen.loading.signature import FILE as SIGNATURE
from ketascreen.rendering.page import Flow, Line, show, wrapped
from ketascreen.rendering.shell import pasted

MEANING = {
    AuthoringStatus.WELL: "the rule is retired",
    AuthoringStatus.BAD_INPUT: "the rulebook, its cases or the call was refused; nothing is written",
    AuthoringStatus.FAULT: "a file could not be written, or an internal fault",
}
_MOST = 10
"""The most files of whole patients that are listed."""


@click.command("retire", epilog=epilog(MEANING))
@click.argument("rule", metavar="RULE")
@click.option("--reason", metavar="TEXT", required=True, help="Why; everybody who has the rulebook can read it.")
@click.option("--by", metavar="NAME", required=True, help="Who retires it.")
@click.option("--instead", metavar="RULE", multiple=True, help="A rule that replaces it; may be repeated.")
@click.option("--date", "on", metavar="DATE", help="The day, as 2026-11-22; not a later one than today.  [today]")
@dir_option
def command(rule: str, reason: str, by: str, instead: tuple[str, ...], on: str | None, folder: Path) -> None:
    """Write into the file of RULE that nobody is asked it any more: since when, by whom, and why.

    The rule stays in its file, to be read. Its id is taken out of the lists of other cases and of whole patients
    (`met`, `unknown`, `alerts`, `not_decidable`, `decisions`). Nothing else is changed; which patients now expect
    another decision is listed, for you to look at. Nothing is written if the rulebook would not load any more.
    """
    require_rulebook(folder)
    day = past_day_of(on, "--date")
    named = tuple(dict.fromkeys(instead))
    done = retire(
        folder, rule, Retirement(day, _on_one_line(said(by, "--by")), _on_one_line(said(reason, "--reason")), named)
    )
    show(_told(done, folder, done.expecting_more()))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _told(done: Retiring, folder: Path, moved: Sequence[Case]) -> Iterator[Line]:
    (retired,) = [rule for rule in done.after.retired if rule.id == done.rule.id]
    yield from wrapped(f"{retired_in_words(retired)}. Nobody is asked it any more.", hang=2)
    for path in done.writes:
        count = done.lists.get(path, 0)
        taken = f": taken out of {'1 list' if count == 1 else f'{count} lists'}" if count else ""
        yield from wrapped(f"changed {(folder / path).as_posix()}{taken}", hang=2)
    yield from _moved(moved, folder)
    if (folder / SIGNATURE).exists():
        yield from wrapped("The signature of the release does not fit any more: sign it again.", hang=2)
    yield from wrapped("Git keeps the files of before. To take this back, delete `retired:` by hand.", hang=2)


def _moved(moved: Sequence[Case], folder: Path) -> Iterator[Line]:
    """The whole patients who expect something else than they get without the rule, by file."""
    by_file: dict[str, list[Case]] = defaultdict(list)
    for case in moved:
        by_file[case.place.path].append(case)
    if not by_file:
        return
    one = len(moved) == 1
    yield Line()
    yield from wrapped(
        f"{len(moved)} whole {'patient expects' if one else 'patients expect'} something else now. "
        f"Look at {'it' if one else 'each'}, and change what it expects if you mean the change:"
    )
    for path, cases in list(by_file.items())[:_MOST]:
        first = cases[0]
        more = f", and {len(cases) - 1} more" if len(cases) > 1 else ""
        yield from wrapped(f"{(folder / path).as_posix()}:{first.place.line}: {first.name}{more}", indent=2, hang=2)
    if len(by_file) > _MOST:
        yield from wrapped(f"and {len(by_file) - _MOST} more files", indent=2)
    yield Line(f"  {pasted('ketascreen', 'test', folder)}", flow=Flow.WHOLE)
    yield Line()
