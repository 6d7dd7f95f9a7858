"""A fact that a deciding rule asks needs a window, or a word that its age does not matter."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.checks import no_window
from tests.helpers.check_findings import findings, rule
from tests.helpers.rulebook_files import changed, text_of

WHEN = "  antihypertensive_treatment: {is: not_treated}"


def test_each_fact_of_the_small_rulebook_has_one(tmp_path: Path) -> None:
    assert findings(no_window, tmp_path, {}) == []


@pytest.mark.parametrize(
    ("effect", "stage"),
    [("exclude", "candidacy"), ("review", "candidacy"), ("caution", "candidacy"), ("hold", "session")],
)
def test_a_fact_without_one_that_a_deciding_rule_asks(tmp_path: Path, effect: str, stage: str) -> None:
    (one,) = findings(no_window, tmp_path, rule(f"{effect}s/one.yaml", WHEN, effect=effect, stage=stage))
    assert one.message.startswith("`one` asks `antihypertensive_treatment`, whose answer counts at any age")
    assert (one.place.path if one.place else "", getattr(one, "about", "")) == (
        "vocabulary.yaml",
        "antihypertensive_treatment",
    )


@pytest.mark.parametrize(("effect", "stage"), [("advise", "candidacy"), ("alert", "both")])
def test_a_fact_that_decides_nothing_needs_none(tmp_path: Path, effect: str, stage: str) -> None:
    assert findings(no_window, tmp_path, rule(f"{effect}s/one.yaml", WHEN, effect=effect, stage=stage)) == []


@pytest.mark.parametrize("window", ["30 days", "any age", "2 hours", "same day"])
def test_a_window_or_the_word_that_the_age_does_not_matter_is_enough(tmp_path: Path, window: str) -> None:
    entry = f"  antihypertensive_treatment: {{fresh_for: {window}, reason: Made up.}}\n"
    files = {**rule("reviews/one.yaml", WHEN), "vocabulary.yaml": text_of("vocabulary.yaml") + entry}
    assert findings(no_window, tmp_path, files) == []


LIVER = """\
facts:
  liver_conditions:
    type: list
    choices: [none, cirrhosis]
    label: Liver
    domain: liver
"""


@pytest.mark.parametrize("effect", ["exclude", "review", "caution"])
def test_a_new_fact_is_shown_at_its_own_line_with_both_things_to_write(tmp_path: Path, effect: str) -> None:
    files = {
        **changed("vocabulary.yaml", "facts:\n", LIVER),
        **rule("reviews/liver.yaml", "  liver_conditions: {includes: cirrhosis}", effect=effect),
        **rule("reviews/unrecognised.yaml", "  liver_conditions: {includes: unrecognised}"),
    }
    (one,) = findings(no_window, tmp_path, files)
    lines = files["vocabulary.yaml"].split("\n")
    assert one.place is not None
    assert lines[one.place.line - 1] == "  liver_conditions:"
    assert "`liver_conditions: {fresh_for: 30 days, reason: ...}`" in one.hint
    assert "`fresh_for: any age`" in one.hint
