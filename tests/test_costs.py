"""What a screening costs, in steps of Python's interpreter: a count that a busy machine cannot change.

A bound is about one and a half times what was counted on Python 3.11 (others count otherwise), so that a doubling is
noticed. Where a change is worth its cost, raise the bound with it, and say why.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from ketascreen import Screener, Stage, Verdict
from ketascreen.channels.compiled.channel import CompiledChannel
from ketascreen.patient.facts import known_facts
from ketascreen.syntax.yaml_tree import read_yaml
from tests.promises.support import AS_OF, baseline, profile_of, shipped

pytestmark = pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the bounds were counted on Python 3.11")

PATIENT = profile_of(baseline())
FACTS = known_facts(PATIENT, shipped().vocabulary, AS_OF)
COMPILED = CompiledChannel(shipped())
RULE = shipped().files["exclusions/uncontrolled-hypertension.yaml"]


def steps(action: Callable[[], object]) -> int:
    """How many instructions of the interpreter an action takes, once it is warm."""
    counted = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal counted
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        counted += event == "opcode"
        return trace

    action()
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return counted


def screening(*channels: str) -> Callable[[], Verdict]:
    screener = Screener(shipped(), channels=channels)
    return lambda: screener.screen(PATIENT, as_of=AS_OF, stage=Stage.SESSION)


COSTS: dict[str, tuple[Callable[[], object], int]] = {
    "a screening on the compiled channel": (screening("compiled"), 10_000),
    "a screening on both default channels": (screening("reference", "production"), 80_000),
    "its verdict as JSON": (lambda: screening("compiled")().model_dump_json(), 440_000),
    "the facts that count": (lambda: known_facts(PATIENT, shipped().vocabulary, AS_OF), 5_200),
    "all rules on the compiled channel": (lambda: COMPILED.evaluate(FACTS, Stage.SESSION), 760),
    "reading a profile": (lambda: profile_of(baseline()), 24_000),
    "reading the YAML of a rule": (lambda: read_yaml(RULE, "rule.yaml"), 22_000),
}


@pytest.mark.parametrize(("action", "bound"), COSTS.values(), ids=COSTS.keys())
def test_it_takes_no_more_steps_than_its_bound(action: Callable[[], object], bound: int) -> None:
    assert steps(action) <= bound


def test_a_doubling_is_noticed() -> None:
    for action, bound in COSTS.values():
        assert 2 * steps(action) > bound
