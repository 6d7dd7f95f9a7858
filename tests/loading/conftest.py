"""What the tests of the cache share: a cache that holds the built-in rulebook, and a count of the readings of files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ketascreen import load_rulebook
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.build import build
from ketascreen.loading.built_in import built_in_rules


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Rulebook]:
    """The rulebooks that were made out of their files."""
    made: list[Rulebook] = []

    def counted(*given: Any) -> Rulebook:
        made.append(build(*given))
        return made[-1]

    monkeypatch.setattr("ketascreen.loading.build.build", counted)
    return made


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A cache that holds the built-in rulebook."""
    load_rulebook(built_in_rules(), cache=tmp_path / "cache")
    return tmp_path / "cache"
