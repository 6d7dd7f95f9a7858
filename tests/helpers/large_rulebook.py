"""A large rulebook: the built-in one with its rules, and their cases, copied under other names."""

from __future__ import annotations

import re
import shutil
from itertools import count
from pathlib import Path

from ketascreen.loading.built_in import built_in_rules
from ketascreen.syntax.folder import CASES


def large_rulebook(folder: Path, rules: int, cases_each: int | None = None) -> Path:
    """A rulebook of that many rules below `folder`, each with all of its cases, or with the first few.

    Copies carry no conflict: conflicts.yaml names its rules.
    """
    rulebook = folder / "large"
    shutil.copytree(built_in_rules(), rulebook)
    originals = [path for path in sorted(rulebook.rglob("*.yaml")) if _is_rule(path)]
    for path in originals if cases_each else ():
        _keep(path.with_name(f"{path.stem}{CASES}"), cases_each)
    wanted = rules - len(originals)
    for number in count(2):
        for path in originals:
            if wanted <= 0:
                return rulebook
            _copy(path, f"{path.stem}-{number}")
            wanted -= 1
    raise AssertionError("counting has no end")


def _is_rule(path: Path) -> bool:
    return path.with_name(f"{path.stem}{CASES}").is_file()


def _keep(cases: Path, number: int | None) -> None:
    """Leaves the first so many cases of a file."""
    kept = re.split(r"^(?=- name:)", cases.read_text("utf-8"), flags=re.MULTILINE)[: 1 + (number or 0)]
    cases.write_text("".join(kept), "utf-8")


def _copy(path: Path, name: str) -> None:
    text = re.sub(r"^id: .*$", f"id: {name}", path.read_text("utf-8"), flags=re.MULTILINE)
    text = re.sub(r"^conflicts: .*\n", "", text, flags=re.MULTILINE)
    path.with_name(f"{name}.yaml").write_text(text, "utf-8")
    cases = path.with_name(f"{path.stem}{CASES}").read_text("utf-8")
    path.with_name(f"{name}{CASES}").write_text(cases, "utf-8")
