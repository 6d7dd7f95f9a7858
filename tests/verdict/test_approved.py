"""What a verdict says of the approvals of its rulebook, on the clinic's day, and which key signed it."""

from __future__ import annotations

import gzip
import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ketascreen import LeanVerdict, RequestError, Rulebook, Screener, Verdict, load_rulebook
from ketascreen.language.approval import Approver
from ketascreen.verdict.approved import Approvals, Approved, in_words
from tests.helpers.approving import CLINICIAN, DAY, all_approved, approval, with_approvals
from tests.helpers.places import DATA
from tests.helpers.screening import AS_OF, baseline, profile_of, shipped
from tests.helpers.signing_keys import signed, verify_key

COUNT = len(shipped().rules)
LAST = DAY + timedelta(days=30)


def screened(rulebook: Rulebook, as_of: datetime = AS_OF, **given: Any) -> Verdict:
    return Screener(rulebook, channels=("reference",), **given).screen(profile_of({}), as_of=as_of)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, "No clinician has approved this rulebook."),
        ({"rules": 12}, "12 of 86 rules are approved by a clinician."),
        ({"rules": 1}, "1 of 86 rules is approved by a clinician."),
        ({"rules": 86}, "All 86 rules are approved by a clinician."),
        ({"rules": 1, "of": 1}, "The only rule is approved by a clinician."),
        (
            {"rules": 12, "lapsed": 3, "ended": 1},
            "12 of 86 rules are approved by a clinician; 3 approvals have lapsed, 1 has ended.",
        ),
        (
            {"rules": 12, "lapsed": 1, "reworded": 2},
            "12 of 86 rules are approved by a clinician; 2 approvals are of other words, 1 has lapsed.",
        ),
        ({"lapsed": 1}, "No rule is approved by a clinician; 1 approval has lapsed."),
        (
            {"rules": 86, "gone": 1},
            "86 of 86 rules are approved by a clinician; 1 approval is of a rule that is gone.",
        ),
        (
            {"gone": 2, "ended": 1},
            "No rule is approved by a clinician; 2 approvals are of rules that are gone, 1 has ended.",
        ),
        (
            {"ended": 2, "ahead": 1, "unbound": 1, "not_an_approver": 1, "withdrawn": 1},
            "No rule is approved by a clinician; 2 approvals have ended, 1 does not count yet, 1 is bound to no text, "
            "1 is by somebody who is not an approver, 1 was withdrawn.",
        ),
        (
            {"ended": 1, "ahead": 2, "unbound": 2, "not_an_approver": 2, "withdrawn": 2},
            "No rule is approved by a clinician; 1 approval has ended, 2 do not count yet, 2 are bound to no text, "
            "2 are by somebody who is not an approver, 2 were withdrawn.",
        ),
    ],
)
def test_the_notice_says_every_count_that_is_not_nought(counts: dict[str, int], said: str) -> None:
    assert in_words(Approved(**{"rules": 0, "of": 86, **counts})) == said


def test_the_shipped_rulebook_is_approved_by_nobody() -> None:
    verdict = screened(shipped())
    assert verdict.rulebook.approved == Approved(rules=0, of=COUNT)
    assert verdict.notice.endswith(" No clinician has approved this rulebook.")
    assert verdict.rulebook.release_key is None


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (DAY - timedelta(days=1), {"ahead": 1}),
        (DAY, {"rules": 1}),
        (LAST, {"rules": 1}),
        (LAST + timedelta(days=1), {"ended": 1}),
    ],
)
def test_an_approval_counts_from_its_day_to_its_last_day_both_whole(day: date, counts: dict[str, int]) -> None:
    rulebook = with_approvals(shipped(), [approval(shipped(), "older-adult", until=LAST)])
    for hour in (0, 23):
        as_of = datetime(day.year, day.month, day.day, hour, 59, tzinfo=UTC)
        assert screened(rulebook, as_of).rulebook.approved == Approved(**{"rules": 0, "of": COUNT, **counts})


def test_the_day_is_the_clinics() -> None:
    rulebook = with_approvals(shipped(), [approval(shipped(), "older-adult")])
    before = datetime(2026, 11, 22, 7, 59, tzinfo=UTC)  # 23:59 of the day before in Los Angeles
    for as_of, rules in ((before, 0), (before + timedelta(minutes=1), 1)):
        approved = screened(rulebook, as_of, time_zone="America/Los_Angeles").rulebook.approved
        assert approved is not None
        assert approved.rules == rules


