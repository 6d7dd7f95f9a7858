"""Checks a rulebook: gives the problems that refuse it, the check findings, and the accepted findings, all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from ketascreen.authoring.cases.read import Case, read_cases
from ketascreen.authoring.checks.registry import ASK_FOR_CASES, ASK_FOR_DOCUMENTS, CHECKS, Check
from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.authoring.traceability import documents_in, named_right
from ketascreen.authoring.traceability import no_documents as missing_documents
from ketascreen.diagnostic import Diagnostic, Place, RulebookError, did_you_mean
from ketascreen.language.rule import Allowance
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.load import load_rulebook
from ketascreen.runtime.plain_file import read_plain
from ketascreen.syntax.folder import CASES, DOCUMENTS, read_folder
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.utf8 import decode
from ketascreen.syntax.yaml_tree import read_yaml

NEEDLESS = "needless-allow"
_NO_DOCUMENTS = "put them there, or name their folder with --documents; --no-documents leaves phrases unchecked"


@dataclass(frozen=True, slots=True)
class Silenced:
    """A check finding that the rulebook accepts, with the rulebook's reason."""

    finding: Diagnostic
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of checking a rulebook.

    `refused` are problems that make it, or its cases, unusable. `found` are the check findings, `silenced` the findings
    that an `allow` entry accepts. `not_run` names the checks that did not run: the checks of cases if the cases are
    refused, the checks of documents if there are none to look into, all checks if the rulebook is refused. `ignored`
    are the files and folders that were passed over. The `retired` rules are not among `rules`, nor their cases among
    `cases`.
    """

    refused: tuple[Diagnostic, ...] = ()
    found: tuple[Diagnostic, ...] = ()
    silenced: tuple[Silenced, ...] = ()
    not_run: tuple[str, ...] = ()
    rules: int = 0
    cases: int = 0
    ignored: tuple[str, ...] = ()
    retired: int = 0


def check_folder(
    folder: Path,
    *,
    today: date,
    documents: Path | None = None,
    no_documents: bool = False,
    checks: tuple[Check, ...] = CHECKS,
    cache: str | Path | None = None,
) -> Checked:
    """What is wrong with the rulebook of a folder, as of `today`. Raises nothing: the result holds every problem.

    `documents` is the folder of the source documents, in place of `documents/` in the rulebook's own. If there is
    neither, and the rulebook has documents, that is a check finding which no `allow` entry accepts, except with
    `no_documents`: the checks of documents are then left out.

    `cache`: as for `load_rulebook`; a refused rulebook is never in it.
    """
    try:
        rulebook = load_rulebook(folder, cache=cache)
    except RulebookError as error:
        read = read_folder(folder, Problems(), rules=False)
        problems = named_right(error.diagnostics, folder, documents or folder / DOCUMENTS)
        refused = _in_order((*problems, *_of_fixtures(read.fixtures)))
        return Checked(refused=refused, not_run=tuple(check.CODE for check in checks), ignored=read.ignored)
    cases, refused = _cases(folder, rulebook)
    looked_into = None if no_documents else documents or documents_in(folder, rulebook)
    left_out = (ASK_FOR_CASES if refused else frozenset()) | (frozenset() if looked_into else ASK_FOR_DOCUMENTS)
    subject = Subject(rulebook, cases, today, looked_into, _Texts(folder), cache)
    run = tuple(check for check in checks if check.CODE not in left_out)
    not_run = tuple(check.CODE for check in checks if check.CODE in left_out)
    found, silenced = _silence(subject, [problem for check in run for problem in check.check(subject)], checks, not_run)
    if not no_documents and looked_into is None and not ASK_FOR_DOCUMENTS.isdisjoint(not_run):
        found = _in_order((*found, missing_documents(_NO_DOCUMENTS)))
    counted = len(rulebook.rules), len(cases)
    return Checked(refused, found, silenced, not_run, *counted, rulebook.ignored, len(rulebook.retired))


def _cases(folder: Path, rulebook: Rulebook) -> tuple[tuple[Case, ...], tuple[Diagnostic, ...]]:
    try:
        return read_cases(folder, rulebook), ()
    except RulebookError as error:
        return (), error.diagnostics


def _of_fixtures(fixtures: Mapping[str, bytes]) -> Iterator[Diagnostic]:
    """What is wrong with the YAML of the cases; their content can be read only with a rulebook that loads."""
    for path, data in fixtures.items():
        yield from read_yaml(data, path)[1]


@dataclass(frozen=True, slots=True)
class _Texts(Mapping[str, str]):
    """The text of each file of a folder that was read without a problem, read once when it is needed; most are not."""

    folder: Path
    seen: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, path: str) -> str:
        if path not in self.seen:
            try:
                self.seen[path] = decode(read_plain(self.folder / path), path)[0]
            except OSError:  # it was removed a moment ago, or is not a file of the folder
                raise KeyError(path) from None
        return self.seen[path]

    def __iter__(self) -> Iterator[str]:
        read = read_folder(self.folder, Problems())
        return iter((*read.files, *read.fixtures))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    unplaced = Place("", 0, 0)
    return tuple(sorted(diagnostics, key=lambda one: (one.place or unplaced, one.code, one.message)))


@dataclass(frozen=True, slots=True)
class _PlacedAllowance:
    """An `allow` entry with what it is about, and its place."""

    about: str
    allowance: Allowance
    place: Place

    def covers(self, code: str, about: str) -> bool:
        return (self.allowance.check, self.about) == (code, about)


def _silence(
    subject: Subject, problems: Iterable[Diagnostic], checks: tuple[Check, ...], not_run: tuple[str, ...]
) -> tuple[tuple[Diagnostic, ...], tuple[Silenced, ...]]:
    """The findings that remain, and the findings that the rulebook accepts. An entry that accepts nothing is a finding.

    A rule's own file accepts findings about the rule; rulebook.yaml accepts all other findings, also about a fact that
    has the name of a rule.
    """
    rule_of = {rule.place.path: rule.id for rule in (*subject.rulebook.rules, *subject.rulebook.retired)}
    entries = tuple(_entries(subject))
    found: list[Diagnostic] = []
    silenced: list[Silenced] = []
    used: set[_PlacedAllowance] = set()
    for problem in _in_order(map(_with_text(subject), problems)):
        about = _about(problem, rule_of)
        if about in rule_of.values() and problem.place is not None and problem.place.path == "vocabulary.yaml":
            about = _fact_like_a_rule(about)
        entry = next((one for one in entries if one.covers(problem.code, about)), None)
        if entry is None:
            found.append(problem)
        else:
            used.add(entry)
            silenced.append(Silenced(problem, entry.allowance.reason))
    retired = {rule.id for rule in subject.rulebook.retired}  # what was accepted for them is history
    asked = [entry for entry in entries if entry.about not in retired]
    idle = [entry for entry in asked if entry not in used and entry.allowance.check not in not_run]
    needless = [_needless(entry, checks) for entry in idle]
    return _in_order((*found, *map(_with_text(subject), needless))), tuple(silenced)


def _entries(subject: Subject) -> Iterator[_PlacedAllowance]:
    rules = (*subject.rulebook.rules, *subject.rulebook.retired)
    ids = {rule.id for rule in rules}
    for rule in rules:
        for index, allowance in enumerate(rule.allow):
            yield _PlacedAllowance(rule.id, allowance, subject.place(rule.place.path, "allow", index, "check"))
    for index, allowance in enumerate(subject.rulebook.identity.allow):
        # With a rule's id here, a finding about the rule would be accepted where the rule's readers do not see it.
        about = allowance.about
        if about in ids:
            about = _fact_like_a_rule(about) if about in subject.rulebook.vocabulary else ""
        yield _PlacedAllowance(about, allowance, subject.place("rulebook.yaml", "allow", index, "check"))


def _fact_like_a_rule(name: str) -> str:
    return f"the fact {name}"


def _about(problem: Diagnostic, rule_of: Mapping[str, str]) -> str:
    if isinstance(problem, Concern) and problem.about:
        return problem.about
    path = problem.place.path if problem.place else ""
    return rule_of.get(path) or rule_of.get(f"{path.removesuffix(CASES)}.yaml") or path


def _with_text(subject: Subject) -> Callable[[Diagnostic], Diagnostic]:
    lines_of: dict[str, list[str]] = {}

    def with_text(problem: Diagnostic) -> Diagnostic:
        text = subject.texts.get(problem.place.path) if problem.place else None
        if text is None or problem.text is not None or problem.place is None:
            return problem
        path = problem.place.path
        lines = lines_of.get(path) or lines_of.setdefault(path, text.split("\n"))
        return (
            replace(problem, text=lines[problem.place.line - 1])
            if problem.place.line <= len(lines) and not problem.place.is_whole
            else problem
        )

    return with_text


def _needless(entry: _PlacedAllowance, checks: tuple[Check, ...]) -> Diagnostic:
    codes = [check.CODE for check in checks]
    check = entry.allowance.check
    if check not in codes:
        hint = did_you_mean(check, codes, otherwise="docs/codes/ lists the checks")
        return Concern(NEEDLESS, f"no check is called `{check}`", hint, entry.place, about=entry.about)
    if entry.allowance.about and not entry.about:
        hint = f"move it into the file of `{entry.allowance.about}`, without `about`"
        message = "only the rule's own file can accept a finding about a rule"
        return Concern(NEEDLESS, message, hint, entry.place)
    message = f"`{check}` finds nothing that this entry would accept"
    return Concern(NEEDLESS, message, "delete the entry", entry.place, about=entry.about)
