"""A rulebook decides on routes of its own as on the built-in ones: on each channel, in batches, and on record."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from random import Random

import pytest
from hypothesis import given

from ketascreen import (
    Decision,
    LeanVerdict,
    PatientProfile,
    ProfileError,
    Recommendation,
    RequestError,
    Route,
    Rulebook,
    Screener,
    Verdict,
    load_rulebook,
)
from ketascreen.audit import Ledger
from ketascreen.audit.replay import Replay
from ketascreen.authoring.checks.run import check_folder
from ketascreen.language.terms import MAX_ROUTE, MAX_ROUTES, Stage, in_order
from ketascreen.rendering.many import Tally, summed_up, told
from ketascreen.rendering.verdict import render
from tests.helpers import generate
from tests.helpers.ledgers import new_ledger
from tests.helpers.route_names import ODD_ROUTES, WRITABLE, files_with, routes_file, some_routes
from tests.helpers.rulebook_files import changed, problems, where, with_files
from tests.helpers.screening import AS_OF, SOME, rngs

CHANNELS = ("reference", "compiled", "production")
PATIENTS = [
    PatientProfile.model_validate(raw)
    for raw in (
        {},
        {"age": 30, "pregnancy": "pregnant"},
        {"age": {"value": 17, "at": "2026-11-22"}, "heart_conditions": {"present": ["arrhythmia"], "complete": True}},
    )
]


def small(folder: Path, seed: int = 0, routes: tuple[Route, ...] | None = None, **more: str) -> Rulebook:
    """The small rulebook with routes of any name."""
    rng = Random(seed)
    return load_rulebook(
        with_files(folder / str(seed), {**files_with(routes or some_routes(rng, WRITABLE), rng), **more})
    )


@given(rngs)
@SOME
def test_every_channel_agrees_and_every_form_holds_the_same(rng: Random) -> None:
    rulebook = generate.rulebook(rng)
    screener = Screener(rulebook, channels=CHANNELS)
    try:
        raw = generate.raw_profile(rng, rulebook, AS_OF)
        profile, stage = PatientProfile.model_validate(raw), rng.choice(tuple(Stage))
        asked = rng.sample(list(rulebook.routes), rng.randint(1, len(rulebook.routes)))
        verdict = screener.screen(profile, as_of=AS_OF, stage=stage, routes=map(str, asked))
        recommended = screener.decide(profile, as_of=AS_OF, stage=stage, routes=asked)
    except ProfileError:
        return
    assert (verdict.agreement.agreed, verdict.faults) == (True, ())
    lean = LeanVerdict.of(verdict)
    said: list[Verdict | LeanVerdict | Recommendation] = [verdict, lean, recommended]
    said += [pickle.loads(pickle.dumps(one)) for one in said]
    said += [Verdict.model_validate_json(verdict.model_dump_json()), LeanVerdict.model_validate_json(lean.to_json())]
    for one in said:
        assert tuple(one.routes) == in_order(asked) == tuple(verdict.routes)
        assert {type(route) for route in one.routes} == {Route}
        assert [one.routes[str(route)].decision for route in asked] == [verdict.routes[to].decision for to in asked]
    assert said[-2:] == [verdict, lean]
    assert lean.whole(rulebook) == verdict
    assert list(json.loads(verdict.model_dump_json())["routes"]) == [str(route) for route in verdict.routes]


def test_two_routes_of_one_rulebook_can_have_two_decisions(tmp_path: Path) -> None:
    files = files_with(("alteplase", "tenecteplase"), Random(0))
    files |= changed("exclusions/high-pressure.yaml", "routes: all", "routes: [tenecteplase]")
    screener = Screener(load_rulebook(with_files(tmp_path, files)), channels=CHANNELS)
    high = PatientProfile.model_validate({"systolic_bp": {"value": "200 mmHg", "at": "2026-11-22"}})
    verdict = screener.screen(high, as_of=AS_OF)
    assert verdict.agreement.agreed
    assert verdict.routes["tenecteplase"].decision == "not_eligible"
    assert [finding.rule for finding in verdict.reasons("tenecteplase")] == ["high-pressure"]
    assert verdict.routes[Route("alteplase")].decision == "insufficient_data"


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_routes_yaml_changes_nothing(tmp_path: Path, seed: int) -> None:
    routes = some_routes(Random(seed), WRITABLE)
    one = load_rulebook(with_files(tmp_path / "one", files_with(routes, Random(seed), shuffled=False)))
    files = {**files_with(routes, Random(seed), shuffled=False), "routes.yaml": routes_file(reversed(routes))}
    other = load_rulebook(with_files(tmp_path / "other", files))
    assert tuple(one.routes) == tuple(other.routes) == routes
    assert one.meaning_digest == other.meaning_digest
    for profile in PATIENTS:
        first, second = (Screener(book, channels=CHANNELS).screen(profile, as_of=AS_OF) for book in (one, other))
        assert first.model_copy(update={"rulebook": second.rulebook}) == second


@pytest.mark.parametrize("seed", range(6))
def test_batches_over_processes_give_what_one_screening_gives(tmp_path: Path, seed: int) -> None:
    screener = Screener(small(tmp_path, seed), channels=("reference", "compiled"))
    alone = [screener.screen(one, as_of=AS_OF) for one in PATIENTS]
    for workers in (1, 2) if seed == 0 else (1,):
        assert list(screener.screen_many(PATIENTS, as_of=AS_OF, workers=workers)) == alone
        decided = list(screener.decide_many(PATIENTS, as_of=AS_OF, workers=workers))
        assert all(isinstance(one, Recommendation) for one in decided)
        assert [{**one.routes} for one in decided if isinstance(one, Recommendation)] == [
            {**LeanVerdict.of(one).routes} for one in alone
        ]
        streamed = screener.screen_many((one.model_dump_json().encode() for one in PATIENTS), as_of=AS_OF)
        assert list(streamed) == alone


@pytest.mark.parametrize("seed", range(6))
def test_a_rulebook_out_of_the_cache_has_the_same_routes(tmp_path: Path, seed: int) -> None:
    rng = Random(seed)
    folder = with_files(tmp_path, files_with(some_routes(rng, WRITABLE), rng))
    read, cached = (load_rulebook(folder, cache=tmp_path / "cache") for _ in range(2))
    assert (read.is_cached, cached.is_cached) == (False, True)
    assert (cached.routes, cached.rules, cached.meaning_digest) == (read.routes, read.rules, read.meaning_digest)
    assert {type(route) for rule in cached.rules for route in (*cached.routes, *rule.routes)} == {Route}


@pytest.mark.parametrize("seed", range(6))
def test_a_record_is_replayed_to_the_byte(tmp_path: Path, seed: int) -> None:
    rulebook = small(tmp_path, seed)
    ledger = new_ledger(tmp_path)
    screener = Screener(rulebook, channels=("reference", "compiled"), ledger=ledger)
    verdicts = [screener.screen(one, as_of=AS_OF, reference=f"p-{n}") for n, one in enumerate(PATIENTS)]
    lean = list(screener.record_many([("p-7", PATIENTS[1])], as_of=AS_OF))
    assert [tuple(one.routes) for one in lean if isinstance(one, LeanVerdict)] == [tuple(rulebook.routes)]
    replay = Replay(ledger)
    told_again = list(replay.run())
    assert [(one.own, one.refused, one.differs) for one in told_again] == [(True, "", ())] * 4
    assert [replay.verdict(ledger.entry(one.receipt.record)) for one in verdicts if one.receipt] == verdicts


def test_replay_by_a_rulebook_without_a_recorded_route_says_so_by_code(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path)
    screener = Screener(small(tmp_path, 1, (Route.IV, Route("rectal"))), channels=("reference",), ledger=ledger)
    screener.screen(PATIENTS[0], as_of=AS_OF, reference="p-1")
    screener.screen(PATIENTS[0], as_of=AS_OF, reference="p-2", routes=["iv"])
    refused, screened = Replay(ledger, small(tmp_path, 2, (Route.IV, Route.IM))).run()
    assert refused.refused_now == ("route",)
    assert refused.refused == (
        "`routes` is empty, or names a route that the rulebook does not have; it has iv, im [route]"
    )
    assert (screened.refused, screened.refused_now) == ("", ())
    assert isinstance(Ledger.entry(ledger, 1).number, int)


@pytest.mark.parametrize("asked", [["Alteplase"], ["rectal "], [""], ["iv"], [], [None], [1], ["alteplase", "im"]])
def test_a_route_that_the_rulebook_lacks_is_refused_and_no_other_is_suggested(tmp_path: Path, asked: list[str]) -> None:
    screener = Screener(small(tmp_path, 1, (Route("alteplase"), Route("rectal"))), channels=("reference",))
    with pytest.raises(RequestError) as refused:
        screener.screen(PATIENTS[0], as_of=AS_OF, routes=asked)
    (problem,) = refused.value.diagnostics
    assert (problem.code, problem.hint) == ("route", "it has alteplase, rectal")


def test_pages_keep_their_columns_with_long_names(tmp_path: Path) -> None:
    rulebook = small(tmp_path, 1, ODD_ROUTES[:8])
    verdict = Screener(rulebook, channels=("reference",)).screen(PATIENTS[1], as_of=AS_OF, stage="session")
    lines = [line.text for line in render(verdict, everything=True)]
    assert max(map(len, lines)) <= 80
    head = next(line for line in lines if line.startswith("Route "))
    rows = lines[lines.index(head) + 1 :][:9]
    at, today = head.index("Recommendation"), head.index("Today")
    alone = rows.pop(rows.index("z" * MAX_ROUTE))
    assert [row[:at].strip() or alone for row in rows] == [str(route) for route in verdict.routes]
    assert {row[at:today] for row in rows} == {f"{'not eligible':<{today - at}}"}
    tally = Tally()
    tally.add(verdict)
    listed = ", ".join(verdict.routes)
    assert listed in told(verdict)
    assert summed_up(tally)[-1].endswith(": " + ", ".join(f"{route} 1" for route in verdict.routes))


def test_as_many_routes_as_the_format_allows_and_one_more(tmp_path: Path) -> None:
    most = in_order([f"r{number:02}" for number in range(MAX_ROUTES)])
    rulebook = small(tmp_path, 1, most)
    assert tuple(rulebook.routes) == most
    verdict = Screener(rulebook, channels=("reference", "compiled")).screen(PATIENTS[1], as_of=AS_OF)
    assert {one.decision for one in verdict.routes.values()} == {Decision.NOT_ELIGIBLE}
    folder = with_files(tmp_path / "more", files_with([*most, "more"], Random(1)))
    found = problems(folder)
    assert [where(problem) for problem in found] == ["routes.yaml:1:1 over-limit"]
    assert found[0].message == "more than 40 routes"


def test_a_screener_asked_for_ever_other_routes_keeps_few_choices(tmp_path: Path) -> None:
    rng = Random(2)
    rulebook = small(tmp_path, 1, in_order(ODD_ROUTES[:8]))
    screener = Screener(rulebook, channels=("reference",))
    for _ in range(400):
        asked = rng.sample(list(rulebook.routes), rng.randint(1, 8))
        assert tuple(screener.decide(PATIENTS[0], as_of=AS_OF, routes=asked).routes) == in_order(asked)
    assert len(screener._scopes) <= 100


def test_checks_and_their_rulebook_load_with_routes_of_any_name(tmp_path: Path) -> None:
    folder = with_files(tmp_path, files_with(ODD_ROUTES[:8], Random(4)))
    checked = check_folder(folder, today=AS_OF.date())
    assert ([one.code for one in checked.refused or ()], checked.rules) == (["no-cases"], 8)
