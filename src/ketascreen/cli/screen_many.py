"""`ketascreen screen --many`: a profile on each line in, a line for each patient out, in the same order."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple

import click

from ketascreen.channels.registry import Isolation
from ketascreen.cli.exit_status import ExitStatus, of_verdict
from ketascreen.cli.options import counter
from ketascreen.diagnostic import Diagnostic, Place, ProfileError
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Route, Stage
from ketascreen.patient.profile import PatientProfile
from ketascreen.patient.reader import open_file
from ketascreen.rendering.verdict import DECISION_WORDS, READINESS_WORDS
from ketascreen.runtime.process_pool import in_order
from ketascreen.screen import Screener
from ketascreen.screening.request import read_request
from ketascreen.syntax.json_text import parse_json
from ketascreen.syntax.utf8 import MAX_BYTES
from ketascreen.verdict.verdict import Verdict

MEANING = {
    0: "every line was screened",
    ExitStatus.BAD_INPUT: "a line was refused, or nothing could be read",
    ExitStatus.FAULT: "a fault inside, or channels that disagree",
}
_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of every patient, and of whom and how: all that a worker process is told."""

    rulebook: Rulebook
    channels: tuple[str, ...]
    isolation: Isolation
    as_of: datetime
    stage: Stage
    routes: tuple[Route, ...] | None
    file: str
    as_json: bool

    @property
    def name(self) -> str:
        """What the file is called in messages."""
        return "standard input" if self.file == "-" else self.file


class ScreenedLine(NamedTuple):
    """What one line came to: `out` for standard output, `err` for standard error."""

    out: str
    err: str
    status: ExitStatus


def screen_many(asked: Asked, *, workers: int) -> ExitStatus:
    """Screens each line of a file and prints what it came to; the worst status of all."""
    read_request(asked.rulebook, asked.as_of, asked.stage, asked.routes)  # refused here, not once for each line
    count = counter("lines")
    statuses = dict.fromkeys(ExitStatus, 0)
    with ExitStack() as opened:
        lines = _lines(_input(asked.file, opened))
        # Closed here, so that worker processes are ended where nobody reads the output to its end.
        all_told = opened.enter_context(closing(in_order(partial(_teller, asked), lines, workers=workers)))
        for done, told in enumerate(all_told, 1):
            statuses[told.status] += 1
            click.echo(told.out)
            if told.err:
                click.echo(told.err, err=True)
            if done % _COUNTED == 0:
                count(done)
    return _summed_up(statuses)


def _input(file: str, opened: ExitStack) -> IO[bytes]:
    if file != "-":
        return opened.enter_context(open_file(Path(file)))
    if sys.stdin is None:
        raise click.BadParameter("standard input is closed; name a file", param_hint="FILE")
    return sys.stdin.buffer


def _lines(source: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, by number; of one that is longer than a profile may be, as much as shows that."""
    number = 0
    while line := source.readline(MAX_BYTES + 2):
        number += 1
        rest = line
        while not rest.endswith(b"\n") and (rest := source.readline(MAX_BYTES)):
            pass
        if line.strip():
            yield number, line.rstrip(b"\r\n")


def _teller(asked: Asked) -> Callable[[tuple[int, bytes]], ScreenedLine]:
    screener = Screener(asked.rulebook, channels=asked.channels, isolation=asked.isolation)
    return partial(_tell, asked, screener)


def _tell(asked: Asked, screener: Screener, line: tuple[int, bytes]) -> ScreenedLine:
    number, data = line
    try:
        profile = PatientProfile.model_validate(parse_json(data, asked.name))
        verdict = screener.screen(profile, as_of=asked.as_of, stage=asked.stage, routes=asked.routes)
    except ProfileError as error:
        problems = [_on_line(problem, asked.name, number) for problem in error.diagnostics]
        return _refused(number, problems, as_json=asked.as_json)
    status = of_verdict(verdict)
    status = status if status is ExitStatus.FAULT else ExitStatus.ELIGIBLE
    if asked.as_json:
        return ScreenedLine(json.dumps({"line": number, "verdict": verdict.model_dump(mode="json")}), "", status)
    return ScreenedLine(f"{number}: {_decisions(verdict)}", "", status)


def _on_line(problem: Diagnostic, file: str, number: int) -> Diagnostic:
    column = problem.place.column if problem.place else 1
    return replace(problem, place=Place(file, number, column, 1))


def _refused(number: int, problems: Sequence[Diagnostic], *, as_json: bool) -> ScreenedLine:
    if as_json:
        shown = [{key: value for key, value in asdict(problem).items() if key in _SHOWN} for problem in problems]
        return ScreenedLine(json.dumps({"line": number, "problems": shown}), "", ExitStatus.BAD_INPUT)
    return ScreenedLine(f"{number}: refused", "\n".join(map(str, problems)), ExitStatus.BAD_INPUT)


_SHOWN = ("code", "message", "hint", "pointer")


def _decisions(verdict: Verdict) -> str:
    """The recommendations, each with its routes; what puts them in doubt before all."""
    groups: dict[str, list[str]] = {}
    for route in verdict.routes.values():
        today = f" (today: {READINESS_WORDS[route.readiness]})" if route.readiness else ""
        groups.setdefault(f"{DECISION_WORDS[route.decision]}{today}", []).append(route.route)
    doubt = ["FAULT"] if verdict.faults else []
    doubt += ["CHANNELS DISAGREE"] if verdict.agreement.disagreements else []
    alerts = sorted({alert for route in verdict.routes.values() for alert in route.alerts})
    doubt += [f"ALERT {alert}" for alert in alerts]
    return "; ".join([*doubt, *(f"{words}: {', '.join(routes)}" for words, routes in groups.items())])


def _summed_up(statuses: dict[ExitStatus, int]) -> ExitStatus:
    refused, faulty = statuses[ExitStatus.BAD_INPUT], statuses[ExitStatus.FAULT]
    told = [f"{statuses[ExitStatus.ELIGIBLE] + faulty:,} screened"]
    told += [f"{faulty:,} of them with a fault"] if faulty else []
    told += [f"{refused:,} refused"] if refused else []
    if not sum(statuses.values()):
        told = ["no line with a profile"]
    click.echo(f"{', '.join(told)}.", err=True)
    if faulty:
        return ExitStatus.FAULT
    return ExitStatus.BAD_INPUT if refused or not sum(statuses.values()) else ExitStatus.ELIGIBLE
