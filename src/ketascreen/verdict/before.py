"""Reads verdicts that earlier versions wrote as JSON: they said `signed` and `sign_off`, and counted no approvals."""

from __future__ import annotations

import json
from typing import Any


def of_now(given: Any) -> Any:
    """The JSON of a verdict in the form of now. What is not such a text is given back as it is.

    `signed` and `sign_off` are left out: they were bound to no text of a rule. `approved` is then null, since nobody
    counted; the notice stays as it was written.
    """
    if not isinstance(given, str | bytes | bytearray) or not _may_be_of_before(given):
        return given
    try:
        told = json.loads(given)
        if "approved" in told["rulebook"]:
            return given
        del told["rulebook"]["signed"]
        for finding in told["findings"]:
            if isinstance(finding, dict):  # in the lean form it is a name
                finding.pop("sign_off", None)
    except (ValueError, LookupError, TypeError, RecursionError):
        return given
    return json.dumps(told)


def _may_be_of_before(given: str | bytes | bytearray) -> bool:
    return '"signed":' in given if isinstance(given, str) else b'"signed":' in given
