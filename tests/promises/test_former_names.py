"""A name that changes changes no verdict but for the name; what was approved of a fact is approved under its name."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ketascreen import PatientProfile, ProfileError, Screener, load_rulebook
from ketascreen.authoring.renaming.references import Thing
from ketascreen.diagnostic import Place
from ketascreen.language.approval import Approval, ApprovalState, SubjectKind
from ketascreen.language.condition import Condition
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.sheet import deciding_facts
from ketascreen.loading.load import rulebook_of_files
from ketascreen.verdict.verdict import Verdict
from tests.helpers import generate
from tests.helpers.renamed import new_name, renamed, some, things
from tests.helpers.rulebook_files import text_of, with_files
from tests.helpers.screening import AS_OF

SEEDS = st.integers(0, 10**6)


def screened(rulebook: Rulebook, answers: dict[str, Any]) -> Verdict:
    with Screener(rulebook, channels=["reference", "compiled"]) as screener:
        return screener.screen(PatientProfile.model_validate(answers), as_of=AS_OF)


def in_new_names(answers: dict[str, Any], rulebook: Rulebook) -> dict[str, Any]:
    vocabulary = rulebook.vocabulary
    extra = {vocabulary.renamed.get(name, name): one for name, one in answers["extra"].items()}
    for name, answer in extra.items():
        words = dict(vocabulary[name].was_choices)
        for key in {"value", "present"} & {*answer}:
            said = answer[key]
            new = (
                [words.get(one, one) for one in said] if isinstance(said, list | tuple) else words.get(str(said), said)
            )
            extra[name] = {**extra[name], key: new}
    return {**answers, "extra": extra}


def that_can_be_screened(rng: Random, rulebook: Rulebook) -> tuple[dict[str, Any], Verdict]:
    """Answers that do not contradict each other, and their verdict."""
    while True:
        answers = generate.raw_profile(rng, rulebook, AS_OF)
        with suppress(ProfileError):
            return answers, screened(rulebook, answers)


def _when(rulebook: Rulebook, name: str) -> Condition:
    rule = rulebook.rule(name)
    assert rule is not None
    return rule.when


def told(verdict: Verdict) -> dict[str, Any]:
    return verdict.model_dump(mode="json", exclude={"notice", "read_as"})


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_a_patient_under_old_and_new_names_has_the_same_verdict_but_for_the_notice(seed: int) -> None:
    rng = Random(seed)
    files, fixtures = some(rng)
    before = rulebook_of_files(files)
    name = rng.choice([one for one in things(before) if one.kind in (Thing.FACT, Thing.CHOICE)])
    after = rulebook_of_files(renamed(files, fixtures, name, new_name(name.kind))[0])
    answers, then = that_can_be_screened(rng, before)
    old, new = screened(after, answers), screened(after, in_new_names(answers, after))
    assert told(old) == told(new), (seed, name)
    assert new.read_as == ()
    assert bool(old.read_as) is (in_new_names(answers, after) != answers), (seed, name)
    assert (old.notice == new.notice) is (not old.read_as)
    assert {to: one.decision for to, one in then.routes.items()} == {to: one.decision for to, one in old.routes.items()}
    assert [one.outcome for one in then.findings] == [one.outcome for one in old.findings], (seed, name)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_each_approval_keeps_its_state_except_where_records_name_the_thing(seed: int) -> None:
    rng = Random(seed)
    files, fixtures = some(rng)
    before = rulebook_of_files(files)
    name = rng.choice([*things(before)])
    after = rulebook_of_files(renamed(files, fixtures, name, new_name(name.kind))[0])
    sheets = {rule.id: before.sheets[rng.choice((rule.id, before.rules[0].id))].digest for rule in before.rules}
    approvals = tuple(
        Approval(SubjectKind.RULE, rule, digest, "A", "B", AS_OF.date(), Place("approvals.yaml"))
        for rule, digest in sheets.items()
    )
    then, now = (replace(one, approvals=approvals).approval_states(AS_OF.date()) for one in (before, after))
    fact = {Thing.FACT: name.old, Thing.CHOICE: name.fact}.get(name.kind)
    for rule, state in then.items():
        named = fact in deciding_facts(_when(before, rule), before.vocabulary)
        wanted = ApprovalState.LAPSED if named else state
        assert now[after.id_of_today(rule)] is wanted, (seed, name, rule)


def test_words_that_change_places_end_the_approvals_of_what_they_meant(tmp_path: Path) -> None:
    facts = text_of("vocabulary.yaml").replace("freshness:\n", LIVER, 1)
    files = {"vocabulary.yaml": facts, **rule_of("liver-disease", "liver: {is: cirrhosis}")}
    before = load_rulebook(with_files(tmp_path / "before", files))
    swapped = facts.replace("[cirrhosis, fatty]", "[fat, scarred]").replace(
        "domain: liver\n", "domain: liver\n    was_choices: {cirrhosis: fat, fatty: scarred}\n"
    )
    files = {"vocabulary.yaml": swapped, **rule_of("liver-disease", "liver: {is: fat}")}
    after = load_rulebook(with_files(tmp_path / "after", files))
    other = facts.replace("domain: liver\n", "domain: liver\n    was_choices: {end_stage: fatty}\n")
    files = {"vocabulary.yaml": other, **rule_of("liver-disease", "liver: {is: cirrhosis}")}
    read_otherwise = load_rulebook(with_files(tmp_path / "other", files))
    for changed in (after, read_otherwise):
        assert changed.sheets["liver-disease"].halves.decides != before.sheets["liver-disease"].halves.decides
        assert changed.rule_digests["liver-disease"] != before.rule_digests["liver-disease"]


LIVER = """\
  liver:
    type: choice
    choices: [cirrhosis, fatty]
    label: Liver
    domain: liver
freshness:
"""


def rule_of(name: str, when: str) -> dict[str, str]:
    text = text_of("cautions/young.yaml").replace("id: young", f"id: {name}")
    return {f"cautions/{name}.yaml": text.replace("age: {below: 21 years}", when)}
