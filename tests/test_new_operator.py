"""An operator of a known shape is one row: `includes_all`, added to a copy of the source by CONTRIBUTING's steps."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from ketascreen.language.operators import OPERATORS
from ketascreen.syntax.tree import plain
from ketascreen.syntax.yaml_tree import read_yaml
from tests.helpers.places import ROOT
from tests.helpers.rulebook_files import GOOD

FORMAT = "docs/rule-format.md"
TABLE = "src/ketascreen/language/operators.py"
ROW = """\
        Operator(
            "includes_all", _LISTS, Overlap(every=True),
            lambda answer, words: logic.conjunction(_includes(answer, word) for word in words),
            "Holds when each of the words is in the list.",
        ),
"""
END_OF_TABLE = "    )\n}  # fmt: skip\n"

DESCRIBED = "| `includes_any`, `includes_none` | lists | at least one of the words is in the list, or none is |\n"
LINE = "| `includes_all` | lists | each of the words is |\n"

WHEN = "  heart_conditions: {includes_all: [pacemaker, valve_disease]}"


def rule(when: str) -> str:
    """The rule `both`, laid out as `ketascreen fmt` does."""
    sources = "  - {document: leaflet.txt, line: 2, phrase: above 180, says: review}"
    head = "id: both\ntitle: Both at once\nstage: candidacy\neffect: review\nroutes: [iv]"
    return f"{head}\nwhen:\n{when}\nsay: Both at once.\nsources:\n{sources}\n"


def case(name: str, present: str, complete: str, expect: str) -> str:
    """A case of the rule `both`."""
    given = f"{{heart_conditions: {{present: [{present}], complete: {complete}}}}}"
    times = "as_of: 2026-11-22T09:00:00Z\n  observed_at: 2026-11-22"
    return f"- name: {name}\n  {times}\n  given: {given}\n  expect: {{{expect}}}\n"


MET = "finding: met, because: [heart_conditions], gives: {iv: review, oral: nothing}"
NOT_MET = "finding: not_met, because: [heart_conditions], gives: {iv: eligible}"
UNKNOWN = "finding: unknown, asks: [heart_conditions], gives: {iv: insufficient_data}"
ONLY_THE_SECOND = case("valve disease alone does not", "valve_disease", "true", NOT_MET)
CASES = (
    case("both in the list meet it", "pacemaker, valve_disease", "true", MET)
    + case("both in a list that nobody went through meet it", "pacemaker, valve_disease", "false", MET)
    + case("a pacemaker alone does not", "pacemaker", "true", NOT_MET)
    + ONLY_THE_SECOND
    + case("a pacemaker in a list that nobody went through leaves it open", "pacemaker", "false", UNKNOWN)
)
COMMAND = "from ketascreen.cli.commands import main; main.main()"


@dataclass(frozen=True)
class Copy:
    """A copy of the source with the operator in it, and a small rulebook with a rule that uses it."""

    folder: Path
    rulebook: Path

    def ran(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A Python command on the copy's source, with the tests' helpers of this clone."""
        path = os.pathsep.join([str(self.folder / "src"), str(ROOT)])
        environment = {**os.environ, "PYTHONPATH": path, "NO_COLOR": "1", "COLUMNS": "200"}
        return subprocess.run(
            [sys.executable, *command], env=environment, cwd=self.folder, capture_output=True, text=True, check=False
        )

    def ketascreen(self, *arguments: str) -> str:
        """What a command that goes well prints."""
        ran = self.ran("-c", COMMAND, *arguments)
        assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr
        return ran.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("contribution")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(GOOD, folder / "rulebook")
    (folder / "docs").mkdir()
    for path, old, new in ((TABLE, END_OF_TABLE, ROW + END_OF_TABLE), (FORMAT, DESCRIBED, DESCRIBED + LINE)):
        text = (ROOT / path).read_text("utf-8")
        assert text.count(old) == 1
        (folder / path).write_text(text.replace(old, new), "utf-8")
    (folder / "rulebook" / "reviews" / "both.yaml").write_text(rule(WHEN), "utf-8")
    (folder / "rulebook" / "reviews" / "both.cases.yaml").write_text(CASES, "utf-8")
    return Copy(folder, folder / "rulebook")


def test_its_steps_in_contributing_are_a_row_and_its_line_in_the_rule_format() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    steps = text.partition("## Add an operator\n")[2].partition("\n## ")[0]
    assert re.findall(r"^([0-9]+)\.", steps, re.MULTILINE) == ["1", "2"]
    assert TABLE in steps
    assert FORMAT in steps


