"""The recipes for rows of a database and of a frame: what is missing is not known, and no number or time is guessed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest

from ketascreen import PatientProfile, ProfileError
from ketascreen.testing import screened
from ketascreen.testing.profiles import built_in_screener

pytestmark = pytest.mark.recipe

SEEN = datetime(2026, 11, 22, 9)  # noqa: DTZ001  as the clinic's clock shows it


@pytest.fixture
def rows() -> Any:
    return import_module("sqlalchemy_rows")


def stored(rows: Any, diagnoses: list[tuple[str, str]], **columns: Any) -> tuple[PatientProfile, list[str]]:
    """What a visit gives once it was written to a database and read back, and the codes that are left over."""
    sqlalchemy, orm = import_module("sqlalchemy"), import_module("sqlalchemy.orm")
    engine = sqlalchemy.create_engine("sqlite://")
    rows.Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(rows.Visit(id=1, at=SEEN, **columns))
        session.add_all(rows.Diagnosis(visit=1, system=system, code=code) for system, code in diagnoses)
        session.commit()
        visit = session.get(rows.Visit, 1)
        found = session.scalars(sqlalchemy.select(rows.Diagnosis)).all()
        profile, left = rows.profile_of(visit, found, built_in_screener().rulebook)
        codes = [one.code for one in left]
    engine.dispose()
    return profile, codes


@pytest.mark.filterwarnings("ignore:Dialect sqlite.*Decimal")
def test_a_numeric_column_is_exact_and_a_naive_time_is_the_clinics(rows: Any) -> None:
    profile, _ = stored(rows, [], systolic=Decimal("139.5"))
    reading = profile.systolic_bp
    assert reading is not None
    assert reading.value == Decimal("139.5")
    assert str(reading.at) == "2026-11-22 09:00:00+01:00"


def test_null_is_not_known_and_never_no(rows: Any) -> None:
    profile, _ = stored(rows, [], systolic=None, pregnancy=None, conditions_checked=None)
    assert profile.pregnancy is None
    assert profile.heart_conditions is not None
    assert profile.heart_conditions.complete is False
    verdict = screened(profile, as_of=SEEN.replace(tzinfo=rows.CLINIC))
    assert verdict.routes["iv"].decision.value == "insufficient_data"
    assert {"pregnancy", "systolic_bp", "heart_conditions"} <= {ask.fact for ask in verdict.routes["iv"].asks}


def test_a_code_is_looked_up_and_one_that_cannot_be_placed_is_left_for_somebody_to_look_at(rows: Any) -> None:
    codes = [("icd-10-cm", "I21.9"), ("loinc", "8480-6"), ("icd-10-cm", "Z00.0")]
    profile, left = stored(rows, codes, conditions_checked=True)
    assert profile.heart_conditions is not None
    assert profile.heart_conditions.present == {"myocardial_infarction"}
    assert left == ["8480-6", "Z00.0"]  # one means two facts, the other none
    assert profile.heart_conditions.complete is False


def test_a_list_that_was_checked_is_complete_where_every_code_has_its_place(rows: Any) -> None:
    profile, left = stored(rows, [("icd-10-cm", "I21.9")], conditions_checked=True)
    assert left == []
    assert profile.heart_conditions is not None
    assert profile.heart_conditions.complete is True


def test_two_codes_that_contradict_each_other_are_not_an_answer(rows: Any) -> None:
    profile, left = stored(rows, [("snomed", "371596008"), ("snomed", "83225003")])
    assert profile.bipolar is None
    assert sorted(left) == ["371596008", "83225003"]


def test_a_code_that_contradicts_a_column_is_not_an_answer(rows: Any) -> None:
    profile, left = stored(rows, [("snomed", "77386006")], pregnancy="not_pregnant")
    assert (profile.pregnancy, left) == (None, ["77386006"])


def test_a_system_that_is_not_known_is_left_and_the_rest_has_its_place(rows: Any) -> None:
    profile, left = stored(rows, [("ICD-10", "I21.9"), ("icd-10-cm", "I21.9")])
    assert left == ["I21.9"]
    assert profile.heart_conditions is not None
    assert profile.heart_conditions.present == {"myocardial_infarction"}


def frame(**cells: Any) -> Any:
    pandas = import_module("pandas")
    row = {"systolic": 139.5, "diastolic": 80, "trials": 2, "pregnant": True, "seen": pandas.Timestamp(SEEN), **cells}
    return pandas.DataFrame([row])


def only(table: Any) -> PatientProfile:
    ((_, profile),) = import_module("pandas_frame").profiles(table)
    if isinstance(profile, ProfileError):
        raise profile
    assert isinstance(profile, PatientProfile)
    return profile


def test_numbers_and_booleans_of_a_frame_become_answers() -> None:
    profile = only(frame())
    assert profile.systolic_bp is not None
    assert profile.diastolic_bp is not None
    assert profile.pregnancy is not None
    assert profile.systolic_bp.value == Decimal("139.5")
    assert profile.diastolic_bp.value == 80
    assert profile.pregnancy.value == "pregnant"
    assert str(profile.pregnancy.at) == "2026-11-22 09:00:00+01:00"


@pytest.mark.parametrize("missing", ["nan", "NaT", "NA", "None"])
def test_what_is_missing_in_a_frame_is_not_known(missing: str) -> None:
    pandas = import_module("pandas")
    value = {"nan": float("nan"), "NaT": pandas.NaT, "NA": pandas.NA, "None": None}[missing]
    profile = only(frame(systolic=value, pregnant=value))
    assert profile.systolic_bp is None
    assert profile.pregnancy is None
    assert profile.diastolic_bp is not None


def test_a_row_without_a_time_has_answers_that_do_not_count() -> None:
    profile = only(frame(seen=import_module("pandas").NaT))
    assert profile.pregnancy is not None
    assert profile.pregnancy.at is None


@pytest.mark.parametrize("cell", ["no", 0.0, 1.0, 1, "True"])
def test_only_true_and_false_have_a_word(cell: object) -> None:
    with pytest.raises(ProfileError):
        only(frame(pregnant=cell))


def test_a_row_that_is_refused_ends_nothing_and_is_told_by_its_label() -> None:
    pandas = import_module("pandas")
    table = pandas.concat([frame(), frame(systolic=999), frame(seen=pandas.Timestamp("2026-10-25 02:30"))])
    table.index = ["a", "b", "c"]
    as_of = SEEN.replace(tzinfo=import_module("pandas_frame").CLINIC)
    found = dict(import_module("pandas_frame").screened(built_in_screener(), table, as_of))
    assert [label for label, one in found.items() if isinstance(one, ProfileError)] == ["b"]
    assert [problem.pointer for problem in found["b"].diagnostics] == ["/systolic_bp"]
    assert found["a"].routes["iv"].decision == "not_eligible", "pregnant"


def test_a_number_that_only_came_near_its_decimal_is_refused_with_what_to_do() -> None:
    numpy = import_module("numpy")
    table = frame()
    table["systolic"] = table["systolic"].astype(numpy.float32) + numpy.float32(0.2)
    with pytest.raises(ProfileError, match="round it, or give a Decimal"):
        only(table)


def test_numpys_integers_are_numbers_and_its_booleans_no_answers() -> None:
    numpy = import_module("numpy")
    profile = PatientProfile(systolic_bp=numpy.int64(120), failed_antidepressant_trials=numpy.uint8(2))
    assert profile.systolic_bp == PatientProfile(systolic_bp=120).systolic_bp
    for fact in ("pregnancy", "systolic_bp"):
        with pytest.raises(ProfileError) as refused:
            PatientProfile(**{fact: numpy.True_})
        assert [problem.code for problem in refused.value.diagnostics] == ["wrong-type"]


@pytest.mark.parametrize("fact", ["pregnancy", "systolic_bp", "heart_conditions", "last_stroke", "birth_date", "age"])
@pytest.mark.parametrize("missing", ["NaT", "NA"])
def test_a_missing_cell_that_nobody_took_out_is_refused_in_a_sentence(fact: str, missing: str) -> None:
    value = getattr(import_module("pandas"), missing)
    for given in (value, {"present" if fact == "heart_conditions" else "value": value}, {"value": "none", "at": value}):
        with pytest.raises(ProfileError):
            PatientProfile(**{fact: given})  # type: ignore[arg-type]
