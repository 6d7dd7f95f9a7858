"""For programs: everything as JSON, in ASCII."""

from __future__ import annotations

import json

from ketascreen.authoring.checks.run import Checked


def render(checked: Checked) -> str:
    """`{rules, retired, cases, refused, found, silenced, not_run, ignored}`; a silenced finding has its `reason`."""
    data = {
        "rules": checked.rules,
        "retired": checked.retired,
        "cases": checked.cases,
        "refused": [problem.as_data() for problem in checked.refused],
        "found": [problem.as_data() for problem in checked.found],
        "silenced": [{**one.finding.as_data(), "reason": one.reason} for one in checked.silenced],
        "not_run": list(checked.not_run),
        "ignored": list(checked.ignored),
    }
    return json.dumps(data, indent=2)