def described(root: Path) -> set[str]:
    """The operators in the rule format's table of comparisons."""
    table = (root / FORMAT).read_text("utf-8").partition("| comparison | for | holds when |")[2].partition("\n\n")[0]
    return {name for row in table.splitlines() for name in re.findall(r"`([a-z_]+)`", row.split("|")[1] if row else "")}


def test_the_rule_format_describes_every_operator_and_no_other(copy: Copy) -> None:
    assert described(ROOT) == set(OPERATORS)
    ran = copy.ran("-c", "from ketascreen.language.operators import OPERATORS; print(*OPERATORS)")
    assert described(copy.folder) == set(ran.stdout.split()) == {*OPERATORS, "includes_all"}


def test_a_rule_loads_that_uses_it_and_its_cases_hold(copy: Copy) -> None:
    assert "5 cases: 5 hold, 0 failed" in copy.ketascreen("test", str(copy.rulebook))


def test_no_check_finds_fault_with_a_rule_that_uses_it(copy: Copy) -> None:
    ran = copy.ran("-c", COMMAND, "check", "--format", "json", str(copy.rulebook))
    found = json.loads(ran.stdout)["found"]
    assert "rulebook/exclusions/heart.yaml" in {one["path"] for one in found}  # which has no cases
    assert [one for one in found if "both" in one["path"] or "both" in one["message"]] == []
    assert ran.stderr == ""


@pytest.mark.parametrize(
    ("when", "code"),
    [
        (f"  all:\n    - {WHEN.strip()}\n    - heart_conditions: {{includes_none: [pacemaker]}}", "never-met"),
        (f"  any:\n    - {WHEN.strip()}\n    - not: {{{WHEN.strip()}}}", "always-met"),
        (WHEN.replace("pacemaker", "stroke"), "shadowed"),  # a stroke is excluded already
    ],
    ids=["never met", "always met", "shadowed"],
)
def test_the_checks_see_what_it_means(copy: Copy, tmp_path: Path, when: str, code: str) -> None:
    rulebook = shutil.copytree(copy.rulebook, tmp_path / "rulebook")
    (rulebook / "reviews" / "both.yaml").write_text(rule(when), "utf-8")
    ran = copy.ran("-c", COMMAND, "check", str(rulebook), "--format", "json")
    told = json.loads(ran.stdout)
    assert code in [one["code"] for one in (*told["refused"], *told["found"]) if one["path"].endswith("/both.yaml")]


ALL_LISTS = """
from itertools import product
from random import Random

from ketascreen.channels.compiled.channel import CompiledChannel
from ketascreen.channels.production.channel import ProductionChannel
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.language.condition import Compare, ListValue, Not
from ketascreen.language.logic import FALSE, TRUE, UNKNOWN
from ketascreen.language.terms import Stage
from tests.helpers.small_rulebooks import book, known

words = ("amber", "birch", "unrecognised")
for asked in (words[:1], words[:2], words[1:], words):
    all_of_them = Compare("list", "includes_all", asked)
    rulebook = book(all_of_them, Not(all_of_them))
    channels = [made(rulebook) for made in (ReferenceChannel, ProductionChannel, CompiledChannel)]
    for some, complete in product(product((False, True), repeat=3), (False, True)):
        present = frozenset(word for word, there in zip(words, some) if there)
        truth = TRUE if present.issuperset(asked) else FALSE if complete else UNKNOWN
        turned = {TRUE: FALSE, FALSE: TRUE, UNKNOWN: UNKNOWN}[truth]
        for channel in channels:
            told = channel.evaluate(known(list=ListValue(present, complete)), Stage.SESSION)
            assert list(told.values()) == [truth, turned], (channel.name, asked, present, complete, told)
        for channel in channels:
            assert set(channel.evaluate(known(), Stage.SESSION).values()) == {UNKNOWN}
print("all lists")
"""


def test_the_three_channels_give_what_it_means_for_every_list(copy: Copy) -> None:
    ran = copy.ran("-c", ALL_LISTS)
    assert (ran.returncode, ran.stdout) == (0, "all lists\n"), ran.stderr


