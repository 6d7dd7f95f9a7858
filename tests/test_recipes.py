"""The recipes are shown as they are run, and the one that needs no other package works."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from tools.docs.docs_blocks import with_files

from ketascreen import ProfileError, read_time
from ketascreen.testing import eligible_profile
from tests.helpers.places import ROOT
from tests.helpers.screening import AS_OF

DAY = timedelta(days=1)
PAGE = ROOT / "docs" / "integrating.md"
RECIPES = sorted((ROOT / "examples" / "recipes").glob("*.py"))


def test_the_page_shows_each_recipe_as_it_is_run() -> None:
    text = PAGE.read_text("utf-8")
    assert with_files(text) == text, "run make docs"
    assert [recipe.name for recipe in RECIPES if f"```python examples/recipes/{recipe.name}\n" not in text] == []


def test_many_screenings_from_asyncio_give_what_each_gives_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "examples" / "recipes")
    form = import_module("asyncio_form")
    profiles = [eligible_profile(as_of=AS_OF, systolic_bp=pressure) for pressure in (110, 130, 150, 170, 190)]
    *together, last = asyncio.run(form.screen_all([*profiles, eligible_profile(as_of=AS_OF + DAY)], AS_OF))
    assert together == [form.screener.screen(profile, as_of=AS_OF) for profile in profiles]
    assert isinstance(last, ProfileError), "one that is refused ends nothing"
    assert len({verdict.routes["iv"].decision for verdict in together}) > 1


def test_the_client_records_a_decision_and_ends_with_what_it_means(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(ROOT / "examples")
    client = import_module("client")
    now = read_time("2026-11-22T09:00:00+01:00")
    assert client.main(tmp_path / "a.db", ROOT / "examples" / "lozenge-at-home.yaml", now) == 0
    assert "sublingual: review" in capsys.readouterr().out
    assert client.main(tmp_path / "a.db", ROOT / "examples" / "ptsd.yaml", now) == 1
    assert client.main(tmp_path / "a.db", tmp_path / "none.json", now) == 2
    assert capsys.readouterr().err.startswith("unreadable")
