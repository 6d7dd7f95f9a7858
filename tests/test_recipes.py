"""The recipes are shown as they are run, and the one that needs no other package works."""

from __future__ import annotations

import asyncio
import re
import sys

import pytest

from ketascreen.testing import eligible_profile
from tests.helpers.places import ROOT
from tests.helpers.screening import AS_OF

PAGE = ROOT / "docs" / "integrating.md"
RECIPES = sorted((ROOT / "examples" / "recipes").glob("*.py"))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_the_page_shows_a_recipe_as_it_is_run(recipe: pytest.File) -> None:
    shown = re.findall(r"^```python examples/recipes/(\S+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    assert dict(shown)[recipe.name] == recipe.read_text("utf-8"), "run make docs"


def test_many_screenings_from_asyncio_give_what_each_gives_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "examples" / "recipes")
    import asyncio_form

    profiles = [eligible_profile(as_of=AS_OF, systolic_bp=pressure) for pressure in (110, 130, 150, 170, 190)]
    together = asyncio.run(asyncio_form.screen_all(profiles, AS_OF))
    assert together == [asyncio_form.screener.screen(profile, as_of=AS_OF) for profile in profiles]
    sys.modules.pop("asyncio_form")
