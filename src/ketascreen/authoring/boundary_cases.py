"""Writes the cases that `boundary-case` asks for: exactly at a threshold, just below and just above it.

Each asserts what its rule gives now, with the reasons; only somebody who knows can say whether that is right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from textwrap import dedent

from ketascreen.authoring.case_file import CODE, FileOfCases, file_at
from ketascreen.authoring.cases.case import Case, CaseForm
from ketascreen.authoring.cases.examination import examine
from ketascreen.authoring.cases.read import cases_in
from ketascreen.authoring.checks.boundary_case import BoundaryGap, WantedSide, boundary_gaps, quantity_text
from ketascreen.authoring.checks.subject import Subject
from ketascreen.authoring.editing.writing import alone, write_files
from ketascreen.authoring.mutation.distinguish import answers_deciding
from ketascreen.authoring.mutation.given import just_now
from ketascreen.authoring.mutation.suggest_case import in_form, written
from ketascreen.diagnostic import Diagnostic, InputError, Place, ProfileError, RulebookError, refused
from ketascreen.language.iso_time import read_iso_date
from ketascreen.language.quantity import Quantity
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.patient.facts import deciding_answers, known_facts
from ketascreen.screen import Screener
from ketascreen.syntax.folder import CASES, read_folder
from ketascreen.syntax.problems import Problems

COMMENT = "# Written by `ketascreen check --write-cases`; check that it says what you mean."
_SIDES = {"from below": "just below", "exactly": "exactly at", "from above": "just above"}


@dataclass(frozen=True, slots=True)
class ProposedCase:
    """A case for the file of a rule's cases, as YAML, in the form of that file."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class BoundaryCases:
    """The cases for the thresholds that lack some, and what of it no case could be made for."""

    cases: tuple[ProposedCase, ...] = ()
    not_made: tuple[str, ...] = ()


def proposed_cases(subject: Subject, listed: Collection[Diagnostic], folder: Path) -> BoundaryCases:
    """A case for each side of a threshold that a listed finding names. Each holds now, on the default channels."""
    fixtures = read_folder(folder, Problems(), rules=False).fixtures
    wanted = {(finding.place, finding.message) for finding in listed}
    gaps = [gap for gap in boundary_gaps(subject) if (gap.finding.place, gap.finding.message) in wanted]
    made: list[tuple[ProposedCase, Case]] = []
    not_made: list[str] = []
    if not gaps:
        return BoundaryCases()
    with Screener(subject.rulebook) as screener:
        for gap, side in ((one, side) for one in gaps for side in one.missing):
            if any(_tries(gap, side, case, subject.rulebook) for _, case in made):
                continue
            known = (*subject.cases, *(case for _, case in made))
            found = next(_made(gap, side, known, fixtures, screener), None)
            if found is None:
                fact = subject.rulebook.vocabulary[gap.threshold.compare.fact]
                value = f"{quantity_text(fact, side.example)} of `{fact.name}`"
                not_made.append(f"no case with {value} could be made for `{gap.finding.about}`; write it by hand")
            else:
                made.append(found)
    return BoundaryCases(tuple(one for one, _ in made), tuple(not_made))


def _made(
    gap: BoundaryGap, side: WantedSide, known: Collection[Case], fixtures: Mapping[str, bytes], screener: Screener
) -> Iterator[tuple[ProposedCase, Case]]:
    """A case for each rule that asks the threshold, if one can be made that tries this side and holds."""
    rulebook = screener.rulebook
    fact = rulebook.vocabulary[gap.threshold.compare.fact]
    assert fact.unit is not None
    name = f"{fact.name.replace('_', ' ')} {quantity_text(fact, side.example)}, {_SIDES[side.side]} the bar"
    if side.side != "exactly":
        name = f"{name} of {gap.threshold.limit(fact)}"
    for rule in gap.threshold.rules:
        own = [case for case in known if case.rule == rule.id]
        as_of = next((case.as_of for case in own or known), _first_morning(rulebook))
        raw = {"value": str(Quantity(side.example, fact.unit)), "at": just_now(fact, as_of)}
        given = answers_deciding(rule, gap.threshold.forced(rule), raw, fact.name, rulebook, as_of)
        if given is None:
            continue
        text = written(rule, given, rulebook, as_of, [case.name for case in own], name=name)
        path = f"{rule.place.path.removesuffix('.yaml')}{CASES}"
        case = _read(text, rule, path, rulebook)
        if case is None or not _tries(gap, side, case, rulebook) or examine(case, screener).failures:
            continue
        form = own[0].form if own and path in fixtures else CaseForm()
        yield ProposedCase(path, in_form(f"{COMMENT}\n{text}", form)), case


def _first_morning(rulebook: Rulebook) -> datetime:
    """The time of a case where no case says one: on the day from which the rulebook is in effect."""
    return datetime.combine(read_iso_date(rulebook.identity.effective), time(9), UTC)


def _read(text: str, rule: Rule, path: str, rulebook: Rulebook) -> Case | None:
    """The case as its file would hold it."""
    try:
        cases = cases_in({path: text.encode()}, rulebook).cases
    except RulebookError:
        return None
    return cases[0] if len(cases) == 1 and cases[0].rule == rule.id else None


def _tries(gap: BoundaryGap, side: WantedSide, case: Case, rulebook: Rulebook) -> bool:
    rule = next((one for one in gap.threshold.rules if one.id == case.rule), None)
    if rule is None:
        return False
    try:
        answers = deciding_answers(rule, known_facts(case.profile, rulebook.vocabulary, case.clinic))
    except ProfileError:
        return False
    return gap.threshold.tried_by(rule, answers, side)


def append_cases(proposed: Collection[ProposedCase], folder: Path) -> None:
    """Appends each case to its file, which is made if it is not there. All other bytes of a file stay.

    Raises:
        InputError: a file is not one to which cases can be added at its end, or another process writes; nothing is
            then written. Or a file was changed meanwhile; the files before it are written.
        OSError: a file could not be written.
    """
    by_path: dict[str, str] = {}
    for one in proposed:
        by_path[one.path] = by_path.get(one.path, "") + dedent(one.text)
    with alone(folder, CODE):
        files = [file_at(folder, path) for path in by_path]
        writes = [(file.path, _appended(file, by_path[file.path])) for file in files]
        had = {file.path: file.before for file in files if file.before is not None}
        write_files(folder, writes, had, CODE)


def _appended(file: FileOfCases, cases: str) -> bytes:
    """The bytes of a file with cases at its end.

    Raises:
        InputError: it cannot take them there, as a file whose `cases` are not last.
    """
    with suppress(InputError):
        after = file.with_cases(cases)
        if after.startswith(file.before or b""):
            return after
    hint = "write the file as a list, or with `cases:` last (`ketascreen fmt` lays it out so)"
    raise refused(CODE, "no case can be added at the end of this file", hint, Place(file.path))
