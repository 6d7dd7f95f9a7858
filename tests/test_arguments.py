"""What is given in a wrong type is refused by an error of the library that says what is wanted, and no value."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from ketascreen import (
    ClinicianDecision,
    CodeTable,
    KeptHead,
    KetascreenError,
    LeanVerdict,
    Ledger,
    PatientProfile,
    ProfileError,
    RequestError,
    Screener,
    Stage,
    Verdict,
    VerdictWriter,
    load_rulebook,
    read_profile,
    read_time,
)
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.screening.request import Request
from ketascreen.signing import read_signing_key, read_verify_key
from ketascreen.testing import FakeScreener, eligible_profile, made_up_verdict
from tests.helpers.rulebook_files import GOOD
from tests.helpers.screening import AS_OF, shipped

SECRET = "Kranich-4711"
PROFILE = PatientProfile()
SMALL = Screener(load_rulebook(GOOD), channels=("reference",))
FAKE = FakeScreener("review", rulebook=SMALL.rulebook)
VERDICT = SMALL.screen(PROFILE, as_of=AS_OF)
FOLDER = TemporaryDirectory()
LEDGER = Ledger(Path(FOLDER.name) / "own.db")


class Kranich:
    """Something of another program. Its repr shows what no message may show."""

    def __repr__(self) -> str:
        return SECRET


WRONG: tuple[Any, ...] = (
    SECRET, b"Kranich-4711", 4711, 47.11, True, None, Kranich(), [SECRET], [4711], (SECRET, 4711), {SECRET: 4711},
    {SECRET}, Path(SECRET), AS_OF.replace(tzinfo=None), AS_OF, float("nan"), [Kranich()], "\0", "",
)  # fmt: skip
TOLD = {"folder", "cache", "source", "path", "heads", "number", "digest"}
"""What a message may repeat: the name of a file, an entry of a ledger, a rulebook; not a patient's."""

MADE: dict[str, Callable[..., object]] = {
    "Screener": lambda **given: Screener(**{"rulebook": SMALL.rulebook, "channels": ("reference",), **given}),
    "Screener.default": lambda **given: Screener.default(**given).close(),
    "Screener.screen": lambda **given: SMALL.screen(**{"profile": PROFILE, "as_of": AS_OF, **given}),
    "Screener.decide": lambda **given: SMALL.decide(**{"profile": PROFILE, "as_of": AS_OF, **given}),
    "Screener.screen_many": lambda **given: list(SMALL.screen_many(**{"people": [PROFILE], "as_of": AS_OF, **given})),
    "Screener.record_many": lambda **given: list(SMALL.record_many(**{"people": [], "as_of": AS_OF, **given})),
    "Screener.decide_many": lambda **given: list(SMALL.decide_many(**{"profiles": [PROFILE], "as_of": AS_OF, **given})),
    "FakeScreener": lambda **given: FakeScreener(**{"rulebook": SMALL.rulebook, **given}),
    "FakeScreener.screen": lambda **given: FAKE.screen(**{"profile": PROFILE, "as_of": AS_OF, **given}),
    "FakeScreener.screen_many": lambda **given: list(
        FAKE.screen_many(**{"people": [PROFILE], "as_of": AS_OF, **given})
    ),
    "load_rulebook": lambda **given: load_rulebook(**{"folder": GOOD, **given}),
    "read_profile": lambda **given: read_profile(**{"source": b"{}", **given}),
    "read_time": lambda **given: read_time(**{"text": "2026-11-22T09:00Z", **given}),
    "PatientProfile.model_validate": lambda **given: PatientProfile.model_validate(**{"obj": {}, **given}),
    "PatientProfile.model_validate_json": lambda **given: PatientProfile.model_validate_json(
        **{"json_data": "{}", **given}
    ),
    "PatientProfile.model_copy": lambda **given: PROFILE.model_copy(**given),
    "ClinicianDecision": lambda **given: ClinicianDecision(**{"rule": "r", "by": "dr-17", "at": AS_OF, **given}),
    "Ledger": lambda **given: Ledger(**{"path": "clinic.db", **given}).close(),
    "Ledger.existing": lambda **given: Ledger.existing(**{"path": LEDGER.path, **given}).close(),
    "Ledger.record": LEDGER.record,
    "Ledger.batch": lambda **given: LEDGER.batch(
        **{"rulebook": SMALL.rulebook, "request": Request(ClinicTime.at(AS_OF), Stage.CANDIDACY, ()), **given}
    ),
    "Ledger.record_all": lambda **given: LEDGER.record_all(
        **{"rulebook": SMALL.rulebook, "piece": (), "again": lambda _, one: one, **given}
    ),
    "Ledger.newest_about": LEDGER.newest_about,
    "Ledger.overrides": LEDGER.overrides,
    "Ledger.screenings": lambda **given: list(
        LEDGER.screenings(**{"reference": "p-17", "is_wanted": lambda _: True, "after": 0, **given})
    ),
    "Ledger.override": lambda **given: LEDGER.override(
        **{"verdict": VERDICT, "rule": "r", "reason": "other", "text": "t", "by": "dr-17", "at": AS_OF, **given}
    ),
    "Ledger.append": LEDGER.append,
    "Ledger.entry": LEDGER.entry,
    "Ledger.entries": lambda **given: list(LEDGER.entries(**given)),
    "Ledger.of_kind": lambda **given: LEDGER.of_kind(**{"kind": "screening", "key": "p-17", **given}),
    "Ledger.rulebook": LEDGER.rulebook,
    "Ledger.segment_of": LEDGER.segment_of,
    "KeptHead.begin": lambda **given: KeptHead("head").begin(**given),
    "KeptHead.keep": lambda **given: KeptHead("head").keep(**given),
    "Verdict.model_validate_json": Verdict.model_validate_json,
    "LeanVerdict.model_validate_json": LeanVerdict.model_validate_json,
    "read_verify_key": read_verify_key,
    "read_signing_key": read_signing_key,
    "KeptHead": lambda **given: KeptHead(**{"path": "head", **given}),
    "LeanVerdict.of": LeanVerdict.of,
    "LeanVerdict.whole": LeanVerdict.of(VERDICT).whole,
    "VerdictWriter": VerdictWriter,
    "VerdictWriter.json": VerdictWriter(SMALL.wording).json,
    "CodeTable": lambda **given: CodeTable(**given),
    "CodeTable.meanings": lambda **given: CodeTable(shipped().vocabulary).meanings(
        **{"system": "snomed", "code": "22298006", **given}
    ),
    "eligible_profile": lambda **given: eligible_profile(**{"as_of": AS_OF, **given}),
    "made_up_verdict": lambda **given: made_up_verdict(**{"as_of": AS_OF, **given}),
}
"""How each public function is called with one argument of a wrong type, and all else as it should be."""

