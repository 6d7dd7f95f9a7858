"""What a screening costs, in steps of Python's interpreter: a count that a busy machine cannot change.

`python -m tests.test_costs` prints the counts. A bound is one and a half times what was counted, on each Python for
itself, so that a doubling is noticed. Where a change is worth its cost, write the new counts, and say why.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from ketascreen import LeanVerdict, Recommendation, Screener, Stage, Verdict
from ketascreen.channels.compiled.channel import CompiledChannel
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.patient.facts import known_facts
from ketascreen.syntax.yaml_tree import read_yaml
from tests.helpers.screening import AS_OF, baseline, profile_of, shipped

PATIENT = profile_of(baseline())
FACTS = known_facts(PATIENT, shipped().vocabulary, ClinicTime.at(AS_OF))
COMPILED = CompiledChannel(shipped())
RULE = shipped().files["exclusions/uncontrolled-hypertension.yaml"]


def steps(action: Callable[[], object]) -> int:
    """How many instructions of the interpreter an action takes, once it is warm."""
    action()
    return monitored(action) if sys.version_info >= (3, 12) else traced(action)


def monitored(action: Callable[[], object]) -> int:
    """Counts with what Python has for it since 3.12; since then, tracing leaves some instructions out."""
    counted = 0

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
    tool, instruction = 3, monitoring.events.INSTRUCTION  # 3 is kept for nobody
    monitoring.use_tool_id(tool, "steps")
    monitoring.register_callback(tool, instruction, count)
    monitoring.set_events(tool, instruction)
    try:
        action()
    finally:
        monitoring.set_events(tool, 0)
        monitoring.register_callback(tool, instruction, None)
        monitoring.free_tool_id(tool)
    return counted


def traced(action: Callable[[], object]) -> int:
    """Counts by tracing, on Python 3.11."""
    counted = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal counted
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        counted += event == "opcode"
        return trace

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


def deciding(*channels: str) -> Callable[[], Recommendation]:
    screener = Screener(shipped(), channels=channels)
    return lambda: screener.decide(PATIENT, as_of=AS_OF, stage=Stage.SESSION)


VERDICT = screening("compiled")()

ACTIONS: dict[str, Callable[[], object]] = {
    "an answer on the compiled channel": deciding("compiled"),
    "a screening on the compiled channel": screening("compiled"),
    "a screening on both default channels": screening("reference", "production"),
    "the lean form of its verdict as JSON": lambda: LeanVerdict.of(VERDICT).to_json(),
    "the facts that count": lambda: known_facts(PATIENT, shipped().vocabulary, ClinicTime.at(AS_OF)),
    "all rules on the compiled channel": lambda: COMPILED.evaluate(FACTS, Stage.SESSION),
    "reading a profile": lambda: profile_of(baseline()),
    "reading the YAML of a rule": lambda: read_yaml(RULE, "rule.yaml"),
}

COUNTED: dict[tuple[int, int], dict[str, int]] = {
    (3, 11): {
        "an answer on the compiled channel": 10_897,
        "a screening on the compiled channel": 65_831,
        "a screening on both default channels": 96_635,
        "the lean form of its verdict as JSON": 27_308,
        "the facts that count": 6_060,
        "all rules on the compiled channel": 551,
        "reading a profile": 16_619,
        "reading the YAML of a rule": 14_682,
    },
    (3, 12): {
        "an answer on the compiled channel": 10_562,
        "a screening on the compiled channel": 60_254,
        "a screening on both default channels": 88_430,
        "the lean form of its verdict as JSON": 25_110,
        "the facts that count": 5_916,
        "all rules on the compiled channel": 573,
        "reading a profile": 15_283,
        "reading the YAML of a rule": 13_353,
    },
    (3, 13): {
        "an answer on the compiled channel": 9_947,
        "a screening on the compiled channel": 56_837,
        "a screening on both default channels": 84_305,
        "the lean form of its verdict as JSON": 23_644,
        "the facts that count": 5_573,
        "all rules on the compiled channel": 579,
        "reading a profile": 15_299,
        "reading the YAML of a rule": 12_474,
    },
}


def nearest(version: tuple[int, ...]) -> tuple[int, int]:
    """The Python whose counts hold for that version: itself, or the newest known for one that is newer still."""
    return max(known for known in COUNTED if known <= version)


def bound(name: str) -> float:
    return 1.5 * COUNTED[nearest(sys.version_info[:2])][name]


def test_every_action_is_counted_on_every_python() -> None:
    assert all(counted.keys() == ACTIONS.keys() for counted in COUNTED.values())


def test_a_newer_python_has_the_bounds_of_the_newest_known() -> None:
    assert [nearest(version) for version in ((3, 11), (3, 12), (3, 13), (3, 14), (4, 0))] == [
        (3, 11), (3, 12), (3, 13), (3, 13), (3, 13),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ACTIONS)
def test_it_takes_no_more_steps_than_its_bound(name: str) -> None:
    taken = steps(ACTIONS[name])
    assert taken <= bound(name), f"{name}: {taken} steps"


@pytest.mark.parametrize("name", ACTIONS)
def test_a_doubling_is_noticed(name: str) -> None:
    twice = steps(lambda: (ACTIONS[name](), ACTIONS[name]()))
    assert twice > bound(name), f"{name}: {twice} steps when done twice"


if __name__ == "__main__":
    print(f"Python {sys.version_info.major}.{sys.version_info.minor}")
    for name, action in ACTIONS.items():
        print(f'        "{name}": {steps(action):_},')
