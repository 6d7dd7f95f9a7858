"""A definition that nothing uses is found."""

from __future__ import annotations

from pathlib import Path

from ketascreen.authoring.checks import unused_definition
from ketascreen.authoring.checks.subject import Concern
from ketascreen.diagnostic import Place
from tests.helpers.check_findings import findings
from tests.helpers.rulebook_files import text_of

RAISED = """
raised:
  title: Raised pressure
  when:
    systolic_bp: {above: 140 mmHg}
"""


def test_a_definition_that_nothing_asks(tmp_path: Path) -> None:
    lines = text_of("definitions.yaml").count("\n")
    assert findings(unused_definition, tmp_path, {"definitions.yaml": text_of("definitions.yaml") + RAISED}) == [
        Concern(
            "unused-definition",
            "nothing uses the definition `raised`",
            "delete it, or use it with `meets:`",
            Place("definitions.yaml", lines + 2, 1, 6),
            about="raised",
        )
    ]


def test_a_definition_that_another_one_asks_is_used(tmp_path: Path) -> None:
    outer = RAISED + "outer:\n  title: Outer\n  when:\n    not: {meets: raised}\n"
    found = findings(unused_definition, tmp_path, {"definitions.yaml": text_of("definitions.yaml") + outer})
    assert [problem.message for problem in found] == ["nothing uses the definition `outer`"]


def test_a_definition_that_a_rule_asks_is_used(tmp_path: Path) -> None:
    assert findings(unused_definition, tmp_path, {}) == []
