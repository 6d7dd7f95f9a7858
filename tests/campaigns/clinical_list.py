"""What a version of the library says of the made-up patients of tests/data/clinical-list.yaml.

    python tests/campaigns/clinical_list.py [--key before|after] [--example FILE]

With `--key after`, which is the default, each patient of the list must be told what stands under `after`. For a version
of before, set PYTHONPATH to its src, give `--key before` and its own examples/resistant-depression.json: a fact that it
does not know is left out. Ends with 1 on a difference. It uses public names alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
LIST = ROOT / "tests" / "data" / "clinical-list.yaml"
EXAMPLE = ROOT / "examples" / "resistant-depression.json"
AS_OF = datetime(2026, 11, 22, 9, tzinfo=UTC)


TODAY = "2026-11-22"


def listed() -> list[dict[str, Any]]:
    """The patients of the list, with dates as text."""
    rows: list[dict[str, Any]] = _plain(yaml.load(LIST.read_text("utf-8"), yaml.BaseLoader))
    return rows


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return list(map(_plain, node))
    return {"true": True, "null": None}.get(node, int(node) if node.isdigit() else node)


def told(screener: Any, row: dict[str, Any], given: dict[str, Any], base: dict[str, Any]) -> str:
    """What is said of a patient on the route of the row (iv if it names none), in one line."""
    from ketascreen import ClinicianDecision, PatientProfile, ProfileError, RequestError

    answers = {name: _dated(value) for name, value in given.items()}
    facts = {name: answer for name, answer in {**base, **answers}.items() if name in PatientProfile.model_fields}
    decisions = [ClinicianDecision(rule=rule, by="Dr. A. Example", at=AS_OF) for rule in row.get("decide", [])]
    route, stage = row.get("route", "iv"), row.get("stage", "candidacy")
    try:
        profile = PatientProfile(**facts)
        verdict = screener.screen(profile, as_of=AS_OF, stage=stage, routes=[route], decisions=decisions)
    except (ProfileError, RequestError) as error:
        return f"refused: {', '.join(sorted({problem.code for problem in error.diagnostics}))}"
    return said_of(verdict.routes[route])


def _dated(value: Any) -> Any:
    return value if value is None or isinstance(value, dict) else {"value": value, "at": TODAY}


def said_of(route: Any) -> str:
    """The recommendation for a route, its reasons, its alerts, what it asks, and the advice for this patient alone."""
    parts = [_by(route.decision, route.reasons)]
    parts += [_by(route.readiness, route.readiness_reasons)] if route.readiness else []
    entries = {ask.fact: getattr(ask, "unrecognised", ()) for ask in route.asks}  # not every version says them
    asks = [f"{fact} ({', '.join(unread)})" if unread else fact for fact, unread in entries.items()]
    advice = [rule for rule in route.advice if rule.startswith("no-")]
    for word, names in (("alerts", route.alerts), ("asks", asks), ("advises", advice)):
        parts += [f"{word} {', '.join(names)}"] if names else []
    return ", ".join(parts)


def _by(result: str, reasons: tuple[str, ...]) -> str:
    return f"{result} by {', '.join(reasons)}" if reasons else str(result)


def main() -> int:
    """Prints what the version says of each patient, and what the list has; returns 1 on a difference."""
    from ketascreen import Screener

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--key", choices=("before", "after"), default="after")
    parser.add_argument("--example", type=Path, default=EXAMPLE)
    asked = parser.parse_args()
    base = json.loads(asked.example.read_text("utf-8"))
    screener, differing = Screener.default(), 0
    for row in listed():
        given = row.get("given_before", row["given"]) if asked.key == "before" else row["given"]
        said = told(screener, row, given, base)
        differing += said != row[asked.key]
        print(f"{row['item']}, {row['patient']}: {said}")
        if said != row[asked.key]:
            print(f"  the list has: {row[asked.key]}")
    print(f"{len(listed())} patients, {differing} told otherwise")
    return min(differing, 1)


if __name__ == "__main__":
    sys.exit(main())
