"""The contradictions between built-in facts. A rulebook adds its own in vocabulary.yaml."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ketascreen.diagnostic import Diagnostic
from ketascreen.language.clinic_time import ClinicTime, Instant
from ketascreen.language.condition import AllOf, Compare, Condition, Value
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.semantics import Known, contradicts


def _all(*members: Condition) -> Condition:
    return AllOf(members)


# The rarest answer comes first: most patients do not have it, and the rest is then not looked at.
BUILT_IN_CONTRADICTIONS: tuple[Contradiction, ...] = (
    Contradiction(
        "diastolic_not_below_systolic",
        NotBelow("diastolic_bp", "systolic_bp"),
        about="diastolic_bp",
        say="The diastolic pressure is not below the systolic pressure.",
    ),
    Contradiction(
        "predose_diastolic_not_below_systolic",
        NotBelow("predose_diastolic_bp", "predose_systolic_bp"),
        about="predose_diastolic_bp",
        say="The diastolic pressure is not below the systolic pressure.",
    ),
    Contradiction(
        "positive_pregnancy_test",
        _all(
            Compare("pregnancy_test", "is", "positive"),
            Compare("pregnancy", "one_of", ("not_pregnant", "not_possible")),
        ),
        about="pregnancy_test",
        newer="pregnancy_test",
        say="A positive test contradicts the answer on pregnancy. Do not give ketamine. Record the pregnancy, or "
        "repeat the test.",
    ),
    Contradiction(
        "positive_test_where_not_possible",
        _all(
            Compare("pregnancy", "is", "not_possible"),
            Compare("pregnancy_test", "is", "positive"),
        ),
        about="pregnancy",
        say="A positive test contradicts that a pregnancy is not possible, whichever was recorded later. Do not give "
        "ketamine. Repeat the test, or correct the answer.",
    ),
    Contradiction(
        "treatment_without_hypertension",
        _all(
            Compare("antihypertensive_treatment", "is", "treated"),
            Compare("hypertension", "is", "none"),
        ),
        about="antihypertensive_treatment",
        say="Hypertension is treated, and no diagnosis is recorded.",
    ),
    Contradiction(
        "untreated_without_hypertension",
        _all(
            Compare("antihypertensive_treatment", "is", "not_treated"),
            Compare("hypertension", "is", "none"),
        ),
        about="antihypertensive_treatment",
        say="Hypertension is not treated, and no diagnosis is recorded. Without hypertension, write `not_needed`.",
    ),
    Contradiction(
        "abstinence_beside_use",
        _all(
            Compare("substance_use", "is", "current_without_disorder"),
            Compare("verified_abstinence_months", "above", Decimal(0)),
        ),
        about="substance_use",
        say="Substances are used now, so the abstinence from all of them is 0 months. If the use has ended, record it "
        "as past.",
    ),
    Contradiction(
        "abstinence_without_use",
        _all(
            Compare("substance_use_disorder", "is", "never"),
            Compare("substance_use", "is", "none"),
            Compare("verified_abstinence_months", "above", Decimal(0)),
        ),
        about="verified_abstinence_months",
        say="Abstinence was confirmed, but neither use nor a disorder is recorded.",
    ),
    Contradiction(
        "heart_attack_not_listed",
        _all(
            Compare("heart_conditions", "includes_none", ("myocardial_infarction",)),
            Compare("last_heart_attack", "below", Decimal(1200)),
        ),
        about="last_heart_attack",
        say="A heart attack has a date, but the complete list of heart conditions does not name it.",
    ),
    Contradiction(
        "stroke_not_listed",
        _all(
            Compare("heart_conditions", "includes_none", ("stroke",)),
            Compare("last_stroke", "below", Decimal(1200)),
        ),
        about="last_stroke",
        say="A stroke has a date, but the complete list of heart conditions does not name it.",
    ),
    Contradiction(
        "heart_attack_listed",
        _all(
            Compare("heart_conditions", "includes", "myocardial_infarction"),
            Compare("last_heart_attack", "at_least", Decimal(1200)),
        ),
        about="heart_conditions",
        say="The list of heart conditions names a heart attack, and the answer on the last one is `none`.",
    ),
    Contradiction(
        "stroke_listed",
        _all(
            Compare("heart_conditions", "includes", "stroke"),
            Compare("last_stroke", "at_least", Decimal(1200)),
        ),
        about="heart_conditions",
        say="The list of heart conditions names a stroke, and the answer on the last one is `none`.",
    ),
    Contradiction(
        "event_not_listed",
        _all(
            Compare("heart_conditions", "includes_none", ("myocardial_infarction", "stroke")),
            Compare("months_since_heart_attack_or_stroke", "at_least", Decimal(0)),
        ),
        about="months_since_heart_attack_or_stroke",
        say="Neither a heart attack nor a stroke is in the complete list of heart conditions.",
    ),
)
"""Diagnoses, treatment, tests and events that cannot go together, whatever the rulebook."""

OTHER_AGE = "other_age"
"""The name of the contradiction between the date of birth and a recorded age, which no condition of facts can say."""
BUILT_IN_SAYS: Mapping[str, str] = {
    **{one.name: one.say for one in BUILT_IN_CONTRADICTIONS},
    OTHER_AGE: "The date of birth does not give the recorded age on the day of that answer.",
}
"""What each built-in contradiction says, by its name."""


def added(found: Iterable[Contradiction]) -> tuple[Contradiction, ...]:
    """The contradictions that a rulebook adds to the built-in ones."""
    return tuple(one for one in found if one not in BUILT_IN_CONTRADICTIONS)


@dataclass(frozen=True, slots=True)
class Contradicted(Diagnostic):
    """A patient who is refused because answers contradict each other; `name` is the contradiction's."""

    name: str = ""


