"""Random rulebooks and patients through every channel: `python -m tests.campaigns.fuzz --pairs N --seed S --workers W`.

Prints figures, and the tree of each rule on which a channel differs from the reference. Ends with status 1 at any
disagreement, fault or crash, and where memory grew by more than 10 MB after warming up.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from ketascreen.channels.channel import Channel
from ketascreen.channels.compiled.channel import CompiledChannel
from ketascreen.channels.production.channel import ProductionChannel
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.diagnostic import ChannelFault
from ketascreen.language.condition import as_data
from ketascreen.language.logic import Truth
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Stage
from ketascreen.patient.facts import Facts

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.helpers import generate

PROFILES = 10
"""Patients for each rulebook."""

MAX_GROWTH_MB = 10.0
_WARM_UP = 0.1


@dataclass
class Figures:
    """What a run came to. Memory in MB: at the start, after a tenth of the pairs, at the end."""

    pairs: int = 0
    rules: int = 0
    disagreements: int = 0
    faults: int = 0
    seconds: float = 0.0
    start_mb: float = 0.0
    warm_mb: float = 0.0
    end_mb: float = 0.0

    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.disagreements and not self.faults and self.end_mb - self.warm_mb <= MAX_GROWTH_MB


def resident_mb() -> float:
    """The memory of this process that is resident now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def run(pairs: int, seed: int) -> Figures:
    """That many pairs, from rulebooks seeded with `seed`, `seed + 1`, ..."""
    figures = Figures(start_mb=resident_mb())
    began = time.monotonic()
    while figures.pairs < pairs:
        if not figures.warm_mb and figures.pairs >= pairs * _WARM_UP:
            figures.warm_mb = resident_mb()
        one_rulebook(seed, min(PROFILES, pairs - figures.pairs), figures)
        seed += 1
    figures.end_mb = resident_mb()
    figures.warm_mb = figures.warm_mb or figures.end_mb
    figures.seconds = time.monotonic() - began
    return figures


def one_rulebook(seed: int, profiles: int, figures: Figures) -> None:
    """One rulebook with some patients, both stages of each."""
    rng = Random(seed)
    rulebook = generate.rulebook(rng)
    channels: list[Channel] = [ProductionChannel(rulebook), CompiledChannel(rulebook)]
    reference = ReferenceChannel(rulebook)
    for _ in range(profiles):
        facts = generate.facts(rng, rulebook)
        figures.pairs += 1
        for stage in Stage:
            figures.rules += len(rulebook.asked_at(stage))
            expected = reference.evaluate(facts, stage)
            for channel in channels:
                compare(channel, expected, rulebook, facts, stage, seed, figures)
    for channel in channels:
        channel.close()


def compare(
    channel: Channel,
    expected: Mapping[str, Truth],
    rulebook: Rulebook,
    facts: Facts,
    stage: Stage,
    seed: int,
    figures: Figures,
) -> None:
    """Counts a fault, or each rule on which the channel differs from what is expected, with its tree."""
    try:
        found = channel.evaluate(facts, stage)
    except ChannelFault as fault:
        figures.faults += 1
        print(f"{channel.name}, seed {seed}, {stage}: {fault}", flush=True)
        return
    for rule in rulebook.asked_at(stage):
        if found[rule.id] is not expected[rule.id]:
            figures.disagreements += 1
            print(f"{channel.name}, seed {seed}, {stage}, {rule.id}: {json.dumps(as_data(rule.when))}", flush=True)


def main() -> int:
    """Splits the pairs over workers, and adds up what they say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    if given.workers == 1:
        figures = run(given.pairs, given.seed)
        print(json.dumps(asdict(figures)), flush=True)
        return 0 if figures.good() else 1
    return in_processes(given.pairs, given.seed, given.workers)


def in_processes(pairs: int, seed: int, workers: int) -> int:
    """Runs this command once for each worker, each with seeds of its own. A crash of one is a failure."""
    each = -(-pairs // workers)
    commands = [
        [sys.executable, __file__, f"--pairs={each}", f"--seed={seed + number * each}"] for number in range(workers)
    ]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    total, good = Figures(), True
    for process in running:
        lines = process.communicate()[0].splitlines()
        good = good and process.returncode == 0
        print(*lines, sep="\n", flush=True)
        if lines and lines[-1].startswith("{"):
            part = Figures(**json.loads(lines[-1]))
            total.pairs, total.rules = total.pairs + part.pairs, total.rules + part.rules
            total.disagreements += part.disagreements
            total.faults += part.faults
            total.seconds = max(total.seconds, part.seconds)
    print(
        f"{total.pairs} pairs, {total.rules} rules evaluated, {total.disagreements} disagreements, "
        f"{total.faults} faults, {total.seconds:.0f} s: {'good' if good else 'NOT GOOD'}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
