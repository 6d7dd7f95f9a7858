"""The beginning of a rulebook for another guideline: it loads, and nothing is found in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen import Route, Screener, load_rulebook
from tests.helpers.command_line import flat, run
from tests.helpers.screening import AS_OF, profile_of

WRITTEN = (
    *("rulebook.yaml", "routes.yaml", "documents.yaml", "parameters.yaml", "vocabulary.yaml"),
    *("exclusions/below-minimum-age.yaml", "exclusions/below-minimum-age.cases.yaml"),
    *("cautions/only-a-beginning.yaml", "cautions/only-a-beginning.cases.yaml"),
)
MANY = tuple(f"option_number_{number}" for number in range(40))


@pytest.mark.parametrize("routes", [("iv",), ("oral", "iv"), ("tenecteplase", "alteplase", "rectal"), MANY])
def test_it_loads_and_its_check_cases_and_layout_are_as_they_should_be(tmp_path: Path, routes: tuple[str, ...]) -> None:
    folder = tmp_path / "Stroke unit 2"
    ran = run("init", str(folder), "--empty", *(word for route in routes for word in ("--route", route)))
    assert (ran.status, ran.err) == (0, "")
    assert f"Wrote 9 files to {folder}." in flat(ran.out)
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml")) == sorted(WRITTEN)
    rulebook = load_rulebook(folder)
    assert (rulebook.identity.id, sorted(rulebook.routes)) == ("stroke-unit-2", sorted(routes))
    checked = run("check", str(folder))
    assert (checked.status, "2 rules, 5 cases: nothing found." in flat(checked.out)) == (0, True)
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
    assert decisions == ["not_eligible", "caution", "insufficient_data"]


def test_nobody_is_eligible_until_somebody_deletes_the_caution_that_says_why(tmp_path: Path) -> None:
    run("init", str(tmp_path / "a"), "--empty", "--route", "iv")
    verdicts = []
    for _ in range(2):
        with Screener(load_rulebook(tmp_path / "a")) as screener:
            verdicts.append(screener.screen(profile_of({"birth_date": "1980-11-22"}), as_of=AS_OF))
        for path in (tmp_path / "a" / "cautions").iterdir():
            path.unlink()
    assert [one.routes["iv"].decision for one in verdicts] == ["caution", "eligible"]
    assert verdicts[0].routes["iv"].reasons == ("only-a-beginning",)
    assert verdicts[0].not_asked == ("everything except age",)


@pytest.mark.parametrize(
    ("route", "title"),
    [
        ("iv", "IV"),
        ("rectal", "Rectal"),
        ("nasal_spray", "Nasal spray"),
        ("iv_slow", "IV slow"),
        ("slow_iv", "Slow IV"),
    ],
)
def test_a_route_of_two_letters_is_an_abbreviation_in_its_title(tmp_path: Path, route: str, title: str) -> None:
    run("init", str(tmp_path / "a"), "--empty", "--route", route)
    assert load_rulebook(tmp_path / "a").route_sheet(Route(route)).says["title"] == title


@pytest.mark.parametrize("route", ["no", "y", "null"])
def test_a_word_that_yaml_reads_otherwise_is_refused_as_a_route_with_the_reason(tmp_path: Path, route: str) -> None:
    ran = run("init", str(tmp_path / "a"), "--empty", "--route", route)
    assert flat(ran.err) == (
        f"`{route}` is not a name for a route: YAML may read it as true, false or nothing; use another word, such as"
        " alteplase [route]"
    )


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
