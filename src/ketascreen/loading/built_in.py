"""Where the rulebook is that comes with ketascreen."""

from __future__ import annotations

from pathlib import Path


def built_in_rules() -> Path:
    """The folder of the rulebook that comes with ketascreen: in the package, or beside its source."""
    package = Path(__file__).parents[1]
    installed = package / "rules" / "ketamine"
    return installed if installed.is_dir() else package.parents[1] / "rules" / "ketamine"
