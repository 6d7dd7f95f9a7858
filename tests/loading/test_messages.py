"""A table of slips in the files of a rulebook with what is said of each first; the next slip is one row.

tests/loading/bad has whole files, each for one kind of fault; here are the slips whose sentence once misled.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.checks.run import check_folder
from tests.helpers.golden import TODAY
from tests.helpers.rulebook_files import RULE, changed, problems, text_of, with_files

SHA = 'sha256: "0000000000000000000000000000000000000000000000000000000000000000"'
QUOTES = "put text, such as a code or a digest, in quotes"
PLAINLY = f"write a number plainly, such as 140 or 2.9; {QUOTES}"
TWICE = "can be read as a number in more than one way"
TABLE = (
    "the units are mmHg, seconds, minutes, hours, days, weeks, months, years, trials, sessions, points, events, %, 1, "
    "beats/min, breaths/min, ms, ug, mg, g, kg, mm, cm, m, kg/m2, degC, U/L, umol/L, mmol/L, mg/dL, mL/min, 10*9/L, "
    "mmol/mol"
)
UNITS = f"{TABLE}, and none for a plain number"
VOCABULARY, DOCUMENTS, PARAMETERS = "vocabulary.yaml", "documents.yaml", "parameters.yaml"
WINDOW = "`fresh_for` must be a number of days, hours or minutes, or `same day`, or `any age`"
WHOLE_DAYS = "write whole days, such as `180 days`: months and years differ in length"
CODES = "domain: renal\n    codes:\n      - {system: snomed, code: CODE}\n"


def code(written: str) -> dict[str, str]:
    """The vocabulary with a code for its fact, without quotes."""
    return changed(VOCABULARY, "domain: renal\n", CODES.replace("CODE", written))


# The files, then the message and hint of each problem.
SLIPS: dict[str, tuple[dict[str, str], list[tuple[str, str]]]] = {
    # Text that YAML reads as a number
    "a digest that begins with 0b": (
        changed(DOCUMENTS, SHA, f"sha256: 0b{'9178a5' * 10}00"), [(TWICE, PLAINLY)]),
    "a digest that begins with 0x, which none does": (
        changed(DOCUMENTS, SHA, f"sha256: 0x{'9178a5' * 10}00"), [(TWICE, PLAINLY)]),
    "a digest with one e": (
        changed(DOCUMENTS, SHA, f"sha256: {'9' * 40}e{'1' * 23}"), [(TWICE, PLAINLY)]),
    "a digest of digits alone": (
        changed(DOCUMENTS, SHA, f"sha256: {'9' * 64}"),
        [("a number that cannot be read", f"at most 9 digits before and 6 after the point; {QUOTES}")]),
    "a digest that begins with 0, of digits alone": (
        changed(DOCUMENTS, SHA, f"sha256: {'0123456789' * 6}0123"), [(TWICE, PLAINLY)]),
    "a digest that is too short": (
        changed(DOCUMENTS, SHA, 'sha256: "9178a5"'),
        [("does not have the form of this key's values", "write its 64 digits, each 0 to 9 or a to f in lower case")]),
    "a code of digits": (code("38341003"), [("must be text", "put it in quotes")]),
    "a code of many digits": (
        code("16294009000112"),
        [("a number that cannot be read", f"at most 9 digits before and 6 after the point; {QUOTES}")]),
    "a code that reads as an exponent": (code("8E61"), [(TWICE, PLAINLY)]),
    "a code that begins with 0": (code("0123"), [(TWICE, PLAINLY)]),
    "a code that reads as true": (
        code("NO"), [("a word that YAML may read as true or false", "use another word, or put it in quotes")]),
    "a version of two numbers": (
        changed("rulebook.yaml", 'version: "1.0.0"', "version: 1.0"),
        [("must be text", "write three numbers, such as 1.0.2")]),
    "a date without its zeros": (
        changed("rulebook.yaml", "effective: 2026-11-22", "effective: 2026-1-2"),
        [("a date without its zeros", f"write it as 2026-01-02; {QUOTES}")]),
    # Numbers that need a unit
    "a parameter without its unit": (
        changed(PARAMETERS, "value: 180 mmHg", "value: 180"),
        [("180; `systolic_bp` is in mmHg", "write the unit: `180 mmHg`")]),
    "a window without its unit": (
        changed(VOCABULARY, "heart_conditions: {fresh_for: 90 days", "heart_conditions: {fresh_for: 90"),
        [("must be a number with its unit", "write the unit, such as 30 days")]),
    "a window in months": (
        changed(VOCABULARY, "heart_conditions: {fresh_for: 90 days", "heart_conditions: {fresh_for: 6 months"),
        [(WINDOW, WHOLE_DAYS)]),
    "a window in words": (
        changed(VOCABULARY, "heart_conditions: {fresh_for: 90 days", "heart_conditions: {fresh_for: half a year"),
        [(WINDOW, WHOLE_DAYS)]),
    "a threshold without its unit": (
        changed("cautions/young.yaml", "below: 21 years", "below: 21"),
        [("must be a quantity, such as 1 year", "write the unit: `21 years`")]),
    # The four faults of a number that a rulebook adds
    "an unknown unit": (changed(VOCABULARY, "unit: mL/min", "unit: K/uL"), [("unknown unit `K/uL`", UNITS)]),
    "a unit that is one letter from another": (
        changed(VOCABULARY, "unit: mL/min", "unit: mg/L"), [("unknown unit `mg/L`", UNITS)]),
    "the code of a unit": (
        changed(VOCABULARY, "unit: mL/min", "unit: mm[Hg]"), [("unknown unit `mm[Hg]`", "write `mmHg`")]),
    "no unit": (
        changed(VOCABULARY, "    unit: mL/min\n", ""),
        [("`egfr` is a number without a unit", f"add `unit:`; {UNITS}")]),
    "no minimum": (
        changed(VOCABULARY, "    minimum: 0\n", ""), [("`egfr` is a number without `minimum`", "add `minimum:`")]),
    "no maximum": (
        changed(VOCABULARY, "    maximum: 200\n", ""), [("`egfr` is a number without `maximum`", "add `maximum:`")]),
    "ends in the wrong order": (
        changed(VOCABULARY, "minimum: 0", "minimum: 201"),
        [("the `minimum` of `egfr` is not below its `maximum`", "write the lower end of the range as `minimum`")]),
    "ends that are equal": (
        changed(VOCABULARY, "minimum: 0", "minimum: 200"),
        [("the `minimum` of `egfr` is not below its `maximum`", "write the lower end of the range as `minimum`")]),
    "all of them at once": (
        changed(VOCABULARY, "    unit: mL/min\n    minimum: 0\n    maximum: 200\n", "    unit: INR\n"),
        [("`egfr` is a number without `maximum`", "add `maximum:`"),
         ("`egfr` is a number without `minimum`", "add `minimum:`"),
         ("unknown unit `INR`", UNITS)]),
    "a window of a fact that is itself refused": (
        changed(VOCABULARY, "unit: mL/min", "unit: INR"),
        [("unknown unit `INR`", UNITS)]),
    # Letters that only look right
    "in the name of a fact": (
        changed("cautions/young.yaml", "age: {below", "\u0430ge: {below"),
        [("`\u0430ge` holds a letter that only looks like `a`", "delete it, and type `a`")]),
    "in a keyword": (
        changed("cautions/young.yaml", "when:", "wh\u0435n:"),
        [("`wh\u0435n` holds a letter that only looks like `e`", "delete it, and type `e`")]),
    "in a key of documents": (
        changed(DOCUMENTS, "trust: none", "tru\u0455t: none"),
        [("`tru\u0455t` holds a letter that only looks like `s`", "delete it, and type `s`")]),
    "in the name of a fact that is added": (
        changed(VOCABULARY, "egfr:\n", "\u0435gfr:\n"),
        [("`\u0435gfr` holds a letter that only looks like `e`", "delete it, and type `e`")]),
    "in a choice": (
        changed(RULE, "{is: diagnosed}", "{is: diagn\u043esed}"),
        [("`hypertension` has no choice `diagn\u043esed`",
          "it holds a letter that only looks like `o`; did you mean `diagnosed`?")]),
    "an accent, which looks like itself": (
        changed("cautions/young.yaml", "title:", "titl\u00e9:"),
        [("`title` is missing", "add `title:`"),
         ("not a plain key", "a key is lower-case letters, digits and `_`")]),
    # Keys written in another way
    "a key in upper case": (
        changed("cautions/young.yaml", "title:", "Title:"), [("not a plain key", "write `title`")]),
    "a key with a hyphen": (
        changed("rulebook.yaml", "intended_use:", "intended-use:"), [("not a plain key", "write `intended_use`")]),
    "a key that YAML may read as false": (
        {"routes.yaml": "no: {title: None}\n" + text_of("routes.yaml")},
        [("a key that YAML may read as true, false or nothing", "use another word")]),
    # Thresholds
    "a threshold in kPa": (
        changed(PARAMETERS, "value: 180 mmHg", "value: 24 kPa"),
        [("must be a quantity", "unknown unit; give it in `mmHg`")]),
}  # fmt: skip


@pytest.mark.parametrize(("files", "said"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_met_with_a_sentence_that_helps(
    tmp_path: Path, files: dict[str, str], said: list[tuple[str, str]]
) -> None:
    found = problems(with_files(tmp_path, files))
    assert [(problem.message, problem.hint) for problem in found] == said


@pytest.mark.parametrize(
    ("files", "place"),
    [
        (changed(VOCABULARY, "unit: mL/min", "unit: INR"), "vocabulary.yaml:4:11"),
        (changed(VOCABULARY, "    unit: mL/min\n", ""), "vocabulary.yaml:2:3"),
        (changed(VOCABULARY, "    maximum: 200\n", ""), "vocabulary.yaml:2:3"),
        (changed(VOCABULARY, "minimum: 0", "minimum: 201"), "vocabulary.yaml:5:14"),
        (changed("cautions/young.yaml", "age: {below", "ag\u0435: {below"), "cautions/young.yaml:7:5"),
        (changed("cautions/young.yaml", "age: {below", '"ag\u0435": {below'), "cautions/young.yaml:7:6"),
        (changed("cautions/young.yaml", "age: {below", r'"\u0061g\u0435": {below'), "cautions/young.yaml:7:3"),
    ],
)
def test_it_stands_at_the_place_of_the_slip(tmp_path: Path, files: dict[str, str], place: str) -> None:
    (problem,) = problems(with_files(tmp_path, files))
    assert str(problem.place) == place


@pytest.mark.parametrize(
    ("fact", "hint"), [("egrf", "did you mean `egfr`?"), ("weight", "`ketascreen facts` lists the facts")]
)
def test_in_a_case_the_facts_of_the_rulebook_stand_beside_the_others(tmp_path: Path, fact: str, hint: str) -> None:
    case = f"""\
- name: x
  as_of: 2026-11-22T09:00:00Z
  given: {{{fact}: 60}}
  expect: {{finding: met}}
"""
    checked = check_folder(with_files(tmp_path, {"cautions/young.cases.yaml": case}), today=TODAY)
    assert [(one.code, one.hint) for one in checked.refused] == [("unknown-fact", hint)]
