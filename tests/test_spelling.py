"""Which slips are met with the word that was meant, and which words are too far from it to be suggested."""

from __future__ import annotations

import pytest

from ketascreen import PatientProfile, ProfileError
from ketascreen.diagnostic import did_you_mean
from ketascreen.patient.profile import BUILT_IN
from ketascreen.spelling import in_ascii, look_alike, near
from tests.helpers.command_line import run
from tests.helpers.rulebook_files import changed, problems, with_files


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("pregancy", "pregnancy"),  # a letter lost
        ("preggnancy", "pregnancy"),  # doubled
        ("pregnnacy", "pregnancy"),  # swapped
        ("pregnamcy", "pregnancy"),  # wrong
        ("Pregnancy", "pregnancy"),
        ("PREGNANCY", "pregnancy"),
        (" pregnancy ", "pregnancy"),
        ("pregenency", "pregnancy"),  # two slips in a long word
        ("psychotic", "psychosis"),
        ("systolic-bp", "systolic_bp"),
        ("systolic bp", "systolic_bp"),
        ("systolicbp", "systolic_bp"),
        ("Systolic-BP", "systolic_bp"),
        ("systolic_pb", "systolic_bp"),
        ("sistolic_bp", "systolic_bp"),
        ("aeg", "age"),
        ("agee", "age"),
        ("ag", "age"),
        ("agw", "age"),
        ("Age", "age"),
        ("\u0430ge", "age"),
        ("\uff41ge", "age"),
        ("bipola", "bipolar"),
        ("hypertention", "hypertension"),
    ],
)
def test_a_slip_is_met_with_the_word_that_was_meant(slip: str, meant: str) -> None:
    assert near(slip, BUILT_IN) == [meant]


@pytest.mark.parametrize(
    "word",
    [
        "stroke_diagnosis",  # of another rulebook: `current_diagnoses` was suggested
        "systolic",
        "bp",
        "predose",
        "adge_x",
        "eligible",
        "weight",
        "ages_of_all",
        "blopar",  # two slips in a word of seven letters
        "pr3gn4nc1",  # three in one of nine
        "",
        "x" * 8_000,
    ],
)
def test_a_word_that_is_far_from_all_is_met_with_none(word: str) -> None:
    assert near(word, BUILT_IN) == []


def test_no_fact_is_near_another() -> None:
    assert [name for name in BUILT_IN if near(name, set(BUILT_IN) - {name})] == []


@pytest.mark.parametrize(
    ("letters", "few", "many"),
    [
        ("ab", "AB", "abb"),
        ("abc", "abx", "axx"),
        ("abcdefg", "abcdefx", "abcdexx"),
        ("abcdefgh", "abcdefxx", "abcdexxx"),
    ],
)
def test_how_many_slips_a_word_may_have_depends_on_its_length(letters: str, few: str, many: str) -> None:
    assert near(few, [letters]) == [letters]
    assert near(many, [letters]) == []


def test_words_that_are_equally_near_are_both_named_and_a_nearer_one_alone() -> None:
    assert did_you_mean("nne_of", ["none_of", "one_of"]) == "did you mean `none_of` or `one_of`?"
    assert did_you_mean("non_of", ["none_of", "one_of"]) == "did you mean `none_of`?"
    assert did_you_mean("ONE-OF", ["none_of", "one_of"]) == "did you mean `one_of`?"


def test_without_a_near_word_the_other_hint_is_given() -> None:
    assert did_you_mean("weight", BUILT_IN, otherwise="`facts` lists them") == "`facts` lists them"


@pytest.mark.parametrize(
    ("text", "found", "plain"),
    [
        ("age", None, "age"),
        ("\u0430ge", (0, "a"), "age"),  # Cyrillic
        ("ag\u0435", (2, "e"), "age"),
        ("n\u03bfne", (1, "o"), "none"),  # Greek
        ("\uff41ge", (0, "a"), "age"),  # fullwidth
        ("b\u0131polar", (1, "i"), "bipolar"),  # a dotless i
        ("caf\u00e9", None, "caf\u00e9"),  # it looks like itself
        ("\u9ad8", None, "\u9ad8"),
    ],
)
def test_a_letter_that_only_looks_like_another_is_found(text: str, found: tuple[int, str] | None, plain: str) -> None:
    assert look_alike(text) == found
    assert in_ascii(text) == plain


def test_a_suggestion_says_which_letter_only_looks_right() -> None:
    assert did_you_mean("diagn\u043esed", ["diagnosed"]) == (
        "it holds a letter that only looks like `o`; did you mean `diagnosed`?"
    )


# Names of routes


@pytest.mark.parametrize("route", ["in", "imm", "IM", "ivv", "intranasall", "orl", "\u0456v"])
def test_a_route_is_never_suggested(route: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    rule, sheet = "exclusions/high-pressure.yaml", "routes.yaml"
    case = f"- {{name: x, as_of: 2026-11-22T09:00:00Z, given: {{}}, expect: {{decisions: {{{route}: review}}}}}}\n"
    listed = changed(rule, "routes: all", "routes: [oral]")
    for files in (
        changed(rule, "routes: all", f'routes: ["{route}"]'),
        listed | changed(sheet, "oral:\n", f'"{route}":\n'),  # the rule names a route that is gone
    ):
        found = problems(with_files(tmp_path_factory.mktemp("rules"), files))
        assert found
        assert [problem.hint for problem in found if "did you mean" in problem.hint] == []
    folder = with_files(tmp_path_factory.mktemp("rules"), {"vignettes/x.cases.yaml": case})
    checked = run("check", str(folder))
    assert "x.cases.yaml" in checked.out
    made = run("new", "rule", "a-rule", "--effect", "hold", "--routes", route, "--dir", str(folder))
    screened = run("screen", "-", "--route", route)
    assert made.status == screened.status == 2
    assert "did you mean" not in checked.out + made.err + screened.err


# A patient's words


def test_a_patients_answer_is_never_suggested_in_the_right_spelling() -> None:
    near_to_answers = {
        "pregnancy": "pregnnat",
        "hypertension": "diagnozed",
        "psychosis": {"value": "actve"},
        "systolic_bp": {"vlue": 180, "at": "2026-11-22"},
        "heart_conditions": {"present": ["stroke"], "complete": "ture"},
    }
    with pytest.raises(ProfileError) as caught:
        PatientProfile.model_validate(near_to_answers)
    hints = [problem.hint for problem in caught.value.diagnostics]
    assert len(hints) == 5
    assert [hint for hint in hints if "did you mean" in hint] == ["did you mean `value`?"]