ARGUMENTS: dict[str, tuple[str, ...]] = {
    "Screener": ("rulebook", "channels", "isolation", "deadline_seconds", "ledger", "time_zone"),
    "Screener.default": ("isolation", "deadline_seconds", "ledger", "time_zone"),
    "Screener.screen": ("profile", "as_of", "stage", "routes", "decisions", "overrides", "reference"),
    "Screener.decide": ("profile", "as_of", "stage", "routes", "decisions"),
    "Screener.screen_many": ("people", "as_of", "stage", "routes", "workers", "ledger"),
    "Screener.record_many": ("people", "as_of", "stage", "routes", "workers", "ledger"),
    "Screener.decide_many": ("profiles", "as_of", "stage", "routes", "workers"),
    "FakeScreener": ("answer", "readiness", "ledger", "time_zone", "rulebook"),
    "FakeScreener.screen": ("profile", "as_of", "stage", "routes", "decisions", "overrides", "reference"),
    "FakeScreener.screen_many": ("people", "as_of", "stage", "routes", "workers", "ledger"),
    "load_rulebook": ("folder", "keys", "cache"),
    "read_profile": ("source", "name"),
    "read_time": ("text",),
    "PatientProfile.model_validate": ("obj",),
    "PatientProfile.model_validate_json": ("json_data",),
    "PatientProfile.model_copy": ("update",),
    "ClinicianDecision": ("rule", "by", "at", "until"),
    "Ledger": ("path", "clock", "random", "busy_seconds", "segment_size", "heads"),
    "Ledger.existing": ("path", "writes", "clock", "random", "busy_seconds", "heads"),
    "Ledger.record": ("screening",),
    "Ledger.batch": ("rulebook", "request"),
    "Ledger.record_all": ("rulebook", "piece"),
    "Ledger.newest_about": ("reference",),
    "Ledger.overrides": ("reference",),
    "Ledger.screenings": ("reference", "after"),
    "Ledger.override": ("verdict", "rule"),
    "Ledger.append": ("record",),
    "Ledger.entry": ("number",),
    "Ledger.entries": ("first", "last"),
    "Ledger.of_kind": ("kind", "key"),
    "Ledger.rulebook": ("digest",),
    "Ledger.segment_of": ("number",),
    "KeptHead": ("path", "every", "key", "new"),
    "KeptHead.begin": ("head",),
    "KeptHead.keep": ("head",),
    "Verdict.model_validate_json": ("json_data",),
    "LeanVerdict.model_validate_json": ("json_data",),
    "read_verify_key": ("path",),
    "read_signing_key": ("path",),
    "LeanVerdict.of": ("verdict",),
    "LeanVerdict.whole": ("rulebook",),
    "VerdictWriter": ("words",),
    "VerdictWriter.json": ("verdict",),
    "CodeTable": ("vocabulary",),
    "CodeTable.meanings": ("system", "code"),
    "eligible_profile": ("as_of", "pregnancy", "systolic_bp", "birth_date", "extra", "observed_at"),
    "made_up_verdict": ("decisions", "as_of", "stage", "readiness", "time_zone"),
}


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    ("function", "argument"), [(name, argument) for name, arguments in ARGUMENTS.items() for argument in arguments]
)
def test_an_argument_of_a_wrong_type_is_refused_by_the_library_itself(
    function: str, argument: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    errors = [error for wrong in WRONG if (error := refusal(MADE[function], argument, wrong))]
    problems = [problem for error in errors for problem in error.diagnostics]
    assert len(errors) >= 7
    assert all(error.diagnostics for error in errors)
    assert all(problem.code and problem.message for problem in problems)
    if argument not in TOLD:
        said = [str(one) + repr(one) + repr(one.args) for error in errors for one in chain(error)]
        assert [one for one in said if "4711" in one or "47.11" in one] == []


def refusal(made: Callable[..., object], argument: str, wrong: Any) -> KetascreenError | None:
    """The error of the library for an argument; None if it can be used. No other error is caught."""
    try:
        made(**{argument: wrong})
    except KetascreenError as error:
        return error
    return None


@pytest.mark.parametrize(
    "call",
    [load_rulebook, read_profile, PatientProfile.parse_file, Ledger, KeptHead, read_verify_key, read_signing_key],
)
@pytest.mark.parametrize("path", ["a\0b", "", 7, b"folder"])
def test_a_path_is_read_alike_everywhere(call: Callable[[Any], object], path: Any) -> None:
    if call is read_profile and path == b"folder":
        pytest.skip("bytes are the text of a profile")
    with pytest.raises((RequestError, ProfileError), match="must be a path") as refused:
        call(path)
    assert [one.code for one in refused.value.diagnostics] == ["argument"]
    assert isinstance(refused.value, ProfileError) == (call in (read_profile, PatientProfile.parse_file))


@pytest.mark.parametrize("reference", [7, None, "Anna Muster", ["p-17"]])
def test_a_ledger_asks_for_a_reference_of_the_form_of_a_token(reference: Any) -> None:
    for ask in (LEDGER.overrides, LEDGER.newest_about):
        with pytest.raises(RequestError, match="reference"):
            ask(reference)
    assert LEDGER.overrides("p-17") == ()


@pytest.mark.parametrize(
    "at", [1, 1.5, Decimal(1), True, b"1", b"2026-11-22T09:00:00Z", "1", "1700000000", date(2026, 11, 22)]
)
def test_a_number_is_no_time_of_a_decision(at: Any) -> None:
    for name in ("at", "until"):
        with pytest.raises(RequestError, match=f"`{name}` of a decision is missing or of a wrong form"):
            ClinicianDecision(**{"rule": "r", "by": "dr-17", "at": AS_OF, name: at})
    assert ClinicianDecision(rule="r", by="dr-17", at="2026-11-22T09:00:00Z").at == AS_OF  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [0, -1])
