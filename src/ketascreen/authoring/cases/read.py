"""Reads cases: patients written in YAML beside the rules, with the expected results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ketascreen.authoring.cases.case import NOTHING, Case, CaseForm
from ketascreen.authoring.cases.case_models import (
    OF_A_PATIENT,
    OF_A_ROUTE,
    OF_A_RULE,
    REFUSED,
    CaseModel,
    CasesModel,
    StartModel,
)
from ketascreen.diagnostic import Place, ProfileError, RulebookError, did_you_mean
from ketascreen.language.clinic_time import ClinicTime, Instant
from ketascreen.language.effects import DECIDABLE
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Decision, Effect, Readiness, Stage
from ketascreen.loading.build import read_trees
from ketascreen.loading.validate import read_model
from ketascreen.patient.contradictions import OTHER_AGE
from ketascreen.patient.observation import dated
from ketascreen.patient.profile import BUILT_IN, PatientProfile
from ketascreen.patient.reader import in_words_of
from ketascreen.patient.refused import Refused
from ketascreen.patient.times import read_instant
from ketascreen.syntax.folder import CASES, START, read_folder
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, Scalar, Sequence, place_of, place_of_key

__all__ = ["VIGNETTES", "Case", "read_cases"]

VIGNETTES = "vignettes/"


def read_cases(folder: str | Path, rulebook: Rulebook) -> tuple[Case, ...]:
    """Every case below a rulebook's folder.

    Raises:
        RulebookError: every problem of every case file; a case that expects nothing is a problem.
    """
    problems = Problems()
    fixtures = read_folder(Path(folder), problems, rules=False).fixtures
    cases = cases_of_files(fixtures, rulebook, problems)
    if not cases and not problems.found:
        problems.report(
            "no-cases",
            "the folder has no cases",
            "write `<rule-id>.cases.yaml` beside a rule",
            Place(str(folder)),
        )
    if problems.found:
        raise RulebookError(problems.sorted())
    return tuple(cases)


def cases_of_files(fixtures: Mapping[str, bytes], rulebook: Rulebook, problems: Problems) -> list[Case]:
    """Every case of files of cases and starts, by their path in the rulebook's folder; `problems` gets each problem."""
    trees = read_trees(fixtures, problems)
    reader = _CaseReader(rulebook, _starts(trees, problems), problems)
    return [case for path, tree in trees.items() if path.endswith(CASES) for case in reader.read(path, tree)]


def _starts(trees: Mapping[str, Node], problems: Problems) -> dict[str, StartModel]:
    starts: dict[str, StartModel] = {}
    for path, tree in trees.items():
        if not path.endswith(START):
            continue
        name = path.rsplit("/", 1)[-1].removesuffix(START)
        if name in starts:
            problems.report("case", f"two starts have the name `{name}`", "give each its own name", Place(path))
        if start := read_model(StartModel, tree, problems):
            starts[name] = start
    return starts


@dataclass(frozen=True, slots=True)
class _CaseReader:
    rulebook: Rulebook
    starts: Mapping[str, StartModel]
    problems: Problems

    def read(self, path: str, tree: Node) -> Iterable[Case]:
        stem = path.rsplit("/", 1)[-1].removesuffix(CASES)
        rule = None if path.startswith(VIGNETTES) else stem
        if rule is not None and self.rulebook.rule(rule) is None:
            self.problems.report("unknown-rule", f"no rule `{rule}`", "name the file after its rule", Place(path))
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
        times = {key: self._time(head[key], key) for key in ("as_of", "observed_at") if key in head}
        if None in times.values():  # said once, not again at each case
            return (), CaseForm()
        return listed.items, CaseForm(max(0, listed.items[0].place.column - 3), **times)

    def _time(self, node: Node, key: str) -> str | None:
        """A time that a file of cases says once; None, with a problem, if it is not a time."""
        text = node.value if isinstance(node, Scalar) and isinstance(node.value, str) else ""
        try:
            _screened_at(text) if key == "as_of" else read_instant(text, "")
        except Refused as refused:
            self.problems.report("case", f"`{key}`: {refused.message}", refused.hint, node.place)
            return None
        return text

    def _case(self, node: Node, model: CaseModel, rule: str | None, form: CaseForm) -> Case | None:
        start = self.starts.get(model.start or "")
        if model.start is not None and start is None:
            hint = did_you_mean(model.start, self.starts, otherwise="write it as <name>.start.yaml")
            self.problems.report("case", f"no start `{model.start}`", hint, place_of(node, ("start",)))
            return None
        for wrong in _problems(model, rule, self.rulebook):
            self.problems.report(wrong.code, wrong.message, wrong.hint, place_of(node, wrong.at))
        try:
            as_of = _screened_at(model.as_of or form.as_of or (start.as_of if start else None))
            profile = self._profile(model, start, form)
        except Refused as refused:
            self.problems.report("case", f"`as_of`: {refused.message}", refused.hint, node.place)
            return None
        except ProfileError as error:
            for problem in in_words_of(self.rulebook.vocabulary, error, has_extra=False).diagnostics:
                place = place_of(node, ("given", *(problem.pointer or "").split("/")[1:2]))
                self.problems.report(problem.code, problem.message, problem.hint, place)
            return None
        expect = {key: value for key, value in model.expect.model_dump().items() if value is not None}
        clinic = ClinicTime.at(as_of, self.rulebook.identity.time_zone)
        stage, decided = Stage(model.stage), tuple(model.decisions)
        return Case(model.name, node.place, rule, clinic, stage, profile, decided, expect, model.start or "", form)

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