FUZZ = """
from random import Random

from ketascreen.language.condition import comparisons
from tests.campaigns.fuzz import Figures, one_rulebook
from tests.helpers import generate

def asks_it(rulebook):
    return any(one.operator == "includes_all" for rule in rulebook.rules for one in comparisons(rule.when))

seeds = [seed for seed in range(120) if asks_it(generate.rulebook(Random(seed)))]
figures = Figures()
for seed in seeds:
    one_rulebook(seed, 20, figures)
assert len(seeds) > 20, len(seeds)
assert figures.pairs == 20 * len(seeds)
print(figures.disagreements, figures.faults)
"""


def test_the_channels_are_fuzzed_on_it_and_agree(copy: Copy) -> None:
    ran = copy.ran("-c", FUZZ)
    assert (ran.returncode, ran.stdout) == (0, "0 0\n"), ran.stdout + ran.stderr


def test_coverage_asks_for_all_that_a_patient_can_show_of_it(copy: Copy) -> None:
    told = json.loads(copy.ketascreen("coverage", str(copy.rulebook), "--rule", "both", "--json"))
    assert (told["shown"], told["wanted"]) == (6, 6)
    (node,) = told["rules"][0]["nodes"]
    assert node["shown_by"]["matters unknown"].endswith("leaves it open")


SLIPS = """
import sys
from pathlib import Path

from ketascreen import load_rulebook
from ketascreen.authoring.mutation.line_edits import read_sources
from ketascreen.authoring.mutation.mutant import mutants, source_paths

rulebook = load_rulebook(Path(sys.argv[1]))
for slip in mutants(rulebook, read_sources(Path(sys.argv[1]), source_paths(rulebook))):
    if slip.about == "rule both":
        print(slip.what)
"""


def test_mutation_makes_its_slips(copy: Copy) -> None:
    slips = copy.ran("-c", SLIPS, str(copy.rulebook)).stdout.splitlines()
    assert [slip for slip in slips if "includes" in slip] == ["`includes_all` becomes `includes_any`"]
    for slip in ("`pacemaker` is dropped", "`pacemaker` becomes `aneurysm`", "`aneurysm` is added", "`not` is added"):
        assert slip in slips


def test_cases_notice_its_slips_and_where_they_do_not_the_one_that_would_is_shown(copy: Copy, tmp_path: Path) -> None:
    def survivors(rulebook: Path) -> list[tuple[str, str]]:
        told = json.loads(copy.ketascreen("mutate", str(rulebook), "--rule", "both", "--fail-under", "0", "--json"))
        return [(one["what"], one["missing_case"]) for one in told["not_killed"] if one["about"] == "rule both"]

    assert survivors(copy.rulebook) == []
    fewer = shutil.copytree(copy.rulebook, tmp_path / "rulebook")
    (fewer / "reviews" / "both.cases.yaml").write_text(CASES.replace(ONLY_THE_SECOND, ""), "utf-8")
    ((what, missing),) = survivors(fewer)
    assert what == "`pacemaker` is dropped"
    assert "present: [valve_disease], complete: true" in missing
    assert "finding: not_met" in missing


def test_fmt_leaves_it_as_it_is_written(copy: Copy) -> None:
    file = copy.rulebook / "reviews" / "both.yaml"
    copy.ketascreen("fmt", str(copy.rulebook))
    assert file.read_text("utf-8") == rule(WHEN)


def test_a_rule_that_uses_it_is_shown(copy: Copy) -> None:
    assert "heart_conditions: {includes_all: [" in copy.ketascreen("show", "both", "--rules", str(copy.rulebook))


def test_an_editor_completes_it_and_shows_what_it_means(copy: Copy) -> None:
    copy.ketascreen("schema", str(copy.rulebook))
    schema = json.loads((copy.rulebook / "schema" / "rule.schema.json").read_text("utf-8"))
    facts = schema["definitions"]["condition"]["properties"]
    shown = facts["heart_conditions"]["properties"]["includes_all"]
    assert shown["description"] == "Holds when each of the words is in the list."
    assert {"pacemaker", "valve_disease"} <= set(shown["items"]["enum"])
    assert "includes_all" not in facts["systolic_bp"]["properties"]

    for when, taken in (
        (WHEN, True),
        (WHEN.replace("pacemaker", "pacemakr"), False),
        (WHEN.replace("_all", "_al"), False),
    ):
        tree, _ = read_yaml(rule(when).encode(), "both.yaml")
        assert tree is not None
        assert jsonschema.Draft7Validator(schema).is_valid(plain(tree)) is taken
