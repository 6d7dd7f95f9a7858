"""Reads cases: patients written in YAML beside the rules, with the expected results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from ketascreen.authoring.cases.case import Case, CaseForm
from ketascreen.authoring.cases.case_models import (
    CaseModel,
    CasesModel,
    StartModel,
)
from ketascreen.authoring.cases.problems import now_called, own_rule, problems_of
from ketascreen.diagnostic import Diagnostic, Place, ProfileError, RulebookError, did_you_mean
from ketascreen.language.clinic_time import ClinicTime, Instant
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Stage
from ketascreen.loading.build import read_trees
from ketascreen.loading.validate import read_model
from ketascreen.patient.errors import message_of
from ketascreen.patient.former_names import former_names_in
from ketascreen.patient.observation import dated
from ketascreen.patient.profile import BUILT_IN, PatientProfile
from ketascreen.patient.reader import in_words_of
from ketascreen.patient.refused import Refused
from ketascreen.patient.times import read_instant
from ketascreen.spelling import near
from ketascreen.syntax.folder import CASES, START, read_folder
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, Scalar, Sequence, place_of, place_of_key

__all__ = ["VIGNETTES", "Case", "ReadCases", "read_cases", "read_every_case"]

VIGNETTES = "vignettes/"
_AS_OF = "write `as_of: 2026-11-22T09:00:00Z`"


class ReadCases(NamedTuple):
    """The cases of a rulebook, and the cases of its retired rules, which are not run."""

    cases: tuple[Case, ...]
    of_retired: tuple[Case, ...]


def read_cases(folder: str | Path, rulebook: Rulebook) -> tuple[Case, ...]:
    """Every case below a rulebook's folder, except the cases of retired rules.

    Raises:
        RulebookError: as `read_every_case`.
    """
    return read_every_case(folder, rulebook).cases


def read_every_case(folder: str | Path, rulebook: Rulebook) -> ReadCases:
    """Every case below a rulebook's folder.

    Raises:
        RulebookError: every problem of every case file; a case that expects nothing is a problem.
    """
    problems = Problems()
    read = read_folder(Path(folder), problems, rules=False)
    return cases_in(read.fixtures, rulebook, problems, str(folder), read.ignored)


def cases_in(
    fixtures: Mapping[str, bytes],
    rulebook: Rulebook,
    problems: Problems | None = None,
    folder: str = "",
    ignored: tuple[str, ...] = (),
) -> ReadCases:
    """Every case in the files of a folder, by their paths in it.

    `problems` holds the problems found before, `ignored` what was passed over in the folder.

    Raises:
        RulebookError: as `read_every_case`.
    """
    problems = problems or Problems()
    trees = read_trees(fixtures, problems)
    starts = _starts(trees, problems)
    reader = _CaseReader(rulebook, starts, problems, ignored)
    cases = [case for path, tree in trees.items() if path.endswith(CASES) for case in reader.read(path, tree)]
    if not cases and not problems.found:
        problems.report(
            "no-cases",
            "the folder has no cases",
            "write `<rule-id>.cases.yaml` beside a rule",
            Place(folder),
        )
    if problems.found:
        raise RulebookError(problems.sorted())
    retired = {rule.id for rule in rulebook.retired}
    asked = tuple(case for case in cases if case.rule not in retired)
    return ReadCases(asked, tuple(case for case in cases if case.rule in retired))


class _CaseStart(NamedTuple):
    """A start that cases change, and where each answer of it is."""

    model: StartModel
    node: Node


def _starts(trees: Mapping[str, Node], problems: Problems) -> dict[str, _CaseStart | None]:
    """The starts by name; None for one that is refused, with its problems reported."""
    starts: dict[str, _CaseStart | None] = {}
    for path, tree in trees.items():
        if not path.endswith(START):
            continue
        name = path.rsplit("/", 1)[-1].removesuffix(START)
        if name in starts:
            problems.report("case", f"two starts have the name `{name}`", "give each its own name", Place(path))
        model = read_model(StartModel, tree, problems)
        times = [_time(place, text, key, problems) for key, text, place in _times(model, tree)]
        starts[name] = None if model is None or None in times else _CaseStart(model, tree)
    return starts


def _times(model: StartModel | None, tree: Node) -> Iterable[tuple[str, str, Place]]:
    for key in ("as_of", "observed_at") if model else ():
        yield key, getattr(model, key), place_of(tree, (key,))


def _time(place: Place, text: str, key: str, problems: Problems) -> str | None:
    """A time that a file says once; None, with a problem, if it is not a time."""
    try:
        _screened_at(text) if key == "as_of" else read_instant(text, "")
    except Refused as refused:
        problems.report("case", f"`{key}`: {refused.message}", refused.hint, place)
        return None
    return text


@dataclass(frozen=True, slots=True)
class _CaseReader:
    rulebook: Rulebook
    starts: Mapping[str, _CaseStart | None]
    problems: Problems
    ignored: tuple[str, ...]

    def _misnamed(self, path: str, rule: str) -> str:
        """The hint for cases of a rule that is not there: its file is not read, or one of the two is misspelt."""
        beside = f"{path.rpartition('/')[0]}/{rule}".lstrip("/")
        if unread := next((one for one in self.ignored if one.startswith(f"{beside}.")), None):
            return f"`{unread}` is not read: rename it `{rule}.yaml`"
        meant = " or ".join(f"`{one}{CASES}`" for one in near(rule, (rule.id for rule in self.rulebook.rules)))
        return f"name the file after its rule: {meant}" if meant else "name the file after its rule"

    def read(self, path: str, tree: Node) -> Iterable[Case]:
        stem = path.rsplit("/", 1)[-1].removesuffix(CASES)
        rule = None if path.startswith(VIGNETTES) else stem
        if rule is not None and own_rule(rule, self.rulebook) is None:
            hint = now_called(rule, self.rulebook.renamed_rules) or self._misnamed(path, rule)
            self.problems.report("unknown-rule", f"no rule `{rule}`", hint, Place(path))
        nodes, form = self._listed(tree)
        names: set[str] = set()
        for node in nodes:
            model = read_model(CaseModel, node, self.problems)
            if model is None:
                continue
            if model.name in names:
                self.problems.report(
                    "case", f"two cases have the name `{model.name}`", "name each for what it shows", node.place
                )
            names.add(model.name)
            if case := self._case(node, model, rule, form):
                yield case

    def _listed(self, tree: Node) -> tuple[tuple[Node, ...], CaseForm]:
        """The cases of a file, a list or under `cases`, and what the file says once."""
        head = tree.items if isinstance(tree, MappingNode) else {}
        listed = head.get("cases", tree)
        for key in head.keys() - CasesModel.model_fields.keys():
            hint = did_you_mean(key, CasesModel.model_fields, otherwise="a file of cases has as_of, observed_at, cases")
            self.problems.report("unknown-key", f"unknown key `{key}`", hint, place_of_key(tree, (key,)))
        if not isinstance(listed, Sequence) or not listed.items:
            hint = (
                "write each case after `- `"
                if "cases" in head or not head
                else "write `cases:`, and each case after `- `"
            )
            self.problems.report("no-cases", "the file has no cases", hint, listed.place)
            return (), CaseForm()
        said = ((key, head[key]) for key in ("as_of", "observed_at") if key in head)
        times = {key: _time(node.place, _text_of(node), key, self.problems) for key, node in said}
        if None in times.values():  # said once, not again at each case
            return (), CaseForm()
        return listed.items, CaseForm(max(0, listed.items[0].place.column - 3), **times)

    def _case(self, node: Node, model: CaseModel, rule: str | None, form: CaseForm) -> Case | None:
        if model.start is not None and model.start not in self.starts:
            listed = f"the starts are {', '.join(sorted(self.starts))}; " if self.starts else ""
            hint = did_you_mean(model.start, self.starts, otherwise=f"{listed}write `{model.start}{START}`")
            self.problems.report("case", f"no start `{model.start}`", hint, place_of(node, ("start",)))
            return None
        for wrong in problems_of(model, rule, self.rulebook):
            self.problems.report(wrong.code, wrong.message, wrong.hint, place_of(node, wrong.at))
        start = self.starts[model.start] if model.start is not None else None
        if model.start is not None and start is None:  # reported there, once
            return None
        try:
            as_of = _screened_at(model.as_of or form.as_of or (start.model.as_of if start else None))
            profile = self._profile(model, start.model if start else None, form)
        except Refused as refused:
            place = place_of(node, ("as_of",) if model.as_of else ("name",))
            self.problems.report("case", message_of("as_of", refused), refused.hint, place)
            return None
        except ProfileError as error:
            for problem in in_words_of(self.rulebook.vocabulary, error, has_extra=False).diagnostics:
                self._refused(problem, "".join((problem.pointer or "").split("/")[1:2]), node, model, start)
            return None
        for used in former_names_in(profile.extra, self.rulebook.vocabulary):
            message = f"`{used.was}` is a former word of `{used.fact}`"
            problem = Diagnostic("unknown-choice", message, f"write `{used.now}`")
            self._refused(problem, str(used.fact), node, model, start)
        expect = {key: value for key, value in model.expect.model_dump().items() if value is not None}
        clinic = ClinicTime.at(as_of, self.rulebook.identity.time_zone)
        stage, decided = Stage(model.stage), tuple(model.decisions)
        return Case(model.name, node.place, rule, clinic, stage, profile, decided, expect, model.start or "", form)

    def _refused(self, problem: Diagnostic, fact: str, node: Node, model: CaseModel, start: _CaseStart | None) -> None:
        """Reports what is wrong with an answer: in the case, or once in its start, if the start says it."""
        says_it = start is not None and fact in start.model.given and fact not in model.given
        place = place_of(start.node if start and says_it else node, ("given", *([fact] if fact else [])))
        self.problems.withdraw(place, "ambiguous")  # no answer is a word that must be in quotes
        if not says_it or not self.problems.is_reported(place):
            self.problems.report(problem.code, problem.message, problem.hint, place)

    def _profile(self, model: CaseModel, start: StartModel | None, form: CaseForm) -> PatientProfile:
        given = {**(start.given if start else {}), **model.given}
        observed_at = _once(model.observed_at or form.observed_at or (start.observed_at if start else None))
        raw: dict[str, Any] = {"extra": {}}
        for name, answer in given.items():
            if name in model.without:
                continue
            said = answer if name == "birth_date" or observed_at is None else dated(answer, observed_at)
            (raw["extra"] if name in self.rulebook.vocabulary and name not in BUILT_IN else raw)[name] = said
        return PatientProfile.model_validate(raw)


def _text_of(node: Node) -> str:
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else ""


def _screened_at(text: str | None) -> datetime:
    """When the patient of a case is screened.

    Raises:
        Refused: no time, or a date.
    """
    if text is None:
        raise Refused("missing-value", "must be there: it says when the patient is screened", _AS_OF)
    try:
        as_of = read_instant(text, "")
    except Refused as refused:
        if refused.message != "not a date":
            raise
        raise Refused("not-a-date", refused.message, f"it must be a time: {_AS_OF}") from None
    if not isinstance(as_of, datetime):
        raise Refused("not-a-date", "must be a time, not a date alone", f"add the time: `as_of: {text}T09:00:00Z`")
    return as_of


def _once(observed_at: str | None) -> Instant | str | None:
    """The time that most answers of a case share, read once; if it is refused, its text, which each answer refuses."""
    try:
        return read_instant(observed_at) if observed_at else None
    except Refused:
        return observed_at
