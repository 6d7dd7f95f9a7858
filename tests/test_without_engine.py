"""Where the rule engine durable-rules is not installed: what screens then, and that each verdict says so."""

from __future__ import annotations

import json
import logging
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, get_args
from xml.etree import ElementTree as Xml

import pytest

from ketascreen import EngineMissing, LeanVerdict, Screener, Stage, Verdict, read_profile
from ketascreen.audit import LedgerError
from ketascreen.audit.replay import Replay
from ketascreen.channels.production.engine import ENGINE_FLAGS
from ketascreen.channels.registry import Isolation
from tests.helpers.command_line import flat, run, screen
from tests.helpers.edited_rulebooks import little_rules
from tests.helpers.ledgers import example, new_ledger
from tests.helpers.patients import cohort
from tests.helpers.places import EXAMPLES
from tests.helpers.screening import AS_OF, baseline, profile_of, shipped, shipped_screener

pytest_plugins = ["pytester"]

SAID = "The rule engine durable-rules did not take part: this rests on fewer independent channels than usual."


@pytest.fixture
def _without_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)


without_engine = pytest.mark.usefixtures("_without_engine")


def reassured(screener: Screener) -> Verdict:
    return screener.screen(profile_of(baseline()), as_of=AS_OF)


@without_engine
@pytest.mark.parametrize("isolation", ["none", "process"])
def test_who_names_no_channel_is_screened_by_the_two_that_need_no_engine(isolation: str) -> None:
    with Screener.default(isolation=isolation) as screener:  # type: ignore[arg-type]
        verdict = reassured(screener)
    assert verdict.agreement.channels == ("reference", "compiled")
    assert verdict.agreement.agreed
    assert verdict.faults == ()
    assert verdict.notice.startswith(SAID)
    assert set(verdict.counts.evaluated) == {"reference", "compiled"}
    assert dict(screener.engines) == {}


@without_engine
def test_the_log_says_what_is_missing_and_the_command_that_brings_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "ketascreen"):
        Screener(shipped())
    (message,) = caplog.messages
    assert "durable-rules cannot be loaded, so the channels reference and compiled screen without it" in message
    assert f"CPPFLAGS=\"{ENGINE_FLAGS}\" python -m pip install 'ketascreen[engine]'" in message


BROKEN = {
    "raises": ("durable_rules_engine.py", "raise RuntimeError('zebrafish')"),
    "cannot be read": ("durable_rules_engine.py", "raise OSError(5, 'zebrafish')"),
    "lacks functions": ("durable_rules_engine.py", "create_ruleset = len"),
    "has another thing by the name": ("durable_rules_engine.py", "from builtins import *\ncreate_ruleset = 1"),
    "is damaged": (f"durable_rules_engine{EXTENSION_SUFFIXES[0]}", "zebrafish"),
}


@pytest.mark.parametrize("isolation", ["none", "process"])
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_engine_is_a_missing_one(
    broken: tuple[str, str], isolation: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / broken[0]).write_text(broken[1])
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)  # what is imported now goes again
    del sys.modules["durable_rules_engine"]
    monkeypatch.syspath_prepend(tmp_path)
    with Screener(shipped(), isolation=isolation) as screener:
        verdict = reassured(screener)
    assert (verdict.agreement.channels, verdict.faults) == (("reference", "compiled"), ())
    assert verdict.notice.startswith(SAID)
    with pytest.raises(EngineMissing) as refused:
        Screener(shipped(), channels=("production",), isolation=isolation)
    assert refused.value.__context__ is None
    assert "zebrafish" not in str(refused.value)


def test_a_module_that_does_not_say_where_it_is_from_is_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", ModuleType("durable_rules_engine"))
    monkeypatch.setattr(sys.modules["durable_rules_engine"], "__spec__", None)
    for isolation in get_args(Isolation):
        with pytest.raises(EngineMissing):
            Screener(shipped(), channels=("production",), isolation=isolation)


