"""From the bytes of a rulebook's files to the rulebook: trees, models, parts, the whole. All or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ketascreen._version import VERSION
from ketascreen.diagnostic import Diagnostic, Place, RulebookError
from ketascreen.language.approval import Approver
from ketascreen.language.rule import Allowance
from ketascreen.language.rulebook import USUAL_WORDS, Identity, OptionWords, Rulebook
from ketascreen.loading import file_models
from ketascreen.loading.approvals import read_approvals
from ketascreen.loading.digest import bytes_digest
from ketascreen.loading.formats import check_format, version_of
from ketascreen.loading.former_names import check_former_names
from ketascreen.loading.invariants import check_whole
from ketascreen.loading.linker import Linker
from ketascreen.loading.sources import SourceReader
from ketascreen.loading.validate import read_model
from ketascreen.loading.vocabulary import VocabularyReader
from ketascreen.runtime.gc_pause import gc_paused
from ketascreen.runtime.time_zones import time_zone
from ketascreen.syntax.folder import meant_name
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Node, place_of
from ketascreen.syntax.yaml_tree import WORD, read_lines

NAMED = (
    "rulebook",
    "parameters",
    "definitions",
    "vocabulary",
    "routes",
    "documents",
    "conflicts",
    "not-encoded",
    "approvals",
)
REQUIRED = ("rulebook", "routes", "documents")

_FOLLOWS = {
    "documents.yaml": {"unknown-source"},
    "conflicts.yaml": {"conflict"},
    "parameters.yaml": {"unknown-parameter"},
    "definitions.yaml": {"unknown-definition"},
    "vocabulary.yaml": {"unknown-fact", "unknown-choice", "unknown-parameter"},
    "routes.yaml": {"unknown-route"},
}
"""The codes of problems that follow from an unreadable file that others refer to."""
_LOSES_NOTHING = {"unknown-source", "citation", "conflict", "unknown-fact", "out-of-range"}

KEYS = {
    "documents.yaml": re.compile(r"[a-z][a-z0-9_]*|[A-Za-z0-9_-]+\.[a-z]{2,4}|[A-Z][A-Z0-9]*-[0-9]+"),
    "conflicts.yaml": re.compile(r"[a-z][a-z0-9_]*|[A-Z][0-9]+"),
}


def build(files: Mapping[str, bytes], ignored: tuple[str, ...], problems: Problems) -> Rulebook:
    """The rulebook of files by their paths in its folder; `problems` holds the problems found before.

    Raises:
        RulebookError: every problem of every file, each as file:line:column.
    """
    with gc_paused():  # until the trees are gone
        rulebook = _whole(files, ignored, problems)
    if problems.found or rulebook is None:
        raise RulebookError(_causes(problems.sorted()))
    return rulebook


def _whole(files: Mapping[str, bytes], ignored: tuple[str, ...], problems: Problems) -> Rulebook | None:
    trees = read_trees(files, problems)
    missing = [f"{name}.yaml" for name in REQUIRED if f"{name}.yaml" not in files]
    for name in missing if files else ():
        problems.report("missing-file", "is missing", "docs/rule-format.md says what it holds", Place(name))
    return None if missing else _linked(trees, files, ignored, problems)


def _causes(found: list[Diagnostic]) -> list[Diagnostic]:
    """The problems, without those that only follow from a problem in a file that others refer to."""
    refused = {problem.place.path for problem in found if problem.place and problem.code not in _LOSES_NOTHING}
    misnamed = {name for path in refused if (name := meant_name(path.rpartition("/")[2]).casefold()) != path}
    refused |= misnamed & {f"{name}.yaml" for name in NAMED}
    following = {(path, code) for path in refused for code in _FOLLOWS.get(path, ())}

    def follows(problem: Diagnostic) -> bool:
        if problem.code == "missing-file":
            return problem.place is not None and problem.place.path in misnamed
        return any(code == problem.code and problem.place and problem.place.path != path for path, code in following)

    return [problem for problem in found if not follows(problem)]


def read_trees(files: Mapping[str, bytes], problems: Problems) -> dict[str, Node]:
    """The tree of each file that has one; `problems` gets the lines of these files."""
    trees: dict[str, Node] = {}
    lines: dict[str, list[str]] = {}
    problems.lines = lines
    for path, data in files.items():
        tree, found, text = read_lines(data, path, keys_of(path))
        problems.extend(found)
        if tree is not None:
            trees[path], lines[path] = tree, text
    return trees


def _linked(
    trees: Mapping[str, Node], files: Mapping[str, bytes], ignored: tuple[str, ...], problems: Problems
) -> Rulebook | None:
    named = {name: trees.get(f"{name}.yaml") for name in NAMED}
    identity = _identity(named["rulebook"], problems)
    sources = SourceReader(problems)
    if named["documents"]:
        sources.read_documents(named["documents"])
    sources.read_conflicts(named["conflicts"])
    not_encoded = sources.not_encoded(named["not-encoded"])
    called = identity.options if identity else USUAL_WORDS
    linker = Linker(problems, VocabularyReader(problems).read(named["vocabulary"]), sources, called)
    if named["routes"]:
        linker.read_routes(named["routes"])
    linker.read_parameters(named["parameters"])
    linker.read_definitions(named["definitions"])
    linker.read_contradictions(named["vocabulary"])
    rule_files = {path: tree for path, tree in trees.items() if not _is_named(path, problems)}
    check_format(named, rule_files, problems)
    read = [(path, linker.rule(path, tree)) for path, tree in sorted(rule_files.items())]
    linker.check_parameters()
    every = {path: rule for path, rule in read if rule is not None}
    rules = tuple(rule for rule in every.values() if rule.retired is None)
    retired = tuple(rule for rule in every.values() if rule.retired is not None)
    linker.approvals += read_approvals(named["approvals"], problems)
    seen: dict[str, str] = {}
    for path, rule in every.items():
        if rule.id in NAMED:
            problems.report("rule-id", f"`{rule.id}` is a reserved word of the format", "rename it", Place(path))
        if seen.setdefault(rule.id, path) != path:
            problems.report("rule-id", f"`{rule.id}` is also the id of `{seen[rule.id]}`", "rename one", Place(path))
    check_former_names(every, rule_files, named, linker.vocabulary, linker.parameters, linker.definitions, problems)
    if not problems.found:
        check_whole(
            rules, linker.vocabulary, linker.routes, called, sources.conflicts, problems, retired, sources.named_at
        )
    if problems.found or identity is None:
        return None
    return Rulebook(
        identity, rules, linker.vocabulary, linker.routes, linker.parameters, linker.definitions, sources.documents,
        sources.outside, sources.conflicts, not_encoded, tuple(linker.approvals), bytes_digest(files), ignored, files,
        retired=retired,
    )  # fmt: skip


def is_named(path: str) -> bool:
    """Whether the format names the file, so that it is not a rule, wherever it is and however it is written."""
    return path.rpartition("/")[2].casefold().removesuffix(".yaml") in NAMED


def keys_of(path: str) -> re.Pattern[str]:
    """The form of the keys that the file at `path` may have."""
    return KEYS.get(path.rpartition("/")[2].casefold(), WORD)


def _is_named(path: str, problems: Problems) -> bool:
    """The same; one that is not where it must be, or in capitals, is reported."""
    name = path.rpartition("/")[2]
    if not is_named(path):
        return False
    if path != name.casefold():
        message = f"`{name.casefold()}` belongs at the root of the rulebook, in lower-case letters"
        problems.report("rule-id", message, "move it there; if it is a rule, give it another name", Place(path))
    return True


def _identity(node: Node | None, problems: Problems) -> Identity | None:
    model = read_model(file_models.RulebookModel, node, problems) if node is not None else None
    if model is None or node is None:
        return None
    if version_of(model.requires.removeprefix(">=")) > version_of(VERSION):
        problems.report("version", f"needs ketascreen {model.requires}", "install that version", node.place)
    if model.time_zone is not None:
        try:
            time_zone(model.time_zone)
        except LookupError:
            hint = "write an IANA name, such as America/Los_Angeles"
            problems.report("time-zone", "unknown time zone", hint, place_of(node, ("time_zone",)))
    if model.released and model.revised and model.revised < model.released:
        hint = "write the day of the last revision, which is not before the release"
        problems.report("wrong-value", "`revised` is before `released`", hint, place_of(node, ("revised",)))
    given = dict(model)
    allow = tuple(Allowance(**dict(allowed)) for allowed in given["allow"])
    approvers = tuple(Approver(one.name, one.role) for one in model.approvers)
    given |= {"allow": allow, "approvers": approvers, "options": option_words(model.options)}
    return Identity(**{**given, "not_asked": tuple(given["not_asked"])})


def option_words(model: file_models.OptionsModel | None) -> OptionWords:
    """The words for the routes, as rulebook.yaml says, or the usual ones."""
    return USUAL_WORDS if model is None else OptionWords(**dict(model))
