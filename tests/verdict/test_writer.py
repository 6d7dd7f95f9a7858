"""A verdict is written to the same bytes, whether the words of its rules are encoded once or every time."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given

from ketascreen import PatientProfile, Screener, Stage, Verdict
from ketascreen.verdict.wording import Wording
from ketascreen.verdict.writer import VerdictWriter
from tests.helpers.patients import cohort
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import AS_OF, SOME, profile_of, rngs, screening, shipped, shipped_screener

WRITER = VerdictWriter(Wording(shipped()))


def verdict_of(profile: PatientProfile, stage: Stage = Stage.SESSION) -> Verdict:
    return shipped_screener().screen(profile, as_of=AS_OF, stage=stage)


@pytest.mark.parametrize("stage", Stage)
def test_generated_patients_are_written_to_the_same_bytes(stage: Stage) -> None:
    for patient in cohort(13, 100):
        verdict = verdict_of(patient.profile, stage)
        assert WRITER.json(verdict) == verdict.model_dump_json()


@often_reached
@given(rngs)
@SOME
def test_a_verdict_by_any_rulebook_is_written_to_the_same_bytes(rng: Random) -> None:
    rulebook, answers = screening(rng)
    screener = Screener(rulebook, channels=("reference",))
    verdict = screener.screen(profile_of(answers), as_of=AS_OF, stage=Stage.SESSION)
    assert VerdictWriter(screener.wording).json(verdict) == verdict.model_dump_json()
    reached("a verdict")


def test_a_finding_with_other_words_than_the_rulebooks_is_written_by_its_own() -> None:
    verdict = verdict_of(PatientProfile())
    first, *rest = verdict.findings
    changed = verdict.model_copy(update={"findings": (first.model_copy(update={"say": "Otherwise."}), *rest)})
    unknown = verdict.model_copy(update={"findings": (first.model_copy(update={"rule": "elsewhere"}), *rest)})
    for one in (changed, unknown):
        assert WRITER.json(one) == one.model_dump_json()
        assert WRITER.json(one) != WRITER.json(verdict)