def _screened_at(text: str | None) -> datetime:
    as_of = read_instant(text, "")
    if not isinstance(as_of, datetime):
        raise Refused("not-a-date", "must be a time", "write 2026-11-22T09:00:00Z")
    return as_of


def _once(observed_at: str | None) -> Instant | str | None:
    """The time that most answers of a case share, read once; if it is refused, its text, which each answer refuses."""
    try:
        return read_instant(observed_at) if observed_at else None
    except Refused:
        return observed_at


@dataclass(frozen=True, slots=True)
class _Problem:
    """What is wrong in a case, how to fix it, and the keys that lead there."""

    code: str
    message: str
    hint: str
    at: tuple[str | int, ...] = ()


def _problems(model: CaseModel, rule: str | None, rulebook: Rulebook) -> Iterator[_Problem]:
    yield from _of_its_kind(model, rule, rulebook.identity.options.one)
    for fact in model.without:
        if fact in model.given:
            hint = "keep it under one of the two"
            yield _Problem("case", f"`{fact}` is under both `given` and `without`", hint, ("without",))
    yield from _unknown_names(model, rulebook)
    yield from _unknown_routes(model, rulebook)
    for index, decided in enumerate(model.decisions):
        if (one := rulebook.rule(decided)) and one.effect not in DECIDABLE:
            hint = f"name a rule with the effect {' or '.join(f'`{effect}`' for effect in DECIDABLE)}, or delete it"
            yield _Problem("case", f"`{decided}` is not a review or a hold", hint, ("decisions", index))
    if (one := rulebook.rule(rule or "")) and model.expect.gives:
        words = Readiness if one.effect is Effect.HOLD else Decision
        for route, word in model.expect.gives.items():
            if word not in {*words, NOTHING}:
                hint = did_you_mean(word, words, otherwise=f"write one of {', '.join(words)}")
                yield _Problem("wrong-word", f"`{rule}` alone never gives `{word}`", hint, ("expect", "gives", route))


def _of_its_kind(model: CaseModel, rule: str | None, called: str) -> Iterator[_Problem]:
    """Whether a case asserts enough, and what a case of its kind can assert."""
    said = {key: value for key, value in model.expect.model_dump().items() if value is not None}
    allowed = (REFUSED,) if REFUSED in said and not rule else OF_A_RULE if rule else OF_A_PATIENT
    needed = allowed[0]
    if not said.get(needed):
        yield _Problem("case", "the case expects too little", f"add `{needed}:` under `expect:`", ("expect",))
    for key in sorted(said.keys() - {*allowed}):
        hint = f"it may expect {', '.join(sorted(allowed))}"
        yield _Problem("case", f"`{key}` is not for this kind of case", hint, ("expect", key))
    for key in ("gives", "readiness"):
        if said.get(key) == {}:
            yield _Problem("case", f"`{key}` names no {called}", "name one, or leave it out", ("expect", key))
    if said.get("readiness") and model.stage != Stage.SESSION:
        hint = "add `stage: session`, or leave it out"
        yield _Problem("case", "`readiness` is asked at a session only", hint, ("expect", "readiness"))


def _unknown_routes(model: CaseModel, rulebook: Rulebook) -> Iterator[_Problem]:
    called, listed = rulebook.identity.options, ", ".join(rulebook.routes)
    for key in OF_A_ROUTE:
        for route in getattr(model.expect, key) or ():
            if route not in rulebook.routes:
                hint = f"the {called.many} are {listed}"
                yield _Problem("unknown-route", f"no {called.one} `{route}`", hint, ("expect", key, route))


def _unknown_names(model: CaseModel, rulebook: Rulebook) -> Iterator[_Problem]:
    expect, facts = model.expect, rulebook.vocabulary
    names = [*(one.name for one in facts.contradictions), OTHER_AGE]
    if expect.refused is not None and expect.refused not in names:
        hint = did_you_mean(expect.refused, names, otherwise="docs/rule-format.md says where they are")
        yield _Problem("case", f"no contradiction `{expect.refused}`", hint, ("expect", REFUSED))
    for at, named in {
        ("expect", "met"): expect.met,
        ("expect", "unknown"): expect.unknown,
        ("expect", "alerts"): expect.alerts,
        ("expect", "not_decidable"): expect.not_decidable,
        ("decisions",): model.decisions,
    }.items():
        for index, name in enumerate(named or ()):
            if rulebook.rule(name) is None:
                rules = [one.id for one in rulebook.rules]
                hint = did_you_mean(name, rules, otherwise="`ketascreen rules` lists them")
                yield _Problem("unknown-rule", f"no rule `{name}`", hint, (*at, index))
    for at, named, beside in (
        (("expect", "because"), expect.because, ()),
        (("expect", "asks"), expect.asks, ()),
        (("without",), model.without, ("birth_date",)),
    ):
        for index, name in enumerate(named or ()):
            if name not in facts and name not in beside:
                hint = did_you_mean(name, [*facts, *beside], otherwise="`ketascreen facts` lists them")
                yield _Problem("unknown-fact", f"unknown fact `{name}`", hint, (*at, index))
