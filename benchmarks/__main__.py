"""`python -m benchmarks` measures all and writes docs/performance.md; `--small` tries it and keeps nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measuring import SMALL, WHOLE, measured
from benchmarks.page import page
from benchmarks.plot import plot

DOCS = Path(__file__).parents[1] / "docs"
PLOT = "performance.svg"


def main(arguments: list[str]) -> int:
    """0, or 1 where answers differ from the reference channel's."""
    small = "--small" in arguments
    figures = measured(SMALL if small else WHOLE)
    text, drawn = page(figures, PLOT), plot(figures)
    if small:
        print(text)
    else:
        (DOCS / "performance.md").write_text(text, encoding="utf-8")
        (DOCS / PLOT).write_text(drawn, encoding="utf-8")
        print(f"written to {DOCS / 'performance.md'}")
    differing = [why for size in figures["sizes"] for why in size["left_out"].values() if "differ" in why]
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
