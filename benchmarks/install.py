"""Installs each peer of the group `bench` by itself: one that cannot be installed here is named, and left out."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from ketascreen.channels.production.engine import ENGINE_FLAGS


def main() -> None:
    """Installs what it can."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    for peer in project["dependency-groups"]["bench"]:
        command = [sys.executable, "-m", "pip", "install", "--quiet", peer]
        flags = {**os.environ, "CPPFLAGS": f"{ENGINE_FLAGS} {os.environ.get('CPPFLAGS', '')}"}
        ran = subprocess.run(command, capture_output=True, text=True, check=False, env=flags)
        if ran.returncode:
            print(f"{peer} cannot be installed here: {(ran.stderr.strip().splitlines() or ['?'])[-1]}")


if __name__ == "__main__":
    main()
