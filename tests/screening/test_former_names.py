"""What is given under a name of before: read as of today, said in the verdict, and on record as it was given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ketascreen import ClinicianDecision, PatientProfile, ProfileError, Rulebook, Screener, Verdict, load_rulebook
from ketascreen.audit import Ledger
from ketascreen.audit.replay import Replay
from ketascreen.authoring.cases import read_cases
from ketascreen.authoring.renaming.names import Name
from ketascreen.authoring.renaming.references import Thing
from ketascreen.authoring.renaming.write import rename
from ketascreen.diagnostic import RulebookError
from ketascreen.rendering.many import Tally, summed_up
from ketascreen.rendering.many import told as line_of
from ketascreen.rendering.verdict import render
from ketascreen.testing import FakeScreener
from ketascreen.verdict.lean import LeanVerdict
from ketascreen.verdict.read_as import ReadAs
from ketascreen.verdict.standing import Standing
from tests.helpers.ledgers import new_ledger
from tests.helpers.rulebook_files import text_of, with_files
from tests.helpers.screening import AS_OF, baseline

LIVER = """\
  liver:
    type: choice
    choices: [none, mild, severe]
    label: Liver disease
    domain: hepatic
  scars:
    type: list
    choices: [small, large]
    label: Scars
    domain: skin
"""
RULE = """\
id: liver-disease
title: Liver disease
stage: candidacy
effect: review
routes: all
when:
  any:
    - liver: {one_of: [mild, severe]}
    - scars: {includes_any: [large, unrecognised]}
say: A disease of the liver.
sources:
  - {document: leaflet.txt, line: 2, phrase: above 180, says: review}
"""
CASES = """\
- name: Mild disease
  as_of: "2026-11-22T09:00:00Z"
  observed_at: "2026-11-22"
  given: {liver: mild}
  expect: {finding: met, because: [liver]}
