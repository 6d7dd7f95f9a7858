"""Nobody is stuck: honest answers end in `ready`, or at the rule that says why not (tests/data/visits)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from ketascreen import Screener, load_rulebook
from tests.helpers.edited_rulebooks import rules_with
from tests.helpers.places import DATA
from tests.helpers.screening import shipped
from tests.helpers.visits import MOST, DeadEnd, Kind, Visit, read_kinds

VISITS = DATA / "visits"
KINDS = read_kinds(VISITS)
EVERYBODY = yaml.safe_load((VISITS / "everybody.yaml").read_text("utf-8"))


@cache
def screener(zone: str = "Europe/Berlin") -> Screener:
    return Screener(shipped(), time_zone=zone)


def walked(kind: Kind) -> None:
    """Walks a patient to the end. The kind says what it is; a rule that bars says why, and what to do."""
    visit = Visit(kind, screener(kind.zone))
    seen = visit.to_the_end()
    assert seen.verdict is not None
    route = seen.verdict.routes[kind.by]
    wrong = {
        f"never called for: {visit.unused()}": visit.unused() != [],
        f"asked again: {sorted(visit.asked & set(kind.brings))}": visit.asked & set(kind.brings) != {*kind.asked_again},
        f"ends {route.readiness}, and the kind says otherwise": seen.is_ready is bool(kind.is_barred_by),
        f"ends as {route.decision}, not {kind.decision}": route.decision != kind.decision,
        f"the reasons are {route.reasons}": seen.is_ready and route.reasons != tuple(kind.reasons),
        f"the alerts are {route.alerts}": route.alerts != tuple(kind.alerts),
        f"{visit.screenings} screenings are more than {kind.within}": visit.screenings > kind.within,
        "somebody barred is not told why, or what to do": not all(one.say and one.do for one in seen.standing),
    }
    if why := [what for what, is_wrong in wrong.items() if is_wrong]:
        raise visit.dead_end("; ".join(why))


@pytest.mark.parametrize("kind", KINDS, ids=[kind.who for kind in KINDS])
def test_nobody_is_stuck(kind: Kind) -> None:
    walked(kind)


def test_there_are_many_kinds_and_no_two_of_one_name() -> None:
    assert len({kind.who for kind in KINDS}) == len(KINDS) >= 80
    assert all(kind.within <= MOST for kind in KINDS)
    assert {kind.by for kind in KINDS} == set(shipped().routes)
    assert len([kind for kind in KINDS if kind.is_barred_by]) >= 10


def made_up(**written: Any) -> Kind:
    return Kind.read({"who": "somebody", "by": "iv", "decision": "eligible", "within": 3, **written}, EVERYBODY)


def test_everybody_is_ready_when_nothing_is_said() -> None:
    walked(made_up())


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"honest": {"breastfeeding": "breastfeeding"}}, "stands still, by ['breast-feeding']"),
        ({"honest": {"breastfeeding": "breastfeeding"}, "ends": ["pregnancy"]}, "stands still, by ['breast-feeding']"),
        ({"honest": {"follow_up": "unknown"}}, "no honest answer ends these asks: {'follow_up': 'not_recorded'}"),
        ({"honest": {"birth_date": "2008"}}, "no honest answer ends these asks: {'age': 'not_exact'}"),
        ({"honest": {"pregnancy_test": "positive"}}, "refused, and the kind does not say what is done"),
        ({"honest": {"interaction_review": "concern"}}, "stands still, by ['interaction-concern']"),
        (
            {"honest": {"medical_evaluation": "not_done"}, "goes_ahead": ["medical-evaluation-not-done"]},
            "stands still, by ['medical-evaluation-not-done']",
        ),
        ({"goes_ahead": ["home-use"]}, "never called for: ["),
        ({"then": [{"at": "breast-feeding", "do": "She weans."}]}, "never called for: ["),
        ({"decision": "caution"}, "ends as eligible, not caution"),
        ({"reasons": ["older-adult"]}, "the reasons are ()"),
        ({"honest": {"suicidality": "thoughts"}}, "the alerts are ('suicidal-thoughts',)"),
        ({"ends": ["breast-feeding"]}, "ends ready, and the kind says otherwise"),
        ({"brings": {"suicidality": {"value": "none", "at": "2026-11-14"}}}, "asked again: ['suicidality']"),
        ({"within": 1}, "2 screenings are more than 1"),
    ],
)
def test_a_kind_that_is_stuck_or_ends_elsewhere_fails(written: Mapping[str, Any], message: str) -> None:
    with pytest.raises(DeadEnd) as caught:
        walked(made_up(**written))
    assert message in str(caught.value)
    assert "1. 2026-11-22T09:00:00+01:00: insufficient_data, insufficient_data: " in str(caught.value)


def test_a_rule_that_no_answer_ends_is_found(tmp_path: Path) -> None:
    file = "holds/no-ride-home.yaml"
    folder = rules_with(
        tmp_path, file, "ride_home: {is: not_arranged}", "ride_home: {one_of: [arranged, not_arranged]}"
    )
    with pytest.raises(DeadEnd, match="stands still, by \\['no-ride-home'\\]"):
        Visit(made_up(), Screener(load_rulebook(folder))).to_the_end()


def test_one_who_moves_on_for_ever_is_stopped() -> None:
    days = [f"2026-12-{day:02d}T09:00:00+01:00" for day in range(1, 10)]
    then = [{"at": "breast-feeding", "do": "She waits.", "time": yaml.safe_load(day)} for day in days]
    kind = made_up(honest={"breastfeeding": "breastfeeding"}, then=then)
    with pytest.raises(DeadEnd, match=f"not at the end after {MOST} screenings"):
        Visit(kind, screener(kind.zone)).to_the_end()
