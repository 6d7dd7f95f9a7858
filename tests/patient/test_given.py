"""The types of what a caller may give: they are those of the table of facts, and say what the reader says."""

from __future__ import annotations

import inspect
import os
import pkgutil
import pydoc
import re
import subprocess
import sys
import types
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from tools.docs.given_facts import MODULE, given_facts

from ketascreen import GivenFacts, PatientProfile, ProfileError
from ketascreen.language.vocabulary import Kind
from ketascreen.patient.profile import BUILT_IN
from ketascreen.patient.told import ToldField
from tests.helpers.places import ROOT
from tests.helpers.screening import shipped
from tests.helpers.typed_calls import HEAD, accepted, client, line_of, refused


def test_the_types_are_those_of_the_table_of_facts() -> None:
    assert MODULE.read_text("utf-8") == given_facts(), "run make docs"


def test_every_field_of_a_profile_has_a_type_and_no_other_has() -> None:
    assert list(get_type_hints(GivenFacts)) == list(PatientProfile.model_fields)
    assert GivenFacts.__required_keys__ == frozenset()


def _names() -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(HEAD, names)
    return names


def test_the_reader_accepts_each_call_that_is_typed_as_accepted() -> None:
    names = _names()
    assert len(accepted()) > 400
    for call in accepted():
        exec(call, names)


@pytest.mark.parametrize("call", refused())
def test_the_reader_refuses_each_call_that_is_typed_as_refused(call: str) -> None:
    with pytest.raises(ProfileError):
        exec(call, _names())


