"""What a record holds, what of it stands in the clear, and that a redacted copy is still the same record."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ketascreen import Fault, LeanVerdict, PatientProfile, Screener, Verdict
from ketascreen.audit.record import FORMATS, MAY_LEAVE, differing, key_of, record_of, rulebook_record
from ketascreen.audit.screening_record import findings_of, holds_verdict, profile_of, reasons_of, screening_record
from ketascreen.audit.sealing import canonical, commitment, openings_text, opens, random_salts, salts_of, value_of
from ketascreen.language.vocabulary import Kind
from ketascreen.patient.profile import BUILT_IN
from ketascreen.screening.recorder import Screening
from tests.helpers.ledgers import example, random_bytes
from tests.helpers.places import RULES
from tests.helpers.reached import often_reached, reached
from tests.helpers.screening import AS_OF, SOME, near_baseline, rngs, shipped


def record_of_example(name: str = "uncontrolled-hypertension.yaml", **changed: Any) -> tuple[Screening, Verdict]:
    profile = example(name).model_copy(update=changed)
    verdict = Screener(shipped(), channels=("reference",)).screen(profile, as_of=AS_OF)
    return Screening("p-17", profile, verdict, shipped()), verdict


def test_a_record_is_canonical_json_and_its_digest_is_of_its_very_bytes() -> None:
    record = screening_record(record_of_example()[0], random_salts(random_bytes()))
    assert record.body == rfc8785.dumps(json.loads(record.body)).decode()
    assert record.opened == rfc8785.dumps(json.loads(record.opened)).decode()
    assert record.digest == hashlib.sha256(record.body.encode()).hexdigest()


def test_a_record_says_by_what_and_on_what_it_stands() -> None:
    screening, verdict = record_of_example()
    record = screening_record(screening, random_salts(random_bytes()))
    assert record.kind == "screening"
    assert record.part("rulebook")["bytes_digest"] == shipped().bytes_digest
    assert record.part("rulebook")["version"] == shipped().identity.version
    assert record.part("parameters")["controlled_systolic"] == "140 mmHg"
    assert record.part("channels") == ["reference"]
    assert record.part("agreed") is True
    assert record.part("library") == verdict.library_version
    assert record.part("as_of") == "2026-11-22T09:00:00Z"
    assert record.part("reference") == "p-17"
    assert record.part("recommendation")["iv"] == {"decision": "not_eligible", "readiness": None}
    assert record.part("facts.systolic_bp") == {"value": "152 mmHg", "at": "2026-11-20"}
    assert record.part("facts.birth_date") is None
    assert record.part("findings")["uncontrolled-hypertension"] == {
        "outcome": "met",
        "rests_on": ["diastolic_bp", "hypertension", "systolic_bp"],
    }
    assert record.part("routes")["iv"]["reasons"] == ["uncontrolled-hypertension"]


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_findings_and_reasons_are_read_alike_from_either_format(form: str) -> None:
    screening, verdict = record_of_example()
    record = screening_record(screening, random_salts(random_bytes()), form=form)
    assert record.format == form
    assert findings_of(record) == LeanVerdict.of(verdict).findings
    assert reasons_of(record, "iv") == {"uncontrolled-hypertension"}
    assert holds_verdict(record, verdict, shipped())
    assert not holds_verdict(
        record, verdict.model_copy(update={"faults": (Fault(where="here", message="failed"),)}), shipped()
    )
    assert profile_of(record).observations() == screening.profile.observations()


def test_what_stands_in_the_clear_is_the_closed_list_and_all_else_is_sealed() -> None:
    record = screening_record(record_of_example()[0], random_salts(random_bytes()))
    assert set(record.data) == {
        "agreed", "channels", "counts", "engines", "format", "kind", "library", "parameters", "recommendation",
        "rulebook", "sealed", "stage",
    }  # fmt: skip
    assert set(record.data) - {"sealed"} <= MAY_LEAVE
    assert set(record.openings) == set(record.data["sealed"])


def test_a_part_that_nobody_has_listed_is_sealed() -> None:
    record = record_of("screening", {"stage": "session", "tomorrows_part": "canary"}, random_salts(random_bytes()))
    assert "canary" not in record.body
    assert record.data["stage"] == "session"
    assert record.part("tomorrows_part") == "canary"


def test_every_field_of_a_verdict_is_in_its_record_or_made_from_it() -> None:
    screening, verdict = record_of_example()
    record = screening_record(screening, random_salts(random_bytes()))
    elsewhere = {
        "notice": "of the rulebook's sign-off", "not_asked": "of the rulebook",
        "takes_effect": "of the rulebook and `as_of`",
        "agreement": "channels, agreed, disagreements",
        "library_version": "library", "receipt": "made from the record",
        "read_as": "there if the rulebook has former names; see tests/screening/test_former_names.py",
    }  # fmt: skip
    told = {*record.data, *record.data["sealed"]}
    assert set(Verdict.model_fields) - set(elsewhere) - told == set()
    lean_alone = {"facts", "last_answers", "too_old", "unrecognised"}
    assert set(LeanVerdict.model_fields) - lean_alone == set(Verdict.model_fields) - {"notice", "not_asked"}
    assert holds_verdict(record, verdict, shipped())


def test_the_names_of_the_parts_tell_nothing_of_the_patient() -> None:
    one = screening_record(record_of_example()[0], random_salts(random_bytes()))
    empty = PatientProfile()
    verdict = Screener(shipped(), channels=("reference",)).screen(empty, as_of=AS_OF)
    other = screening_record(Screening("p-18", empty, verdict, shipped()), random_salts(random_bytes()))
    assert set(one.data["sealed"]) == set(other.data["sealed"])


def test_one_fact_can_be_opened_and_no_other() -> None:
    record = screening_record(record_of_example()[0], random_salts(random_bytes()))
    opening = record.openings["facts.systolic_bp"]
    assert value_of(opening) == {"value": "152 mmHg", "at": "2026-11-20"}
    assert opens("facts.systolic_bp", opening, record.data["sealed"]["facts.systolic_bp"])
    assert not opens("facts.diastolic_bp", opening, record.data["sealed"]["facts.systolic_bp"])
    forged = opening.replace("152", "122")
    assert not opens("facts.systolic_bp", forged, record.data["sealed"]["facts.systolic_bp"])
    salts = [json.loads(text)[1] for text in record.openings.values()]
    assert len(set(salts)) == len(salts)
    assert all(len(salt) == 32 for salt in salts)


def test_equal_values_are_sealed_to_different_commitments() -> None:
    screening = record_of_example()[0]
    salts = random_salts(random_bytes())
    one, other = screening_record(screening, salts), screening_record(screening, salts)
    assert all(one.data["sealed"][name] != other.data["sealed"][name] for name in one.data["sealed"])
    assert set(differing(one, other)) == set(one.data["sealed"])


def test_with_its_own_salts_a_record_comes_out_the_same_to_the_byte() -> None:
    screening = record_of_example()[0]
    record = screening_record(screening, random_salts(random_bytes()))
    again = screening_record(screening, salts_of(record.openings))
    assert (again.body, again.opened) == (record.body, record.opened)
    assert list(differing(record, again)) == []


@often_reached
@SOME
@given(rngs)
def test_the_profile_of_a_record_is_the_profile_that_was_screened(rng: object) -> None:
    try:
        profile = PatientProfile(**near_baseline(rng))  # type: ignore[arg-type]
        verdict = Screener(shipped(), channels=("reference",)).screen(profile, as_of=AS_OF)
    except Exception:  # noqa: BLE001 - what is refused is not recorded
        return
    record = screening_record(Screening("p-1", profile, verdict, shipped()), random_salts(random_bytes()))
    assert profile_of(record).model_dump() == profile.model_dump()
    reached("a profile on record")


def test_every_form_of_answer_comes_back_from_a_record() -> None:
    answers: dict[str, Any] = {
        name: {"present": [fact.choices[0], "zephyr"], "complete": True, "at": "2026-11-20T08:00:00+01:00"}
        if fact.kind is Kind.LIST
        else {"value": fact.choices[0] if fact.choices else f"{fact.minimum} {fact.unit.name if fact.unit else ''}"}
        for name, fact in BUILT_IN.items()
        if name in ("heart_conditions", "mood_state", "verified_abstinence_months")
    }
    screening, _ = record_of_example(**answers, birth_date="1984-03-02", age=None)
    record = screening_record(screening, random_salts(random_bytes()))
    assert profile_of(record).observations() == screening.profile.observations()
    assert profile_of(record).birth_date == screening.profile.birth_date
    assert "zephyr" in record.opened
    assert "zephyr" not in record.body


def test_a_rulebook_is_on_record_with_the_very_text_of_its_files() -> None:
    record = rulebook_record(shipped(), random_salts(random_bytes()))
    folder = RULES
    files = record.data["files"]
    assert set(files) == set(shipped().files)
    assert all((folder / path).read_bytes() == text.encode() for path, text in files.items())
    assert key_of(record) == shipped().bytes_digest


def test_nothing_of_the_patient_is_in_the_repr_of_a_record_or_of_what_goes_into_it() -> None:
    screening = record_of_example()[0]
    record = screening_record(screening, random_salts(random_bytes()))
    for text in (repr(screening), repr(record), str(record)):
        assert "152" not in text
        assert "p-17" not in text


@often_reached
@given(st.dictionaries(st.from_regex(r"[a-z_.-]{1,20}", fullmatch=True), st.text()))
def test_openings_are_written_as_canonical_json_whatever_they_hold(openings: dict[str, str]) -> None:
    try:
        canonical_text = rfc8785.dumps(openings).decode()
    except UnicodeEncodeError:
        return  # half a character, which no text that was read holds
    assert openings_text(openings) == canonical_text
    reached("openings in writing")


def test_a_commitment_is_the_sha256_of_the_openings_bytes() -> None:
    assert commitment('["a","00",null]') == hashlib.sha256(b'["a","00",null]').hexdigest()


def test_no_answer_of_a_patient_is_in_the_clear() -> None:
    canaries: dict[str, Any] = {
        "systolic_bp": {"value": 219, "at": "2026-11-13"},
        "heart_conditions": {"present": ["zephyr"], "complete": False},
        "birth_date": "1971-07-13",
        "age": None,
        "failed_antidepressant_trials": 37,
        "psychosis": {"value": "past", "at": "2026-11-17"},
    }
    screening, _ = record_of_example(**canaries)
    record = screening_record(screening, random_salts(random_bytes()))
    for canary in ("219 mmHg", "2026-11-13", "zephyr", "1971-07-13", "37 trials", '"past"', "2026-11-17", "p-17"):
        assert canary in record.opened.replace("\\", "")
        assert canary not in record.body


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_plain_data_are_written_as_rfc_8785_says(data: Any) -> None:
    try:
        expected = rfc8785.dumps(data).decode()
    except (UnicodeError, rfc8785.CanonicalizationError):
        with pytest.raises((UnicodeError, rfc8785.CanonicalizationError)):
            canonical(data)
        return
    assert canonical(data) == expected


@pytest.mark.parametrize("data", [2**53, -(2**53), {"a": [2**60]}, {1: "a"}, object()])
def test_what_readers_of_json_differ_on_is_refused(data: object) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical(data)


def test_a_number_with_decimals_is_written_as_rfc_8785_says() -> None:
    assert canonical({"b": 1.0, "a": 1e21}) == '{"a":1e+21,"b":1}'
