"""What is given in a wrong type is refused by an error of the library that says what is wanted, and no value."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
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
    VerdictWriter,
    load_rulebook,
    read_profile,
    read_time,
)
from ketascreen.testing import FakeScreener, eligible_profile, made_up_verdict
from tests.helpers.rulebook_files import GOOD
from tests.helpers.screening import AS_OF, shipped

SECRET = "Kranich-4711"
PROFILE = PatientProfile()
SMALL = Screener(load_rulebook(GOOD), channels=("reference",))
FAKE = FakeScreener("review", rulebook=SMALL.rulebook)
VERDICT = SMALL.screen(PROFILE, as_of=AS_OF)


class Kranich:
    """Something of another program. Its repr shows what no message may show."""

    def __repr__(self) -> str:
        return SECRET


WRONG: tuple[Any, ...] = (
    SECRET, b"Kranich-4711", 4711, 47.11, True, None, Kranich(), [SECRET], [4711], (SECRET, 4711), {SECRET: 4711},
    {SECRET}, Path(SECRET), AS_OF.replace(tzinfo=None), AS_OF, float("nan"), [Kranich()], "\0",
)  # fmt: skip
PATHS = {"folder", "cache", "source", "path"}

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
    "Ledger": lambda **given: Ledger(**given).close(),
    "Ledger.existing": lambda **given: Ledger.existing(**given).close(),
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
    "FakeScreener": ("answer", "readiness", "time_zone", "rulebook"),
    "FakeScreener.screen": ("profile", "as_of", "stage", "routes", "decisions", "overrides", "reference"),
    "FakeScreener.screen_many": ("people", "as_of", "stage", "routes", "workers", "ledger"),
    "load_rulebook": ("folder", "keys", "cache"),
    "read_profile": ("source",),
    "read_time": ("text",),
    "PatientProfile.model_validate": ("obj",),
    "PatientProfile.model_validate_json": ("json_data",),
    "PatientProfile.model_copy": ("update",),
    "ClinicianDecision": ("rule", "by", "at", "until"),
    "Ledger": ("path",),
    "Ledger.existing": ("path",),
    "KeptHead": ("path", "every"),
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
    if argument not in PATHS:  # a path may be told: it names a file, not a patient
        said = [str(one) + repr(one) + repr(one.args) for error in errors for one in chain(error)]
        assert [one for one in said if "4711" in one or "47.11" in one] == []


def refusal(made: Callable[..., object], argument: str, wrong: Any) -> KetascreenError | None:
    """The error of the library for an argument; None if it can be used. No other error is caught."""
    try:
        made(**{argument: wrong})
    except KetascreenError as error:
        return error
    return None


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
