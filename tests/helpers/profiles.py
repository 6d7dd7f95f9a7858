"""Profiles as they come in, and how their refusal is looked at."""

from __future__ import annotations

import json
import pickle
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from ketascreen import (
    Decision,
    PatientProfile,
    ProfileError,
    Screener,
    load_rulebook,
)
from ketascreen.loading.built_in import built_in_rules
from tests.helpers.places import EXAMPLES

AS_OF = datetime(2026, 11, 22, 9, tzinfo=UTC)
EXAMPLE = EXAMPLES / "resistant-depression.json"
CANARY = "canary7f3a91"


@cache
def screener() -> Screener:
    """By the shipped rulebook; one channel is enough to see what was read."""
    return Screener(load_rulebook(built_in_rules()), channels=("reference",))


def known(**changes: Any) -> dict[str, Any]:
    """A complete profile as plain data, with some facts answered otherwise, or left out where they are None."""
    facts = {**json.loads(EXAMPLE.read_text("utf-8")), **changes}
    return {name: answer for name, answer in facts.items() if answer is not None}


def json_with(name: str, written: str) -> bytes:
    """The complete profile in JSON, with one fact written as it stands here."""
    return json.dumps(known(**{name: "@"})).replace('"@"', written).encode()


def decision(profile: PatientProfile) -> Decision:
    """The decision on the intravenous route."""
    return screener().screen(profile, as_of=AS_OF, routes=["iv"]).routes["iv"].decision


def everything_of(error: BaseException) -> str:
    """All that an error could show: its text, arguments, context, cause, diagnostics and notes."""
    parts = [str(error), repr(error), repr(error.args), repr(vars(error))]
    parts += ["".join(traceback.format_exception_only(error)), repr(error.__context__), repr(error.__cause__)]
    parts += [str(problem) + repr(problem) for problem in getattr(error, "diagnostics", ())]
    return "\n".join(parts)


def refused(read: Callable[[], object], *hidden: str) -> list[tuple[str, str | None]]:
    """Code and pointer of each problem; the error has no context and shows none of the hidden texts."""
    began = time.process_time()
    with pytest.raises(ProfileError) as caught:
        read()
    assert time.process_time() - began < 1
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    shown = everything_of(error) + everything_of(pickle.loads(pickle.dumps(error)))
    assert not [text for text in hidden if text in shown]
    assert all(problem.hint for problem in error.diagnostics)
    return [(problem.code, problem.pointer) for problem in error.diagnostics]