def test_an_approval_that_is_withdrawn_counts_until_the_day_before() -> None:
    rulebook = with_approvals(shipped(), [approval(shipped(), "older-adult", withdrawn=LAST)])
    stands = Approvals(rulebook)
    assert [stands.on(day)[0].rules for day in (DAY, LAST - timedelta(days=1), LAST)] == [1, 1, 0]
    assert stands.on(LAST)[0].withdrawn == 1


def test_the_best_approval_of_a_rule_is_the_one_that_counts() -> None:
    by_two = [approval(shipped(), "older-adult", until=DAY), approval(shipped(), "older-adult", by="Another")]
    rulebook = with_approvals(shipped(), by_two)
    assert Approvals(rulebook).on(LAST)[0] == Approved(rules=1, of=COUNT)
    only = replace(rulebook, identity=replace(rulebook.identity, approvers=(Approver(CLINICIAN, "psychiatrist"),)))
    assert Approvals(only).on(LAST)[0] == Approved(rules=0, of=COUNT, ended=1)


def test_an_approval_without_an_end_or_with_the_last_day_there_is_never_ends() -> None:
    rulebook = with_approvals(shipped(), [approval(shipped(), "older-adult", until=date.max)])
    assert Approvals(rulebook).on(date.max)[0].rules == 1


def test_an_approval_that_names_no_sheet_does_not_count() -> None:
    unbound = replace(approval(shipped(), "older-adult"), sheet=None)
    assert Approvals(with_approvals(shipped(), [unbound])).on(DAY)[0] == Approved(rules=0, of=COUNT, unbound=1)


def without(rulebook: Rulebook, rule: str) -> Rulebook:
    """The rulebook after somebody deleted a rule; the approvals are as they were."""
    return replace(rulebook, rules=tuple(one for one in rulebook.rules if one.id != rule))


def test_an_approved_rule_that_is_gone_is_counted_and_the_others_are_not_all() -> None:
    verdict = screened(without(all_approved(shipped()), "older-adult"))
    rules = COUNT - 1
    assert verdict.rulebook.approved == Approved(rules=rules, of=rules, gone=1)
    assert verdict.notice.endswith(
        f" {rules} of {rules} rules are approved by a clinician; 1 approval is of a rule that is gone."
    )


@pytest.mark.parametrize(
    ("given", "gone"),
    [
        ({}, 1),
        ({"until": DAY}, 1),
        ({"until": DAY - timedelta(days=1), "day": DAY - timedelta(days=9)}, 0),
        ({"day": DAY + timedelta(days=1)}, 0),
        ({"withdrawn": DAY}, 0),
        ({"withdrawn": DAY + timedelta(days=1)}, 1),
    ],
)
def test_an_approval_of_a_rule_that_is_gone_counts_as_such_while_it_is_in_force(
    given: dict[str, Any], gone: int
) -> None:
    rulebook = without(with_approvals(shipped(), [approval(shipped(), "older-adult", **given)]), "older-adult")
    assert Approvals(rulebook).on(DAY)[0] == Approved(rules=0, of=COUNT - 1, gone=gone)


def test_two_approvals_of_one_rule_that_is_gone_are_one_and_one_by_a_stranger_is_none() -> None:
    by_two = [approval(shipped(), "older-adult", until=DAY), approval(shipped(), "older-adult", by="Another")]
    rulebook = without(with_approvals(shipped(), by_two), "older-adult")
    assert Approvals(rulebook).on(DAY)[0].gone == 1
    only = replace(rulebook, identity=replace(rulebook.identity, approvers=(Approver("A third", "psychiatrist"),)))
    assert Approvals(only).on(DAY)[0] == Approved(rules=0, of=COUNT - 1)


def test_an_approver_approves_in_the_role_that_the_rulebook_says() -> None:
    rulebook = with_approvals(shipped(), [approval(shipped(), "older-adult")])
    for role, counts in (("psychiatrist", {"rules": 1}), ("nurse", {"rules": 0, "not_an_approver": 1})):
        listed = replace(rulebook.identity, approvers=(Approver(CLINICIAN, role),))
        assert Approvals(replace(rulebook, identity=listed)).on(DAY)[0] == Approved(**{"of": COUNT, **counts})


