"""A route for which no case expects a decision is found, with the rules that name other routes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.checks import route_not_tried
from ketascreen.diagnostic import Diagnostic
from tests.helpers.check_findings import cases, findings, rule
from tests.helpers.rulebook_files import text_of

RECTAL = {"routes.yaml": text_of("routes.yaml") + "rectal:\n  title: Rectal\n"}
WRITE = "write cases of whole patients that expect `decisions: {rectal: ...}`"
PATIENT = "vignettes/all.cases.yaml"


def found(folder: Path, expect: str, *more: dict[str, str], path: str = PATIENT) -> list[Diagnostic]:
    """What is found with the route `rectal`, where one case tries the other routes and this one expects `expect`."""
    other = cases("vignettes/iv.cases.yaml", "expect: {decisions: {iv: insufficient_data, oral: insufficient_data}}")
    written: dict[str, str] = {}
    for files in (RECTAL, other, cases(path, f"expect: {expect}"), *more):
        written |= files
    return findings(route_not_tried, folder, written)


def named(count: int) -> list[dict[str, str]]:
    """So many rules that name the other route."""
    return [
        rule(f"reviews/named-{number}.yaml", "  age: {below: 30 years}", routes="[iv]")
        for number in range(1, count + 1)
    ]


def test_a_new_route_is_found_at_its_key(tmp_path: Path) -> None:
    (one,) = found(tmp_path, "{decisions: {iv: insufficient_data}}")
    assert one.message == "no case expects a decision for the route `rectal`"
    assert one.hint == WRITE, "every rule is for all routes"
    assert one.place is not None
    assert (one.place.path, RECTAL["routes.yaml"].splitlines()[one.place.line - 1]) == ("routes.yaml", "rectal:")
    assert getattr(one, "about", "") == "rectal"


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        (1, "1 rule names other routes (`named-1`): read it, and"),
        (3, "3 rules name other routes (`named-1`, `named-2`, `named-3`): read each, and"),
        (5, "5 rules name other routes (`named-1`, `named-2`, `named-3` and 2 more): read each, and"),
    ],
)
def test_the_hint_names_the_first_rules_that_name_other_routes_and_counts_the_rest(
    tmp_path: Path, rules: int, says: str
) -> None:
    (one,) = found(tmp_path, "{decisions: {iv: insufficient_data}}", *named(rules))
    assert one.hint == f"{says} add `rectal` where it belongs; then {WRITE}"


def test_a_rule_that_names_the_new_route_too_is_not_counted(tmp_path: Path) -> None:
    both = rule("reviews/both.yaml", "  age: {below: 30 years}", routes="[iv, rectal]")
    (one,) = found(tmp_path, "{decisions: {iv: insufficient_data}}", both)
    assert one.hint == WRITE


@pytest.mark.parametrize(
    "expect",
    [
        "{decisions: {rectal: insufficient_data}}",
        "{decisions: {iv: insufficient_data}, readiness: {rectal: insufficient_data}}",
    ],
)
def test_a_whole_patient_with_an_expected_word_for_it_is_enough(tmp_path: Path, expect: str) -> None:
    stage = "stage: session, " if "readiness" in expect else ""
    files = cases(PATIENT, f"{stage}expect: {expect}")
    assert found(tmp_path, "{decisions: {iv: insufficient_data}}", files) == []


def test_a_rules_own_case_counts_if_it_expects_more_than_nothing(tmp_path: Path) -> None:
    path = "exclusions/pregnancy.cases.yaml"
    gives = "{finding: unknown, gives: {rectal: insufficient_data}}"
    assert found(tmp_path / "a", gives, path=path) == []
    assert len(found(tmp_path / "b", "{finding: unknown}", path=path)) == 1


def test_that_a_rule_gives_nothing_on_it_is_not_enough(tmp_path: Path) -> None:
    gives = "{finding: unknown, gives: {rectal: nothing}}"
    (one,) = found(tmp_path, gives, *named(1), path="reviews/named-1.cases.yaml")
    assert "`named-1`" in (one.hint or "")