def contradictions(
    found: tuple[Contradiction, ...],
    current: Mapping[str, Value],
    last: Mapping[str, Value],
    observed: Mapping[str, Instant],
    clinic: ClinicTime,
    pointer_to: Callable[[str], str],
) -> Iterator[Diagnostic]:
    """Each contradiction of a patient, by the names of the facts and without a value.

    The last answer of the fact that it is about is compared with the others that count, so that an old reassurance
    contradicts nothing, and an old alarm does. Without one of its answers a profile never has a new contradiction.
    `pointer_to` gives the JSON pointer of a fact's answer in the profile.
    """
    for one in found:
        if one.about not in last:  # most of them, of most patients
            continue
        answers = compared(one, current, last)
        if answers is None or not contradicts(one, answers):
            continue
        if one.newer is None or not _are_news(one, answers, observed, clinic):
            yield _refusal(one, pointer_to(one.about))


def compared(one: Contradiction, current: Mapping[str, Value], last: Mapping[str, Value]) -> Known | None:
    """The answers that a contradiction compares; None without the one that it is about."""
    about = last.get(one.about)
    if about is None or about is (counts := current.get(one.about)):
        return None if about is None else current
    if one.reads_last:
        return {**current, one.about: about}
    return None if counts is None else current


def _are_news(one: Contradiction, answers: Known, observed: Mapping[str, Instant], clinic: ClinicTime) -> bool:
    """Whether all other answers are known to be of after the answer that may be older.

    A fact without an answer is not one of them. Otherwise to take its answer away would make a contradiction.
    """
    assert one.newer is not None
    if one.newer not in answers:
        return True
    others = sorted(one.facts & answers.keys() - {one.newer})
    return all(_is_after(observed.get(name), observed.get(one.newer), clinic) for name in others)


def _is_after(at: Instant | None, than: Instant | None, clinic: ClinicTime) -> bool:
    """Whether a time is known to be after another; on one day without times it is not."""
    if at is None or than is None:
        return False
    days = clinic.day_of(at), clinic.day_of(than)
    if days[0] != days[1]:
        return days[0] > days[1]
    timed = isinstance(at, datetime) and isinstance(than, datetime)
    return timed and clinic.instant(at) > clinic.instant(than)


def _refusal(one: Contradiction, pointer: str) -> Diagnostic:
    others = " and ".join(f"`{name}`" for name in one.against)
    message = f"`{one.about}` contradicts {others}: {one.say.removesuffix('.')}"
    return Contradicted(
        "contradiction",
        message,
        "correct the one that is wrong, then screen again",
        pointer=pointer,
        name=one.name,
    )
