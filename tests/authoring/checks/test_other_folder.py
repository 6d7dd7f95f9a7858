"""A rule in the folder of another effect than its own is found; a folder of another name says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.checks import other_folder
from ketascreen.diagnostic import Diagnostic, Place
from tests.helpers.check_findings import findings, rule

OLD = "  age: {at_least: 75 years}"


def test_an_exclusion_that_was_a_review_is_found_at_its_effect(tmp_path: Path) -> None:
    assert findings(other_folder, tmp_path, rule("reviews/older.yaml", OLD, effect="exclude")) == [
        Diagnostic(
            "other-folder",
            "`older` has the effect `exclude`, and is in `reviews/`",
            "move it and `older.cases.yaml` to `exclusions/`, or correct its effect",
            Place("reviews/older.yaml", 4, 9, 7),
        )
    ]


@pytest.mark.parametrize("folder", ["exclusions", "site/exclusions", "site", "old-reviews"])
def test_its_own_folder_and_a_folder_of_another_name_are_no_finding(tmp_path: Path, folder: str) -> None:
    assert findings(other_folder, tmp_path, rule(f"{folder}/older.yaml", OLD, effect="exclude")) == []


def test_the_folder_nearest_to_the_rule_counts(tmp_path: Path) -> None:
    (found,) = findings(other_folder, tmp_path, rule("exclusions/cautions/older.yaml", OLD, effect="exclude"))
    assert "is in `cautions/`" in found.message
