"""`ketascreen withdraw`, `rules --unapproved` and `sign --at-least`: what is approved, and what is not any more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ketascreen import load_rulebook
from ketascreen.loading.signature import FILE as SIGNATURE
from tests.helpers.approve_command import BAR, EXAMPLE, FILE, approvals, approve, changed, small_rulebook
from tests.helpers.command_line import flat, run
from tests.helpers.places import ROOT
from tests.helpers.rulebook_files import GOOD, of_format_1, text_of
from tests.helpers.signing_keys import key_files

pytest.importorskip("ruamel.yaml", reason="`ketascreen approve` needs it")


@pytest.fixture
def rulebook(tmp_path: Path) -> Iterator[Path]:
    """The small rulebook in a folder of which git knows nothing, with two whole patients."""
    with small_rulebook(tmp_path) as folder:
        yield folder


# withdraw


def test_a_withdrawn_approval_stays_in_the_file_and_counts_no_more_from_its_day_on(rulebook: Path) -> None:
    approve(rulebook, "heart")
    told = ("--rules", str(rulebook), "--reason", "New: guidance", "--date", "2026-12-01")
    ran = run("withdraw", "heart", "--by", EXAMPLE, *told)
    assert (ran.status, flat(ran.out)) == (
        0,
        f"Withdrawn: `heart`, approved by {EXAMPLE} on 2026-11-22, from 2026-12-01 on.",
    )
    (one,) = approvals(rulebook).values()
    assert one.withdrawn is not None
    assert (one.withdrawn.by, one.withdrawn.reason) == (EXAMPLE, "New: guidance")
    state = {
        day: json.loads(run("rules", "--rules", str(rulebook), "--unapproved", "--json", "--date", day).out)["counts"]
        for day in ("2026-11-30", "2026-12-01")
    }
    assert state == {"2026-11-30": {"none": 7}, "2026-12-01": {"withdrawn": 1, "none": 7}}
    assert run("fmt", "--check", str(rulebook / FILE)).status == 0
    again = run("withdraw", "heart", "--by", EXAMPLE, *told)
    assert (again.status, "has no approval of `heart` that is not withdrawn" in flat(again.err)) == (2, True)
    shown = approve(rulebook, "heart", day="2026-12-02").out
    assert f"Withdrawn by {EXAMPLE} on 2026-12-01: New: guidance" in shown
    gone, one = load_rulebook(rulebook).approvals
    assert (gone.day.isoformat(), gone.withdrawn and gone.withdrawn.reason) == ("2026-11-22", "New: guidance")
    assert (one.day.isoformat(), one.withdrawn) == ("2026-12-02", None)
    assert run("fmt", "--check", str(rulebook / FILE)).status == 0
    assert run("rules", "--rules", str(rulebook), "--unapproved", "--date", "2026-12-02").out.count(" heart:") == 0


def test_a_withdrawn_approval_stays_however_often_somebody_approves_and_withdraws(rulebook: Path) -> None:
    """Also where each is of one sheet and one day."""
    told = ("withdraw", "heart", "--rules", str(rulebook), "--by", EXAMPLE, "--date", "2026-11-22")
    for reason in ("one", "two", "two"):
        assert approve(rulebook, "heart").status == 0
        assert run(*told, "--reason", reason).status == 0
    assert approve(rulebook, "heart").status == 0
    reasons = [one.withdrawn and one.withdrawn.reason for one in load_rulebook(rulebook).approvals]
    assert sorted(reasons, key=str) == [None, "one", "two"]


@pytest.mark.parametrize("command", [("approve", "--role", "psychiatrist", "--yes"), ("withdraw", "--reason", "x")])
def test_a_day_that_has_not_come_is_refused(rulebook: Path, command: tuple[str, ...]) -> None:
    approve(rulebook, "heart")
    before = (rulebook / FILE).read_bytes()
    told = (*command, "heart", "--rules", str(rulebook), "--by", EXAMPLE)
    refused = run(*told, "--date", "2027-01-01")
    assert (refused.status, refused.out, (rulebook / FILE).read_bytes()) == (2, "", before)
    assert "2027-01-01 has not come: today is 2026-12-31" in flat(refused.err)
    assert run(*told, "--date", "2026-12-31").status == 0


@pytest.mark.parametrize("command", [("approve", "--role", "psychiatrist", "--yes"), ("withdraw", "--reason", "x")])
def test_a_rulebook_of_format_1_is_refused_before_a_sheet_is_shown(tmp_path: Path, command: tuple[str, ...]) -> None:
    rulebook = of_format_1(tmp_path)
    ran = run(*command, "heart", "--rules", str(rulebook), "--by", EXAMPLE, "--date", "2026-11-22")
    assert (ran.status, ran.out) == (2, "")
    assert "turn the rulebook into format 2: ketascreen fmt --format 2 DIR" in flat(ran.err)
    assert not (rulebook / FILE).exists()


def test_another_ones_approval_is_withdrawn_only_if_it_is_named(rulebook: Path) -> None:
    approve(rulebook, "heart")
    told = ("withdraw", "heart", "--rules", str(rulebook), "--by", "Board", "--reason", "x", "--date", "2026-11-23")
    ran = run(*told)
    assert (ran.status, f"--of names one of `{EXAMPLE}`" in flat(ran.err)) == (2, True)
    assert run(*told, "--of", EXAMPLE).status == 0
    (one,) = approvals(rulebook).values()
    assert one.withdrawn is not None
    assert (one.by, one.withdrawn.by) == (EXAMPLE, "Board")


def test_an_approval_is_not_withdrawn_before_it_was_given(rulebook: Path) -> None:
    approve(rulebook, "heart")
    told = ("--by", EXAMPLE, "--reason", "x", "--date", "2026-11-21")
    assert run("withdraw", "heart", "--rules", str(rulebook), *told).status == 2
    assert approvals(rulebook)[("rule", "heart", EXAMPLE)].withdrawn is None


def test_an_approval_of_what_is_gone_can_be_withdrawn(rulebook: Path) -> None:
    patient = "vignettes/two.cases.yaml young"
    approve(rulebook, "--patient", patient)
    changed(rulebook, "vignettes/two.cases.yaml", "name: young", "name: younger")
    told = ("--by", EXAMPLE, "--reason", "x", "--date", "2026-11-23")
    assert run("withdraw", "--patient", patient, "--rules", str(rulebook), *told).status == 0


# rules --unapproved


def test_each_rule_without_an_approval_that_stands_is_listed_with_the_reason(rulebook: Path) -> None:
    approve(rulebook, "heart", "high-pressure", "not-resistant")
    approve(rulebook, "pregnancy", "--until", "2026-11-30")
    approve(rulebook, "young", day="2026-12-15")
    changed(rulebook, "parameters.yaml", BAR, "value: 170 mmHg")
    changed(rulebook, "reviews/not-resistant.yaml", "title: ", "title: Otherwise ")
    ran = run("rules", "--rules", str(rulebook), "--unapproved", "--date", "2026-12-01")
    assert ran.status == 1
    assert flat(ran.out) == (
        "exclude high-pressure: decides otherwise than Example Clinician (not real) approved on 2026-11-22 "
        "review kidney-function: nobody has approved it "
        "review not-resistant: other words than Example Clinician (not real) approved on 2026-11-22; what it decides "
        "is the same "
        "exclude pregnancy: the approval of Example Clinician (not real) ended on 2026-11-30 "
        "review unrecognised-diagnosis: nobody has approved it "
        "review unrecognised-heart-condition: nobody has approved it "
        "caution young: the approval of Example Clinician (not real) counts from 2026-12-15 on "
        "1 of 8 rules are approved; not approved: 1 reworded, 1 lapsed, 1 ended, 1 still to come, 3 without an "
        "approval."
    )
    told = json.loads(
        run(
            "rules", "--rules", str(rulebook), "--unapproved", "--date", "2026-12-01", "--effect", "exclude", "--json"
        ).out
    )
    assert told == {
        "date": "2026-12-01",
        "rules": 3,
        "approved": 1,
        "counts": {"lapsed": 1, "ended": 1},
        "unapproved": [
            {"rule": rule, "effect": "exclude", "why": why, "by": EXAMPLE, "date": "2026-11-22"}
            for rule, why in (("high-pressure", "lapsed"), ("pregnancy", "ended"))
        ],
        "gone": [],
        "retired": [],
        "ignored": [],
    }


def test_an_approved_rule_that_is_gone_is_listed_whatever_is_chosen(rulebook: Path) -> None:
    approve(rulebook, "--all")
    assert run("rules", "--rules", str(rulebook), "--unapproved", "--date", "2026-12-01").status == 0
    (rulebook / "cautions" / "young.yaml").unlink()
    for words in ((), ("--effect", "exclude")):
        ran = run("rules", "--rules", str(rulebook), "--unapproved", "--date", "2026-12-01", *words)
        of = "3 of 3 rules are" if words else "7 of 7 rules are"
        assert (ran.status, flat(ran.out)) == (
            1,
            f"gone young: there is no such rule any more, and {EXAMPLE} approved it on 2026-11-22 {of} approved; "
            "1 approved rule is gone.",
        )
        told = json.loads(
            run("rules", "--rules", str(rulebook), "--unapproved", "--date", "2026-12-01", "--json", *words).out
        )
        assert (told["unapproved"], told["gone"]) == ([], [{"rule": "young", "by": EXAMPLE, "date": "2026-11-22"}])
    told = ("--by", EXAMPLE, "--reason", "Not asked here", "--date", "2026-12-01")
    assert run("withdraw", "young", "--rules", str(rulebook), *told).status == 0
    assert run("rules", "--rules", str(rulebook), "--unapproved", "--date", "2026-12-01").status == 0


def test_a_rulebook_of_format_1_has_sign_offs_that_count_for_nothing_and_gets_no_approvals(tmp_path: Path) -> None:
    signed = text_of("exclusions/heart.yaml") + "sign_off: {status: approved, by: Old Hand, date: 2026-01-01}\n"
    folder = of_format_1(tmp_path, {"exclusions/heart.yaml": signed})
    ran = run("rules", "--rules", str(folder), "--unapproved", "--date", "2026-12-01", "--effect", "exclude")
    assert "exclude heart: signed off by Old Hand, and nothing says what was read\n" in ran.out
    refused = approve(folder, "heart")
    assert (refused.status, "ketascreen fmt --format 2" in flat(refused.err)) == (2, True)
    assert not (folder / FILE).exists()


def test_of_several_approvals_the_best_counts(rulebook: Path) -> None:
    approve(rulebook, "heart", "--until", "2026-11-23")
    approve(rulebook, "heart", by="Another", day="2026-11-23")
    listed = run("rules", "--rules", str(rulebook), "--unapproved", "--date", "2026-12-01").out
    assert "heart" not in listed.replace("unrecognised-heart-condition", "")


def test_no_shipped_rule_is_approved() -> None:
    told = json.loads(run("rules", "--unapproved", "--json").out)
    assert (told["approved"], set(told["counts"])) == (0, {"none"})


# sign --at-least


def test_a_release_with_too_few_approved_rules_is_not_signed(rulebook: Path, tmp_path: Path) -> None:
    private, _ = key_files(tmp_path)
    approve(rulebook, "heart", "pregnancy")
    sign = ("sign", str(rulebook), "--key", str(private), "--date", "2026-11-22", "--at-least")
    few = run(*sign, "3")
    assert (few.status, "2 of 8 rules approved on 2026-11-22, and --at-least asks for 3" in flat(few.err)) == (2, True)
    assert not (rulebook / SIGNATURE).exists()
    enough = run(*sign, "2")
    assert (enough.status, "\nApproved: 2 of 8 rules\n" in enough.out) == (0, True)
    after = approve(rulebook, "young").out
    assert "The signature of the release does not fit any more: sign it again." in after


def test_a_release_without_a_rule_that_was_approved_is_signed_only_if_no_number_is_asked_for(
    rulebook: Path, tmp_path: Path
) -> None:
    private, _ = key_files(tmp_path)
    approve(rulebook, "heart", "young")
    (rulebook / "cautions" / "young.yaml").unlink()
    sign = ("sign", str(rulebook), "--key", str(private), "--date", "2026-11-22")
    gone = run(*sign, "--at-least", "1")
    assert (gone.status, "1 approved rule is gone; nothing is signed" in flat(gone.err)) == (2, True)
    assert not (rulebook / SIGNATURE).exists()
    assert "\nApproved: 1 of 7 rules; 1 approved rule is gone\n" in run(*sign).out


def test_the_small_rulebook_of_the_tests_has_eight_rules() -> None:
    assert len(load_rulebook(GOOD).rules) == 8


# docs/approving.md (its session is run by tests/authoring/test_writing_rules.py)

PAGE = (ROOT / "docs" / "approving.md").read_text("utf-8")


def test_the_page_shows_an_approval_a_lapse_a_second_approval_and_a_withdrawal() -> None:
    order = ["1 of 1 written", "decides otherwise than", "It decides otherwise:", "Withdrawn: `older-adult`"]
    assert [PAGE.index(one) for one in order] == sorted(PAGE.index(one) for one in order)
    assert "**Nobody checks who you are.**" in PAGE


def test_the_page_of_roles_names_commands_and_options_that_there_are() -> None:
    page = (ROOT / "docs" / "who-may-change-what.md").read_text("utf-8")
    gates = re.findall(r"\| `ketascreen ([a-z]+)([^`]*)` \|", page)
    assert [name for name, _ in gates] == ["check", "test", "rules", "sign", "screen"]
    for name, words in gates:
        helped = run(name, "--help").out
        assert [word for word in words.split() if word.startswith("--") and word not in helped] == []
