"""`ketascreen test`: whether the cases of a rulebook hold."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from ketascreen.authoring.cases.causes import causes_of
from ketascreen.authoring.cases.read import Case, read_every_case
from ketascreen.authoring.cases.run import CaseResult, Run, run_cases, select
from ketascreen.cli.exit_status import AUTHORING_MEANING, AuthoringStatus, epilog
from ketascreen.cli.options import channel_option, from_here, rule_of, rulebook_of
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.built_in import built_in_rules
from ketascreen.rendering.cases import placed, render_failure, render_run
from ketascreen.rendering.causes import because
from ketascreen.rendering.junit import junit
from ketascreen.rendering.page import Line, show, wrapped
from ketascreen.runtime.process_pool import cores
from ketascreen.screen import Screener

MEANING = {
    **AUTHORING_MEANING,
    AuthoringStatus.WELL: "every case holds",
    AuthoringStatus.FINDINGS: "a case failed",
    AuthoringStatus.BAD_INPUT: "the rulebook, its cases or the call was refused, or there is no case",
}


@click.command("test", epilog=epilog(MEANING))
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("-k", "text", metavar="TEXT", default="", help="Only cases with these words in their name or file.")
@click.option("--rule", "rules", metavar="RULE", multiple=True, help="Only this rule's own cases; may be repeated.")
@channel_option
@click.option(
    "--junit", "report", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML."
)
@click.option("-j", "workers", metavar="N", type=click.IntRange(min=1), help="Use N processes.  [as many as cores]")
@click.option("--fail-fast", is_flag=True, help="Stop at the first case that fails.")
@click.option("-v", "--verbose", is_flag=True, help="Show each failed case, not the first of each cause alone.")
def command(
    folder: Path | None,
    text: str,
    rules: tuple[str, ...],
    channels: tuple[str, ...] | None,
    report: Path | None,
    workers: int | None,
    fail_fast: bool,
    verbose: bool,
) -> None:
    """Run the cases of the rulebook in DIR: the cases of its rules, and whole patients.

    Without DIR it is the built-in rulebook. Failed cases are grouped by cause: the rule, parameter or definition that
    explains them. The first of each group is shown with what it expected, what it got, and why.
    """
    rulebook = rulebook_of(folder)
    cases, of_retired = read_every_case(folder or built_in_rules(), rulebook)
    chosen = _chosen(cases, rulebook, text, rules)
    started = time.perf_counter()
    with Screener(rulebook, channels=channels) as screener:
        run = run_cases(chosen, screener, workers=workers or cores(), fail_fast=fail_fast)
    seconds = time.perf_counter() - started
    below = Path() if folder is None else from_here(folder)
    if report is not None:
        _write(report, run, screener, below, seconds)
    shown = render_run(run, rulebook, below=below, read=len(cases), seconds=seconds, verbose=verbose)
    show([*shown, *_left_out(len(of_retired))])
    raise click.exceptions.Exit(AuthoringStatus.FINDINGS if run.failed else AuthoringStatus.WELL)


def _left_out(count: int) -> Iterator[Line]:
    if count:
        counted = "1 case of a retired rule is" if count == 1 else f"{count} cases of retired rules are"
        yield from wrapped(f"{counted} not run.")


def _chosen(cases: Sequence[Case], rulebook: Rulebook, text: str, rules: tuple[str, ...]) -> tuple[Case, ...]:
    for rule in rules:
        rule_of(rulebook, rule)
    chosen = select(cases, text=text, rules=rules)
    if not chosen:
        click.echo(f"none of the {len(cases)} cases was selected; leave out `-k` or `--rule`", err=True)
        raise click.exceptions.Exit(AuthoringStatus.BAD_INPUT)
    return chosen


def _write(file: Path, run: Run, screener: Screener, below: Path, seconds: float) -> None:
    rulebook = screener.rulebook
    causes = {id(result): because(cause) for cause in causes_of(run.failed, rulebook) for result in cause.results}

    def explained(result: CaseResult) -> str:
        shown = [line.text for line in render_failure(result, rulebook, below)]
        return "\n".join([str(placed(result, below)), f"  Because {causes[id(result)]}", *shown])

    xml = junit(
        run,
        name=rulebook.identity.id,
        below=below,
        seconds=seconds,
        explained=explained,
        channels=[channel.name for channel in screener.channels],
        ignored=rulebook.ignored,
    )
    try:
        file.write_bytes(xml)
    except OSError as error:
        raise click.BadParameter(f"it cannot be written ({error.strerror})", param_hint="--junit") from None
