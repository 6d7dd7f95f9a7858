"""The English catalogue holds every text that the library asks for, with the same placeholders, and no other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

import pytest

from ketascreen.language.approval import ApprovalState as Approval
from ketascreen.language.quantity import UNITS
from ketascreen.language.rule import RuleStage
from ketascreen.language.rulebook_texts import texts_of
from ketascreen.language.terms import DecidedBy, Decision, Effect, Outcome, Readiness, Weight
from ketascreen.language.vocabulary import Kind
from ketascreen.loading.file_models import OutsideModel, ParameterModel
from ketascreen.texts.catalogue import Catalogue
from ketascreen.texts.english import ENGLISH, TEXTS
from ketascreen.verdict.finding import Want
from ketascreen.verdict.override import OverrideReason
from ketascreen.verdict.standing import Standing
from tests.helpers.screening import shipped
from tests.helpers.text_calls import calls_in, placeholders, text_calls

CALLS = text_calls()
FAMILIES: dict[str, Iterable[str]] = {
    "decision": Decision,
    "meaning": Decision,
    "readiness": Readiness,
    "effect": Effect,
    "outcome": Outcome,
    "stage": RuleStage,
    "want": get_args(Want),
    "standing": Standing,
    "decided_by": DecidedBy,
    "weight": Weight,
    "override_reason": OverrideReason,
    "approval": Approval,
    "approval_one": set(Approval) - {Approval.APPROVED},
    "approval_many": set(Approval) - {Approval.APPROVED},
    "basis": get_args(ParameterModel.model_fields["basis"].annotation),
    "stricter": get_args(ParameterModel.model_fields["stricter"].annotation),
    "read": get_args(OutsideModel.model_fields["read"].annotation),
    "kind": (Kind.NUMBER, Kind.INTEGER),
    "unit": {unit.name for unit in UNITS.values()},
}
"""The closed lists whose words have labels."""


def asked_for() -> dict[str, frozenset[str]]:
    """The ids that the library asks for, each with the values that it gives."""
    ids = {call.text_id: call.values for call in CALLS if call.method == "text"}
    for call in CALLS:
        if call.method == "label":
            ids |= {f"{call.text_id}.{word}": frozenset() for word in FAMILIES[call.text_id]}
        if call.method == "counted":
            ids |= {f"{call.text_id}.{form}": call.values | {"count"} for form in ("one", "many")}
    return ids


def test_every_call_names_its_text_plainly() -> None:
    assert [call.place for call in CALLS if not call.text_id] == []
    assert [call.place for call in CALLS if "**" in call.values] == []
    assert len(CALLS) > 100


def test_every_label_is_of_a_closed_list_and_every_closed_list_is_labelled() -> None:
    assert {call.text_id for call in CALLS if call.method == "label"} == set(FAMILIES)
    assert [call.place for call in CALLS if call.method == "label" and call.values] == []


def test_no_text_is_missing_and_none_is_superfluous() -> None:
    assert set(asked_for()) == set(TEXTS)


def test_every_call_gives_the_values_that_its_text_has_placeholders_for() -> None:
    calls = [call for call in CALLS if call.method == "text"]
    assert [call for call in calls if call.values != placeholders(TEXTS[call.text_id])] == []
    for text_id, values in asked_for().items():
        optional = {"count"} if text_id.endswith(".one") else frozenset()
        assert values - optional <= placeholders(TEXTS[text_id]) <= values, text_id


def test_an_id_says_what_it_is_of_in_words_that_no_id_of_a_rulebook_begins_with() -> None:
    fixed, rulebook = ({text_id.partition(".")[0] for text_id in ids} for ids in (TEXTS, texts_of(shipped())))
    assert fixed & rulebook == set()


def test_a_text_without_its_values_or_without_its_id_is_an_error() -> None:
    with pytest.raises(KeyError, match="rule"):
        ENGLISH.text("place.rule")
    with pytest.raises(KeyError, match=r"place\.nowhere"):
        ENGLISH.text("place.nowhere")
    with pytest.raises(KeyError, match=r"decision\.perhaps"):
        ENGLISH.label("decision", "perhaps")


def test_a_value_with_braces_is_shown_as_it_is() -> None:
    assert ENGLISH.text("condition.asks", fact="age", asked="{fact}") == "age: {{fact}}"


@pytest.mark.parametrize(("days", "said"), [(1, "then, 1 day old"), (2, "then, 2 days old"), (-1, "then, -1 days old")])
def test_exactly_one_is_counted_in_words_of_its_own(days: int, said: str) -> None:
    assert ENGLISH.counted("grounds.days_old", days, time="then") == said


def test_a_list_is_joined_by_what_its_language_has_between_two() -> None:
    assert ENGLISH.listed(["iv", "im"]) == "iv, im"
    assert Catalogue({"join.comma": "; "}).listed(["iv", "im"]) == "iv; im"
    assert ENGLISH.listed([]) == ""


def test_a_call_whose_id_is_worked_out_is_seen_without_one() -> None:
    code = 'texts.text(f"decision.{one}")\ntexts.counted("days", 2, time=now)\nlabel("a")\n'
    calls = list(calls_in(code, "some.py"))
    assert [(call.method, call.text_id, set(call.values), call.place) for call in calls] == [
        ("text", "", set(), "some.py:1"),
        ("counted", "days", {"time"}, "some.py:2"),
    ]


@pytest.mark.parametrize("template", ["{}", "{0}", "{a.b}", "{a[0]}", "{a!r}", "{a:>9}", "{a", "a}"])
def test_a_placeholder_is_a_name_and_nothing_more(template: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  some are Python's own
        placeholders(template)
