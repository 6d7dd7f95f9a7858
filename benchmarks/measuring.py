"""Measures contenders side by side: several rounds, each contender in turn in every round."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from tests.campaigns.timings import beside_bare_calls, started, timed
from tests.campaigns.timings import figures as own_figures

from benchmarks import OURS, PEERS
from benchmarks.contenders import INCOMPLETE, Contender, ready
from benchmarks.rulesets import RuleSet, rule_set
from benchmarks.trial import Trial, tried
from ketascreen.language.logic import Truth
from ketascreen.language.semantics import evaluate

NAMES = (OURS, INCOMPLETE, *PEERS)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: numbers of rules, patients, rounds, and the least time for each contender in a round."""

    rules: Sequence[int]
    patients: int
    rounds: int
    seconds: float


WHOLE = Extent((30, 100, 300, 1000, 3000), patients=100, rounds=36, seconds=0.1)
SMALL = Extent((30, 100), patients=10, rounds=2, seconds=0.02)


def measured(extent: Extent) -> dict[str, Any]:
    """All figures of a run, as plain data. What differs from the reference channel's answers is not timed."""
    return {
        "machine": _machine(),
        "versions": {name: _version(name) for name in (OURS, *PEERS)},
        "rounds": extent.rounds,
        "patients": extent.patients,
        "own": list(beside_bare_calls() if extent is SMALL else own_figures()),
        "import_ms": _imports(),
        "sizes": [_size(rules, extent) for rules in extent.rules],
    }


def _size(rules: int, extent: Extent) -> dict[str, Any]:
    trials = {name: tried(name, rules, min(extent.patients, 20)) for name in NAMES}
    made = rule_set(rules, extent.patients)
    contenders = {name: ready(name, made) for name, trial in trials.items() if isinstance(trial, Trial)}
    rounds: dict[str, list[Any]] = {name: [] for name in contenders}
    throughput: dict[str, list[Any]] = {name: [] for name in contenders}
    for number in range(extent.rounds):
        # One after another in short turns, so that a machine that slows down for a while slows all of a round alike.
        for taken, measure in ((rounds, _latencies), (throughput, _per_second)):
            for name, contender in list(contenders.items()):
                try:
                    taken[name].append(measure(contender, extent.seconds))
                except Exception as error:  # noqa: BLE001  a peer that breaks down under load must not end the run
                    trials[name] = f"it failed in round {number + 1} of {extent.rounds} ({type(error).__name__})"
                    del contenders[name]
    return {
        "rules": rules,
        "facts": len(made.facts),
        "met": _met(made),
        "left_out": {name: trial for name, trial in trials.items() if isinstance(trial, str)},
        "contenders": {name: _figures(rounds[name], throughput[name], trials[name]) for name in contenders},
    }


def _figures(rounds: list[list[float]], throughput: list[float], trial: Trial | str) -> dict[str, Any]:
    assert isinstance(trial, Trial)
    every = sorted(taken for latencies in rounds for taken in latencies)
    return {
        "medians_us": [median(latencies) for latencies in rounds],
        "p50_us": median(every),
        "p99_us": quantiles(every, n=100)[98] if len(every) > 1 else every[0],
        "calls": len(every),
        "per_second": median(throughput),
        "load_ms": trial.load_ms,
        "memory_mb": trial.memory_mb,
    }


def _latencies(contender: Contender, seconds: float) -> list[float]:
    """The time of single answers in microseconds, patient by patient, for at least so long."""
    answer, clock = contender.engine.answer, time.perf_counter
    taken = []
    until = clock() + seconds
    while clock() < until:
        for patient in contender.patients:
            start = clock()
            answer(patient)
            end = clock()
            taken.append((end - start) * 1e6)
            if end > until:
                break
    return taken


def _per_second(contender: Contender, seconds: float) -> float:
    """How many patients are answered for in a second, one after another."""
    answer, clock = contender.engine.answer, time.perf_counter
    start = clock()
    done = 0
    while clock() < start + seconds:
        for patient in contender.patients[: max(1, len(contender.patients) // 5)]:
            answer(patient)
            done += 1
    return done / (clock() - start)


def _met(made: RuleSet) -> float:
    """The share of rules that are met, over all complete patients."""
    truths = [evaluate(rule.when, answers) for answers in made.complete for rule in made.rulebook.rules]
    return sum(truth is Truth.TRUE for truth in truths) / len(truths)


def _imports() -> dict[str, float]:
    """How long the import of each takes in a new process, above a bare start."""
    modules = dict(_there({OURS: "ketascreen", **PEERS}))
    bare, *taken = timed([started("pass"), *(started(f"import {module}") for module in modules.values())], 5)
    return {name: (took.median - bare.median) * 1e3 for name, took in zip(modules, taken, strict=True)}


def _there(modules: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    return ((name, module) for name, module in modules.items() if _version(name))


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _machine() -> dict[str, Any]:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {sys.version.split()[0]}",
    }