@without_engine
@pytest.mark.parametrize("channels", [("production",), ("reference", "production")])
def test_who_names_the_production_channel_is_refused(channels: tuple[str, ...]) -> None:
    with pytest.raises(EngineMissing, match="ketascreen\\[engine\\]"):
        Screener(shipped(), channels=channels)
    with pytest.raises(EngineMissing):
        Screener(shipped(), channels=channels, isolation="process")


def test_with_the_engine_no_verdict_says_that_it_is_missing() -> None:
    verdict = reassured(shipped_screener())
    assert verdict.agreement.channels == ("reference", "production")
    assert "durable-rules" not in verdict.notice
    assert [name for name, _ in shipped_screener().engines] == ["production"]


@pytest.mark.parametrize("channels", [("reference",), ("compiled",), ("reference", "compiled")])
def test_who_leaves_the_engine_out_by_choice_is_told_so_too(channels: tuple[str, ...]) -> None:
    verdict = reassured(Screener(shipped(), channels=channels))
    assert verdict.notice.startswith(SAID)


def test_patients_are_told_the_same_with_and_without_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    with_it = shipped_screener()
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    without_it = Screener(shipped())
    for number, profile in enumerate(patient.profile for patient in cohort(15, 60)):
        stage = list(Stage)[number % 2]
        one = with_it.screen(profile, as_of=AS_OF, stage=stage)
        other = without_it.screen(profile, as_of=AS_OF, stage=stage)
        assert (one.routes, one.findings) == (other.routes, other.findings)


@pytest.mark.parametrize("channels", [("reference",), ("reference", "compiled")])
def test_a_recommendation_says_it_and_so_does_the_repr_of_each(channels: tuple[str, ...]) -> None:
    screener = Screener(shipped(), channels=channels)
    recommendation = screener.decide(profile_of(baseline()), as_of=AS_OF)
    assert recommendation.notice == SAID
    verdict = reassured(screener)
    for said in (recommendation, verdict, LeanVerdict.of(verdict)):
        assert f"channels='{', '.join(channels)}'" in repr(said)


def test_with_the_engine_a_recommendation_has_no_notice_and_no_repr_names_channels() -> None:
    recommendation = shipped_screener().decide(profile_of(baseline()), as_of=AS_OF)
    assert recommendation.notice == ""
    verdict = reassured(shipped_screener())
    for said in (recommendation, verdict, LeanVerdict.of(verdict)):
        assert not any(name in repr(said) for name in ("channels", "made_up", "faults", "disagreements"))


@without_engine
def test_the_lean_form_gives_the_same_notice_back() -> None:
    verdict = reassured(Screener(shipped()))
    lean = LeanVerdict.model_validate_json(LeanVerdict.of(verdict).to_json())
    assert lean.whole(shipped()) == verdict


@without_engine
def test_the_page_and_the_json_say_it_and_the_command_stands_on_standard_error() -> None:
    ran = screen("resistant-depression.json", "--route", "iv")
    assert ran.status == 0
    assert flat(SAID) in flat(ran.out)
    assert "Channels: reference and compiled; they agree on every rule" in ran.out
    assert f'CPPFLAGS="{ENGINE_FLAGS}"' in flat(ran.err)
    as_json = screen("resistant-depression.json", "--route", "iv", "--json")
    verdict = json.loads(as_json.out)
    assert verdict["agreement"]["channels"] == ["reference", "compiled"]
    assert verdict["notice"].startswith(SAID)


@without_engine
def test_many_lines_are_screened_and_standard_error_says_what_is_missing(tmp_path: Path) -> None:
    lines = tmp_path / "people.jsonl"
    lines.write_text(json.dumps(json.loads((EXAMPLES / "resistant-depression.json").read_text("utf-8"))) + "\n")
    ran = run("screen", "--many", str(lines), "--as-of", "2026-11-22T09:00:00Z", "--json")
    assert ran.status == 0
    assert json.loads(ran.out)["verdict"]["agreement"]["channels"] == ["reference", "compiled"]
    assert ran.err.count("durable-rules cannot be loaded") == 1
    plain = run("screen", "--many", str(lines), "--as-of", "2026-11-22T09:00:00Z")
    assert plain.out == "1: eligible: iv, intranasal; caution: im, sublingual, oral; without durable-rules\n"


