"""P11: what a failed assert, a log call, an f-string or a traceback shows of a result holds no patient's value."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from io import StringIO
from pathlib import Path
from pprint import pformat
from typing import Any

import pytest
from pydantic import BaseModel

from ketascreen import ClinicianDecision, LeanVerdict, PatientProfile, Screener, Stage
from ketascreen.audit.record import Record
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.logic import Truth
from ketascreen.language.partial_date import PartialDate
from ketascreen.language.quiet import Quiet
from ketascreen.patient.facts import Facts, known_facts
from ketascreen.patient.former_names import FormerName, NamedToday
from ketascreen.patient.observation import ListObservation, Observation
from ketascreen.screening.recorder import Screening
from ketascreen.testing import FakeScreener
from ketascreen.verdict.base_model import Reported
from ketascreen.verdict.read_as import ReadAs
from tests.helpers.ledgers import at, decide, new_ledger, screener
from tests.helpers.screening import AS_OF, baseline, profile_of, shipped

PLANTED = {
    "systolic_bp": {"value": "137.25 mmHg", "at": "2026-11-21T07:43:00Z"},
    "psychosis": {"value": "past", "at": "2026-11-20"},
    "pregnancy_test": {"value": "negative", "at": "2025-03-19"},
    "heart_conditions": {"present": ["arrhythmia", "canary-condition"], "at": "2026-11-19"},
    "failed_antidepressant_trials": {"value": 0, "at": "2026-11-18"},
    "birth_date": "1987-03",
    "age": None,
}
VALUES = (
    *("137.25", "07:43", "'past'", "2025-03-19", "arrhythmia", "canary", "1987", "2026-11", "datetime", "Decimal"),
    *("value=", "present=", "observed", "days_old", "dr-canary", "p-canary"),
)
"""What was planted, and the names of the fields that would hold it."""

RULE = "too-few-prior-treatments"


def patient() -> PatientProfile:
    return profile_of({**baseline(), **PLANTED})


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """A verdict with a decision given and one on record, and everything that is made of it."""
    ledger = new_ledger(tmp_path_factory.mktemp("ledger"))
    profile = patient()
    with screener(ledger) as on_record:
        first = on_record.screen(profile, as_of=AS_OF, stage="session", reference="p-canary")
        assert all(value in first.model_dump_json() for value in ("137.25", "arrhythmia", "2026-11-20"))
        made = decide(ledger, first, rule=RULE, by="dr-canary", text="canary text")
        given = ClinicianDecision(rule=RULE, by="dr-canary", at=at(1))
        verdict = on_record.screen(
            profile, as_of=at(1), stage="session", reference="p-canary", decisions=[given, given]
        )
    other = Screener(shipped(), channels=("reference",))
    fake = FakeScreener()
    fake.screen(profile, as_of=AS_OF)
    assert verdict.receipt is not None
    record = ledger.entry(verdict.receipt.record).record
    return [
        *(profile, verdict, LeanVerdict.of(verdict), made, given, on_record, record),
        other.decide(profile, as_of=AS_OF),
        Screening("p-canary", profile, verdict, shipped()),
        known_facts(profile, shipped().vocabulary, ClinicTime.at(AS_OF)),
        PartialDate(1987, 3),
        NamedToday({"heart_conditions": ("arrhythmia",)}, {"heart_conditions": "cardiac"}),
        FormerName("arrhythmia", "irregular_beat", "heart_conditions"),
        ReadAs(kind="choice", was="arrhythmia", now="irregular_beat", fact="heart_conditions"),
        *fake.calls,
        *(
            Screener(shipped(), channels=[channel(shipped()), "reference"]).screen(profile, as_of=AS_OF)
            for channel in (Doubtful, Failing)
        ),
    ]


class Doubtful(ReferenceChannel):
    """A channel that knows nothing."""

    name = "doubtful"

    def evaluate(self, facts: Facts, stage: Stage) -> Mapping[str, Truth]:
        return dict.fromkeys(super().evaluate(facts, stage), Truth.UNKNOWN)


class Failing(ReferenceChannel):
    """A channel that fails."""

    name = "failing"

    def evaluate(self, facts: Facts, stage: Stage) -> Mapping[str, Truth]:
        raise RuntimeError(facts)


def within(one: Any) -> Iterator[Any]:
    """Everything that a result holds, itself first."""
    yield one
    if isinstance(one, BaseModel):
        held = [getattr(one, name) for name in type(one).model_fields]
    elif is_dataclass(one):
        held = [getattr(one, field.name) for field in fields(one)]
    elif isinstance(one, Mapping):
        held = list(one.values())
    else:
        held = list(one) if isinstance(one, tuple | list | frozenset) else []
    for part in held:
        yield from within(part)


def quiet(results: list[Any]) -> dict[type, list[Any]]:
    """The objects among the results that hold what is a patient's, by type."""
    found: dict[type, list[Any]] = {}
    for result in results:
        for one in within(result):
            if isinstance(one, Reported | Quiet | PatientProfile | Screener):
                found.setdefault(type(one), []).append(one)
    return found


