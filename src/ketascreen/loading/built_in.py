"""Finds the built-in rulebook."""

from __future__ import annotations

from pathlib import Path


def built_in_rules() -> Path:
    """The folder of the built-in rulebook: in the package, or beside its source."""
    package = Path(__file__).parents[1]
    installed = package / "rules" / "ketamine"
    return installed if installed.is_dir() else package.parents[1] / "rules" / "ketamine"
