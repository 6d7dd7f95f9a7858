"""`ketascreen screen --many`: screens the profile on each line of a file, and prints a line for each, in order."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO

import click

from ketascreen.cli.exit_status import ExitStatus
from ketascreen.cli.options import counter
from ketascreen.diagnostic import Diagnostic, Place, ProfileError
from ketascreen.language.terms import Route, Stage
from ketascreen.patient.reader import open_file
from ketascreen.rendering.many import summed_up, told
from ketascreen.screen import Screener
from ketascreen.syntax.utf8 import MAX_BYTES
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.lean import LeanVerdict
from ketascreen.verdict.recommendation import Recommendation, in_doubt
from ketascreen.verdict.verdict import Verdict

MEANING = {
    0: "every line was screened",
    ExitStatus.BAD_INPUT: "a line was refused, or nothing could be read",
    ExitStatus.FAULT: "an internal fault, or channels that disagree",
}
_COUNTED = 100
_SHOWN = ("code", "message", "hint", "pointer")


@dataclass(frozen=True, slots=True)
class Asked:
    """The screening that is the same for every patient, and how answers are printed."""

    as_of: datetime
    stage: Stage
    routes: tuple[Route, ...] | None
    file: str
    as_json: bool

    @property
    def name(self) -> str:
        """The name of the file in messages."""
        return "standard input" if self.file == "-" else self.file


def screen_many(screener: Screener, asked: Asked, *, workers: int) -> ExitStatus:
    """Screens each line of a file and prints its answer; returns the worst status of all."""
    if sys.stdout is None:
        raise click.UsageError("standard output is closed, so there is no place for the verdicts; open it")
    count, numbers = counter("lines"), deque[int]()
    screened = faulty = refused = 0
    with ExitStack() as opened:
        lines = _numbered(_lines(_input(asked.file, opened)), numbers)
        ask = screener.screen_many if asked.as_json else screener.decide_many
        answers = ask(lines, as_of=asked.as_of, stage=asked.stage, routes=asked.routes, workers=workers)
        # Closed here, so that worker processes end even if nobody reads the output to its end.
        for done, answer in enumerate(opened.enter_context(closing(answers)), 1):
            number = numbers.popleft()
            if isinstance(answer, ProfileError):
                refused += 1
                _show_refused(number, [_on_line(one, asked.name, number) for one in answer.diagnostics], asked.as_json)
            else:
                screened += 1
                faulty += in_doubt(answer)
                click.echo(_line(number, answer))
            if done % _COUNTED == 0:
                count(done)
    click.echo(summed_up(screened, faulty, refused), err=True)
    if faulty:
        return ExitStatus.FAULT
    return ExitStatus.ELIGIBLE if screened and not refused else ExitStatus.BAD_INPUT


def _input(file: str, opened: ExitStack) -> IO[bytes]:
    if file != "-":
        return opened.enter_context(open_file(Path(file)))
    if sys.stdin is None:
        raise click.BadParameter("standard input is closed; name a file", param_hint="FILE")
    return sys.stdin.buffer


def _lines(source: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, by number. Of a line that is too long for a profile, enough bytes to refuse it."""
    number = 0
    while line := source.readline(MAX_BYTES + 2):
        number += 1
        rest, is_whole = line, True
        while not rest.endswith(b"\n") and (rest := source.readline(MAX_BYTES)):
            is_whole = False
        if line.strip() or not is_whole:
            yield number, line.rstrip(b"\r\n")


def _numbered(lines: Iterator[tuple[int, bytes]], numbers: deque[int]) -> Iterator[bytes]:
    """The lines alone; `numbers` holds the number of each line that was read but not yet answered."""
    for number, line in lines:
        numbers.append(number)
        yield line


def _line(number: int, answer: Verdict | Recommendation) -> str:
    if isinstance(answer, Verdict):
        return f'{{"line":{number},"verdict":{LeanVerdict.of(answer).to_json()}}}'
    return ENGLISH.text("many.line", line=number, told=told(answer))


def _on_line(problem: Diagnostic, file: str, number: int) -> Diagnostic:
    column = problem.place.column if problem.place else 1
    return replace(problem, place=Place(file, number, column, 1))


def _show_refused(number: int, problems: Sequence[Diagnostic], as_json: bool) -> None:
    if as_json:
        shown = [{key: value for key, value in asdict(problem).items() if key in _SHOWN} for problem in problems]
        click.echo(json.dumps({"line": number, "problems": shown}, separators=(",", ":")))
    else:
        click.echo(ENGLISH.text("many.refused", line=number))
        click.echo("\n".join(map(str, problems)), err=True)
