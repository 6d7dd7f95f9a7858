"""A name that changes changes no verdict but for the name: patients and approvals of before count as before."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ketascreen import PatientProfile, ProfileError, Screener
from ketascreen.authoring.renaming.references import Thing
from ketascreen.diagnostic import Place
from ketascreen.language.approval import Approval, SubjectKind
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.load import rulebook_of_files
from ketascreen.verdict.verdict import Verdict
from tests.helpers import generate
from tests.helpers.renamed import new_name, renamed, some, things
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
def test_each_approval_keeps_its_state(seed: int) -> None:
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
    assert {after.id_of_today(rule): state for rule, state in then.items()} == now, (seed, name)
