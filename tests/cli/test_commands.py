"""The commands beside `ketascreen screen`: what they list, and what they say to a name that nothing has."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from ketascreen import __version__, load_rulebook
from ketascreen.cli.commands import COMMANDS
from ketascreen.cli.exit_status import ExitStatus
from ketascreen.language.condition import AllOf, Compare, Condition, Not
from ketascreen.language.terms import Decision
from ketascreen.loading.built_in import built_in_rules
from ketascreen.rendering.condition import render_condition
from ketascreen.rendering.verdict import STYLES
from tests.helpers.command_line import flat, run
from tests.helpers.screening import shipped


def test_help_loads_no_command_and_names_each(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom ketascreen.cli import main\nmain.main(['--help'], standalone_mode=False)\n"
        "print([name for name in sys.modules if name.startswith('ketascreen.cli.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    loaded = [f"ketascreen.cli.{name}" for name in ("commands", "ending", "exit_status")]
    assert sorted(ast.literal_eval(done.stdout.splitlines()[-1])) == loaded
    assert all(name in done.stdout for name in COMMANDS)


AUTHORING = ("check", "test", "coverage", "mutate", "init", "new", "rename", "retire", "add-document", "fmt", "schema")
APPROVING = ("approve", "withdraw", "case")
WITHOUT_A_RULEBOOK = ("sign", "key", "audit")


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_a_help_and_takes_a_rulebook(name: str) -> None:
    helped = run(name, "--help")
    assert helped.status == 0
    if name in AUTHORING:
        assert "[DIR]" in helped.out or name in ("init", "new", "rename", "retire", "add-document", "fmt")
    elif name in APPROVING:
        assert "--rules DIR" in helped.out
        assert "--trust" not in helped.out  # what it writes ends a signature
    elif name not in WITHOUT_A_RULEBOOK:
        assert "--rules DIR" in helped.out
        assert "--trust KEY" in helped.out
        assert "--json" in helped.out


def test_the_version_is_the_packages() -> None:
    assert run("--version").out == f"ketascreen, version {__version__}\n"


def test_rules_lists_each_rule_on_a_line_and_filters() -> None:
    rules = shipped().rules
    lines = run("rules").out.splitlines()
    assert lines[-1] == f"{len(rules)} rules of {len(rules)}"
    assert sorted(line.split()[2] for line in lines[:-1]) == [rule.id for rule in rules]
    alerts = run("rules", "--effect", "alert", "--route", "iv", "--stage", "session").out.splitlines()
    assert [line.split()[:4] for line in alerts[:-1]] == [
        ["alert", "both", "hypertensive-crisis", "all"],
        ["alert", "session", "hypertensive-crisis-before-dose", "all"],
        ["alert", "both", "suicidal-crisis", "all"],
        ["alert", "both", "suicidal-thoughts", "all"],
    ]
    assert alerts[-1] == f"4 rules of {len(rules)}"
    for_im = {rule["id"] for rule in json.loads(run("rules", "--route", "im", "--json").out)["rules"]}
    assert for_im == {rule.id for rule in rules if "im" in rule.routes} != {rule.id for rule in rules}


def test_show_gives_the_condition_with_the_parameters_beside_their_names() -> None:
    out = run("show", "uncontrolled-hypertension").out
    assert "- systolic_bp: {at_least: controlled_systolic = 140 mmHg}" in out
    assert "Parameter controlled_systolic: 140 mmHg\n  Basis: policy; a lower value is stricter" in out
    assert "Conflict C6: Hypertension" in out
    assert f"Resolution: {shipped().conflicts['C6'].resolution}" in flat(out)


def test_each_condition_that_show_prints_reads_as_the_rule_it_shows(tmp_path: Path) -> None:
    rules = shutil.copytree(built_in_rules(), tmp_path / "rules")
    original = load_rulebook(rules)
    for rule in original.rules:
        shown = "\n".join(line.text for line in render_condition(rule.when, original, indent=2))
        written = re.sub(r"\s+=\s+[0-9.]+\s+[^\s,}\]]+", "", shown)
        path = rules / rule.place.path
        when = "when: always" if written.strip() == "always" else f"when:\n{written}"
        before, after = re.split(r"^when:", path.read_text("utf-8"), flags=re.MULTILINE)
        rest = re.search(r"^\S.*", after, re.MULTILINE | re.DOTALL)
        assert rest
        path.write_text(f"{before}{when}\n{rest[0]}", "utf-8")
    assert {rule.id: rule.when for rule in load_rulebook(rules).rules} == {
        rule.id: rule.when for rule in original.rules
    }


MONTHS = "verified_abstinence_months"
LOW, HIGH = "unstable_remission_months", "sustained_remission_months"


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        (Compare("age", "below", Decimal(18)), "age: {below: 18 years}"),
        (Compare("age", "below", Decimal(18), ("minimum_age",)), "age: {below: minimum_age = 18 years}"),
        (
            Compare(MONTHS, "between", (Decimal(3), Decimal(12)), (LOW, HIGH)),
            f"{MONTHS}: {{between: [{LOW} = 3 months, {HIGH} = 12 months]}}",
        ),
        (
            Compare(MONTHS, "between", (Decimal(3), Decimal(12)), (HIGH,)),
            f"{MONTHS}: {{between: [3 months, {HIGH} = 12 months]}}",
        ),
        (
            Compare(MONTHS, "between", (Decimal(3), Decimal(12)), (LOW,)),
            f"{MONTHS}: {{between: [{LOW} = 3 months, 12 months]}}",
        ),
        (Not(Compare("psychosis", "is", "never")), "not: psychosis: {is: never}"),
        (
            AllOf((Compare("age", "at_least", Decimal(18)), Compare("age", "below", Decimal(65)))),
            "age: {at_least: 18 years, below: 65 years}",
        ),
        (
            AllOf((Compare("age", "is_not", Decimal(18)), Compare("age", "is_not", Decimal(65)))),
            "all: - age: {is_not: 18 years} - age: {is_not: 65 years}",
        ),
    ],
)
def test_a_condition_is_shown_in_the_words_it_was_written_in(condition: Condition, shown: str) -> None:
    assert flat(" ".join(line.text for line in render_condition(condition, shipped()))) == shown


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["show", "pregnanci"], "unknown rule `pregnanci`; did you mean `pregnancy`?"),
        (["show", "qqqq"], "unknown rule `qqqq`; `ketascreen rules` lists them"),
        (["facts", "sistolic_bp"], "unknown fact `sistolic_bp`; did you mean `systolic_bp`?"),
        (["trace", "00"], "unknown document `00`; it could be 000_fbdac672c43891b5.txt, "),
        (["trace", ""], "unknown document ``; it could be "),
    ],
)
def test_a_name_that_nothing_has_ends_with_2_and_a_hint(args: list[str], hint: str) -> None:
    ran = run(*args)
    assert (ran.status, ran.out) == (ExitStatus.BAD_INPUT, "")
    assert hint in flat(ran.err)


def test_a_fact_says_how_it_is_answered_how_long_it_counts_and_who_asks_it() -> None:
    out = run("facts", "pregnancy").out
    assert "Answer: one of not_pregnant, pregnant, not_possible" in out
    counts = "Counts: for 30 days after its day, the last one whole; pregnant until it is replaced;"
    assert counts in " ".join(out.split())
    assert "Rules that ask it: positive-pregnancy-test, pregnancy, pregnancy-not-rechecked" in " ".join(out.split())
    assert "(positive_pregnancy_test, with pregnancy_test)" in " ".join(out.split())
    assert "Opaque: unspecified; a clinician's decision counts for that one answer" in " ".join(
        run("facts", "bipolar").out.split()
    )
    listed = run("facts").out
    assert all(f"\n{name}: " in f"\n{listed}" for name in shipped().vocabulary.offered)


def test_routes_shows_each_statement_with_its_source() -> None:
    out = run("routes").out
    assert "iv: Intravenous infusion\n  bioavailability: about 100%\n    Sources:\n" in out
    assert '003_9e13f8098104672f.txt:82 "Intravenous (IV) | ~100%" (inform)' in out


def test_trace_shows_what_carries_a_line_and_why_another_is_left_out() -> None:
    out = flat(run("trace", "000").out)
    assert 'rule pregnancy: "pregnant or nursing" (exclude)' in out.split("line 46")[1].split("line 47")[0]
    assert 'not encoded: "about 1 in 3 people with depression": Prevalence figure' in out


@pytest.mark.parametrize(
    "args", [["routes"], ["rules"], ["facts"], ["facts", "age"], ["show", "pregnancy"], ["trace", "000"]]
)
def test_the_other_commands_speak_json_too(args: list[str]) -> None:
    ran = run(*args, "--json")
    assert ran.status == 0
    assert json.loads(ran.out)


@pytest.mark.parametrize(
    "args", [["routes"], ["rules"], ["facts"], ["trace"], ["show", "no-listed-indication"], ["show", "early-remission"]]
)
def test_no_line_of_the_other_commands_is_wider_than_80_columns(args: list[str]) -> None:
    ran = run(*args)
    assert ran.status == 0
    assert [line for line in ran.out.splitlines() if len(line) > 80] == []


def test_every_decision_has_a_colour() -> None:
    assert set(STYLES) == set(Decision)


def test_a_terminal_without_the_letters_of_a_phrase_gets_them_escaped() -> None:
    ran = run("trace", "003", encoding="latin-1")
    assert (ran.status, ran.err) == (0, "")
    assert "isn\\u2019t" in ran.out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["scren"], "no command `scren`; did you mean `screen`?"),
        (["audit", "verfy"], "no command `verfy`; did you mean `verify`?"),
        (["zebrafish"], "no command `zebrafish`; `ketascreen --help` lists them"),
        (["sc\x1breen"], "no command `sc\\x1breen`; did you mean `screen`?"),
    ],
)
def test_a_command_that_is_misspelt_names_the_one_that_was_meant(args: list[str], said: str) -> None:
    ran = run(*args)
    assert (ran.status, ran.out) == (2, "")
    assert flat(ran.err).endswith(f"Error: {said}")


def test_the_page_of_a_rule_has_each_of_its_texts_and_the_parameters_that_they_name() -> None:
    for rule in shipped().rules:
        page = flat(run("show", rule.id).out)
        texts = (rule.title, rule.say, rule.do, rule.do_if_old, rule.interpretation)
        assert [text for text in texts if flat(text) not in page] == [], rule.id
        assert [name for name in rule.named if name not in page] == [], rule.id
