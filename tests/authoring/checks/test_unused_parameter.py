"""A parameter that no condition uses is found."""

from __future__ import annotations

from pathlib import Path

from ketascreen.authoring.checks import unused_parameter
from ketascreen.authoring.checks.subject import Concern
from ketascreen.diagnostic import Place
from tests.helpers.check_findings import findings
from tests.helpers.rulebook_files import RULE, changed, text_of

SPARE = """
spare:
  value: 3 months
  stricter: higher
  basis: policy
  reason: Made up.
"""


def test_an_unused_parameter(tmp_path: Path) -> None:
    lines = text_of("parameters.yaml").count("\n")
    assert findings(unused_parameter, tmp_path, {"parameters.yaml": text_of("parameters.yaml") + SPARE}) == [
        Concern(
            "unused-parameter",
            "no rule uses the parameter `spare`",
            "delete it, or use it in the rule that needs it",
            Place("parameters.yaml", lines + 2, 1, 5),
            about="spare",
        )
    ]


def test_a_parameter_that_only_a_definition_uses_is_used(tmp_path: Path) -> None:
    definition = "brief:\n  title: Brief\n  when:\n    verified_abstinence_months: {below: spare}\n"
    files = {
        "parameters.yaml": text_of("parameters.yaml") + SPARE,
        "definitions.yaml": text_of("definitions.yaml") + definition,
    }
    assert findings(unused_parameter, tmp_path, files) == []


def test_a_parameter_that_only_a_text_names_is_used(tmp_path: Path) -> None:
    files = {
        "parameters.yaml": text_of("parameters.yaml") + SPARE,
        **changed(RULE, "say: The pressure is high.", "say: The pressure is high. Wait {spare}."),
    }
    assert findings(unused_parameter, tmp_path, files) == []


def test_a_number_written_out_in_place_of_its_parameter_leaves_it_unused(tmp_path: Path) -> None:
    written_out = changed("definitions.yaml", "adequate_trials", "2 trials")
    assert [problem.message for problem in findings(unused_parameter, tmp_path, written_out)] == [
        "no rule uses the parameter `adequate_trials`"
    ]
