"""A citation whose `says` gives a number that its phrase does not show is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.checks import number_not_in_phrase
from ketascreen.authoring.checks.number_not_in_phrase import numbers
from ketascreen.authoring.checks.subject import Concern
from ketascreen.diagnostic import Diagnostic, Place
from tests.helpers.check_findings import findings
from tests.helpers.rulebook_files import changed

HINT = "cite a phrase that shows the number, or say only what the phrase shows"


def cited(says: str) -> dict[str, str]:
    """The rule that cites “above 180”, with other words for what the source says."""
    return changed("cautions/young.yaml", "says: caution", f'says: "{says}"')


def guideline(phrase: str, says: str) -> dict[str, str]:
    """The outside source with this phrase, and the conflict that cites it with these words."""
    return {
        **changed("documents.yaml", "phrase: made up", f'phrase: "{phrase}"'),
        **changed("conflicts.yaml", "says: avoid", f'says: "{says}"'),
    }


def test_a_number_that_the_phrase_of_a_document_does_not_show(tmp_path: Path) -> None:
    assert findings(number_not_in_phrase, tmp_path, cited("a bar above 160 or 100, not 180")) == [
        Diagnostic(
            "number-not-in-phrase",
            "`says` gives 160, 100, which the phrase of `leaflet.txt:2` does not show: “above 180”",
            HINT,
            Place("cautions/young.yaml", 10, 5, 1),
        )
    ]


def test_a_number_that_the_phrase_of_an_outside_source_does_not_show_is_about_what_cites_it(tmp_path: Path) -> None:
    files = guideline("auch in der Anamnese", "caution within 6 months")
    assert findings(number_not_in_phrase, tmp_path, files) == [
        Concern(
            "number-not-in-phrase",
            "`says` gives 6, which the phrase of `B1-01` does not show: “auch in der Anamnese”",
            HINT,
            Place("conflicts.yaml", 5, 7, 1),
            about="C1",
        )
    ]


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("adequately controlled (<140/90mmHg)", "controlled is below 140 and 90"),
        ("monitored for at least 2 hours", "at least two hours"),
        ("four adequate trials", "4 trials"),
        ("Early remission indicates ≥3 months but <12 months", "three to twelve months"),
        ("within 24-72 hours", "24 to 72 hours"),
        ("a bar", "a bar for someone alone, as in C37"),
    ],
)
def test_numbers_that_the_phrase_shows(tmp_path: Path, phrase: str, says: str) -> None:
    assert findings(number_not_in_phrase, tmp_path, guideline(phrase, says)) == []


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("above 180", "above 18"),
        ("1.5 months", "5 months"),
        ("at least 12 months", "1 or 2 months"),
        ("for someone", "for one"),
    ],
)
def test_a_part_of_a_number_or_of_a_word_shows_nothing(tmp_path: Path, phrase: str, says: str) -> None:
    found = findings(number_not_in_phrase, tmp_path, guideline(phrase, says))
    assert [problem.code for problem in found] == ["number-not-in-phrase"]


def test_the_numbers_of_a_text_in_its_order() -> None:
    assert numbers("Twelve of 1,050 (≥65 yr), 0.5mg, one-time, B5-04") == ("12", "1050", "65", "0.5", "04")