def below(kind: type) -> set[str]:
    children: list[type] = kind.__subclasses__()
    return {name for child in children for name in (child.__name__, *below(child))}


def test_every_type_of_a_result_is_among_those_that_are_tried(results: list[Any]) -> None:
    tried = {kind.__name__ for kind in quiet(results)}
    made_and_gone = {"Situation", "Composed", "Pair"}
    assert below(Reported) | below(Quiet) == tried - {"PatientProfile", "Screener"} | made_and_gone
    assert {"Facts", "Record", "Observation", "ListObservation", "Screener", "Recommendation"} <= tried


def _logged(one: Any) -> str:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.handle(logging.LogRecord("a", logging.INFO, "a", 1, "%s %r", (one, one), None))
    return stream.getvalue()


def _failed_assert(one: Any) -> str:
    other = "another"
    with pytest.raises(AssertionError) as failed:
        assert one == other
    with pytest.raises(AssertionError) as failed_in_list:
        assert [one] == [other]
    return f"{failed.value}{failed_in_list.value}"


def _traceback(one: Any) -> str:
    try:
        raise ValueError(one)
    except ValueError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def _rich(one: Any) -> str:
    return str(pytest.importorskip("rich.pretty").pretty_repr(one))


def _devtools(one: Any) -> str:
    """As devtools asks: `__pretty__` if there is one, else each field of a dataclass."""
    if hasattr(one, "__pretty__"):
        return "".join(map(str, one.__pretty__(repr)))
    return pformat({field.name: getattr(one, field.name) for field in fields(one)} if is_dataclass(one) else one)


WAYS: tuple[Callable[[Any], str], ...] = (
    *(repr, str, "{}".format, "%s".__mod__, pformat),
    *(_logged, _failed_assert, _traceback, _rich, _devtools),
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: getattr(way, "__qualname__", str(way)))
def test_nothing_that_shows_a_result_unasked_shows_a_value(way: Callable[[Any], str], results: list[Any]) -> None:
    for kind, made in quiet(results).items():
        if kind is PartialDate and way not in (repr, pformat, _failed_assert, _rich, _devtools):
            continue  # its text is what `str` is for
        for one in made[:40]:
            shown = way(one)
            assert not [value for value in VALUES if value in shown], (kind.__name__, way)


def test_a_repr_is_one_short_line(results: list[Any]) -> None:
    for made in quiet(results).values():
        for one in made[:40]:
            assert "\n" not in repr(one)
            assert len(repr(one)) < 400


def test_two_results_that_differ_are_told_apart_without_their_values() -> None:
    for one, other in (
        (Observation(Decimal("137.25")), Observation(Decimal("138.25"))),
        (ListObservation(frozenset({"arrhythmia"})), ListObservation(frozenset({"stroke"}))),
        (PartialDate(1987, 3), PartialDate(1988, 3)),
        (Record("{}", "arrhythmia"), Record("{}", "stroke")),
    ):
        with pytest.raises(AssertionError) as failed:
            assert one == other
        assert not any(word in str(failed.value) for word in ("137", "arrhythmia", "1987"))
        assert one != other
        assert one == type(one)(*(getattr(one, field.name) for field in fields(one)))
        assert hash(one) != hash(other)


def test_a_verdict_shows_its_decisions_and_its_rulebook() -> None:
    verdict = Screener(shipped(), channels=("reference", "production")).screen(
        patient(), as_of=AS_OF, routes=["iv", "oral"]
    )
    decided = ", ".join(f"{route}='{one.decision}'" for route, one in verdict.routes.items())
    digest = shipped().bytes_digest[:12]
    assert repr(verdict) == str(verdict) == f"Verdict(stage='candidacy', {decided}, rulebook='{digest}')"
    assert repr(LeanVerdict.of(verdict)) == f"Lean{verdict!r}"
    outcome = verdict.finding("active-psychosis").outcome
    assert repr(verdict.finding("active-psychosis")) == f"Finding(rule='active-psychosis', outcome='{outcome}')"


def test_a_screener_shows_its_rulebook_and_its_channels(tmp_path: Path) -> None:
    shown = f"Screener(ketamine {shipped().identity.version}, {shipped().bytes_digest[:12]}, reference)"
    assert repr(Screener(shipped(), channels=("reference",))) == shown
