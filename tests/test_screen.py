"""How a screener is asked for, and the times that it is asked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ketascreen import ClinicianDecision, PatientProfile, ProfileError, RequestError, Screener, Verdict
from ketascreen.channels.channel import Channel
from ketascreen.channels.compiled.channel import CompiledChannel
from ketascreen.channels.production import IsolatedChannel, ProductionChannel
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.channels.registry import CHANNELS
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.logic import Truth
from ketascreen.language.terms import Outcome, Stage
from ketascreen.patient.facts import Facts
from ketascreen.verdict.decided import decisions_at, rules_decided
from ketascreen.verdict.standing import Situation, Standing
from tests.helpers.screening import AS_OF, shipped, shipped_screener


@pytest.mark.parametrize("isolation", ["Process", "proces", "", None, True])
def test_an_isolation_that_does_not_exist_is_refused_and_not_left_out(isolation: Any) -> None:
    with pytest.raises(RequestError, match="unknown isolation"):
        Screener(shipped(), channels=("reference",), isolation=isolation)


class Borrowed:
    """A channel of a caller under a name that it is given."""

    def __init__(self, name: Any) -> None:
        self.name = name

    def evaluate(self, facts: Facts, stage: Stage) -> dict[str, Truth]:
        return {rule.id: Truth.FALSE for rule in shipped().asked_at(stage)}

    def close(self) -> None:
        pass


class Renamed(ReferenceChannel):
    name = "production"


@pytest.mark.parametrize("channel", [*map(Borrowed, CHANNELS), Renamed(shipped())], ids=lambda one: one.name)
@pytest.mark.parametrize("beside", [(), ("reference",)])
def test_a_channel_of_a_caller_does_not_pass_as_one_of_ours(channel: Channel, beside: tuple[str, ...]) -> None:
    with pytest.raises(RequestError, match=f"a channel of your own has the name `{channel.name}`") as refused:
        Screener(shipped(), channels=(*beside, channel))
    assert [problem.code for problem in refused.value.diagnostics] == ["channels"]


def test_a_channel_of_ours_or_with_a_name_of_its_own_is_taken_as_it_is() -> None:
    rulebook = shipped()
    for make in (ReferenceChannel, CompiledChannel, ProductionChannel, IsolatedChannel):
        with Screener(rulebook, channels=[make(rulebook)]) as screener:
            assert [channel.name for channel in screener.channels] == [make.name]
            assert bool(screener.engines) is (make.name == "production")
    assert Screener(rulebook, channels=["reference", Borrowed("own")]).engines == ()


def test_a_channel_whose_name_is_no_text_is_refused() -> None:
    with pytest.raises(RequestError, match="`channels` must be a list of names and channels"):
        Screener(shipped(), channels=[Borrowed(17)])


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 10**10])
def test_a_deadline_that_cannot_be_kept_is_refused(seconds: float) -> None:
    with pytest.raises(RequestError, match="the deadline is out of range"):
        Screener(shipped(), channels=("reference",), deadline_seconds=seconds)


@pytest.mark.parametrize(
    "as_of",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-14))),
    ],
)
def test_a_screening_at_the_end_of_the_calendar_is_refused_with_its_reason(as_of: datetime) -> None:
    with pytest.raises(RequestError, match="`as_of` must be between the years 1850 and 9000"):
        shipped_screener().screen(PatientProfile(), as_of=as_of)


@pytest.mark.parametrize(
    "as_of",
    [
        datetime(1930, 1, 1, tzinfo=ZoneInfo("Europe/Amsterdam")),  # 19 minutes and 32 seconds
        datetime(2026, 11, 22, 9, tzinfo=timezone(timedelta(seconds=1, microseconds=5))),
    ],
)
def test_an_offset_of_broken_minutes_is_written_down_as_the_same_instant(as_of: datetime) -> None:
    decision = ClinicianDecision(rule="home-use", by="dr-17", at=as_of)
    verdict = shipped_screener().screen(PatientProfile(), as_of=as_of, decisions=[decision])
    again = Verdict.model_validate_json(verdict.model_dump_json())
    assert again == verdict
    assert again.as_of == again.decisions[0].decision.at == as_of.astimezone(UTC)


@pytest.mark.parametrize("by", ["", " ", "\t\n"])
def test_a_decision_by_nobody_is_refused(by: str) -> None:
    with pytest.raises(RequestError, match="`by` of a decision is missing or of a wrong form"):
        ClinicianDecision(rule="home-use", by=by, at=AS_OF)


HOUR = timedelta(hours=1)


def made(at: datetime, until: datetime | None = None) -> ClinicianDecision:
    return ClinicianDecision(rule="home-use", by="dr-17", at=at, until=until)


@pytest.mark.parametrize(
    ("decisions", "counts"),
    [
        ([made(AS_OF)], True),
        ([made(AS_OF + HOUR)], False),
        ([made(AS_OF - HOUR, AS_OF)], False),
        ([made(AS_OF - HOUR, AS_OF + HOUR)], True),
        ([made(AS_OF - 3 * HOUR), made(AS_OF - 2 * HOUR, AS_OF - HOUR)], False),
        ([made(AS_OF - 3 * HOUR, AS_OF - 2 * HOUR), made(AS_OF - HOUR)], True),
        ([made(AS_OF - HOUR), made(AS_OF - HOUR, AS_OF)], False),
        ([made(AS_OF + HOUR), made(AS_OF)], True),
        ([], False),
    ],
)
def test_the_newest_decision_on_a_review_is_the_one_that_holds(
    decisions: list[ClinicianDecision], counts: bool
) -> None:
    for given in (decisions, decisions[::-1]):
        shown = decisions_at(given, (), now())
        assert rules_decided(shown, ()) == ({"home-use"} if counts else set())


def now(**changed: Any) -> Situation:
    known: dict[str, Any] = {
        "clinic": ClinicTime.at(AS_OF), "outcomes": {"home-use": Outcome.MET}, "rule_digests": {},
        "deciders": {}, "vocabulary": {}, "answers": {}, "open_lists": (),
    }  # fmt: skip
    return Situation(**{**known, **changed})


def worth(decision: ClinicianDecision, **changed: Any) -> Standing:
    (shown,) = decisions_at([decision], (), now(**changed))
    assert (rules_decided([shown], ()) == {"home-use"}) is (shown.standing is Standing.IN_FORCE)
    return shown.standing


@pytest.mark.parametrize(
    ("at", "standing"),
    [
        (AS_OF, Standing.IN_FORCE),
        (AS_OF - 9 * HOUR, Standing.IN_FORCE),  # midnight
        (AS_OF - 9 * HOUR - timedelta(seconds=1), Standing.LAPSED_BY_DATE),
        (AS_OF.replace(year=2024), Standing.LAPSED_BY_DATE),
        (AS_OF + timedelta(seconds=1), Standing.NOT_YET),
    ],
)
def test_a_decision_given_with_a_screening_counts_on_its_own_day_alone(at: datetime, standing: Standing) -> None:
    assert worth(made(at)) is standing
    assert worth(made(at, AS_OF.replace(year=2030))) is standing, "`until` made it longer"


def test_the_day_is_the_one_where_the_screening_takes_place() -> None:
    evening = datetime(2026, 11, 21, 16, 30, tzinfo=timezone(timedelta(hours=-8)))  # 00:30 of the next day in UTC
    assert worth(made(evening)) is Standing.IN_FORCE
    assert worth(made(evening), clinic=ClinicTime.at(AS_OF, "America/Los_Angeles")) is Standing.LAPSED_BY_DATE


def test_a_given_decision_that_does_not_count_says_why() -> None:
    assert worth(made(AS_OF), outcomes={}) is Standing.NOT_ASKED
    assert worth(made(AS_OF), outcomes={"home-use": Outcome.NOT_MET}) is Standing.NOTHING_TO_DECIDE
    assert worth(made(AS_OF), outcomes={"home-use": Outcome.UNKNOWN}) is Standing.NOTHING_TO_DECIDE
    assert worth(made(AS_OF), open_lists={"home-use"}) is Standing.LIST_INCOMPLETE
    older, newer = decisions_at([made(AS_OF - HOUR), made(AS_OF)], (), now())
    assert (older.standing, newer.standing) == (Standing.REPLACED, Standing.IN_FORCE)


def test_what_is_no_profile_or_no_decision_is_refused_with_its_hint() -> None:
    wrong: Any = {"systolic_bp": 120}
    with pytest.raises(RequestError, match=r"make one with PatientProfile"):
        shipped_screener().screen(wrong, as_of=AS_OF)
    with pytest.raises(RequestError, match=r"make one with ClinicianDecision"):
        shipped_screener().screen(PatientProfile(), as_of=AS_OF, decisions=[wrong])


def test_no_option_of_pydantic_lets_an_unknown_fact_through() -> None:
    with pytest.raises(ProfileError, match="unknown fact"):
        PatientProfile.model_validate({"sistolic_bp": 152}, extra="ignore")
