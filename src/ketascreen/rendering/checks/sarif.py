"""SARIF 2.1.0, for tools that gather findings (docs.oasis-open.org/sarif/sarif/v2.1.0)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from ketascreen._version import VERSION
from ketascreen.authoring.checks.run import Checked
from ketascreen.diagnostic import Diagnostic, printable

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(checked: Checked) -> str:
    """One run; an accepted finding is a result that is suppressed in source, with its reason."""
    problems = (*checked.refused, *checked.found, *(one.finding for one in checked.silenced))
    codes = sorted({problem.code for problem in problems})
    results = [
        *(_result(problem, "error", codes) for problem in checked.refused),
        *(_result(problem, "warning", codes) for problem in checked.found),
        *({**_result(one.finding, "warning", codes), "suppressions": [_kept(one.reason)]} for one in checked.silenced),
    ]
    driver = {"name": "ketascreen", "semanticVersion": VERSION, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not checked.refused}],  # what was refused is not checked to its end
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(code: str) -> dict[str, Any]:
    return {"id": code, "help": {"text": f"docs/codes/{code}.md says what it means, with examples."}}


def _kept(reason: str) -> dict[str, Any]:
    return {"kind": "inSource", "status": "accepted", "justification": reason}


def _result(problem: Diagnostic, level: str, codes: list[str]) -> dict[str, Any]:
    message = "; ".join(filter(None, (printable(problem.message), printable(problem.hint))))
    result = {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": level,
        "message": {"text": message},
    }
    return {**result, "locations": [_location(problem)]} if problem.place else result


def _location(problem: Diagnostic) -> dict[str, Any]:
    place = problem.place
    assert place is not None
    region: dict[str, Any] = {"startLine": place.line, "startColumn": place.column}
    region["endColumn"] = place.column + max(1, place.length)
    if problem.text is not None:
        region["snippet"] = {"text": problem.text}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(place.path)}, "region": region}}
