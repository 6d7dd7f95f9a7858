"""What the tests of the checks share: the small rulebook of tests/loading/good with files of the test's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from ketascreen.authoring.cases.read import Case, read_cases
from ketascreen.authoring.checks.registry import Check
from ketascreen.authoring.checks.subject import Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.loading.load import load_rulebook
from tests.helpers.rulebook_files import with_files

TODAY = date(2026, 11, 22)


def findings(
    check: Check,
    folder: Path,
    files: Mapping[str, str],
    *,
    today: date = TODAY,
    documents: Path | None = None,
) -> list[Diagnostic]:
    """What one check finds in the small rulebook with these files written over it, by place."""
    path = with_files(folder, files)
    rulebook = load_rulebook(path)
    with_cases = any(name.endswith(".cases.yaml") for name in files)
    cases: tuple[Case, ...] = read_cases(path, rulebook) if with_cases else ()
    texts = {one.relative_to(path).as_posix(): one.read_text("utf-8") for one in sorted(path.rglob("*.yaml"))}
    subject = Subject(rulebook, cases, today, documents, texts)
    return sorted(check.check(subject), key=lambda problem: (str(problem.place), problem.message))


def rule(
    path: str,
    when: str,
    *,
    effect: str = "review",
    stage: str = "candidacy",
    routes: str = "all",
) -> dict[str, str]:
    """The file of a rule, whose condition stands on line 7 and below."""
    rule_id = path.rsplit("/", 1)[-1].removesuffix(".yaml")
    return {
        path: f"""id: {rule_id}
title: A rule
stage: {stage}
effect: {effect}
routes: {routes}
when:
{when.strip(chr(10))}
say: A rule.
sources:
  - {{document: leaflet.txt, line: 2, phrase: above 180, says: {effect}}}
"""
    }


def cases(path: str, *written: str) -> dict[str, str]:
    """The file of a rule's cases: for each what is `given`, as YAML within braces."""
    entries = [
        f"- {{name: case {number}, as_of: 2026-11-22T09:00:00Z, observed_at: 2026-11-22, {text}}}"
        for number, text in enumerate(written)
    ]
    return {path: "\n".join([*entries, ""])}