_ERROR = re.compile(r"^(?P<file>[a-z]+)\.py:(?P<line>[0-9]+): error: (?P<message>.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[int, str]]:
    """What mypy says of the two client programs: the messages by file and line."""
    folder = tmp_path_factory.mktemp("clients")
    (folder / "good.py").write_text(client(accepted()), "utf-8")
    (folder / "bad.py").write_text(client(refused()), "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "good.py", "bad.py"]
    cache = ["--cache-dir", str(ROOT / ".cache" / "mypy-clients")]
    environment = {**os.environ, "MYPYPATH": str(ROOT / "src")}
    ran = subprocess.run([*command, *cache], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 1, ran.stderr
    messages: dict[str, dict[int, str]] = {"good": {}, "bad": {}}
    for error in _ERROR.finditer(ran.stdout):
        messages[error["file"]].setdefault(int(error["line"]), error["message"])
    return messages


def test_mypy_accepts_each_call_that_the_reader_accepts(found: dict[str, dict[int, str]]) -> None:
    assert {accepted()[line - line_of(0)]: message for line, message in found["good"].items()} == {}


def test_mypy_marks_each_misspelt_name_choice_key_and_unit(found: dict[str, dict[int, str]]) -> None:
    assert [call for number, call in enumerate(refused()) if line_of(number) not in found["bad"]] == []
    assert min(found["bad"]) >= line_of(0)


def test_mypy_names_the_fact_that_was_meant_and_the_choices_that_there_are(found: dict[str, dict[int, str]]) -> None:
    said = {call: found["bad"][line_of(number)] for number, call in enumerate(refused())}
    assert 'did you mean "systolic_bp"' in said["PatientProfile(systolic_bpx=31)"]
    message = said['PatientProfile(pregnancy="not_pregnantx")']
    assert "expected \"Literal['not_pregnant', 'pregnant', 'not_possible']" in message


@pytest.mark.parametrize("name", list(BUILT_IN))
def test_a_fact_tells_its_label_unit_range_choices_and_window(name: str) -> None:
    fact = shipped().vocabulary[name]
    told = getattr(PatientProfile, name)
    assert isinstance(told, ToldField)
    assert told.fact == BUILT_IN[name]
    said = " ".join((inspect.getdoc(told) or "").split())
    assert said.startswith(f"{fact.label}. Answer: {fact.describe()}. Counts {fact.describe_freshness()}.")
    assert fact.note in said
    if fact.kind in (Kind.CHOICE, Kind.LIST):
        assert all(word in said for word in fact.choices)
    assert fact.label in repr(told)
    assert fact.describe() in repr(told)


def test_a_field_that_is_not_a_fact_tells_what_it_is() -> None:
    assert "Date of birth" in (inspect.getdoc(PatientProfile.birth_date) or "")
    assert repr(PatientProfile.birth_date) == "ToldField(birth_date)"


def test_help_on_the_class_tells_of_each_fact_in_the_order_of_the_table() -> None:
    said = pydoc.render_doc(PatientProfile, renderer=pydoc.plaintext)  # type: ignore[attr-defined]
    places = [said.index(f"|  {name}\n |      {BUILT_IN[name].label}.") for name in BUILT_IN]
    assert places == sorted(places)
    assert "Answer: number, 30 to 350 mmHg." in said
    assert "a field that is None or absent is not known" in said


def test_help_on_a_fact_is_about_this_fact() -> None:
    said = pydoc.render_doc(PatientProfile.pregnancy, renderer=pydoc.plaintext)  # type: ignore[attr-defined]
    assert "one of not_pregnant, pregnant, not_possible" in said


def test_a_name_that_no_field_has_is_no_attribute_of_the_class() -> None:
    assert not hasattr(PatientProfile, "sistolic_bp")


def test_an_answer_is_read_from_a_profile_as_before() -> None:
    profile = PatientProfile(pregnancy="pregnant")
    assert profile.systolic_bp is None
    assert profile.pregnancy is not None
    assert profile.pregnancy.value == "pregnant"


def test_a_subclass_has_the_facts_and_no_defaults_but_its_own() -> None:
    class ClinicProfile(PatientProfile):
        """A clinic's."""

        clinic: str = "here"

    profile = ClinicProfile.model_validate({"pregnancy": "pregnant"})
    assert list(profile.observations()) == ["pregnancy"]
    assert profile.clinic == "here"
    assert ClinicProfile.model_validate({"clinic": "there"}).clinic == "there"
    with pytest.raises(ProfileError, match="`clinic` is missing, or of another type"):
        ClinicProfile.model_validate({"clinic": 4711})
    assert isinstance(ClinicProfile.pregnancy, ToldField)
    assert (inspect.getdoc(ClinicProfile) or "").startswith("A clinic's.\n\nFields:\n\nsetting\n")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "body",
    [
        {"__annotations__": {"systolic_bp": int}, "systolic_bp": 120},
        {"__annotations__": {"systolic_bp": int}},
        {"systolic_bp": property(lambda self: 120)},
    ],
    ids=["annotated and given", "annotated", "a property"],
)
def test_a_subclass_that_defines_a_fact_anew_is_refused_in_a_sentence(body: dict[str, object]) -> None:
    with pytest.raises(ProfileError, match="a subclass cannot define `systolic_bp` again; give it another name"):
        types.new_class("ClinicProfile", (PatientProfile,), exec_body=lambda names: names.update(body))


@pytest.mark.filterwarnings("error")
def test_a_class_body_that_defines_a_fact_anew_is_refused_too() -> None:
    with pytest.raises(ProfileError, match=r"`age` again.*\n.*`extra` again"):

        class ClinicProfile(PatientProfile):
            extra: int  # type: ignore[assignment]
            age: UnknownYet  # type: ignore[name-defined]  # noqa: F821
            clinic: str = "here"


def test_without_its_source_a_fact_tells_what_the_table_says(monkeypatch: pytest.MonkeyPatch) -> None:
    from ketascreen.patient import told

    def missing(*_: object) -> bytes:
        raise OSError

    told._written.cache_clear()
    monkeypatch.setattr(pkgutil, "get_data", missing)
    assert inspect.getdoc(PatientProfile.pregnancy) == "Pregnancy: one of not_pregnant, pregnant, not_possible."
    told._written.cache_clear()


def test_no_program_pays_for_the_types(tmp_path: Path) -> None:
    asks = "import sys; from ketascreen import PatientProfile; PatientProfile(age=None); "
    tells = f"{asks}PatientProfile.age; print('ketascreen.patient.given' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    ran = subprocess.run([sys.executable, "-c", tells], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
