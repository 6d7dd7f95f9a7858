"""The pytest plugin's entry: it looks at each file's name, and loads ketascreen only if there is a case to run.

It is outside the package, so that pytest can import it without loading ketascreen.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collects `*.cases.yaml` below a rulebook's folder."""
    if not file_path.name.endswith(".cases.yaml"):
        return None
    from ketascreen.pytest_plugin import collect

    return collect(file_path, parent)


def pytest_report_collectionfinish(config: pytest.Config, items: Sequence[pytest.Item]) -> list[str]:
    """Says how many cases were collected, and which files were passed over; nothing where no file of cases is."""
    plugin = sys.modules.get("ketascreen.pytest_plugin")
    return plugin.told(config, items) if plugin else []
