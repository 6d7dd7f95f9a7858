"""`ketascreen new fact` adds a fact to vocabulary.yaml, and changes nothing else of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen import RulebookError, load_rulebook
from ketascreen.authoring.editor.file_schemas import schema_text, schemas
from ketascreen.authoring.names import read_names
from ketascreen.language.vocabulary import Kind
from tests.helpers.command_line import flat, run
from tests.helpers.rulebook_files import copied, text_of, with_files

TOLD = ["--label", "Liver conditions", "--domain", "liver", "--fresh-for", "30 days", "--reason", "Made up."]
WHOLE = {
    Kind.LIST: ["--choices", "cirrhosis,hepatitis"],
    Kind.CHOICE: ["--choices", "cirrhosis, hepatitis"],
    Kind.NUMBER: ["--unit", "mmHg", "--minimum", "0.5", "--maximum", "40"],
    Kind.INTEGER: ["--unit", "none", "--minimum", "-2", "--maximum", "40"],
    Kind.SINCE: ["--unit", "months", "--maximum", "1200"],
}


@pytest.mark.parametrize("kind", list(Kind))
def test_a_fact_with_everything_given_loads_as_it_is(tmp_path: Path, kind: Kind) -> None:
    rulebook = copied(tmp_path)
    before = load_rulebook(rulebook).vocabulary
    ran = run("new", "fact", "liver", "--type", kind, *WHOLE[kind], *TOLD, "--dir", str(rulebook))
    assert (ran.status, ran.err) == (0, "")
    vocabulary = load_rulebook(rulebook).vocabulary
    fact = vocabulary["liver"]
    assert (fact.kind, fact.label, fact.domain) == (kind, "Liver conditions", "liver")
    assert str(fact.freshness) == "30 days"
    assert fact.choices == (("cirrhosis", "hepatitis") if kind in (Kind.LIST, Kind.CHOICE) else ())
    assert {name: one for name, one in vocabulary.items() if name != "liver"} == dict(before)


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_not_given_is_left_to_fill_in_with_a_comment_above_it_and_all_else_stays(
    tmp_path: Path, kind: Kind
) -> None:
    rulebook = copied(tmp_path)
    ran = run("new", "fact", "liver", "--type", kind, "--dir", str(rulebook))
    assert (ran.status, ran.err) == (0, "")
    lines = (rulebook / "vocabulary.yaml").read_text("utf-8").split("\n")
    start, window = lines.index("  liver:"), len(lines) - lines[::-1].index("  liver:") - 1
    kept = lines[:start] + lines[lines.index("freshness:") : window]
    assert "\n".join(kept) + "\n" == text_of("vocabulary.yaml")
    empty = [number for number, line in enumerate(lines) if line.endswith(":") and line.startswith("    ")]
    assert all(lines[number - 1].startswith("    # ") for number in empty)
    with pytest.raises(RulebookError) as caught:
        load_rulebook(rulebook)
    found = [one.place for one in caught.value.diagnostics if one.code == "no-value"]
    assert [place and place.line - 1 for place in found] == empty
    assert len(empty) == {Kind.LIST: 5, Kind.CHOICE: 5, Kind.SINCE: 6}.get(kind, 7)


def test_a_rulebook_without_a_vocabulary_gets_one(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    (rulebook / "vocabulary.yaml").unlink()
    assert run("new", "fact", "liver", "--type", "list", *WHOLE[Kind.LIST], *TOLD, "--dir", str(rulebook)).status == 0
    assert (rulebook / "vocabulary.yaml").read_text("utf-8") == (
        "# yaml-language-server: $schema=schema/vocabulary.schema.json\n"
        "facts:\n  liver:\n    type: list\n    label: Liver conditions\n    domain: liver\n"
        "    choices: [cirrhosis, hepatitis]\nfreshness:\n  liver:\n    fresh_for: 30 days\n    reason: Made up.\n"
    )


def test_the_schemas_of_the_folder_are_written_again_and_none_where_there_are_none(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    new = ["--type", "list", *WHOLE[Kind.LIST], *TOLD, "--dir", str(rulebook)]
    assert run("new", "fact", "liver", *new).status == 0
    assert not (rulebook / "schema").exists()
    run("schema", str(rulebook))
    ran = run("new", "fact", "kidney", *new)
    assert "Wrote its 13 schemas again" in flat(ran.out)
    for name, schema in schemas(read_names(rulebook)).items():
        assert (rulebook / "schema" / name).read_text("utf-8") == schema_text(schema)
        assert "kidney" in schema_text(schema) or name not in ("rule.schema.json", "cases.schema.json")
    left = run("new", "fact", "lungs", "--type", "list", "--dir", str(rulebook))
    assert f"ketascreen schema {rulebook}" in flat(left.out)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["heart_conditions", "--type", "list"], "`heart_conditions` is built in; choose another name"),
        (["unrecognised", "--type", "list"], "`unrecognised` is built in"),
        (["any", "--type", "list"], "`any` is built in"),
        (["extra", "--type", "list"], "`extra` is built in"),
        (["egfr", "--type", "number"], "`egfr` is a fact of this rulebook already"),
        (["severe_systolic", "--type", "number"], "`severe_systolic` is a parameter of this rulebook"),
        (["resistant_depression", "--type", "number"], "`resistant_depression` is a definition of this rulebook"),
        (["Liver Conditions", "--type", "list"], "lower-case words joined by underscores, such as `liver_conditions`"),
        (["no", "--type", "choice"], "`no` is not a name for a fact"),
        (["liver", "--type", "lists"], "unknown type `lists`; did you mean `list`?"),
        (["liver", "--type", "zzz"], "the types are number, integer, since, choice, list"),
        (["liver", "--type", "list", "--unit", "mmHg"], "type `list` has nothing for --unit"),
        (["liver", "--type", "number", "--choices", "a,b"], "type `number` has nothing for --choices"),
        (["liver", "--type", "number", "--minimum", "0,5"], "--minimum is not a number"),
        (["liver", "--type", "choice", "--choices", "a,yes"], "the choices of `liver` cannot be used"),
        (["liver", "--type", "choice", "--choices", "cirrhosis"], "the choices of `liver` cannot be used"),
        (["liver", "--type", "number", "--unit", "furlong"], "unknown unit `furlong`"),
        (["liver", "--type", "number", "--minimum", "3", "--maximum", "3"], "the `minimum` of `liver` is not below"),
        (["liver", "--type", "since", "--unit", "weeks"], "`liver` is a time since an event, with another unit"),
        (["liver", "--type", "list", "--fresh-for", "6 months"], "write whole days, such as `180 days`"),
        (["liver", "--type", "list", "--fresh-for", "long"], "`fresh_for` must be a number of days, hours or minutes"),
    ],
)
def test_a_fact_that_cannot_be_is_refused_and_nothing_is_written(tmp_path: Path, args: list[str], said: str) -> None:
    rulebook = copied(tmp_path)
    ran = run("new", "fact", *args, "--dir", str(rulebook))
    assert (ran.status, ran.out) == (2, "")
    assert said in flat(ran.err)
    assert (rulebook / "vocabulary.yaml").read_text("utf-8") == text_of("vocabulary.yaml")


def test_a_former_name_of_a_fact_or_a_rule_is_not_free(tmp_path: Path) -> None:
    young = "cautions/young.yaml"
    retired = "retired: {date: 2026-11-28, by: A, reason: Old.}\n"
    rulebook = with_files(tmp_path, {young: f"{text_of(young)}{retired}"})
    renamed = (("fact", "egfr", "kidneys"), ("rule", "heart", "heart-condition"), ("rule", "young", "younger"))
    for kind, old, new in renamed:
        assert run("rename", kind, old, new, "--dir", str(rulebook)).status == 0
    before = {path: path.read_bytes() for path in rulebook.rglob("*.yaml")}
    calls = (
        (("fact", "egfr", "--type", "number"), "`egfr` is a former name of `kidneys`; choose another name"),
        (("rule", "heart", "--effect", "review"), "`heart` is a former name of `heart-condition`; choose another id"),
        (("rule", "young", "--effect", "review"), "`young` is a former name of `younger`; choose another id"),
    )
    for args, said in calls:
        ran = run("new", *args, "--dir", str(rulebook))
        assert (ran.status, ran.out, said in flat(ran.err)) == (2, "", True), args
    assert {path: path.read_bytes() for path in rulebook.rglob("*.yaml")} == before


def test_new_fact_wants_a_rulebook(tmp_path: Path) -> None:
    ran = run("new", "fact", "liver", "--type", "list", "--dir", str(tmp_path))
    assert "the folder has no rulebook.yaml" in flat(ran.err)
    assert list(tmp_path.iterdir()) == []


def test_who_names_no_kind_of_thing_is_told_what_to_write() -> None:
    ran = run("new", "kidney-failure", "--effect", "exclude")
    assert ran.status == 2
    assert "`kidney-failure` is neither `rule` nor `fact`; write `ketascreen new rule kidney-failure`" in flat(ran.err)


@pytest.mark.parametrize(("given", "uses"), [("none", "[]"), ("sex, language", "[sex, language]")])
def test_what_it_uses_is_written_if_it_is_given(tmp_path: Path, given: str, uses: str) -> None:
    rulebook = copied(tmp_path)
    new = ["liver", "--type", "list", *WHOLE[Kind.LIST], *TOLD, "--dir", str(rulebook)]
    ran = run("new", "fact", *new, "--uses", given)
    assert (ran.status, ran.err, "as not said" in flat(ran.out)) == (0, "", False)
    assert f"\n    uses: {uses}\n" in (rulebook / "vocabulary.yaml").read_text("utf-8")
    load_rulebook(rulebook)


def test_that_nobody_said_what_it_uses_is_told_and_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    new = ["liver", "--type", "list", *WHOLE[Kind.LIST], *TOLD, "--dir", str(rulebook)]
    before = (rulebook / "vocabulary.yaml").read_bytes()
    assert run("new", "fact", *new, "--uses", "kidneys").status == 2
    assert (rulebook / "vocabulary.yaml").read_bytes() == before
    assert "write `uses: []` or its kinds" in flat(run("new", "fact", *new).out)
    assert b"uses" not in (rulebook / "vocabulary.yaml").read_bytes()
