"""The file of cases that a new case is added to, at its end; all other bytes stay."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ketascreen.authoring.cases.read import VIGNETTES
from ketascreen.authoring.editing.entries import with_entry
from ketascreen.authoring.editing.writing import alone, bytes_of, replace_file
from ketascreen.authoring.scaffold import schema_line
from ketascreen.diagnostic import refused
from ketascreen.language.rule import Rule
from ketascreen.runtime.plain_file import read_plain
from ketascreen.syntax.folder import CASES, read_folder
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import plain
from ketascreen.syntax.yaml_tree import read_yaml

CODE = "case"
_STEM = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class FileOfCases:
    """A file of cases by its path within the rulebook's folder; `before` is what it holds, if it is there.

    `section` is the key of the list of cases, or "" for a file that is the list. `names` are the cases' names.
    """

    folder: Path
    path: str
    before: bytes | None
    section: str
    names: frozenset[str]

    def with_cases(self, cases: str) -> bytes:
        """The file's bytes with more cases after its others; `cases` is the text of YAML from the first column.

        Raises:
            RulebookError: the file cannot be read.
            InputError: it cannot take them.
        """
        rulebook = read_plain(self.folder / "rulebook.yaml").decode("utf-8", "replace")
        return with_entry(self.before, self.path, self.section, cases, head=f"{schema_line(self.path, rulebook)}\n")

    def add(self, case: str) -> Path:
        """Adds a case, the text of YAML from the first column; returns the path of the file.

        Raises:
            RulebookError: the file cannot be read.
            InputError: it cannot take the case, has changed, or another process writes.
            OSError: it could not be written.
        """
        data = self.with_cases(case)
        with alone(self.folder, CODE):
            (self.folder / self.path).parent.mkdir(exist_ok=True)
            return replace_file(self.folder, self.path, data, self.before, CODE)


def case_file(folder: Path, rule: Rule | None, stem: str) -> FileOfCases:
    """The file for the cases of a rule, wherever it is, or for whole patients (`stem` is its name without endings).

    Raises:
        InputError: `stem` is not the name of a file.
    """
    path = f"{VIGNETTES}{stem}{CASES}" if rule is None else _of_rule(folder, rule)
    if rule is None and not _STEM.fullmatch(stem):
        hint = "write lower-case words joined by hyphens, such as patients"
        raise refused(CODE, f"`{stem}` is not a name for a file of cases", hint)
    return file_at(folder, path)


def file_at(folder: Path, path: str) -> FileOfCases:
    """The file of cases at a path within the rulebook's folder."""
    before = bytes_of(folder / path)
    held: Any = None
    if before is not None:
        tree, _ = read_yaml(before, path)
        held = None if tree is None else plain(tree)
    section = "cases" if isinstance(held, dict) else ""
    listed = held.get(section, ()) if isinstance(held, dict) else held
    names = frozenset(one["name"] for one in listed or () if isinstance(one, dict) and isinstance(one.get("name"), str))
    return FileOfCases(folder, path, before, section, names)


def _of_rule(folder: Path, rule: Rule) -> str:
    """The file of the rule's cases among those that are read; without one, the file beside the rule."""
    read = read_folder(folder, Problems(), rules=False).fixtures
    found = sorted(
        path for path in read if path.rpartition("/")[2] == f"{rule.id}{CASES}" and not path.startswith(VIGNETTES)
    )
    beside = f"{rule.place.path.removesuffix('.yaml')}{CASES}"
    return found[0] if found and beside not in found else beside
