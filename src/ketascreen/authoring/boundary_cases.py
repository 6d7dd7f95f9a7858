"""Writes the cases that `boundary-case` asks for: exactly at a threshold, just below and just above it.

Each asserts what its rule gives now, with the reasons; only somebody who knows can say whether that is right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from ketascreen.authoring.cases.case import Case, CaseForm
from ketascreen.authoring.cases.examination import examine
from ketascreen.authoring.cases.read import cases_in
from ketascreen.authoring.checks.boundary_case import BoundaryGap, WantedSide, boundary_gaps, quantity_text
from ketascreen.authoring.checks.subject import Subject
from ketascreen.authoring.mutation.distinguish import answers_deciding
from ketascreen.authoring.mutation.given import just_now
from ketascreen.authoring.mutation.suggest_case import in_form, written
from ketascreen.authoring.scaffold import schema_line
from ketascreen.diagnostic import Diagnostic, Place, ProfileError, RulebookError, refused
from ketascreen.language.iso_time import read_iso_date
from ketascreen.language.quantity import Quantity
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.build import read_trees
from ketascreen.patient.facts import deciding_answers, known_facts
from ketascreen.runtime.plain_file import read_plain
from ketascreen.runtime.whole_file import write_whole
from ketascreen.screen import Screener
from ketascreen.syntax.folder import CASES, read_folder
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Sequence, plain

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


def append_cases(proposed: Collection[ProposedCase], folder: Path, rulebook: Rulebook) -> None:
    """Appends each case to its file, which is made if it is not there. All other bytes of a file stay.

    Raises:
        InputError: a file is not one to which cases can be added at its end, or was changed meanwhile. Files before
            it are written.
        OSError: a file could not be written.
    """
    by_path: dict[str, list[ProposedCase]] = {}
    for one in proposed:
        by_path.setdefault(one.path, []).append(one)
    head = read_plain(folder / "rulebook.yaml").decode("utf-8", "replace")
    for path, cases in by_path.items():
        before = _bytes(folder / path)
        first = b"" if before is not None else f"{schema_line(path, head)}\n".encode()
        data = _appended(path, first if before is None else before, "".join(one.text for one in cases), len(cases))
        like = folder / path if before is not None else folder / rulebook_file(rulebook, path)

        def as_read(path: str = path, before: bytes | None = before) -> None:
            if _bytes(folder / path) != before:
                raise refused("case", "was changed meanwhile; nothing is written into it", "run it again", Place(path))

        write_whole(folder / path, data, like.stat().st_mode & 0o777, before_replacing=as_read)


def rulebook_file(rulebook: Rulebook, path: str) -> str:
    """The file of the rule whose cases are at `path`."""
    return next(one.place.path for one in rulebook.rules if path == one.place.path.replace(".yaml", CASES))


def _appended(path: str, before: bytes, text: str, count: int) -> bytes:
    """The bytes of a file with cases at its end.

    Raises:
        InputError: it would not hold its own cases and these, as a file whose `cases` are not last.
    """
    ending = "\r\n" if b"\r\n" in before else "\n"
    gap = b"" if not before or before.endswith(b"\n") else ending.encode()
    after = before + gap + text.replace("\n", ending).encode()
    old, new = _held(path, before), _held(path, after)
    if new is None or new[:-count] != (old or []) or len(new) != len(old or []) + count:
        hint = "write the file as a list, or with `cases:` last (`ketascreen fmt` lays it out so)"
        raise refused("case", "no case can be added at the end of this file", hint, Place(path))
    return after


def _held(path: str, data: bytes) -> list[object] | None:
    """The cases of a file as plain data; None if it cannot be read, or has none."""
    problems = Problems()
    tree = read_trees({path: data}, problems).get(path)
    listed = tree.items.get("cases") if isinstance(tree, MappingNode) else tree
    return list(plain(listed)) if isinstance(listed, Sequence) and not problems.found else None


def _bytes(path: Path) -> bytes | None:
    try:
        return read_plain(path)
    except FileNotFoundError:
        return None
