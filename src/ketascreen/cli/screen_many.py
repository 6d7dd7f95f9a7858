"""`ketascreen screen --many`: screens the profile on each line of a file, and prints a line for each, in order."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple

import click

from ketascreen.cli.exit_status import ExitStatus
from ketascreen.cli.options import counter
from ketascreen.diagnostic import Diagnostic, Place, ProfileError
from ketascreen.language.terms import Route, Stage
from ketascreen.patient.reader import open_file
from ketascreen.rendering.many import Said, Tally, summed_up, told
from ketascreen.screen import Screener
from ketascreen.screening.line import Tokens, tokens_in
from ketascreen.syntax.utf8 import MAX_BYTES
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.lean import LeanVerdict
from ketascreen.verdict.recommendation import Recommendation
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


class Taken(NamedTuple):
    """A line that was read but not yet answered: its number, and the caller's tokens."""

    number: int
    tokens: Tokens


def screen_many(screener: Screener, asked: Asked, *, workers: int, recorded: int | None = None) -> ExitStatus:
    """Screens each line of a file and prints its answer; returns the worst status of all.

    With a ledger, `recorded` is the number of its newest entry before this start.
    """
    count, waiting, tally = counter("lines"), deque[Taken](), Tally()
    with ExitStack() as opened:
        lines = _noted(_lines(_input(asked.file, opened)), waiting)
        answers = _answers(screener, asked, lines, workers)
        # Closed here, so that worker processes end even if nobody reads the output to its end.
        for done, answer in enumerate(opened.enter_context(closing(answers)), 1):
            taken = waiting.popleft()
            if isinstance(answer, ProfileError):
                tally.refused += 1
                _show_refused(taken, [_on_line(one, asked.name, taken) for one in answer.diagnostics], asked.as_json)
            else:
                receipt = None if isinstance(answer, Recommendation) else answer.receipt
                tally.add(answer, before=receipt is not None and receipt.record <= (recorded or 0))
                click.echo(_line(taken, answer, asked.as_json))
            if done % _COUNTED == 0:
                count(done)
    click.echo("\n".join(summed_up(tally)), err=True)
    if tally.faulty:
        return ExitStatus.FAULT
    return ExitStatus.ELIGIBLE if tally.screened and not tally.refused else ExitStatus.BAD_INPUT


def _answers(
    screener: Screener, asked: Asked, lines: Iterator[tuple[Tokens, bytes]], workers: int
) -> Generator[Said | ProfileError, None, None]:
    if screener.ledger is not None:
        people = ((tokens.reference, line) for tokens, line in lines)
        return screener.record_many(people, as_of=asked.as_of, stage=asked.stage, routes=asked.routes, workers=workers)
    ask = screener.screen_many if asked.as_json else screener.decide_many
    profiles = (line for _, line in lines)
    return ask(profiles, as_of=asked.as_of, stage=asked.stage, routes=asked.routes, workers=workers)


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


def _noted(lines: Iterator[tuple[int, bytes]], waiting: deque[Taken]) -> Iterator[tuple[Tokens, bytes]]:
    """The lines with their tokens; `waiting` holds each line that was read but not yet answered."""
    for number, line in lines:
        tokens = tokens_in(line)
        waiting.append(Taken(number, tokens))
        yield tokens, line


def _line(taken: Taken, answer: Said, as_json: bool) -> str:
    if not as_json:
        return ENGLISH.text("many.line", line=_named(taken), told=told(answer))
    assert not isinstance(answer, Recommendation)
    lean = LeanVerdict.of(answer) if isinstance(answer, Verdict) else answer
    about = json.dumps(_about(taken), separators=(",", ":"))
    return f'{about[:-1]},"verdict":{lean.to_json()}}}'


def _about(taken: Taken) -> dict[str, int | str]:
    return {"line": taken.number} if taken.tokens.id is None else {"line": taken.number, "id": taken.tokens.id}


def _named(taken: Taken) -> str:
    if taken.tokens.id is None:
        return str(taken.number)
    return ENGLISH.text("many.named", line=taken.number, id=taken.tokens.id)


def _on_line(problem: Diagnostic, file: str, taken: Taken) -> Diagnostic:
    column = problem.place.column if problem.place else 1
    return replace(problem, place=Place(file, taken.number, column, 1))


def _show_refused(taken: Taken, problems: Sequence[Diagnostic], as_json: bool) -> None:
    if as_json:
        shown = [{key: value for key, value in asdict(problem).items() if key in _SHOWN} for problem in problems]
        click.echo(json.dumps({**_about(taken), "problems": shown}, separators=(",", ":")))
        return
    click.echo(ENGLISH.text("many.refused", line=_named(taken)))
    named = taken.tokens.id
    told_with = problems if named is None else [replace(one, message=f"{named}: {one.message}") for one in problems]
    click.echo("\n".join(map(str, told_with)), err=True)
