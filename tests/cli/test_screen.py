"""`ketascreen screen`: what it prints, where, and what it ends with."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ketascreen import Verdict, read_profile
from ketascreen.channels.production.channel import ProductionChannel
from ketascreen.cli.exit_status import MEANING, ExitStatus
from ketascreen.rendering.page import wrapped
from tests.helpers.command_line import flat, run, screen, screen_changed
from tests.helpers.places import EXAMPLES
from tests.helpers.screening import shipped, shipped_screener

NOT_SIGNED = {"value": "not_signed", "at": "2026-11-18"}
WORD = "zebrafish"
"""A patient's word that no message may hold."""


def verdict_on(name: str) -> Verdict:
    """What the library itself says of an example."""
    return shipped_screener().screen(read_profile(EXAMPLES / name), as_of=datetime(2026, 11, 22, 9, tzinfo=UTC))


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
def test_the_exit_status_is_that_of_the_most_cautious_route(name: str, args: list[str], status: ExitStatus) -> None:
    assert screen(name, *args).status == status


def test_a_hold_that_is_met_ends_with_not_today_and_names_the_hold() -> None:
    today = ["resistant-depression.json", "--stage", "session", "--route", "iv"]
    assert screen_changed(*today).status == ExitStatus.ELIGIBLE
    held = screen_changed(*today, informed_consent=NOT_SIGNED)
    assert held.status == ExitStatus.NOT_TODAY
    assert "iv: Today: not ready" in held.out
    assert "holds/consent-not-signed.yaml" in held.out
    assert screen_changed(*today, informed_consent=None).status == ExitStatus.INSUFFICIENT_DATA


def test_a_hold_does_not_hide_that_candidacy_is_open_or_refused() -> None:
    today = ["resistant-depression.json", "--stage", "session", "--route", "iv"]
    pregnant = {"value": "pregnant", "at": "2026-11-20"}
    still_open = screen_changed(*today, informed_consent=NOT_SIGNED, systolic_bp=None)
    refused = screen_changed(*today, informed_consent=NOT_SIGNED, pregnancy=pregnant)
    assert still_open.status == ExitStatus.INSUFFICIENT_DATA
    assert refused.status == ExitStatus.NOT_ELIGIBLE


def test_a_review_that_a_clinician_decided_no_longer_stands_between_a_route_and_today() -> None:
    today = ["lozenge-at-home.yaml", "--stage", "session", "--route", "sublingual"]
    undecided, decided = screen(*today), screen(*today, "--decided", "home-use:Dr Example")
    assert (undecided.status, decided.status) == (ExitStatus.INSUFFICIENT_DATA, ExitStatus.REVIEW)
    assert "Today: insufficient data" in undecided.out
    assert "Today: ready" in decided.out
    assert "Decided to go ahead: home-use, by Dr Example: in force" in decided.out


def test_the_help_of_screen_names_every_exit_status() -> None:
    helped = run("screen", "--help")
    assert helped.status == 0
    for status, meaning in MEANING.items():
        assert f"{status:>2}  {meaning}" in helped.out
    assert set(MEANING) == set(ExitStatus)


# What screen prints


def test_the_text_says_what_the_recommendation_is_and_what_it_rests_on() -> None:
    out = screen("pregnant-and-manic.json").out
    digest = shipped().bytes_digest[:12]
    assert "it is not an order" in flat(out)
    assert "No clinician has approved this rulebook." in flat(out)
    assert f"Rulebook: ketamine 0.3.0, digest {digest}\n" in out
    assert "As of: 2026-11-22T09:00:00+00:00\n" in out
    assert "Channels: reference and production; they agree on every rule" in out
    assert re.search(r"^iv +not eligible +Intravenous infusion$", out, re.MULTILINE)
    assert "iv, im, intranasal, sublingual, oral: Recommendation: not eligible" in out
    assert "Pregnancy (pregnancy): pregnant, 2026-11-20, 2 days old" in out
    assert '000_fbdac672c43891b5.txt:46 "pregnant or nursing" (exclude)' in out
    assert re.search(r"Rule: pregnancy, exclusions/pregnancy\.yaml:\d+", out)


def test_the_text_says_what_is_missing_and_which_rules_wait() -> None:
    out = flat(screen("blood-pressure-missing.json").out).split("Still missing")[1]
    assert "- Systolic blood pressure at rest (systolic_bp) Answer: number, 30 to 350 mmHg Why: not recorded" in out
    assert "uncontrolled-hypertension" in out.split("(systolic_bp)")[1].split("Rules waiting:")[1].split("- ")[0]
    old = flat(screen("blood-pressure-out-of-date.json").out).split("Still missing")[1]
    assert "Why: the answer is too old to count" in old


