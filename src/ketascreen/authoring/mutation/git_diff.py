"""Finds the rules that changed since a git revision, by their files, parameters, definitions and facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ketascreen.authoring.git import git
from ketascreen.authoring.mutation.mutant import parameters_of
from ketascreen.diagnostic import Diagnostic, RequestError
from ketascreen.language.condition import definitions, facts_of
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.runtime.plain_file import read_plain
from ketascreen.syntax.tree import plain
from ketascreen.syntax.yaml_tree import read_yaml

_NAMED = ("parameters.yaml", "definitions.yaml", "vocabulary.yaml")


def rules_changed_since(revision: str, folder: Path, rulebook: Rulebook) -> frozenset[str]:
    """The ids of the rules that changed since `revision`; files that git does not know yet count as changed.

    A rule's cases belong to its files. A parameter, definition or fact counts if its own entry changed.

    Raises:
        RequestError: git is not installed, `folder` is not in a repository, or the revision does not exist.
    """
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    listed = _git(folder, "diff", "--name-only", "-z", "--relative", commit, "--", ".")
    untracked = _git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    paths = frozenset(filter(None, f"{listed}\0{untracked}".split("\0")))
    names = frozenset(name for file in _NAMED if file in paths for name in _entries_changed(folder, commit, file))
    return frozenset(rule.id for rule in rulebook.rules if _files(rule) & paths or _names(rule) & names)


def _files(rule: Rule) -> frozenset[str]:
    path = rule.place.path
    return frozenset({path, f"{path.removesuffix('.yaml')}.cases.yaml"})


def _names(rule: Rule) -> frozenset[str]:
    asked = frozenset(one.name for one in definitions(rule.when))
    return parameters_of(rule.when) | asked | facts_of(rule.when)


def _entries_changed(folder: Path, commit: str, file: str) -> Iterable[str]:
    """The names whose entries in a file differ between a commit and now."""
    old = _entries(_git(folder, "show", f"{commit}:./{file}", may_fail=True).encode(), file)
    new = _entries(_now(folder / file), file)
    return {name for name in {*old, *new} if old.get(name) != new.get(name)}


def _now(path: Path) -> bytes:
    try:
        return read_plain(path)
    except FileNotFoundError:
        return b""


def _entries(data: bytes, file: str) -> Mapping[str, Any]:
    tree = read_yaml(data, file)[0] if data else None
    read = plain(tree) if tree is not None else {}
    if file != "vocabulary.yaml" or not isinstance(read, dict):
        return read if isinstance(read, dict) else {}
    facts, windows = read.get("facts", {}), read.get("freshness", {})
    return {name: (facts.get(name), windows.get(name)) for name in {*facts, *windows}}


def _git(folder: Path, *words: str, may_fail: bool = False) -> str:
    try:
        told = git(folder, *words)
    except OSError:
        raise RequestError(
            [Diagnostic("since", "git is not installed", "install it, or leave `--since` out")]
        ) from None
    if told is None and not may_fail:
        hint = "name a commit, branch or tag of the repository that the rulebook is in"
        raise RequestError([Diagnostic("since", "git knows no such revision of the rulebook", hint)])
    return (told or b"").decode("utf-8", "replace")
