"""The beginning of a rulebook for another guideline: it loads, and nothing is found in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen import Screener, load_rulebook
from tests.helpers.command_line import flat, run
from tests.helpers.screening import AS_OF, profile_of

WRITTEN = (
    *("rulebook.yaml", "routes.yaml", "documents.yaml", "parameters.yaml", "vocabulary.yaml"),
    *("exclusions/below-minimum-age.yaml", "exclusions/below-minimum-age.cases.yaml"),
)


@pytest.mark.parametrize("routes", [("iv",), ("oral", "iv"), ("alteplase",), ("tenecteplase", "alteplase", "rectal")])
def test_it_loads_and_its_check_cases_and_layout_are_as_they_should_be(tmp_path: Path, routes: tuple[str, ...]) -> None:
    folder = tmp_path / "Stroke unit 2"
    ran = run("init", str(folder), "--empty", *(word for route in routes for word in ("--route", route)))
    assert (ran.status, ran.err) == (0, "")
    assert f"Wrote 7 files to {folder}." in flat(ran.out)
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml")) == sorted(WRITTEN)
    rulebook = load_rulebook(folder)
    assert (rulebook.identity.id, sorted(rulebook.routes)) == ("stroke-unit-2", sorted(routes))
    checked = run("check", str(folder))
    assert (checked.status, "1 rule, 4 cases: nothing found." in flat(checked.out)) == (0, True)
    assert run("test", str(folder)).status == 0
    pytest.importorskip("ruamel.yaml", reason="`ketascreen fmt` needs it")
    assert run("fmt", "--check", str(folder)).status == 0


def test_it_excludes_below_the_age_and_asks_where_it_is_not_known(tmp_path: Path) -> None:
    run("init", str(tmp_path / "a"), "--empty", "--route", "iv")
    with Screener(load_rulebook(tmp_path / "a")) as screener:
        decisions = [
            screener.screen(profile_of(given), as_of=AS_OF).routes["iv"].decision
            for given in ({"birth_date": "2008-11-23"}, {"birth_date": "2008-11-22"}, {})
        ]
    assert decisions == ["not_eligible", "eligible", "insufficient_data"]


@pytest.mark.parametrize("words", [["--empty"], ["--route", "iv"], ["--empty", "--route", "iv", "--documents", "."]])
def test_words_that_do_not_go_together_are_refused(tmp_path: Path, words: list[str]) -> None:
    assert run("init", str(tmp_path / "a"), *words).status == 2
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("named", [["IV"], ["two words"], ["iv: {}\nx"], ["iv", "iv"], [""], ["no"]])
def test_a_route_that_cannot_be_is_refused_and_nothing_is_written(tmp_path: Path, named: list[str]) -> None:
    ran = run("init", str(tmp_path / "a"), "--empty", *(word for name in named for word in ("--route", name)))
    assert ran.status == 2
    assert ran.err
    assert not (tmp_path / "a").exists()


def test_a_folder_with_a_file_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    ran = run("init", str(tmp_path), "--empty", "--route", "iv")
    assert (ran.status, "[not-empty]" in ran.err) == (2, True)