def test_an_alert_says_how_old_the_answer_is_and_one_that_is_open_is_not_silent() -> None:
    today = ["resistant-depression.json", "--route", "iv"]
    raised = screen_changed(*today, suicidality={"value": "thoughts", "at": "2026-01-10"}).out
    assert "ALERT: Suicidal thoughts" in raised
    assert "thoughts, 2026-01-10, 316 days old; too old to count, but it can still meet a rule" in flat(raised)
    undated = flat(screen_changed(*today, suicidality={"value": "thoughts", "at": None}).out)
    assert "thoughts, undated; it does not count, but it can still meet a rule" in undated
    open_alerts = flat(screen_changed(*today, suicidality=None).out)
    assert "ALERT NOT RULED OUT: Suicidal crisis: intent, plan or recent attempt; Suicidal thoughts" in open_alerts
    assert "Do: Ask again now" in flat(raised)
    assert "make a safety plan" not in open_alerts
    assert "ALERT" not in screen_changed(*today).out


def test_a_caution_that_cannot_be_ruled_out_says_so() -> None:
    out = screen_changed("resistant-depression.json", substance_use_disorder=None).out
    assert "Past substance use disorder: not ruled out, so taken as present" in flat(out)


def test_all_adds_every_finding_and_what_the_routes_are_like() -> None:
    short, whole = (screen("ptsd.yaml", *args).out for args in ([], ["--all"]))
    verdict = verdict_on("ptsd.yaml")
    assert f"Every finding ({len(verdict.findings)})" in whole
    for finding in verdict.findings:
        assert f"{finding.rule}, {finding.file}:{finding.line}" in flat(whole)
    assert "bioavailability: about 100%" in whole
    assert "bioavailability" not in short
    assert "Every finding" not in short


def test_an_entry_that_the_vocabulary_does_not_know_is_shown() -> None:
    listed = {"present": [WORD], "complete": True, "at": "2026-11-20"}
    out = screen_changed("resistant-depression.json", heart_conditions=listed).out
    assert f"(heart_conditions): {WORD} (list not complete)" in flat(out)


def test_what_a_terminal_would_obey_is_escaped() -> None:
    (line,) = wrapped("a\x1b[31mb\u202ec")
    assert line.text == "a\\x1b[31mb\\u202ec"


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("*.json")) + sorted(EXAMPLES.glob("*.yaml")), ids=lambda p: p.name
)
@pytest.mark.parametrize("stage", ["candidacy", "session"])
def test_no_line_of_a_verdict_is_wider_than_80_columns(path: Path, stage: str) -> None:
    out = screen(path.name, "--stage", stage, "--all").out
    assert [line for line in out.splitlines() if len(line) > 80] == []


def test_there_is_colour_only_on_a_terminal_that_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in screen("ptsd.yaml").out
    assert "\x1b[" in screen("ptsd.yaml", terminal=True).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in screen("ptsd.yaml", terminal=True).out


def test_json_is_the_verdict_and_nothing_else() -> None:
    ran = screen("pregnant-and-manic.json", "--json")
    assert json.loads(ran.out) == verdict_on("pregnant-and-manic.json").model_dump(mode="json")
    assert ran.out.isascii()
    assert (ran.status, ran.err) == (ExitStatus.NOT_ELIGIBLE, "")


def test_the_time_is_the_clocks_where_none_is_given_and_is_printed() -> None:
    before = datetime.now(UTC)
    out = run("screen", str(EXAMPLES / "ptsd.yaml")).out
    printed = re.search(r"^As of: (\S+) \(this machine's clock\)$", out, re.MULTILINE)
    assert printed
    assert before <= datetime.fromisoformat(printed[1]) <= datetime.now(UTC)


def test_one_channel_is_enough_where_it_was_asked_for_and_the_text_says_so() -> None:
    out = screen("ptsd.yaml", "--channel", "reference").out
    assert "Channels: reference alone; it is not compared with another channel" in out


def test_a_child_process_comes_to_the_same_and_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    here = screen("ptsd.yaml")
    monkeypatch.setattr(ProductionChannel, "evaluate", None)
    apart = screen("ptsd.yaml", "--isolation", "process")
    assert (apart.status, apart.out) == (here.status, here.out)
    assert screen("ptsd.yaml").status == ExitStatus.FAULT
