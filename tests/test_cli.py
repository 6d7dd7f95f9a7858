"""The command line: what it prints, where, and what it ends with."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ketascreen import EngineMissing, Screener, load_rulebook, read_profile
from ketascreen.channels.production import ProductionChannel
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.cli import COMMANDS, main
from ketascreen.cli.common import rulebook_of
from ketascreen.cli.page import WIDTH, wrapped
from ketascreen.cli.render_condition import render_condition
from ketascreen.cli.status import MEANING, ExitStatus
from ketascreen.logic import Truth
from ketascreen.rulebook import Rulebook
from ketascreen.screen import built_in_rules
from ketascreen.terms import Decision

EXAMPLES = Path(__file__).parents[1] / "examples"
AS_OF = "2026-11-22T09:00:00Z"
WORD = "zebrafish"
"""A patient's word that no message may hold."""


@dataclass(frozen=True)
class Ran:
    """What a command ended with and printed."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _built_in_rules_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading them for every command would take most of the time."""
    built_in = built_in_rules()
    read = {built_in: _built_in()}
    monkeypatch.setattr("ketascreen.cli.common.load_rulebook", lambda folder: read.get(folder) or load_rulebook(folder))


@cache
def _built_in() -> Rulebook:
    return load_rulebook(built_in_rules())


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line in this process, with `stdin` as its standard input."""

    def _run(*args: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main.main(list(args), prog_name="ketascreen")
        printed = capsys.readouterr()
        return Ran(int(ended.value.code or 0), printed.out, printed.err)

    return _run


def screen_args(name: str, *args: str) -> list[str]:
    return ["screen", str(EXAMPLES / name), "--as-of", AS_OF, *args]


def example(name: str, **changed: Any) -> bytes:
    """An example with facts changed, or taken away where None."""
    profile = json.loads((EXAMPLES / name).read_text("utf-8"))
    return json.dumps({fact: value for fact, value in {**profile, **changed}.items() if value is not None}).encode()


def flat(text: str) -> str:
    return " ".join(text.split())


# Exit statuses


@pytest.mark.parametrize(
    ("name", "args", "status"),
    [
        ("resistant-depression.json", ["--route", "iv"], ExitStatus.ELIGIBLE),
        ("resistant-depression.json", ["--route", "iv", "--stage", "session"], ExitStatus.ELIGIBLE),
        ("resistant-depression.json", ["--route", "im"], ExitStatus.CAUTION),
        ("resistant-depression.json", ["--route", "iv", "--route", "im"], ExitStatus.CAUTION),
        ("resistant-depression.json", [], ExitStatus.CAUTION),
        ("ptsd.yaml", [], ExitStatus.REVIEW),
        ("blood-pressure-missing.json", [], ExitStatus.INSUFFICIENT_DATA),
        ("blood-pressure-out-of-date.json", ["--route", "iv"], ExitStatus.INSUFFICIENT_DATA),
        ("uncontrolled-hypertension.yaml", [], ExitStatus.NOT_ELIGIBLE),
        ("lozenge-at-home.yaml", [], ExitStatus.NOT_ELIGIBLE),
        ("lozenge-at-home.yaml", ["--route", "oral"], ExitStatus.REVIEW),
    ],
)
def test_the_exit_status_is_that_of_the_most_cautious_route(
    run: Run, name: str, args: list[str], status: ExitStatus
) -> None:
    assert run(*screen_args(name, *args)).status == status


def test_a_hold_that_is_met_ends_with_not_today_and_names_the_hold(run: Run) -> None:
    session = ["screen", "-", "--as-of", AS_OF, "--stage", "session", "--route", "iv"]
    signed = example("resistant-depression.json")
    not_signed = example("resistant-depression.json", informed_consent={"value": "not_signed", "at": "2026-11-18"})
    unknown = example("resistant-depression.json", informed_consent=None)
    assert run(*session, stdin=signed).status == ExitStatus.ELIGIBLE
    held = run(*session, stdin=not_signed)
    assert held.status == ExitStatus.NOT_TODAY
    assert "iv: Today: not ready" in held.out
    assert "holds/consent-not-signed.yaml" in held.out
    assert run(*session, stdin=unknown).status == ExitStatus.INSUFFICIENT_DATA


def test_a_hold_does_not_hide_that_candidacy_is_open_or_refused(run: Run) -> None:
    session = ["screen", "-", "--as-of", AS_OF, "--stage", "session", "--route", "iv"]
    consent = {"value": "not_signed", "at": "2026-11-18"}
    still_open = example("resistant-depression.json", informed_consent=consent, systolic_bp=None)
    pregnant = {"value": "pregnant", "at": "2026-11-20"}
    refused = example("resistant-depression.json", informed_consent=consent, pregnancy=pregnant)
    assert run(*session, stdin=still_open).status == ExitStatus.INSUFFICIENT_DATA
    assert run(*session, stdin=refused).status == ExitStatus.NOT_ELIGIBLE


def test_a_review_that_a_clinician_decided_no_longer_stands_between_a_route_and_today(run: Run) -> None:
    args = screen_args("lozenge-at-home.yaml", "--stage", "session", "--route", "sublingual")
    undecided, decided = run(*args), run(*args, "--decided", "home-use:Dr Example")
    assert (undecided.status, decided.status) == (ExitStatus.INSUFFICIENT_DATA, ExitStatus.REVIEW)
    assert "Today: insufficient data" in undecided.out
    assert "Today: ready" in decided.out
    assert "Decided to go ahead: home-use, by Dr Example" in decided.out


def test_the_help_of_screen_names_every_exit_status(run: Run) -> None:
    helped = run("screen", "--help")
    assert helped.status == 0
    for status, meaning in MEANING.items():
        assert f"{status:>2}  {meaning}" in helped.out
    assert set(MEANING) == set(ExitStatus)


# What screen prints


def test_the_text_says_what_the_recommendation_is_and_what_it_rests_on(run: Run) -> None:
    out = run(*screen_args("pregnant-and-manic.json")).out
    digest = rulebook_of(None).bytes_digest[:12]
    assert "it is not an order" in flat(out)
    assert "No clinician has signed this rulebook." in flat(out)
    assert f"Rulebook: ketamine 0.1.0, digest {digest}\n" in out
    assert "As of: 2026-11-22T09:00:00+00:00\n" in out
    assert "Channels: reference and production; they agree on every rule" in out
    assert re.search(r"^iv +not eligible +Intravenous infusion$", out, re.MULTILINE)
    assert "iv, im, intranasal, sublingual, oral: Recommendation: not eligible" in out
    assert "Pregnancy (pregnancy): pregnant, 2026-11-20, 2 days old" in out
    assert '000_fbdac672c43891b5.txt:46 "pregnant or nursing" (exclude)' in out
    assert re.search(r"Rule: pregnancy, exclusions/pregnancy\.yaml:\d+", out)


def test_the_text_says_what_is_missing_and_which_rules_wait(run: Run) -> None:
    out = flat(run(*screen_args("blood-pressure-missing.json")).out).split("Still missing")[1]
    assert "- Systolic blood pressure at rest (systolic_bp) Answer: number, 30 to 350 mmHg Why: not recorded" in out
    assert "uncontrolled-hypertension" in out.split("(systolic_bp)")[1].split("Rules waiting:")[1].split("- ")[0]
    old = flat(run(*screen_args("blood-pressure-out-of-date.json")).out).split("Still missing")[1]
    assert "Why: the answer is too old to count" in old


def test_an_alert_says_how_old_the_answer_is_and_one_that_is_open_is_not_silent(run: Run) -> None:
    args = ["screen", "-", "--as-of", AS_OF, "--route", "iv"]
    old = {"value": "thoughts", "at": "2026-01-10"}
    raised = run(*args, stdin=example("resistant-depression.json", suicidality=old)).out
    assert "ALERT: Suicidal thoughts" in raised
    assert "thoughts, 2026-01-10, 316 days old; too old or undated" in flat(raised)
    left_open = run(*args, stdin=example("resistant-depression.json", suicidality=None)).out
    assert "ALERT NOT RULED OUT: Suicidal thoughts" in left_open
    calm = run(*args, stdin=example("resistant-depression.json")).out
    assert "ALERT" not in calm


def test_a_caution_that_cannot_be_ruled_out_says_so(run: Run) -> None:
    out = run(
        "screen", "-", "--as-of", AS_OF, stdin=example("resistant-depression.json", substance_use_disorder=None)
    ).out
    assert "Past substance use disorder: not ruled out, so taken as present" in flat(out)


def test_all_adds_every_finding_and_what_the_routes_are_like(run: Run) -> None:
    short, whole = (run(*screen_args("ptsd.yaml", *args)).out for args in ([], ["--all"]))
    profile = read_profile(EXAMPLES / "ptsd.yaml")
    with Screener.default() as screener:
        verdict = screener.screen(profile, as_of=datetime(2026, 11, 22, 9, tzinfo=UTC))
    assert f"Every finding ({len(verdict.findings)})" in whole
    for finding in verdict.findings:
        assert f"{finding.rule}, {finding.file}:{finding.line}" in flat(whole)
    assert "bioavailability: about 100%" in whole
    assert "bioavailability" not in short
    assert "Every finding" not in short


def test_an_entry_that_the_vocabulary_does_not_know_is_shown(run: Run) -> None:
    listed = {"present": [WORD], "complete": True, "at": "2026-11-20"}
    out = run("screen", "-", "--as-of", AS_OF, stdin=example("resistant-depression.json", heart_conditions=listed)).out
    assert f"(heart_conditions): {WORD} (list not complete)" in flat(out)


def test_what_a_terminal_would_obey_is_escaped() -> None:
    (line,) = wrapped("a\x1b[31mb\u202ec")
    assert line.text == "a\\x1b[31mb\\u202ec"


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("*.json")) + sorted(EXAMPLES.glob("*.yaml")), ids=lambda p: p.name
)
@pytest.mark.parametrize("stage", ["candidacy", "session"])
def test_no_line_of_a_verdict_is_wider_than_80_columns(run: Run, path: Path, stage: str) -> None:
    out = run(*screen_args(path.name, "--stage", stage, "--all")).out
    assert [line for line in out.splitlines() if len(line) > WIDTH] == []


@pytest.mark.parametrize(
    "args", [["routes"], ["rules"], ["facts"], ["trace"], ["show", "no-listed-indication"], ["show", "early-remission"]]
)
def test_no_line_of_the_other_commands_is_wider_than_80_columns(run: Run, args: list[str]) -> None:
    ran = run(*args)
    assert ran.status == 0
    assert [line for line in ran.out.splitlines() if len(line) > WIDTH] == []


def test_there_is_colour_only_on_a_terminal_that_wants_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" not in run(*screen_args("ptsd.yaml")).out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert "\x1b[" in run(*screen_args("ptsd.yaml")).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run(*screen_args("ptsd.yaml")).out


def test_json_is_the_verdict_and_nothing_else(run: Run) -> None:
    ran = run(*screen_args("pregnant-and-manic.json", "--json"))
    with Screener.default() as screener:
        profile = read_profile(EXAMPLES / "pregnant-and-manic.json")
        verdict = screener.screen(profile, as_of=datetime(2026, 11, 22, 9, tzinfo=UTC))
    assert json.loads(ran.out) == verdict.model_dump(mode="json")
    assert ran.out.isascii()
    assert (ran.status, ran.err) == (ExitStatus.NOT_ELIGIBLE, "")


def test_the_time_is_the_clocks_where_none_is_given_and_is_printed(run: Run) -> None:
    before = datetime.now(UTC)
    out = run("screen", str(EXAMPLES / "ptsd.yaml")).out
    printed = re.search(r"^As of: (\S+) \(this machine's clock\)$", out, re.MULTILINE)
    assert printed
    assert before <= datetime.fromisoformat(printed[1]) <= datetime.now(UTC)


def test_one_channel_is_enough_where_it_was_asked_for_and_the_text_says_so(run: Run) -> None:
    out = run(*screen_args("ptsd.yaml", "--channel", "reference")).out
    assert "Channels: reference alone; nothing to hold it against" in out


def test_a_child_process_comes_to_the_same(run: Run) -> None:
    plain, apart = (run(*screen_args("ptsd.yaml", "--isolation", way)) for way in ("none", "process"))
    assert (plain.status, plain.out) == (apart.status, apart.out)


# What is refused


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--as-of", "2026-11-22"], "a date without a time"),
        (["--as-of", "2026-11-22T09:00:00"], "not a date"),
        (["--as-of", "yesterday"], "not a date"),
        (["--decided", "home-use"], "write the review's id, a colon, and who decided"),
        (["--decided", "home-use: "], "write the review's id, a colon, and who decided"),
        (["--decided", "pregnancy:Dr Example"], "`pregnancy` is no review of this rulebook"),
        (["--route", "rectal"], "'rectal' is not one of"),
        (["--stage", "later"], "'later' is not one of"),
        (["--rules", "/no/such/folder"], "no such folder"),
        (["--channel", "reference", "--channel", "reference"], "no channel, or one twice"),
    ],
)
def test_what_cannot_be_meant_ends_with_2_and_a_sentence(run: Run, args: list[str], sentence: str) -> None:
    ran = run("screen", str(EXAMPLES / "ptsd.yaml"), *args)
    assert (ran.status, ran.out) == (ExitStatus.BAD_INPUT, "")
    assert sentence in flat(ran.err)


def test_every_problem_of_a_profile_is_told_without_its_values(run: Run) -> None:
    stdin = json.dumps({"pregnancy": WORD, "systolic_bp": f"{WORD} mmHg", "extra": {"nobody": WORD}}).encode()
    ran = run("screen", "-", "--as-of", AS_OF, stdin=stdin)
    assert (ran.status, ran.out) == (ExitStatus.BAD_INPUT, "")
    assert "/pregnancy: " in ran.err
    assert "/systolic_bp: " in ran.err
    assert WORD not in ran.err


def test_a_file_that_is_not_there_is_said_to_be_missing(run: Run) -> None:
    ran = run(*screen_args("nobody.json"))
    assert ran.status == ExitStatus.BAD_INPUT
    assert "no such file" in ran.err


def test_a_rulebook_that_does_not_load_is_told_by_place(run: Run, tmp_path: Path) -> None:
    rules = shutil.copytree(built_in_rules(), tmp_path / "rules")
    rule = rules / "exclusions" / "pregnancy.yaml"
    rule.write_text(
        rule.read_text("utf-8").replace("- pregnancy:", "- pregnanci:").replace("  pregnancy:", "  pregnanci:")
    )
    ran = run(*screen_args("ptsd.yaml", "--rules", str(rules)))
    assert (ran.status, ran.out) == (ExitStatus.BAD_INPUT, "")
    assert re.search(r"exclusions/pregnancy\.yaml:\d+:\d+: unknown fact `pregnanci`", ran.err)
    assert "did you mean `pregnancy`?" in ran.err


# What fails inside


def test_channels_that_disagree_end_with_70_and_stand_at_the_top(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate = ReferenceChannel.evaluate
    monkeypatch.setattr(
        ReferenceChannel, "evaluate", lambda self, *asked: {**evaluate(self, *asked), "home-use": Truth.TRUE}
    )
    ran = run(*screen_args("resistant-depression.json", "--route", "oral"))
    assert ran.status == ExitStatus.FAULT
    assert ran.out.startswith("CHANNELS DISAGREE: home-use: reference says met, production says not met\n")
    assert "oral: Recommendation: insufficient data" in ran.out
    assert "A fault or a disagreement (see the top) leaves it open." in ran.out


def test_a_channel_that_fails_ends_with_70_and_stands_at_the_top(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError(WORD)

    monkeypatch.setattr(ProductionChannel, "evaluate", fail)
    ran = run(*screen_args("resistant-depression.json"))
    assert ran.status == ExitStatus.FAULT
    assert ran.out.startswith("FAULT: production channel: failed (ValueError)\n")
    assert WORD not in ran.out + ran.err


def test_a_fault_in_ketascreen_is_one_sentence_without_a_value(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(WORD)

    monkeypatch.setattr(Screener, "screen", fail)
    ran = run(*screen_args("ptsd.yaml"))
    assert (ran.status, ran.out) == (ExitStatus.FAULT, "")
    assert re.fullmatch(
        r"ketascreen failed inside itself and gave no answer \(ValueError at cli/screen\.py:\d+\)\n", ran.err
    )


def test_a_missing_engine_is_one_sentence_with_its_mend(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise EngineMissing

    monkeypatch.setattr("ketascreen.channels.production.load_engine", missing)
    ran = run(*screen_args("ptsd.yaml"))
    assert (ran.status, ran.out, ran.err) == (ExitStatus.FAULT, "", f"{EngineMissing()}\n")
    alone = run(*screen_args("ptsd.yaml", "--channel", "reference"))
    assert alone.status == ExitStatus.REVIEW


# The other commands


def test_help_loads_no_command_and_names_each(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom ketascreen.cli import main\nmain.main(['--help'], standalone_mode=False)\n"
        "print([name for name in sys.modules if name.startswith('ketascreen.cli.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.endswith("\n[]\n")
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_a_help_and_takes_a_rulebook(run: Run, name: str) -> None:
    helped = run(name, "--help")
    assert helped.status == 0
    assert "--rules DIR" in helped.out
    assert "--json" in helped.out


def test_the_version_is_the_packages(run: Run) -> None:
    from ketascreen import __version__

    assert run("--version").out == f"ketascreen, version {__version__}\n"


def test_rules_lists_each_rule_on_a_line_and_filters(run: Run) -> None:
    rules = rulebook_of(None).rules
    lines = run("rules").out.splitlines()
    assert lines[-1] == f"{len(rules)} rules of {len(rules)}"
    assert sorted(line.split()[2] for line in lines[:-1]) == [rule.id for rule in rules]
    alerts = run("rules", "--effect", "alert", "--route", "iv", "--stage", "session").out.splitlines()
    assert alerts == ["alert   both      suicidal-thoughts all Suicidal thoughts", f"1 rule of {len(rules)}"]
    for_im = {rule["id"] for rule in json.loads(run("rules", "--route", "im", "--json").out)}
    assert for_im == {rule.id for rule in rules if "im" in rule.routes} != {rule.id for rule in rules}


def test_show_gives_the_condition_with_the_parameters_beside_their_names(run: Run) -> None:
    out = run("show", "uncontrolled-hypertension").out
    assert "- systolic_bp: {at_least: controlled_systolic = 140 mmHg}" in out
    assert "Parameter controlled_systolic: 140 mmHg\n  Basis: policy; a lower value is stricter" in out
    assert "Conflict C6: Hypertension" in out
    assert f"Resolution: {rulebook_of(None).conflicts['C6'].resolution}" in flat(out)
    assert "draft; no clinician has signed it" in out


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


@pytest.mark.parametrize(
    ("args", "mend"),
    [
        (["show", "pregnanci"], "unknown rule `pregnanci`; did you mean `pregnancy`?"),
        (["show", "qqqq"], "unknown rule `qqqq`; `ketascreen rules` lists them"),
        (["facts", "sistolic_bp"], "unknown fact `sistolic_bp`; did you mean `systolic_bp`?"),
        (["trace", "00"], "unknown document `00`; it could be 000_fbdac672c43891b5.txt, "),
        (["trace", ""], "unknown document ``; it could be "),
    ],
)
def test_a_name_that_nothing_has_ends_with_2_and_a_mend(run: Run, args: list[str], mend: str) -> None:
    ran = run(*args)
    assert (ran.status, ran.out) == (ExitStatus.BAD_INPUT, "")
    assert mend in ran.err


def test_a_fact_says_how_it_is_answered_how_long_it_counts_and_who_asks_it(run: Run) -> None:
    out = run("facts", "pregnancy").out
    assert "Answer: one of not_pregnant, pregnant, not_possible" in out
    assert "Counts: for 30 days; pregnant until it is replaced; not_possible for good" in out
    assert "Rules that ask it: pregnancy, pregnancy-not-rechecked" in out
    listed = run("facts").out
    assert all(f"\n{name}: " in f"\n{listed}" for name in rulebook_of(None).vocabulary)


def test_routes_shows_each_statement_with_its_source(run: Run) -> None:
    out = run("routes").out
    assert "iv: Intravenous infusion\n  bioavailability: about 100%\n    Sources:\n" in out
    assert '003_9e13f8098104672f.txt:82 "Intravenous (IV) | ~100%" (inform)' in out


def test_trace_shows_what_carries_a_line_and_why_another_is_left_out(run: Run) -> None:
    out = flat(run("trace", "000").out)
    assert 'rule pregnancy: "pregnant or nursing" (exclude)' in out.split("line 46")[1].split("line 47")[0]
    assert 'not encoded: "about 1 in 3 people with depression": Prevalence figure' in out


@pytest.mark.parametrize(
    "args", [["routes"], ["rules"], ["facts"], ["facts", "age"], ["show", "pregnancy"], ["trace", "000"]]
)
def test_the_other_commands_speak_json_too(run: Run, args: list[str]) -> None:
    ran = run(*args, "--json")
    assert ran.status == 0
    assert json.loads(ran.out)


def test_every_decision_has_words_and_a_status(run: Run) -> None:
    from ketascreen.cli.render import STYLES, WORDS
    from ketascreen.cli.render_grounds import MEANING as MEANING_OF_DECISION

    assert set(WORDS) == set(STYLES) == set(MEANING_OF_DECISION) == set(Decision)
