"""The pytest plugin's entry: it looks at each file's name, and loads ketascreen only if there is a case to run.

It is outside the package, so that pytest can import it without loading ketascreen.
"""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collects `*.cases.yaml` below a rulebook's folder."""
    if not file_path.name.endswith(".cases.yaml"):
        return None
    from ketascreen.pytest_plugin import collect

    return collect(file_path, parent)
