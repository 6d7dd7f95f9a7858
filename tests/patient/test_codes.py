"""The files of codes: what they hold, how strictly they are read, what a code stands for, where it is shown."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from tools.docs.facts_page import facts_page

from ketascreen import CodeTable, Meaning, RequestError
from ketascreen.language.vocabulary import Code, Fact, Kind
from ketascreen.patient.codes import (
    SYSTEMS,
    CodeRow,
    CodesError,
    built_in_files,
    codes_by_fact,
    read_codes,
)
from ketascreen.patient.field_kinds import facts_of
from ketascreen.patient.profile import BUILT_IN, PatientProfile
from ketascreen.patient.schema import profile_schema
from tests.helpers.command_line import run
from tests.helpers.places import ROOT

ROWS = read_codes(built_in_files(), BUILT_IN)
GOOD = "{fact: pregnancy, choice: pregnant, system: icd-10-cm, code: Z33.1, source: made up}"

# What is wrong, the rows, and what is said of the last of them: the code, the message, the hint.
REFUSED: dict[str, tuple[str, str, str, str]] = {
    "an unknown key": ("{fact: age, system: loinc, code: 30525-0, source: x, sorce: z}",
        "unknown-key", "unknown key `sorce`", "did you mean `source`?"),
    "no fact": ("{system: loinc, code: 30525-0, source: x}",
        "missing-key", "`fact` is missing", "add `fact:`"),
    "no system": ("{fact: age, code: 30525-0, source: x}",
        "missing-key", "`system` is missing", "add `system:`"),
    "no source": ("{fact: age, system: loinc, code: 30525-0}",
        "missing-key", "`source` is missing", "add `source:`"),
    "a source that is empty": ('{fact: age, system: loinc, code: 30525-0, source: " "}',
        "wrong-value", "`source` is empty", "write it"),
    "a source without a value": ("{fact: age, system: loinc, code: 30525-0, source: }",
        "no-value", "no value", "write one"),
    "neither a code nor a prefix": ("{fact: age, system: loinc, source: x}",
        "missing-key", "`code` or `prefix` is missing", "add one of the two"),
    "both a code and a prefix": ("{fact: hypertension, system: icd-10-cm, code: I10, prefix: I10, source: x}",
        "wrong-value", "`code` and `prefix` are both there", "keep one of the two"),
    "a code with exceptions": ("{fact: hypertension, system: icd-10-cm, code: I10, except: [I10.1], source: x}",
        "wrong-value", "one code has no exceptions", "delete `except`, or write `prefix` for `code`"),
    "an unknown system": ("{fact: hypertension, system: icd-10, code: I10, source: x}",
        "wrong-word", "unknown system `icd-10`", "the systems are icd-10-cm, loinc, snomed"),
    "an unknown fact": ("{fact: hypertention, system: icd-10-cm, code: I10, source: x}",
        "unknown-fact", "unknown fact `hypertention`", "did you mean `hypertension`?"),
    "an unknown choice": ("{fact: hypertension, choice: diagnozed, system: icd-10-cm, code: I10, source: x}",
        "unknown-choice", "`hypertension` has no choice `diagnozed`", "did you mean `diagnosed`?"),
    "a choice of a number": ("{fact: age, choice: old, system: loinc, code: 30525-0, source: x}",
        "unknown-choice", "`age` has no choice `old`", "it has none; delete `choice`"),
    "an exception that begins otherwise": (
        "{fact: heart_conditions, choice: stroke, system: icd-10-cm, prefix: I63, except: [I64], source: x}",
        "wrong-value", "the exception does not begin with `I63`", "delete `I64`"),
    "an exception that leaves nothing": (
        "{fact: heart_conditions, choice: stroke, system: icd-10-cm, prefix: I63, except: [I63], source: x}",
        "wrong-value", "the exception does not begin with `I63`", "write a longer code that begins so"),
    "an exception that is no list": (
        "{fact: heart_conditions, choice: stroke, system: icd-10-cm, prefix: I63, except: I63.9, source: x}",
        "wrong-value", "`except` is a list of codes", "write [I25.2], or delete `except`"),
    "a prefix that ends in a dot": ("{fact: hypertension, system: icd-10-cm, prefix: I10., source: x}",
        "wrong-value", "not of the form of icd-10-cm", "look the code up again"),
    "a prefix of a system without prefixes": ('{fact: hypertension, system: snomed, prefix: "38341003", source: x}',
        "wrong-value", "codes of snomed have no prefixes", "write each code in a separate row"),
    "a code of another system's form": ("{fact: hypertension, system: loinc, code: I10, source: x}",
        "wrong-value", "not of the form of loinc", "look the code up again"),
    "a code that is a number": ("{fact: hypertension, system: snomed, code: 38341003, source: x}",
        "wrong-value", "`code` is text", "put it in quotes"),
    "a row that is no mapping": ("I10",
        "wrong-value", "must be keys with values", "write - {fact: , choice: , system: , code: , source: }"),
    "a row twice": (f"{GOOD}\n- {GOOD}",
        "wrong-value", "the same row is on codes/own.yaml:2", "delete one of the two"),
    "a row that a prefix holds already": (
        "{fact: hypertension, choice: diagnosed, system: icd-10-cm, prefix: I15, source: x}\n"
        "- {fact: hypertension, choice: diagnosed, system: icd-10-cm, code: I15.9, source: x}",
        "wrong-value", "the same row is on codes/own.yaml:2", "delete one of the two"),
    "one code with two answers": (
        "{fact: bipolar, choice: unspecified, system: icd-10-cm, prefix: F31, source: x}\n"
        "- {fact: bipolar, choice: bipolar_ii, system: icd-10-cm, code: F31.81, source: x}",
        "wrong-value", "the code means `unspecified` on codes/own.yaml:2 and `bipolar_ii` here", "to `except` of the"),
}  # fmt: skip


def _file(rows: str) -> dict[str, bytes]:
    return {"codes/own.yaml": f"# one row a code\n- {rows}\n".encode()}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_is_refused_with_the_line_and_the_fix(what: str) -> None:
    rows, code, message, hint = REFUSED[what]
    with pytest.raises(CodesError) as refused:
        read_codes(_file(rows), BUILT_IN)
    (problem,) = refused.value.diagnostics
    assert (problem.code, problem.message) == (code, message)
    assert hint in problem.hint
    assert str(problem).startswith(f"codes/own.yaml:{2 + rows.count(chr(10))}:")
    assert problem.text is not None
    assert problem.text in f"- {rows}".split("\n")


@pytest.mark.parametrize("text", ["codes: []", "- {fact: age", "", "- &a {fact: age}"])
def test_a_file_that_is_no_list_of_rows_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(CodesError, match=r"codes/own.yaml:1:"):
        read_codes({"codes/own.yaml": text.encode()}, BUILT_IN)


def test_every_problem_of_every_file_is_named_at_once() -> None:
    first = "- {fact: age, system: loinc, code: 30525-0}\n- {fact: aeg, system: loinc, code: I10, source: x}\n"
    files = {"codes/b.yaml": b"- 1\n", "codes/a.yaml": first.encode()}
    with pytest.raises(CodesError) as refused:
        read_codes(files, BUILT_IN)
    places = [str(problem.place).rsplit(":", 1)[0] for problem in refused.value.diagnostics]
    assert places == ["codes/a.yaml:1", "codes/a.yaml:2", "codes/a.yaml:2", "codes/b.yaml:1"]


def test_a_row_in_two_files_is_a_row_twice() -> None:
    files = {"codes/a.yaml": f"- {GOOD}\n".encode(), "codes/b.yaml": f"- {GOOD}\n".encode()}
    with pytest.raises(CodesError, match=r"codes/b.yaml:1:3: the same row is on codes/a.yaml:1"):
        read_codes(files, BUILT_IN)


def test_one_code_may_be_of_two_facts_and_of_two_words_of_a_list() -> None:
    rows = [
        "{fact: systolic_bp, system: loinc, code: 8480-6, source: x}",
        "{fact: predose_systolic_bp, system: loinc, code: 8480-6, source: x}",
        "{fact: heart_conditions, choice: stroke, system: icd-10-cm, code: I69.3, source: x}",
        "{fact: heart_conditions, choice: unspecified, system: icd-10-cm, code: I69.3, source: x}",
    ]
    assert len(read_codes(_file("\n- ".join(rows)), BUILT_IN)) == 4


def test_a_prefix_with_exceptions_stands_for_what_begins_so_and_for_nothing_else() -> None:
    row = "{fact: heart_conditions, choice: coronary_artery_disease, system: icd-10-cm, prefix: I25, "
    (read,) = read_codes(_file(f"{row}except: [I25.2, I25.11], source: x}}"), BUILT_IN)
    code = read.code
    assert code == Code("icd-10-cm", "I25", "coronary_artery_disease", True, ("I25.2", "I25.11"), "x")
    held = ["I25", "I25.1", "I25.10", "I25.9", "I25.810"]
    left_out = ["I25.2", "I25.11", "I25.110", "I25.119", "I2", "I24", "I26.0", "", "i25.10"]
    assert [one for one in (*held, *left_out) if code.matches("icd-10-cm", one)] == held
    assert not any(code.matches(system, "I25.10") for system in ("icd-10", "snomed", "loinc", ""))


def test_a_code_without_a_prefix_stands_for_itself_alone() -> None:
    (read,) = read_codes(_file(GOOD), BUILT_IN)
    assert [one for one in ("Z33", "Z33.1", "Z33.10", "Z33.2") if read.code.matches("icd-10-cm", one)] == ["Z33.1"]
    assert not read.code.matches("loinc", "Z33.1")


def test_a_prefix_may_leave_out_what_another_answer_holds() -> None:
    rows = (
        "{fact: bipolar, choice: unspecified, system: icd-10-cm, prefix: F31, except: [F31.81], source: x}\n"
        "- {fact: bipolar, choice: bipolar_ii, system: icd-10-cm, code: F31.81, source: x}"
    )
    unspecified, second = (row.code for row in read_codes(_file(rows), BUILT_IN))
    assert [unspecified.matches("icd-10-cm", "F31.81"), second.matches("icd-10-cm", "F31.81")] == [False, True]
    assert [unspecified.matches("icd-10-cm", "F31.89"), second.matches("icd-10-cm", "F31.89")] == [True, False]
    assert str(unspecified) == "icd-10-cm F31* except F31.81"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.place.path}:{row.place.line}")
def test_each_row_is_of_a_fact_and_a_choice_that_there_are_and_names_its_source(row: CodeRow) -> None:
    fact = BUILT_IN[row.fact]
    assert row.code.choice is None or row.code.choice in fact.choices
    assert row.code.source.strip()
    assert SYSTEMS[row.code.system].fullmatch(row.code.code)
    assert row.place.path == f"codes/{fact.domain}.yaml"


def test_a_field_of_the_profile_holds_no_code_of_its_own() -> None:
    assert [fact.name for fact in facts_of(PatientProfile.model_fields) if fact.own_codes] == []


def test_every_row_is_a_code_of_its_fact_in_the_order_of_the_file() -> None:
    codes = codes_by_fact(BUILT_IN)
    for name in BUILT_IN:
        assert codes[name] == tuple(row.code for row in ROWS if row.fact == name)
    assert sum(map(len, codes.values())) == len(ROWS)


def test_a_fact_that_a_rulebook_adds_has_the_codes_that_the_rulebook_gives() -> None:
    given = (Code("loinc", "8867-4"),)
    pulse = Fact("pulse", Kind.CHOICE, "Pulse", "circulation", own_codes=given)
    assert codes_by_fact({**BUILT_IN, "pulse": pulse})["pulse"] == given


def test_the_page_of_facts_shows_every_row() -> None:
    shown = {line.split("|")[1].strip(" `"): line for line in facts_page().splitlines() if line.startswith("| `")}
    for row in ROWS:
        choice = f"{row.code.choice}: " if row.code.choice else ""
        assert f" {choice}{row.code.system} {row.code.code}" in shown[row.fact].rsplit("|", 2)[1]


def test_the_schema_and_the_command_show_every_row() -> None:
    properties = profile_schema(BUILT_IN)["properties"]
    listed = {fact["name"]: fact for fact in json.loads(run("facts", "--json").out)}
    for row in ROWS:
        said = {"system": row.code.system, "code": row.code.code}
        assert {**said, **({"choice": row.code.choice} if row.code.choice else {})} in properties[row.fact]["x-codes"]
        codes = [(code["system"], code["code"], code["choice"], code["source"]) for code in listed[row.fact]["codes"]]
        assert (row.code.system, row.code.code, row.code.choice, row.code.source) in codes
    assert not any("own_codes" in fact for fact in listed.values())


def test_the_files_are_in_the_order_of_their_names() -> None:
    assert all(first < second for first, second in pairwise(built_in_files()))
    assert sorted(built_in_files()) == [f"codes/{path.name}" for path in _on_disk()]


def _on_disk() -> list[Path]:
    return sorted((ROOT / "src" / "ketascreen" / "codes").glob("*.yaml"))


@pytest.mark.parametrize("row", [row for row in ROWS if row.code.system != "icd-10-cm"], ids=lambda row: row.code.code)
def test_the_last_digit_checks_the_others(row: CodeRow) -> None:
    digits = [int(digit) for digit in reversed(row.code.code) if digit != "-"]
    assert (_luhn if row.code.system == "loinc" else _verhoeff)(digits) == 0


def _luhn(digits: list[int]) -> int:
    """0 where the last digit of a LOINC code is right; the digits are given from the last to the first."""
    return sum(sum(divmod(digit * (1 + place % 2), 10)) for place, digit in enumerate(digits)) % 10


def _verhoeff(digits: list[int]) -> int:
    """0 where the last digit of a SNOMED CT identifier is right; the digits are given from the last to the first."""
    check = 0
    for place, digit in enumerate(digits):
        for _ in range(place % 8):
            digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
        check = _dihedral(check, digit)
    return check


def _dihedral(left: int, right: int) -> int:
    """The product of two symmetries of a pentagon: 0 to 4 turn it, 5 to 9 turn it over."""
    turned = left + right if left < 5 else left - right
    return turned % 5 + 5 * ((left < 5) != (right < 5))


# Looking a code up


TABLE = CodeTable(BUILT_IN)


@pytest.mark.parametrize(
    ("system", "code", "meanings"),
    [
        ("icd-10-cm", "I21.9", [("heart_conditions", "myocardial_infarction")]),
        ("snomed", "22298006", [("heart_conditions", "myocardial_infarction")]),
        ("loinc", "8480-6", [("predose_systolic_bp", None), ("systolic_bp", None)]),
        ("icd-10-cm", "Z00.0", []),
    ],
)
def test_a_code_is_looked_up_and_one_of_two_facts_gives_both(
    system: str, code: str, meanings: list[tuple[str, str | None]]
) -> None:
    assert list(TABLE.meanings(system, code)) == meanings


def test_every_code_of_the_tables_is_found_with_what_its_rows_say() -> None:
    for fact, codes in codes_by_fact(BUILT_IN).items():
        for one in codes:
            if not one.is_prefix:
                assert (fact, one.choice) in TABLE.meanings(one.system, one.code)


@pytest.mark.parametrize(
    ("system", "code"), [("icd", "I21.9"), ("icd-10-cm", "i21.9"), ("loinc", "8480"), ("snomed", "")]
)
def test_what_is_no_code_is_refused_and_never_nothing_found(system: str, code: str) -> None:
    with pytest.raises(RequestError, match=r"the systems are|look it up again"):
        TABLE.meanings(system, code)


def test_a_code_of_a_fact_that_a_rulebook_adds_is_found_too() -> None:
    added = replace(BUILT_IN["hypertension"], name="egfr", own_codes=(Code("loinc", "33914-3"),))
    table = CodeTable({**BUILT_IN, "egfr": added})
    assert table.meanings("loinc", "33914-3") == (Meaning("egfr", None),)