@without_engine
def test_cases_run_and_standard_error_says_what_is_missing() -> None:
    ran = run("test", "-k", "systolic", "-j", "1")
    assert ran.status == 0
    assert ran.err.count("durable-rules cannot be loaded") == 1


@without_engine
def test_a_run_of_pytest_says_by_which_channels_cases_were_run(pytester: pytest.Pytester) -> None:
    little_rules(pytester.path, "pregnancy")
    plugin = () if entry_points(group="pytest11", name="ketascreen") else ("-p", "ketascreen_pytest")
    result = pytester.runpytest_inprocess("rules", "--junit-xml=run.xml", *plugin)
    result.stdout.fnmatch_lines(["ketascreen: * cases of rulebooks, by the channels reference and compiled, without *"])
    properties = Xml.parse(pytester.path / "run.xml").iter("property")
    assert {(one.attrib["name"], one.attrib["value"]) for one in properties} == {("channels", "reference, compiled")}


def test_the_ledger_says_of_each_screening_that_the_engine_did_not_take_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = example("resistant-depression.json")
    with new_ledger(tmp_path) as ledger:
        Screener(shipped(), ledger=ledger).screen(profile, as_of=AS_OF, reference="with")
        monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
        Screener(shipped(), ledger=ledger).screen(profile, as_of=AS_OF, reference="without")
    listed = run("audit", "list", str(ledger.path), "--kind", "screening").out.splitlines()
    assert [line.endswith("; without durable-rules") for line in listed] == [False, True]
    as_data = json.loads(run("audit", "list", str(ledger.path), "--kind", "screening", "--json").out)
    assert ["without durable-rules" in one["about"] for one in as_data] == [False, True]
    for number, said in ((3, False), (4, True)):
        headline = flat(run("audit", "show", str(ledger.path), str(number)).out.partition("Recorded:")[0])
        assert headline.endswith("; without durable-rules") is said
    until = ("--until", "2026-11-23T09:00:00Z")
    assert (
        "Channels: 1 of them without durable-rules (before: 0)" in run("audit", "stats", str(ledger.path), *until).out
    )
    counted = json.loads(run("audit", "stats", str(ledger.path), "--json", *until).out)
    assert (counted["now"]["without_engine"], counted["before"]["without_engine"]) == (1, 0)


def test_a_record_says_that_the_engine_did_not_take_part_and_runs_again_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = example("resistant-depression.json")
    with new_ledger(tmp_path) as ledger:
        Screener(shipped(), ledger=ledger).screen(profile, as_of=AS_OF, reference="with")
        monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
        Screener(shipped(), ledger=ledger).screen(profile, as_of=AS_OF, reference="without")
        with_it, without_it = (one for one in ledger.entries() if one.record.kind == "screening")
        assert with_it.record.data["channels"] == ["reference", "production"]
        assert without_it.record.data["channels"] == ["reference", "compiled"]
        assert (set(with_it.record.data["engines"]), without_it.record.data["engines"]) == ({"production"}, {})
        first, second = Replay(ledger).run()
        assert "rests on the rule engine durable-rules, which is not here: install" in first.refused
        assert "--channel" not in first.refused, "replay has no such option"
        assert (second.refused, second.differs, second.own) == ("", (), True)
        with pytest.raises(LedgerError, match="durable-rules, which is not here"):
            Replay(ledger).verdict(with_it)


def test_a_start_without_the_engine_copies_to_worker_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    profiles = [read_profile(EXAMPLES / "ptsd.yaml")] * 3
    verdicts = list(Screener(shipped()).screen_many(profiles, as_of=AS_OF, workers=2))
    assert [one.agreement.channels for one in verdicts if isinstance(one, Verdict)] == [("reference", "compiled")] * 3


@without_engine
def test_who_names_it_at_the_command_line_is_told_by_the_code_of_what_is_not_installed() -> None:
    call = ("screen", str(EXAMPLES / "ptsd.yaml"), "--channel", "production", "--json")
    (problem,) = json.loads(run(*call).out)["problems"]
    assert problem["code"] == "not-installed"
