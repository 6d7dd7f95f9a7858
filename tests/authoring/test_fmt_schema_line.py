"""`ketascreen fmt` puts back the line that names a file's schema, and takes no file of names for a rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.file_kinds import kind_of
from ketascreen.authoring.names import names_of, read_names
from ketascreen.authoring.scaffold import write_schemas
from tests.helpers.command_line import run
from tests.helpers.rulebook_files import RULE, copied, text_of

pytest.importorskip("ruamel.yaml", reason="`ketascreen fmt` needs it")

LINE = "# yaml-language-server: $schema="


@pytest.fixture
def rulebook(tmp_path: Path) -> Path:
    """The good rulebook, laid out, with its schemas."""
    made = copied(tmp_path)
    write_schemas(read_names(made), made / "schema")
    run("fmt", str(made))
    return made


def test_the_line_is_put_back_where_the_folder_has_its_schemas(rulebook: Path) -> None:
    first = {path.name: path.read_text("utf-8").split("\n")[0] for path in rulebook.rglob("*.yaml")}
    assert first["high-pressure.yaml"] == f"{LINE}../schema/rule.schema.json"
    assert first["parameters.yaml"] == f"{LINE}schema/parameters.schema.json"
    whole = (rulebook / RULE).read_text("utf-8")
    (rulebook / RULE).write_text(text_of(RULE), "utf-8")
    assert run("fmt", "--check", str(rulebook)).status == 1
    assert run("fmt", str(rulebook / RULE)).status == 0
    assert (rulebook / RULE).read_text("utf-8") == whole
    assert run("fmt", "--check", str(rulebook)).status == 0


@pytest.mark.parametrize("above", ["", "# Why this rule is here.\n"])
def test_a_line_that_is_there_stays_whatever_schema_it_names(rulebook: Path, above: str) -> None:
    text = f"{above}{LINE}elsewhere/rule.schema.json\n{text_of(RULE)}"
    (rulebook / RULE).write_text(text, "utf-8")
    assert run("fmt", str(rulebook / RULE)).status == 0
    assert (rulebook / RULE).read_text("utf-8") == text


def test_a_folder_without_schemas_gets_no_line(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    run("fmt", str(rulebook))
    assert [path for path in rulebook.rglob("*.yaml") if LINE in path.read_text("utf-8")] == []


def test_the_folder_of_the_schemas_is_the_one_that_the_rulebook_names(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    write_schemas(read_names(rulebook), tmp_path / "schemas")
    head = f"{LINE}../schemas/rulebook.schema.json\n"
    (rulebook / "rulebook.yaml").write_text(head + text_of("rulebook.yaml"), "utf-8")
    run("fmt", str(rulebook))
    assert (rulebook / RULE).read_text("utf-8").startswith(f"{LINE}../../schemas/rule.schema.json\n")


@pytest.mark.parametrize("path", ["sub/approvals.yaml", "Approvals.yaml", "sub/PARAMETERS.yaml"])
def test_a_file_of_names_is_no_rule_wherever_it_is(path: str) -> None:
    assert kind_of(path) == path.rpartition("/")[2].lower().removesuffix(".yaml")
    files = {name: text_of(name).encode() for name in ("rulebook.yaml", "routes.yaml", "documents.yaml")}
    assert names_of({**files, path.replace("PARAMETERS", "approvals"): b"[]\n"}, ()).rules == {}
