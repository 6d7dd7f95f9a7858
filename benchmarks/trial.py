"""One contender tried in a process of its own, since one may crash or hang.

`python -m benchmarks.trial NAME RULES PATIENTS` prints JSON: how long the rules took to load, what they hold of memory,
and on how many findings of how many it differs from the reference channel.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass

from tests.campaigns.fuzz import resident_mb

from benchmarks.contenders import INCOMPLETE, ready
from benchmarks.rulesets import rule_set
from ketascreen.language.logic import Truth
from ketascreen.language.semantics import evaluate

DEADLINE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Trial:
    """How a trial went; `load_ms` with the import of the engine, where it is the first in its process."""

    load_ms: float
    memory_mb: float
    differs: int
    findings: int


def tried(name: str, rules: int, patients: int) -> Trial | str:
    """How a trial in a child process went, or why there is nothing to measure."""
    command = [sys.executable, "-m", "benchmarks.trial", name, str(rules), str(patients)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"no answers within {DEADLINE_SECONDS} s"
    if ran.returncode < 0:
        return f"its process ended with signal {-ran.returncode}"
    if ran.returncode:
        return ran.stderr.strip().splitlines()[-1][:120]
    trial = Trial(**json.loads(ran.stdout))
    if trial.differs:
        return f"its answers differ on {trial.differs} of {trial.findings} findings"
    return trial


def main() -> None:
    """Tries the contender that the command line names."""
    name, rules, patients = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    measured = rule_set(rules, patients)
    answered = measured.incomplete if name == INCOMPLETE else measured.complete
    expected = [
        {rule.id for rule in measured.rulebook.rules if evaluate(rule.when, answers) is Truth.TRUE}
        for answers in answered
    ]
    before, started = resident_mb(), time.perf_counter()
    contender = ready(name, measured)
    load_ms = (time.perf_counter() - started) * 1000
    contender.engine.answer(contender.patients[0])
    memory_mb = resident_mb() - before
    found = [contender.engine.met(contender.engine.answer(patient)) for patient in contender.patients]
    differs = sum(len(one ^ other) for one, other in zip(found, expected, strict=True))
    print(json.dumps(asdict(Trial(load_ms, memory_mb, differs, rules * patients))))


if __name__ == "__main__":
    main()