def test_a_size_of_segments_below_one_is_refused(wrong: int, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="`segment_size` must be a number of entries, from 1 on"):
        Ledger(tmp_path / "clinic.db", segment_size=wrong)
    assert not (tmp_path / "clinic.db").exists()
    Ledger(tmp_path / "clinic.db", segment_size=1).close()


def test_a_profile_takes_each_fact_by_its_name() -> None:
    with pytest.raises(ProfileError, match=r"model_validate\(answers\)"):
        PatientProfile({"pregnancy": "pregnant"})  # type: ignore[arg-type, call-arg]


def test_the_default_screener_takes_no_rulebook() -> None:
    for screener in (Screener, FakeScreener):
        with pytest.raises(RequestError, match=r"Screener\(load_rulebook|FakeScreener\(rulebook"):
            screener.default("rules/ketamine")  # type: ignore[arg-type]


def test_a_text_for_a_time_is_met_with_how_to_read_it() -> None:
    with pytest.raises(RequestError, match=r"or read_time\(text\)"):
        SMALL.screen(PROFILE, as_of="2026-11-22T09:00:00+01:00")  # type: ignore[arg-type]
    assert read_time("2026-11-22T09:00:00+01:00") == datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_a_wrong_name_of_an_argument_is_a_type_error_that_names_it() -> None:
    calls: list[Callable[..., object]] = [SMALL.screen, SMALL.decide, Screener.default, Ledger, read_profile]
    for call in calls:
        with pytest.raises(TypeError, match="'sistolic'"):
            call(sistolic=1)


def test_every_argument_of_each_public_function_is_tried() -> None:
    known: dict[str, Callable[..., object]] = {
        "Screener": Screener, "Screener.default": Screener.default, "Screener.screen": Screener.screen,
        "Screener.decide": Screener.decide, "Screener.screen_many": Screener.screen_many,
        "Screener.record_many": Screener.record_many, "Screener.decide_many": Screener.decide_many,
        "load_rulebook": load_rulebook, "read_time": read_time, "made_up_verdict": made_up_verdict,
    }  # fmt: skip
    for name, function in known.items():
        takes = inspect.signature(function).parameters.values()
        named = {one.name for one in takes if one.kind is not one.VAR_POSITIONAL}
        assert named - {"self"} == set(ARGUMENTS[name])
