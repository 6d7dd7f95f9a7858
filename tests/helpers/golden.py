"""What the formats write for three rulebooks; `python -m tests.helpers.golden` writes the golden files anew."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from ketascreen.authoring.checks.run import Checked, check_folder
from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.condition import comparisons
from ketascreen.rendering.checks.formats import FORMATS
from tests.helpers.places import ROOT
from tests.helpers.rulebook_files import changed, text_of, with_files

GOLDEN = ROOT / "tests" / "rendering" / "golden"
TODAY = date(2026, 11, 22)

CASES = {
    "cautions/young.cases.yaml": """\
- name: an age of 20 is young
  as_of: 2026-11-22T09:00:00Z
  given: {age: 20 years}
  expect: {finding: met}
""",
}


class AgeIsAsked:
    """A check for tests: it finds each comparison of the age."""

    CODE = "age-is-asked"

    def check(self, subject: Subject) -> Iterator[Diagnostic]:
        """Its findings are about the rule."""
        for rule in subject.rulebook.rules:
            for compare in comparisons(rule.when):
                if compare.fact == "age":
                    hint = "ask for something that a person can change, or say in the interpretation why not"
                    yield Diagnostic(self.CODE, f"`{rule.id}` asks for the age", hint, compare.place)


class FactIsAdded:
    """A check for tests: it finds each fact that the rulebook adds."""

    CODE = "fact-is-added"

    def check(self, subject: Subject) -> Iterator[Diagnostic]:
        """Its findings are about the fact."""
        for name in ("egfr", "bmi"):
            if name in subject.rulebook.vocabulary:
                place = subject.place("vocabulary.yaml", "facts", name)
                yield Concern(self.CODE, f"`{name}` is added", "use a built-in fact", place, about=name)


CHECKS = (AgeIsAsked(), FactIsAdded())

ALLOW = "allow:\n  - {check: age-is-asked, reason: The brain matures.}\n"
ALLOW_ABOUT = "allow:\n  - {check: fact-is-added, about: egfr, reason: No built-in fact says it.}\n"


def added(path: str, text: str) -> dict[str, str]:
    """The good file at `path` with `text` behind it."""
    return {path: text_of(path) + text}


def rulebooks() -> dict[str, dict[str, str]]:
    """What is written over the small rulebook, by the name of the golden files."""
    long = "say: " + "Young. " * 20
    typo = changed("cautions/young.yaml", "age: {below: 21 years}", "aeg: {below: 21 years}")
    return {
        "clean": {**CASES, **added("cautions/young.yaml", ALLOW), **added("rulebook.yaml", ALLOW_ABOUT)},
        "found": {
            **CASES,
            **added("rulebook.yaml", ALLOW_ABOUT),
            **added("exclusions/heart.yaml", ALLOW.replace("age-is", "age-was")),
        },
        "refused": {**CASES, **typo, **changed("exclusions/heart.yaml", "say: A heart condition.", long + "# cut")},
    }


def checked(name: str, folder: Path) -> Checked:
    """What came of checking one of the rulebooks."""
    return check_folder(with_files(folder, rulebooks()[name]), today=TODAY, checks=CHECKS)


def golden(name: str, form: str) -> Path:
    """The golden file of a rulebook in a format."""
    return GOLDEN / f"{name}.{form}"


def main() -> None:
    """Writes every golden file."""
    GOLDEN.mkdir(exist_ok=True)
    for name in rulebooks():
        with tempfile.TemporaryDirectory() as folder:
            result = checked(name, Path(folder))
        for form, render in FORMATS.items():
            golden(name, form).write_text(render(result) + "\n", "utf-8")


if __name__ == "__main__":
    main()
