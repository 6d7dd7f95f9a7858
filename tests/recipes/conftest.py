"""The recipes are programs of their own; their tests need the packages that `make test-recipes` installs."""

from __future__ import annotations

import pytest

from tests.helpers.places import ROOT


@pytest.fixture(autouse=True)
def _recipes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "examples" / "recipes")
