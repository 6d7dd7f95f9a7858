"""A table of slips in a profile with what is said of each; the next slip is one row.

Whoever made the slip reads these sentences, so each says what is wrong and what to write.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ketascreen import PatientProfile, ProfileError, RequestError, Screener, load_rulebook, read_profile
from ketascreen.diagnostic import Diagnostic
from tests.helpers.command_line import AS_OF as AT
from tests.helpers.command_line import run
from tests.helpers.profiles import AS_OF
from tests.helpers.rulebook_files import GOOD

OWN = "If it is a fact of the rulebook, put it under `extra`"
ALONE = "if it is a fact of the rulebook, put it under `extra`; `ketascreen facts` lists the facts"
A_LIST = "write `[word]`, or `{present: [], complete: true}` for none"
KPA = "a pressure in kPa must be converted"

# The facts, then the message, the hint and the pointer of the one problem.
SLIPS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "a letter swapped in a name": (
        {"systolic_pb": 120}, "unknown fact `systolic_pb`", f"did you mean `systolic_bp`? {OWN}", "/systolic_pb"),
    "a name that is far from all": (
        {"stroke_diagnosis": "none"}, "unknown fact `stroke_diagnosis`", ALONE, "/stroke_diagnosis"),
    "a letter that only looks right": (
        {"\u0430ge": 40}, "an unknown fact, with a name that is not a plain word",
        f"it holds a letter that only looks like `a`; did you mean `age`? {OWN}", ""),
    "a key of an answer misspelt": (
        {"age": {"vlaue": 40}}, "`age` has a key that an answer does not have", "did you mean `value`?", "/age"),
    "a key of an answer from another form": (
        {"age": {"amount": 40}}, "`age` has a key that an answer does not have",
        "the keys are value, unit, at", "/age"),
    "a word for a list": (
        {"heart_conditions": "none"}, "`heart_conditions` must be a list of words", A_LIST, "/heart_conditions"),
    "a word for a list, in a profile with a time": (
        {"observed_at": "2026-11-22", "heart_conditions": "none"}, "`heart_conditions` must be a list of words",
        A_LIST, "/heart_conditions"),
    "a list as the value of a list": (
        {"heart_conditions": {"value": ["stroke"]}}, "`heart_conditions` has a key that an answer does not have",
        "the keys are present, complete, at", "/heart_conditions"),
    "a pressure in kPa without its unit": (
        {"diastolic_bp": 14.6}, "`diastolic_bp`: outside its range", f"it is 20 to 250 mmHg; {KPA}", "/diastolic_bp"),
    "a pressure before the dose in kPa without its unit": (
        {"predose_diastolic_bp": 14.6}, "`predose_diastolic_bp`: outside its range",
        f"it is 20 to 250 mmHg; {KPA}", "/predose_diastolic_bp"),
    "a systolic pressure in kPa without its unit": (
        {"systolic_bp": 18}, "`systolic_bp`: outside its range", f"it is 30 to 350 mmHg; {KPA}", "/systolic_bp"),
    "a pressure in kPa with its unit": (
        {"systolic_bp": "18 kPa"}, "`systolic_bp`: not a number in its unit",
        "unknown unit; give it in `mmHg`", "/systolic_bp"),
    "an age out of range": (
        {"age": 400}, "`age`: outside its range", "it is 0 to 120 years", "/age"),
    "a number without its unit, as text": (
        {"age": "40"}, "`age`: not a number in its unit",
        "write a number, a space and a unit, such as `1 year`", "/age"),
    "a unit of another dimension": (
        {"age": "40 mmHg"}, "`age`: not a number in its unit",
        "`mmHg` is a unit of pressure; give it in `years`", "/age"),
    "a float that arithmetic made": (
        {"systolic_bp": 0.1 + 139.6 + 0.1 + 0.2}, "`systolic_bp` holds a float with more than 6 decimal places",
        "round it, or give a Decimal, or text with its unit", "/systolic_bp"),
    "a float that arithmetic made, dated": (
        {"systolic_bp": {"value": 139.1234567, "at": "2026-11-22"}},
        "`systolic_bp` holds a float with more than 6 decimal places",
        "round it, or give a Decimal, or text with its unit", "/systolic_bp"),
    "a float of a fact of the rulebook": (
        {"extra": {"egfr": 60.1234567}}, "`extra` holds a float with more than 6 decimal places",
        "round it, or give a Decimal, or text with its unit", "/extra/egfr"),
    "NaN for what is not known": (
        {"systolic_bp": float("nan")}, "`systolic_bp` holds a float that is not a finite number",
        "leave it out if it is not known", "/systolic_bp"),
    "infinity": (
        {"systolic_bp": float("-inf")}, "`systolic_bp` holds a float that is not a finite number",
        "leave it out if it is not known", "/systolic_bp"),
    "NaN of a fact of the rulebook": (
        {"extra": {"egfr": {"value": float("nan")}}}, "`extra` holds a float that is not a finite number",
        "leave it out if it is not known", "/extra/egfr"),
    "a float in a list": (
        {"extra": {"egfr": [60.5]}}, "`extra` holds an answer in an unknown form",
        "write a number, a word, a list of words, or a mapping of these with `at`", "/extra/egfr"),
    "a float for a whole number": (
        {"age": 40.5}, "`age` must be a whole number", "write it without decimals", "/age"),
    "true for a number": (
        {"age": True}, "`age` must be a number", "write a whole number of years, and the date of the answer", "/age"),
    "a choice misspelt": (
        {"pregnancy": "pregnnat"}, "`pregnancy`: not one of its choices",
        "the choices are not_pregnant, pregnant, not_possible; leave it out if it is not known", "/pregnancy"),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "message", "hint", "pointer"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_met_with_a_sentence_that_helps(facts: dict[str, Any], message: str, hint: str, pointer: str) -> None:
    problem = the_problem(lambda: PatientProfile.model_validate(facts))
    assert (problem.message, problem.hint, problem.pointer) == (message, hint, pointer)


def the_problem(read: Callable[[], object]) -> Diagnostic:
    """The one problem for which a profile is refused."""
    with pytest.raises(ProfileError) as caught:
        read()
    (problem,) = caught.value.diagnostics
    return problem


# The text of a YAML profile, then the message and hint of the first problem, with its line and column.
YAML_SLIPS: dict[str, tuple[str, str, str, str]] = {
    "a letter that only looks right": (
        "age: 40\npregn\u0430ncy: pregnant", "`pregn\u0430ncy` holds a letter that only looks like `a`",
        "delete it, and type `a`", "2:6"),
    "a letter that only looks right, in quotes": (
        'age: 40\n"pregn\u0430ncy": pregnant', "`pregn\u0430ncy` holds a letter that only looks like `a`",
        "delete it, and type `a`", "2:7"),
    "a name in upper case": (
        "Pregnancy: pregnant", "not a plain key", "write `pregnancy`", "1:1"),
    "a name with a hyphen": (
        "systolic-bp: 120", "not a plain key", "write `systolic_bp`", "1:1"),
    "an exponent": (
        "systolic_bp: 1e2", "can be read as a number in more than one way",
        "write a number plainly, such as 140 or 2.9; put text, such as a code or a digest, in quotes", "1:14"),
    "a date without its zeros": (
        "birth_date: 1984-3-2", "a date without its zeros",
        "write it as 2026-01-02; put text, such as a code or a digest, in quotes", "1:13"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message", "hint", "place"), YAML_SLIPS.values(), ids=YAML_SLIPS)
def test_a_slip_in_yaml_is_met_at_its_place(text: str, message: str, hint: str, place: str) -> None:
    problem = the_problem(lambda: read_profile(text.encode(), name="p"))
    assert (problem.message, problem.hint, str(problem.place)) == (message, hint, f"p:{place}")


def test_a_name_that_could_be_anything_is_not_repeated_for_a_letter_that_only_looks_right() -> None:
    problem = the_problem(lambda: read_profile("555-12-34-5\u0430: 1".encode()))
    assert problem.message == "a key holds a letter that only looks like `a`"


# Where the rulebook is known: the small one of tests/loading/good, which adds `egfr`.
KNOWN: dict[str, tuple[str, str, str]] = {
    "its own fact": ("egfr", "`egfr` is a fact of this rulebook", "put it under `extra`"),
    "its own fact, misspelt": (
        "egrf", "unknown fact `egrf`", "did you mean `egfr`? As a fact of this rulebook, put it under `extra`"),
    "a built-in fact, misspelt": ("systolic_pb", "unknown fact `systolic_pb`", "did you mean `systolic_bp`?"),
    "no fact": ("stroke_diagnosis", "unknown fact `stroke_diagnosis`", "`ketascreen facts` lists the facts"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "message", "hint"), KNOWN.values(), ids=KNOWN)
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_the_command_line_says_whether_an_unknown_fact_is_the_rulebooks(
    form: str, name: str, message: str, hint: str, tmp_path: Path
) -> None:
    file = tmp_path / f"p.{form}"
    file.write_text(json.dumps({name: 60}), "utf-8")
    told = f"/{name}: {message}; {hint} [unknown-fact]\n"
    one = run("screen", str(file), "--rules", str(GOOD), "--as-of", AT)
    assert one.status == 2
    assert " ".join(one.err.split()).endswith(told.strip())
    if form == "json":
        many = run("screen", "--many", str(file), "--rules", str(GOOD), "--as-of", AT)
        assert told in many.err


@pytest.mark.parametrize(("name", "message", "hint"), KNOWN.values(), ids=KNOWN)
@pytest.mark.parametrize("workers", [1, 2])
def test_so_do_many_screenings_of_bytes(workers: int, name: str, message: str, hint: str) -> None:
    screener = Screener(load_rulebook(GOOD), channels=("reference",))
    lines = [json.dumps({name: 60}).encode()] * 2
    for ask in (screener.screen_many, screener.decide_many):
        for answer in ask(lines, as_of=AS_OF, workers=workers):
            assert isinstance(answer, ProfileError)
            (problem,) = answer.diagnostics
            assert (problem.message, problem.hint, problem.pointer) == (message, hint, f"/{name}")


def test_an_unknown_fact_that_is_under_extra_already_is_not_sent_there() -> None:
    screener = Screener(load_rulebook(GOOD), channels=("reference",))
    (answer,) = screener.decide_many([b'{"extra": {"egrf": 60}}'], as_of=AS_OF)
    assert isinstance(answer, ProfileError)
    (problem,) = answer.diagnostics
    assert (problem.message, problem.hint) == ("unknown fact `egrf`", "did you mean `egfr`?")


@pytest.mark.parametrize(
    "give",
    [
        lambda: PatientProfile.model_validate({"liver_conditions": []}),
        lambda: PatientProfile().model_copy(update={"liver_conditions": []}),
        lambda: read_profile(b'{"liver_conditions": []}'),
        lambda: read_profile(b"liver_conditions: []\n"),
    ],
    ids=["Python", "a copy", "JSON", "YAML"],
)
def test_a_site_fact_at_the_top_level_is_told_where_it_goes_by_every_reader(give: Callable[[], object]) -> None:
    with pytest.raises(ProfileError) as caught:
        give()
    (problem,) = caught.value.diagnostics
    assert (problem.message, problem.hint) == ("unknown fact `liver_conditions`", ALONE)


@pytest.mark.parametrize("route", ["ivv", "imm", "orall", "IV"])
def test_no_other_route_is_suggested_for_a_route_that_is_not_there(route: str) -> None:
    with pytest.raises(RequestError) as caught:
        Screener(load_rulebook(GOOD), channels=["reference"]).screen(PatientProfile(), as_of=AS_OF, routes=[route])
    assert "did you mean" not in str(caught.value)
