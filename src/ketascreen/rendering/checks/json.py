"""For programs: everything as JSON, in ASCII."""

from __future__ import annotations

import json
from typing import Any

from ketascreen.authoring.checks.run import Checked
from ketascreen.diagnostic import Diagnostic


def render(checked: Checked) -> str:
    """`{rules, cases, refused, found, silenced, not_run, ignored}`; a silenced finding has its `reason`."""
    data = {
        "rules": checked.rules,
        "cases": checked.cases,
        "refused": [_plain(problem) for problem in checked.refused],
        "found": [_plain(problem) for problem in checked.found],
        "silenced": [{**_plain(one.finding), "reason": one.reason} for one in checked.silenced],
        "not_run": list(checked.not_run),
        "ignored": list(checked.ignored),
    }
    return json.dumps(data, indent=2)


def _plain(problem: Diagnostic) -> dict[str, Any]:
    place = problem.place
    where = {} if place is None else {key: getattr(place, key) for key in ("path", "line", "column", "length")}
    return {"code": problem.code, "message": problem.message, "hint": problem.hint, **where, "text": problem.text}