"""


def files() -> dict[str, str | bytes]:
    vocabulary = text_of("vocabulary.yaml").replace("freshness:\n", f"{LIVER}freshness:\n")
    return {
        "vocabulary.yaml": vocabulary,
        "reviews/liver-disease.yaml": RULE,
        "reviews/liver-disease.cases.yaml": CASES,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return with_files(tmp_path, files())


@pytest.fixture
def later(folder: Path, tmp_path: Path) -> Path:
    """The folder once all has another name."""
    rename(folder, Name(Thing.FACT, "liver"), "hepatic")
    rename(folder, Name(Thing.CHOICE, "mild", "hepatic"), "light")
    rename(folder, Name(Thing.CHOICE, "large", "scars"), "wide")
    rename(folder, Name(Thing.RULE, "liver-disease"), "hepatic-disease")
    return folder


def answers(**extra: Any) -> PatientProfile:
    told = {
        name: {"present": one, "complete": True} if isinstance(one, list) else {"value": one}
        for name, one in extra.items()
    }
    return PatientProfile.model_validate({**baseline(), "extra": {n: {**one, "at": AS_OF} for n, one in told.items()}})


OLD = answers(liver="mild", scars=["large"])
NEW = answers(hepatic="light", scars=["wide"])
NAMES = (
    ReadAs(kind="fact", was="liver", now="hepatic"),
    ReadAs(kind="choice", was="mild", now="light", fact="hepatic"),
    ReadAs(kind="choice", was="large", now="wide", fact="scars"),
)


def screener(rulebook: Path | Rulebook, **given: Any) -> Screener:
    book = load_rulebook(rulebook) if isinstance(rulebook, Path) else rulebook
    return Screener(book, channels=["reference", "compiled"], **given)


def screened(rulebook: Path, profile: PatientProfile, **given: Any) -> Verdict:
    return screener(rulebook).screen(profile, as_of=AS_OF, **given)


def test_it_is_read_as_of_today_and_the_verdict_says_so(later: Path) -> None:
    old, new = screened(later, OLD), screened(later, NEW)
    assert old.finding("hepatic-disease").rests_on == new.finding("hepatic-disease").rests_on
    assert old.read_as == NAMES
    assert new.read_as == ()
    assert old.notice == (
        f"{new.notice} `liver` is called `hepatic` now; it was read under its former name. "
        "An answer to `hepatic` uses a former word of a choice; it was read as the word of today. "
        "An answer to `scars` uses a former word of a choice; it was read as the word of today."
    )
    assert old.model_copy(update={"read_as": (), "notice": new.notice}) == new


def test_no_word_of_an_answer_is_in_the_notice_or_in_a_repr(later: Path) -> None:
    verdict = screened(later, OLD)
    for shown in (verdict.notice, repr(verdict.read_as), repr(verdict)):
        assert not {"mild", "light", "large", "wide"} & {*shown.replace("'", " ").replace("`", " ").split()}


def test_every_way_to_screen_says_it(later: Path) -> None:
    by = screener(later)
    verdict = by.screen(OLD, as_of=AS_OF)
    assert by.decide(OLD, as_of=AS_OF).read_as == NAMES
    assert "`liver` is called `hepatic` now" in by.decide(OLD, as_of=AS_OF).notice
    assert [*by.screen_many([OLD, NEW], as_of=AS_OF)] == [verdict, by.screen(NEW, as_of=AS_OF)]
    lean = LeanVerdict.model_validate_json(LeanVerdict.of(verdict).to_json())
    assert lean.whole(by.rulebook) == verdict
    assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict
    fake = FakeScreener(rulebook=by.rulebook)
    assert fake.screen(OLD, as_of=AS_OF).read_as == fake.decide(OLD, as_of=AS_OF).read_as == NAMES
    assert fake.screen(OLD, as_of=AS_OF).notice.endswith("the word of today.")


def test_a_page_says_which_word_was_read_as_which(later: Path) -> None:
    page = "\n".join(line.text for line in render(screened(later, OLD)))
    assert "Read as:\n  `mild` of `hepatic` is called `light` now\n  `large` of `scars` is called `wide` now" in page
    assert "Read as" not in "\n".join(line.text for line in render(screened(later, NEW)))


def test_a_line_of_many_says_it_and_the_summary_counts_it(later: Path) -> None:
    tally = Tally()
    for profile in (OLD, NEW):
        tally.add(screened(later, profile))
    assert line_of(screened(later, OLD)).endswith("; read under former names: hepatic, scars")
    assert "former" not in line_of(screened(later, NEW))
    assert "1 of them under former names" in summed_up(tally)[0]


def test_both_names_for_one_fact_are_refused_without_a_value(later: Path) -> None:
    with pytest.raises(ProfileError) as refused:
        screened(later, answers(liver="mild", hepatic="severe"))
    (problem,) = refused.value.diagnostics
    assert problem.code == "duplicate-fact"
    assert problem.message == "`hepatic` and `liver` are one fact, which is called `hepatic` now; it is given 2 times"
    assert problem.hint == "give it once, as `hepatic`"
    assert "mild" not in str(problem)
    assert "severe" not in str(problem)


def test_a_name_without_an_answer_beside_the_other_is_no_second_answer(later: Path) -> None:
    profile = PatientProfile.model_validate({**baseline(), "extra": {"liver": {"value": "mild"}, "hepatic": None}})
    assert screened(later, profile).read_as[0] == NAMES[0]


def test_what_is_wrong_with_an_answer_is_shown_where_it_was_given(later: Path) -> None:
    with pytest.raises(ProfileError) as refused:
        screened(later, answers(liver="slight"))
    assert [one.pointer for one in refused.value.diagnostics] == ["/extra/liver"]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with new_ledger(tmp_path) as made:
        yield made


def test_a_record_under_old_names_replays_to_the_same_bytes(later: Path, ledger: Ledger) -> None:
    both = answers(liver="mild", scars=["large", "wide"])
    for number, profile in enumerate((OLD, NEW, both)):
        screener(later, ledger=ledger).screen(profile, as_of=AS_OF, reference=f"p-{number}")
    replayed = [*Replay(ledger).run()]
    assert [(one.refused, one.differs, one.own) for one in replayed] == [("", (), True)] * 3


def test_a_batch_that_begins_again_finds_what_is_on_record(later: Path, ledger: Ledger) -> None:
    people = [("p-1", OLD), ("p-2", NEW)]
    first, second = ([*screener(later).record_many(people, as_of=AS_OF, ledger=ledger)] for _ in range(2))
    assert first == second
    assert [isinstance(one, LeanVerdict) and len(one.read_as) for one in first] == [3, 0]


def test_without_a_former_name_no_part_of_a_record_is_new(folder: Path, ledger: Ledger) -> None:
    screener(folder, ledger=ledger).screen(OLD, as_of=AS_OF, reference="p-1")
    (entry,) = [one for one in ledger.entries() if one.record.kind == "screening"]
    assert "read_as" not in entry.record.data["sealed"]


def test_a_decision_by_the_former_id_decides_the_rule_of_today(later: Path) -> None:
    def ready(rule: str) -> Verdict:
        decision = ClinicianDecision(rule=rule, by="c-1", at=AS_OF)
        return screened(later, OLD, stage="session", decisions=[decision])

    old, new = ready("liver-disease"), ready("hepatic-disease")
    assert [one.standing for one in (*old.decisions, *new.decisions)] == [Standing.IN_FORCE] * 2
    assert old.decisions[0].decision.rule == "liver-disease"
    assert old.routes == new.routes
    assert old.read_as[-1] == ReadAs(kind="rule", was="liver-disease", now="hepatic-disease")
    assert "The rule `liver-disease` is called `hepatic-disease` now" in old.notice
    lean = LeanVerdict.of(old)
    assert lean.whole(load_rulebook(later)) == old


def test_a_decision_on_record_outlives_another_id_of_its_rule_not_another_name_of_a_fact(
    folder: Path, ledger: Ledger
) -> None:
    def again(profile: PatientProfile) -> Verdict:
        return screener(folder, ledger=ledger).screen(profile, as_of=AS_OF, stage="session", reference="p-1")

    verdict = again(OLD)
    given: dict[str, Any] = {"reason": "known_from_elsewhere", "text": "", "by": "c-1", "at": AS_OF}
    ledger.override(verdict, rule="liver-disease", **given)
    standing = [one.standing for one in again(OLD).overrides]
    assert standing == [Standing.IN_FORCE]
    rename(folder, Name(Thing.RULE, "liver-disease"), "hepatic-disease")
    after = again(OLD)
    assert [one.standing for one in after.overrides] == [Standing.IN_FORCE]
    assert after.overrides[0].override.rule == "liver-disease", "it is shown as it was made"
    assert ReadAs(kind="rule", was="liver-disease", now="hepatic-disease") in after.read_as
    rename(folder, Name(Thing.FACT, "liver"), "hepatic")
    assert [one.standing for one in again(OLD).overrides] == [Standing.RULE_CHANGED]
    assert [(one.refused, one.differs) for one in Replay(ledger).run()] == [("", ())] * 4


def test_a_replay_by_the_renamed_rulebook_compares_a_rule_with_its_former_self(folder: Path, ledger: Ledger) -> None:
    screener(folder, ledger=ledger).screen(OLD, as_of=AS_OF, reference="p-1")
    rename(folder, Name(Thing.FACT, "liver"), "hepatic")
    rename(folder, Name(Thing.RULE, "liver-disease"), "hepatic-disease")
    (same,) = Replay(ledger, load_rulebook(folder)).run()
    assert (same.refused, same.changes) == ("", ())
    path = folder / "reviews" / "hepatic-disease.yaml"
    path.write_text(path.read_text("utf-8").replace("effect: review", "effect: exclude"), "utf-8")
    (other,) = Replay(ledger, load_rulebook(folder)).run()
    by = {rule for change in other.changes for rule in change.by}
    assert "hepatic-disease" in by
    assert "liver-disease" not in by


def test_a_case_with_a_name_of_before_says_what_to_write(later: Path) -> None:
    path = later / "reviews" / "hepatic-disease.cases.yaml"
    good = path.read_text("utf-8")
    for old, new, hint in (
        ("hepatic: light", "liver: light", "write `hepatic`"),
        ("hepatic: light", "hepatic: mild", "write `light`"),
        ("because: [hepatic]", "because: [liver]", "it has another name now; write `hepatic`"),
        ("  expect", "  without: [liver]\n  expect", "it has another name now; write `hepatic`"),
    ):
        assert good.count(old) == 1
        path.write_text(good.replace(old, new), "utf-8")
        with pytest.raises(RulebookError) as refused:
            read_cases(later, load_rulebook(later))
        assert [one.hint for one in refused.value.diagnostics] == [hint]
    path.rename(path.with_name("liver-disease.cases.yaml"))
    with pytest.raises(RulebookError) as refused:
        read_cases(later, load_rulebook(later))
    assert "it has another name now; write `hepatic-disease`" in [one.hint for one in refused.value.diagnostics]


def test_a_release_key_or_another_rulebook_changes_nothing_of_it(later: Path) -> None:
    book = replace(load_rulebook(later), release_key="f" * 64)
    assert screener(book).screen(OLD, as_of=AS_OF).read_as == NAMES


def test_with_former_names_a_record_says_of_every_patient_what_was_read_as_what(later: Path, ledger: Ledger) -> None:
    for number, profile in enumerate((OLD, NEW)):
        screener(later, ledger=ledger).screen(profile, as_of=AS_OF, reference=f"p-{number}")
    records = [one.record for one in ledger.entries() if one.record.kind == "screening"]
    assert ["read_as" in one.data["sealed"] for one in records] == [True, True], (
        "so the part tells nothing of a patient"
    )
    assert [len(one.part("read_as")) for one in records] == [3, 0]
