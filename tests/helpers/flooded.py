"""Slips and additions of an author, each as an edit of a copy of the built-in rulebook: what floods a report."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.edited_rulebooks import rules_with

BAR = ("parameters.yaml", "controlled_systolic:\n  value: 140 mmHg", "controlled_systolic:\n  value: 130 mmHg")
AGE = ("parameters.yaml", "value: 65 years", "value: 6 years")
_FACT = """
facts:
  liver_conditions:
    type: list
    label: Liver conditions
    domain: liver
    choices: [decompensated_cirrhosis, fatty_liver]

freshness:
  liver_conditions:
    fresh_for: 30 days
    reason: The liver changes within weeks. Policy, since no document gives a window.

"""
_RULE = """\
id: hepatic-failure
title: Liver failure
stage: candidacy
effect: exclude
routes: all
when:
  liver_conditions: {includes: decompensated_cirrhosis}
say: The liver does not clear ketamine.
sources:
  - {outside: B5-02, says: made up}
interpretation: Policy.
"""
_UNREAD = """\
id: unrecognised-liver-condition
title: Unrecognised liver condition
stage: candidacy
effect: review
routes: all
when:
  liver_conditions: {includes: unrecognised}
say: An entry among the liver conditions is not known here.
sources:
  - {outside: B5-02, says: made up}
interpretation: Policy.
"""
_CASES = """\
- name: decompensated cirrhosis bars
  as_of: 2026-11-22T09:00:00+01:00
  observed_at: 2026-11-22
  given: {{liver_conditions: {{present: [{present}], complete: true}}}}
  expect: {{finding: met, because: [liver_conditions]}}
- name: a healthy liver does not
  as_of: 2026-11-22T09:00:00+01:00
  observed_at: 2026-11-22
  given: {{liver_conditions: {{present: [], complete: true}}}}
  expect: {{finding: not_met, because: [liver_conditions]}}
- name: a liver that nobody asked about is unknown
  as_of: 2026-11-22T09:00:00+01:00
  given: {{}}
  expect: {{finding: unknown, asks: [liver_conditions]}}
"""


def with_new_exclusion(tmp_path: Path) -> Path:
    """A copy with an exclusion on a new list fact and the rule for its unrecognised entries, each with cases."""
    folder = rules_with(tmp_path, "vocabulary.yaml", "\nfreshness:\n", _FACT)
    for path, rule, present in (
        ("exclusions/hepatic-failure", _RULE, "decompensated_cirrhosis"),
        ("reviews/unrecognised-liver-condition", _UNREAD, "something_else"),
    ):
        (folder / f"{path}.yaml").write_text(rule, "utf-8")
        (folder / f"{path}.cases.yaml").write_text(_CASES.format(present=present), "utf-8")
    return folder
