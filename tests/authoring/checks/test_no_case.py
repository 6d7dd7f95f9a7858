"""A rule that no case tries is found."""

from __future__ import annotations

from pathlib import Path

from ketascreen.authoring.checks import no_case
from ketascreen.diagnostic import Diagnostic, Place
from tests.helpers.check_findings import cases, findings

RULES = {
    "cautions": ["young"],
    "exclusions": ["heart", "high-pressure", "pregnancy"],
    "reviews": ["kidney-function", "not-resistant", "unrecognised-diagnosis", "unrecognised-heart-condition"],
}


def tried(*without: str) -> dict[str, str]:
    """A case of each rule but these."""
    paths = {name: f"{folder}/{name}.cases.yaml" for folder, names in RULES.items() for name in names}
    return {
        path: text
        for name, path in paths.items() if name not in without
        for text in cases(path, "expect: {finding: unknown}").values()
    }  # fmt: skip


def test_a_rule_without_a_case_is_found_even_where_a_whole_patient_tries_it(tmp_path: Path) -> None:
    patient = cases("vignettes/all.cases.yaml", "expect: {decisions: {iv: insufficient_data}, unknown: [pregnancy]}")
    assert findings(no_case, tmp_path, {**tried("pregnancy"), **patient}) == [
        Diagnostic(
            "no-case",
            "no case tries `pregnancy`",
            "write `pregnancy.cases.yaml` beside it",
            Place("exclusions/pregnancy.yaml", 6, 1, 4),
        )
    ]


def test_where_each_rule_has_a_case_nothing_is_found(tmp_path: Path) -> None:
    assert findings(no_case, tmp_path, tried()) == []
