"""Mutants of the built-in rulebook and of small ones, and what becomes of them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ketascreen import Rulebook, load_rulebook
from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.read import read_cases
from ketascreen.authoring.mutation.line_edits import read_sources
from ketascreen.authoring.mutation.mutant import Mutant, mutants, source_paths
from ketascreen.authoring.mutation.run import Fate, MutantResult, MutantRun, try_all
from ketascreen.loading.built_in import built_in_rules
from tests.helpers.screening import shipped, shipped_cases

REST = """\
say: Says so.
sources:
  - {document: 000_fbdac672c43891b5.txt, line: 43, phrase: uncontrolled high blood pressure, says: exclude}
"""


@cache
def shipped_mutants() -> tuple[Mutant, ...]:
    return mutants(shipped(), read_sources(built_in_rules(), source_paths(shipped())))


def of(about: str, kind: str = "") -> list[Mutant]:
    return [one for one in shipped_mutants() if one.about == about and one.kind.startswith(kind)]


def fates(chosen: Sequence[Mutant], cases: tuple[Case, ...] | None = None) -> list[MutantResult]:
    return try_all(chosen, MutantRun(shipped(), shipped_cases() if cases is None else cases))


def changes(chosen: Sequence[Mutant]) -> set[tuple[str, str | None]]:
    return {(one.line.before.strip(), None if one.line.after is None else one.line.after.strip()) for one in chosen}


def with_rule(tmp_path: Path, when: str) -> tuple[Rulebook, Path]:
    """The built-in rulebook with one more rule, `tried`."""
    folder = tmp_path / "rules"
    shutil.copytree(built_in_rules(), folder)
    text = f"id: tried\ntitle: Tried\nstage: candidacy\neffect: review\nroutes: [iv]\nwhen:\n{when}{REST}"
    (folder / "reviews" / "tried.yaml").write_text(text, encoding="utf-8")
    return load_rulebook(folder), folder


def tried(rulebook: Rulebook, folder: Path) -> list[Mutant]:
    found = mutants(rulebook, read_sources(folder, source_paths(rulebook)))
    return [one for one in found if one.about == "rule tried"]


def own_cases(rulebook: Rulebook, text: str, tmp_path: Path) -> tuple[Case, ...]:
    folder = tmp_path / "cases"
    folder.mkdir(exist_ok=True)
    (folder / "tried.yaml").write_text("id: tried\n", encoding="utf-8")
    (folder / "tried.cases.yaml").write_text(text, encoding="utf-8")
    return read_cases(folder, rulebook)


def survived(result: MutantResult) -> bool:
    return result.fate is Fate.SURVIVED
