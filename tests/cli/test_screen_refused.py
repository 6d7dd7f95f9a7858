"""`ketascreen screen` where it refuses or fails: its exit status, and one sentence without a value."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ketascreen import EngineMissing, Screener
from ketascreen.channels.production.channel import ProductionChannel
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.cli.exit_status import ExitStatus
from ketascreen.language.logic import Truth
from ketascreen.loading.built_in import built_in_rules
from ketascreen.screening import explanation
from tests.helpers.command_line import AS_OF, flat, run, screen
from tests.helpers.places import EXAMPLES

WORD = "zebrafish"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--as-of", "2026-11-22"], "a date without a time"),
        (["--as-of", "2026-11-22T09:00:00"], "a time needs its offset from UTC; add it, as in +01:00"),
        (["--as-of", "yesterday"], "not a date"),
        (["--decided", "home-use"], "write the rule's id, a colon, and who decided"),
        (["--decided", "home-use: "], "write the rule's id, a colon, and who decided"),
        (["--decided", "pregnancy:Dr Example"], "nobody decides on a rule with the effect `exclude`"),
        (["--decided", "pregnency:Dr Example"], "`pregnency` is not a review or a hold of this rulebook; check its id"),
        (["--decided", "no-ride-home:Dr Example"], "`no-ride-home` is not for a clinician to decide"),
        *(
            (["--decided", f"{rule}:Dr Example"], f"`{rule}` is not for a clinician to decide")
            for rule in (
                "medical-evaluation-not-done",
                "psychiatric-evaluation-not-done",
                "interaction-review-not-done",
                "unrecognised-heart-condition",
                "unrecognised-diagnosis",
            )
        ),
        (
            ["--route", "rectal"],
            "the rulebook has no route `rectal`; it has iv, im, intranasal, sublingual, oral [route]",
        ),
        (["--stage", "later"], "'later' is not one of"),
        (["--rules", "/no/such/folder"], "no such folder"),
        (["--channel", "reference", "--channel", "reference"], "`channels` is empty or names one twice"),
    ],
)
def test_what_cannot_be_meant_ends_with_2_and_a_sentence(args: list[str], sentence: str) -> None:
    ran = run("screen", str(EXAMPLES / "ptsd.yaml"), *args)
    assert (ran.status, ran.out) == (ExitStatus.BAD_INPUT, "")
    assert sentence in flat(ran.err)


def test_every_problem_of_a_profile_is_told_without_its_values() -> None:
    stdin = json.dumps({"pregnancy": WORD, "systolic_bp": f"{WORD} mmHg", "extra": {"nobody": WORD}}).encode()
    ran = run("screen", "-", "--as-of", AS_OF, stdin=stdin)
    assert (ran.status, ran.out) == (ExitStatus.BAD_INPUT, "")
    assert "/pregnancy: " in ran.err
    assert "/systolic_bp: " in ran.err
    assert WORD not in ran.err


def test_a_file_that_is_not_there_is_said_to_be_missing() -> None:
    ran = screen("nobody.json")
    assert ran.status == ExitStatus.BAD_INPUT
    assert "no such file" in ran.err


def test_a_rulebook_that_does_not_load_is_told_by_place(tmp_path: Path) -> None:
    rules = shutil.copytree(built_in_rules(), tmp_path / "rules")
    rule = rules / "exclusions" / "pregnancy.yaml"
    rule.write_text(
        rule.read_text("utf-8").replace("- pregnancy:", "- pregnanci:").replace("  pregnancy:", "  pregnanci:")
    )
    ran = screen("ptsd.yaml", "--rules", str(rules))
    assert (ran.status, ran.out) == (ExitStatus.BAD_INPUT, "")
    assert re.search(r"exclusions/pregnancy\.yaml:\d+:\d+: unknown fact `pregnanci`", ran.err)
    assert "did you mean `pregnancy`?" in ran.err


# What fails inside


def test_channels_that_disagree_end_with_70_and_stand_at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate = ReferenceChannel.evaluate
    monkeypatch.setattr(
        ReferenceChannel, "evaluate", lambda self, *asked: {**evaluate(self, *asked), "home-use": Truth.TRUE}
    )
    ran = screen("resistant-depression.json", "--route", "oral")
    assert ran.status == ExitStatus.FAULT
    assert ran.out.startswith("CHANNELS DISAGREE: home-use: reference says met, production says not met\n")
    assert "oral: Recommendation: insufficient data" in ran.out
    assert "A fault, or channels that disagree (see the top), can be the cause." in ran.out


def test_a_channel_that_fails_ends_with_70_and_stands_at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError(WORD)

    monkeypatch.setattr(ProductionChannel, "evaluate", fail)
    ran = screen("resistant-depression.json")
    assert ran.status == ExitStatus.FAULT
    assert ran.out.startswith("FAULT: production channel: failed (ValueError)\n")
    assert "A fault, or channels that disagree (see the top), can be the cause." in ran.out
    assert WORD not in ran.out + ran.err


def test_a_rule_that_cannot_be_explained_puts_the_recommendation_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError(WORD)

    monkeypatch.setattr(explanation, "explain", fail)
    ran = screen("resistant-depression.json")
    assert ran.status == ExitStatus.FAULT
    assert ran.out.startswith("FAULT: explanation: `active-mania` could not be explained (ValueError)\n")
    assert "A fault, or channels that disagree (see the top), can be the cause." in ran.out
    assert WORD not in ran.out + ran.err


def test_a_fault_in_ketascreen_is_one_sentence_without_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(WORD)

    monkeypatch.setattr(Screener, "screen", fail)
    ran = screen("ptsd.yaml")
    assert (ran.status, ran.out) == (ExitStatus.FAULT, "")
    assert re.fullmatch(
        r"internal error in ketascreen; there is no result \(ValueError at cli/screen\.py:\d+\)\n", ran.err
    )


def test_a_missing_engine_is_one_sentence_with_its_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise EngineMissing

    monkeypatch.setattr("ketascreen.channels.production.channel.load_engine", missing)
    ran = screen("ptsd.yaml", "--channel", "production")
    assert (ran.status, ran.out, ran.err) == (ExitStatus.FAULT, "", f"{EngineMissing()}\n")
    alone = screen("ptsd.yaml", "--channel", "reference")
    assert alone.status == ExitStatus.REVIEW


def test_a_closed_standard_input_is_input_that_was_refused() -> None:
    code = "import sys; sys.stdin = None; from ketascreen.cli import main; main(['screen', '-'])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == ExitStatus.BAD_INPUT
    assert "standard input is closed" in ran.stderr
    assert not ran.stdout


def test_a_call_that_lacks_the_reference_makes_no_ledger(tmp_path: Path) -> None:
    ran = run("screen", str(EXAMPLES / "ptsd.yaml"), "--ledger", str(tmp_path / "new.db"))
    assert ran.status == 2
    assert "a ledger needs `reference`" in ran.err
    assert list(tmp_path.iterdir()) == []
