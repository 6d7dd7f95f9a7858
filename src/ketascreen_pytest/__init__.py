"""Where pytest comes in: it costs a look at each file's name, and loads ketascreen when there is a case to run.

It stands beside the package because importing anything inside it loads all of it.
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
