"""The boundary cases that were written, and those that could not be made, as text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from ketascreen.authoring.boundary_cases import BoundaryCases
from ketascreen.diagnostic import printable
from ketascreen.rendering.page import Flow, Line, wrapped


def written_cases(made: BoundaryCases, below: Path) -> Iterator[Line]:
    """Each case with its file, which is below the folder `below`."""
    if not made.cases and not made.not_made:
        yield from wrapped("No boundary case is missing: nothing is written.")
    for path, cases in groupby(made.cases, key=lambda one: one.path):
        texts = [one.text for one in cases]
        count = f"{len(texts)} case{'' if len(texts) == 1 else 's'}"
        yield from wrapped(f"Written into {(below / path).as_posix()}, {count}:")
        yield from (Line(printable(line), flow=Flow.WHOLE) for text in texts for line in text.splitlines())
        yield Line()
    if made.cases:
        yield from wrapped(
            "Each says what its rule gives now. Read them: a case that says what you do not mean shows a wrong rule."
        )
        yield Line()
    for text in made.not_made:
        yield from wrapped(f"Not written: {text}.", hang=2)
    if made.not_made:
        yield Line()