def test_every_day_says_what_the_approvals_give_on_it() -> None:
    ends = [approval(shipped(), rule.id, until=DAY + timedelta(days=n)) for n, rule in enumerate(shipped().rules[:9])]
    stands = Approvals(with_approvals(shipped(), ends))
    counts = [stands.on(DAY + timedelta(days=n))[0] for n in range(-1, 10)]
    assert [one.rules for one in counts] == [0, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert [one.ended for one in counts] == [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_the_key_of_a_release_is_in_the_verdict_if_one_was_required(tmp_path: Path) -> None:
    folder = signed(tmp_path)
    keys = [verify_key(2), verify_key(1)]
    assert load_rulebook(folder, keys=keys).release_key == verify_key(1).fingerprint
    assert load_rulebook(folder).release_key is None
    verdict = screened(load_rulebook(folder, keys=keys))
    assert verdict.rulebook.release_key == verify_key(1).fingerprint


def test_a_lean_verdict_is_whole_again_by_its_rulebook_whatever_key_was_required_now() -> None:
    approved = all_approved(shipped())
    verdict = screened(replace(approved, release_key="f" * 64))
    back = LeanVerdict.model_validate_json(LeanVerdict.of(verdict).to_json()).whole(approved)
    assert back == verdict
    assert back.rulebook.release_key == "f" * 64


def test_a_lean_verdict_with_other_counts_than_its_rulebook_gives_is_refused() -> None:
    lean = LeanVerdict.of(screened(shipped()))
    counted = lean.rulebook.model_copy(update={"approved": Approved(rules=COUNT, of=COUNT)})
    with pytest.raises(RequestError, match="other-rulebook"):
        lean.model_copy(update={"rulebook": counted}).whole(shipped())


def before() -> list[dict[str, Any]]:
    with gzip.open(DATA / "before" / "verdicts.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["verdict"] for line in lines]


def test_a_verdict_of_before_is_read_without_what_it_said_of_signing() -> None:
    for told in before():
        assert told["rulebook"]["signed"] is False
        for written in (json.dumps(told), json.dumps(told).encode()):
            verdict = Verdict.model_validate_json(written)
            assert verdict.rulebook.approved is None
            assert verdict.notice == told["notice"]
            assert "No clinician has signed this rulebook." in verdict.notice
        assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict


def test_a_lean_verdict_of_before_is_read_too() -> None:
    told = json.loads(LeanVerdict.of(screened(shipped())).to_json())
    del told["rulebook"]["approved"]
    told["rulebook"]["signed"] = False
    lean = LeanVerdict.model_validate_json(json.dumps(told))
    assert lean.rulebook.approved is None
    assert lean.whole(shipped()).rulebook == lean.rulebook


@pytest.mark.parametrize("key", ["signed", "sign_off"])
def test_a_verdict_of_now_that_says_it_is_signed_is_refused(key: str) -> None:
    told = json.loads(screened(shipped()).model_dump_json())
    if key == "signed":
        told["rulebook"]["signed"] = True
    else:
        told["findings"][0]["sign_off"] = "approved"
    with pytest.raises(RequestError):
        Verdict.model_validate_json(json.dumps(told))


def _seconds(screener: Screener) -> float:
    profile, best = profile_of(baseline()), 1.0
    screener.screen(profile, as_of=AS_OF)
    for _ in range(40):
        began = time.perf_counter()
        screener.screen(profile, as_of=AS_OF)
        best = min(best, time.perf_counter() - began)
    return best


def test_a_screening_by_approved_rules_takes_as_long_as_by_others() -> None:
    plain, approved = (Screener(book, channels=("reference",)) for book in (shipped(), all_approved(shipped())))
    assert min(_seconds(approved) / _seconds(plain) for _ in range(3)) < 1.2


def test_the_sheets_of_a_rulebook_without_approvals_are_never_worked_out() -> None:
    rulebook = replace(shipped())
    screened(rulebook)
    assert "sheets" not in vars(rulebook)
    screened(approved := all_approved(rulebook))
    assert "sheets" in vars(approved)


def test_the_sheets_are_worked_out_when_the_screener_is_made_and_each_run_of_days_once() -> None:
    ends = [approval(shipped(), "older-adult", until=LAST), approval(shipped(), "pregnancy")]
    rulebook = with_approvals(replace(shipped()), ends)
    screener = Screener(rulebook, channels=("reference",))
    assert "sheets" in vars(rulebook)
    used = [screener.screen(profile_of({}), as_of=_noon(day)).rulebook for day in (DAY, LAST, LAST + timedelta(days=1))]
    assert used[0] is used[1]
    assert [one.approved and one.approved.rules for one in used] == [2, 2, 1]


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
