"""`python -m benchmarks` measures all and writes docs/performance.md; `--small` tries it and keeps nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import OURS
from benchmarks.contenders import INCOMPLETE
from benchmarks.measuring import SMALL, WHOLE, measured
from benchmarks.page import page
from benchmarks.plot import plot

DOCS = Path(__file__).parents[1] / "docs"
PLOT = "performance.svg"


def main(arguments: list[str]) -> int:
    """0, or 1 where ketascreen itself could not be measured."""
    small = "--small" in arguments
    figures = measured(SMALL if small else WHOLE)
    text, drawn = page(figures, PLOT), plot(figures)
    if small:
        print(text)
    else:
        (DOCS / "performance.md").write_text(text, encoding="utf-8")
        (DOCS / PLOT).write_text(drawn, encoding="utf-8")
        print(f"written to {DOCS / 'performance.md'}")
    missing = [name for size in figures["sizes"] for name in (OURS, INCOMPLETE) if name in size["left_out"]]
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
