"""An entry of the vocabulary on a fact that nothing asks is found."""

from __future__ import annotations

from pathlib import Path

from ketascreen.authoring.checks import unused_fact
from ketascreen.authoring.checks.subject import Concern
from ketascreen.diagnostic import Place
from tests.helpers.check_findings import findings, rule
from tests.helpers.rulebook_files import changed, text_of

HINT = "delete the entry, or write the rule that needs it"
RIDE = rule("holds/no-ride.yaml", "  ride_home: {is: not_arranged}", effect="hold", stage="session")
LIVER = """  liver_disease:
    type: choice
    choices: [none, mild, severe]
    label: Liver disease
    domain: hepatic
"""


def with_liver(windows: str = "") -> dict[str, str]:
    """The vocabulary with a fact added, and with windows."""
    text = text_of("vocabulary.yaml")
    return {"vocabulary.yaml": text.replace("freshness:\n", f"{LIVER}freshness:\n{windows}")}


def test_a_window_on_a_built_in_fact_that_nothing_asks(tmp_path: Path) -> None:
    assert findings(unused_fact, tmp_path, {}) == [
        Concern(
            "unused-fact",
            "no rule asks the fact `ride_home`, so its freshness window has no use",
            HINT,
            Place("vocabulary.yaml", 13, 3, 9),
            about="ride_home",
        )
    ]


def test_an_added_fact_that_nothing_asks_is_told_of_once(tmp_path: Path) -> None:
    files = {**RIDE, **with_liver("  liver_disease: {fresh_for: 30 days, reason: Made up.}\n")}
    assert findings(unused_fact, tmp_path, files) == [
        Concern(
            "unused-fact",
            "no rule asks the fact `liver_disease`",
            HINT,
            Place("vocabulary.yaml", 9, 3, 13),
            about="liver_disease",
        )
    ]


def test_an_added_fact_that_a_rule_asks(tmp_path: Path) -> None:
    asked = rule("cautions/liver.yaml", "  liver_disease: {is: mild}", effect="caution")
    assert findings(unused_fact, tmp_path, {**RIDE, **with_liver(), **asked}) == []


def test_an_added_fact_that_a_definition_asks(tmp_path: Path) -> None:
    definition = changed("definitions.yaml", "  when:", "  when:")
    definition["definitions.yaml"] += "liver:\n  title: Liver\n  when:\n    liver_disease: {is: mild}\n"
    assert findings(unused_fact, tmp_path, {**RIDE, **with_liver(), **definition}) == []


def test_built_in_facts_that_nothing_asks_are_none_of_its_business(tmp_path: Path) -> None:
    assert findings(unused_fact, tmp_path, RIDE) == []
