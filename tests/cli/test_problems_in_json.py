"""Whoever asks for JSON gets JSON where a command fails too: one shape, by one schema, from every command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest

from ketascreen import Screener
from ketascreen.cli.commands import main
from ketascreen.cli.exit_status import ExitStatus
from ketascreen.diagnostic import ChannelFault
from ketascreen.verdict.schema import SCHEMAS
from tests.helpers.codes_in_json import below_a_file
from tests.helpers.command_line import AS_OF, Ran, run
from tests.helpers.ledgers import new_ledger
from tests.helpers.places import EXAMPLES
from tests.helpers.rulebook_files import changed, with_files

WORD = "zebrafish"
PERSON = str(EXAMPLES / "ptsd.yaml")
SEVERAL = str(EXAMPLES / "several.jsonl")
SCHEMA = jsonschema.Draft202012Validator(SCHEMAS["problems.schema.json"]())
BAD_RULE = changed("cautions/young.yaml", "  age:", "  aeg:")


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    """The files that the calls name."""
    (tmp_path / "foreign.db").write_bytes(b"another program's" * 99)
    (tmp_path / "bad.json").write_text(json.dumps({"pregnancy": WORD, "systolic_bp": f"{WORD} mmHg"}), "utf-8")
    new_ledger(tmp_path).close()
    return {
        "RULES": str(with_files(tmp_path / "bad", BAD_RULE)),
        "CASES": str(with_files(tmp_path / "cases", {"cautions/nobody.cases.yaml": "- name: x\n"})),
        "BAD": str(tmp_path / "bad.json"),
        "FOREIGN": str(tmp_path / "foreign.db"),
        "LEDGER": str(tmp_path / "ledger.db"),
        "NOWHERE": str(tmp_path / "nowhere"),
        "HERE": str(tmp_path),
    }


OF_RULEBOOK = (
    "routes",
    "rules",
    "facts",
    "trace",
    "show pregnancy",
    "attributes",
    "verify-sources HERE",
    f"screen {PERSON}",
)
OF_FOLDER = ("coverage", "mutate")
OF_LEDGER = ("replay", "audit list", "audit show", "audit verify", "audit stats")

CALLS: dict[str, str] = {
    **{f"{call} --rules RULES": "unknown-fact" for call in OF_RULEBOOK},
    **{f"{call} --rules NOWHERE": "no-folder" for call in OF_RULEBOOK},
    **{f"{call} --nonsense": "usage" for call in (*OF_RULEBOOK, *OF_FOLDER)},
    **{f"{call} --trust NOWHERE": "signing-key" for call in OF_RULEBOOK},
    **{f"{call} RULES": "unknown-fact" for call in OF_FOLDER},
    **{f"{call} CASES": "unknown-rule" for call in OF_FOLDER},
    **{f"{call} --rule nobody": "unknown-rule" for call in OF_FOLDER},
    **{f"{call} NOWHERE{' 1' * (call == 'audit show')}": "ledger-missing" for call in OF_LEDGER},
    **{f"{call} FOREIGN{' 1' * (call == 'audit show')}": "ledger-foreign" for call in OF_LEDGER},
    **dict.fromkeys(OF_LEDGER, "usage"),
    "audit verify HERE": "ledger-missing",
    "audit verify FOREIGN": "ledger-refused",
    "audit show LEDGER 99": "ledger-not-there",
    "audit stats LEDGER --until yesterday": "usage",
    "replay LEDGER --rules RULES": "unknown-fact",
    "replay LEDGER --trust NOWHERE": "signing-key",
    "show nobody": "unknown-rule",
    "facts nothing": "unknown-fact",
    "trace nothing": "unknown-source",
    "screen NOWHERE": "unreadable",
    "screen BAD": "not-a-number",
    "screen": "usage",
    f"screen {PERSON} --route rectal": "route",
    f"screen {PERSON} --as-of yesterday": "usage",
    f"screen {PERSON} --decided nobody:Somebody": "decision",
    f"screen {PERSON} --time-zone Nowhere": "time-zone",
    f"screen {PERSON} --ledger FOREIGN --reference p-1": "ledger-foreign",
    f"screen {PERSON} --ledger NOWHERE/l.db --reference p-1": "ledger-missing",
    f"screen {PERSON} --ledger LEDGER": "reference",
    f"screen {PERSON} --many -j 0": "usage",
    "screen --many NOWHERE": "unreadable",
    f"screen --many {SEVERAL} --rules RULES": "unknown-fact",
    f"screen --many {SEVERAL} --ledger LEDGER": "usage",
    "coverage --fail-under all": "usage",
    "check --today yesterday": "usage",
    "nobody": "usage",
    "": "usage",
}
"""Calls that fail, each with the code of its first problem."""


def _asked(call: str, places: dict[str, str]) -> list[str]:
    """The arguments, with the options that a call for JSON has."""
    args = call.split()
    for number, arg in enumerate(args):
        for name, path in places.items():
            if arg == name or arg.startswith(f"{name}/"):
                args[number] = arg.replace(name, path)
    if args[:1] == ["screen"] and "--as-of" not in args and "--many" not in args:
        args += ["--as-of", AS_OF]
    return args


def _in_json(args: list[str]) -> list[str]:
    return [*args, "--format", "json"] if args[:1] == ["check"] else [*args, "--json"]


def _problems(ran: Ran) -> list[dict[str, Any]]:
    """The problems on the only line of standard output."""
    (line,) = ran.out.splitlines()
    assert line.isascii()
    told = json.loads(line)
    SCHEMA.validate(told)
    found: list[dict[str, Any]] = told["problems"]
    return found


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_fails_tells_its_problems_in_json(call: str, places: dict[str, str]) -> None:
    ran = run(*_in_json(_asked(call, places)))
    assert _problems(ran)[0]["code"] == CALLS[call]
    assert WORD not in ran.out + ran.err


@pytest.mark.parametrize("call", [call for call in CALLS if call])
def test_the_sentences_and_the_status_are_those_without_json(call: str, places: dict[str, str]) -> None:
    with_json, without = run(*_in_json(_asked(call, places))), run(*_asked(call, places))
    assert without.out == ""
    assert with_json.status == without.status >= ExitStatus.BAD_INPUT
    assert with_json.err == without.err != ""


def _commands(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _commands(command, f"{above}{name} ")
        else:
            yield f"{above}{name}", command


def _gives_json(command: click.Command) -> bool:
    choices = {option: getattr(option.type, "choices", ()) for option in command.params}
    return any("--json" in option.opts or "json" in given for option, given in choices.items())


def test_each_command_that_gives_json_is_among_the_calls() -> None:
    commands = {name for name, command in _commands(main) if _gives_json(command)}
    assert len(commands) == 16
    assert {name for name in commands if not any(call.startswith(name) for call in CALLS)} == set()


def test_a_problem_of_a_rule_has_its_place_its_line_and_its_hint(places: dict[str, str]) -> None:
    (problem,) = _problems(run("rules", "--rules", places["RULES"], "--json"))
    assert (problem["path"], problem["line"], problem["column"]) == ("cautions/young.yaml", 7, 3)
    assert problem["hint"].startswith("did you mean `age`?")
    assert problem["text"] == "  aeg: {below: 21 years}"
    assert problem["pointer"] is None


def test_every_problem_of_a_profile_has_its_pointer_and_no_value(places: dict[str, str]) -> None:
    ran = run("screen", places["BAD"], "--as-of", AS_OF, "--json")
    assert [(one["code"], one["pointer"], one["path"], one["text"]) for one in _problems(ran)] == [
        ("not-a-number", "/systolic_bp", places["BAD"], None),
        ("unknown-choice", "/pregnancy", places["BAD"], None),
    ]
    assert WORD not in ran.out


def test_a_usage_error_says_which_help_to_read() -> None:
    (problem,) = _problems(run("audit", "list", "--json"))
    assert problem["message"].startswith("Missing argument 'LEDGER'")
    assert problem["hint"] == "`ketascreen audit list --help` says how to call it"


def test_a_refused_line_of_many_has_the_same_shape_and_the_others_their_verdict() -> None:
    ran = run("screen", "--many", SEVERAL, "--as-of", AS_OF, "--json")
    refused = [told for told in map(json.loads, ran.out.splitlines()) if "problems" in told]
    (told,) = refused
    SCHEMA.validate(told)
    assert told["line"] == 3
    (problem,) = told["problems"]
    assert (problem["code"], problem["path"], problem["line"]) == ("unknown-fact", SEVERAL, 3)


def test_many_that_end_with_a_fault_end_with_a_line_of_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: Screener, profiles: Any, **_: Any) -> Iterator[object]:
        next(iter(profiles))
        raise ChannelFault("a process was killed")
        yield

    monkeypatch.setattr(Screener, "screen_many", fails)
    ran = run("screen", "--many", SEVERAL, "--as-of", AS_OF, "--json")
    assert ran.status == ExitStatus.FAULT
    (problem,) = _problems(ran)
    assert (problem["code"], problem["message"]) == ("channel-fault", "a process was killed")


def test_an_internal_error_is_told_by_its_place_and_without_its_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(WORD)

    monkeypatch.setattr(Screener, "screen", fail)
    ran = run("screen", PERSON, "--as-of", AS_OF, "--json")
    assert ran.status == ExitStatus.FAULT
    (problem,) = _problems(ran)
    assert problem["code"] == "internal"
    assert "RuntimeError" in problem["message"]
    assert WORD not in ran.out + ran.err


def test_what_the_system_refuses_is_told(tmp_path: Path) -> None:
    ran = run(*below_a_file(tmp_path), "--json")
    assert ran.status == ExitStatus.FAULT
    assert [one["code"] for one in _problems(ran)] == ["system"]


def test_verify_sources_lists_its_problems_in_the_same_shape(tmp_path: Path) -> None:
    told = json.loads(run("verify-sources", str(tmp_path), "--json").out)
    assert {one["code"] for one in told["problems"]} == {"document-unreadable"}
    SCHEMA.validate({"problems": told["problems"]})


def test_check_lists_what_it_refuses_and_finds_in_the_same_shape(places: dict[str, str]) -> None:
    told = json.loads(run("check", places["RULES"], "--format", "json").out)
    assert "unknown-fact" in {one["code"] for one in told["refused"]}
    SCHEMA.validate({"problems": told["refused"]})


@pytest.mark.parametrize("args", [["screen", "--", "--json"], ["check", "--format", "text", "--today", "yesterday"]])
def test_a_call_without_json_prints_nothing_on_standard_output(args: list[str]) -> None:
    ran = run(*args)
    assert ran.out == ""
    assert ran.err != ""


def test_the_schema_refuses_another_shape() -> None:
    wrong: tuple[Any, ...] = ({}, {"problems": []}, {"problems": [{"code": "usage", "message": "x", "hint": ""}]})
    for told in wrong:
        assert not SCHEMA.is_valid(told)
