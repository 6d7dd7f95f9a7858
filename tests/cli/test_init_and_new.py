"""A site's own rulebook: copied by `init`, added to by `new`."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen import RulebookError, load_rulebook
from ketascreen.authoring.cases.read import read_cases
from ketascreen.language.effects import EFFECTS
from ketascreen.language.terms import Effect
from ketascreen.loading.built_in import built_in_rules
from tests.helpers.command_line import flat, run
from tests.helpers.rulebook_files import copied
from tests.helpers.screening import shipped, shipped_cases


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "clinic"
    ran = run("init", str(folder))
    assert (ran.status, ran.err) == (0, "")
    assert f"Copied {len(shipped().rules)} rules" in flat(ran.out)
    assert f"ketascreen check {folder}" in ran.out
    return folder


def test_the_copy_means_what_the_built_in_rulebook_means_and_has_all_its_cases(clinic: Path) -> None:
    copy = load_rulebook(clinic)
    assert copy.meaning_digest == shipped().meaning_digest
    assert [case.name for case in read_cases(clinic, copy)] == [case.name for case in shipped_cases()]


def test_each_file_differs_in_the_first_line_alone_and_its_schema_is_where_that_says(clinic: Path) -> None:
    source = built_in_rules()
    for file in sorted(source.rglob("*.yaml")):
        copy = clinic / file.relative_to(source)
        first, _, rest = copy.read_text("utf-8").partition("\n")
        schema = first.removeprefix("# yaml-language-server: $schema=")
        assert (copy.parent / schema).resolve().parent == (clinic / "schema").resolve()
        assert (copy.parent / schema).is_file()
        original = file.read_text("utf-8")
        assert rest == (original.partition("\n")[2] if original.startswith("# yaml-language-server:") else original)


@pytest.mark.parametrize("there", ["a folder with a file", "a file"])
def test_init_writes_nothing_over(tmp_path: Path, there: str) -> None:
    target = tmp_path / "clinic"
    kept = target / "notes.txt" if there == "a folder with a file" else target
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("mine", "utf-8")
    ran = run("init", str(target))
    assert ran.status == 2
    assert flat(ran.err) == f"{target}: not an empty folder; name a new one [not-empty]"
    assert kept.read_text("utf-8") == "mine"


def test_init_takes_an_empty_folder(tmp_path: Path) -> None:
    assert run("init", str(tmp_path)).status == 0
    assert (tmp_path / "rulebook.yaml").is_file()


def test_a_new_rule_stands_with_its_cases_in_the_folder_of_its_effect(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    ran = run("new", "rule", "kidney-failure", "--effect", "exclude", "--routes", "iv", "--dir", str(rulebook))
    assert (ran.status, ran.err) == (0, "")
    rule = (rulebook / "exclusions" / "kidney-failure.yaml").read_text("utf-8")
    assert rule.startswith("# yaml-language-server: $schema=../schema/rule.schema.json\n")
    assert "\nid: kidney-failure\n" in rule
    assert "\nstage: candidacy\neffect: exclude\nroutes: [iv]\n" in rule
    cases = (rulebook / "exclusions" / "kidney-failure.cases.yaml").read_text("utf-8")
    assert [cases.count(f"finding: {one}") for one in ("met\n", "not_met\n", "unknown\n")] == [1, 1, 1]


def test_what_is_to_be_filled_in_keeps_the_rulebook_from_loading_and_is_pointed_at(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    run("new", "rule", "kidney-failure", "--effect", "exclude", "--dir", str(rulebook))
    with pytest.raises(RulebookError) as caught:
        load_rulebook(rulebook)
    rule = (rulebook / "exclusions" / "kidney-failure.yaml").read_text("utf-8").split("\n")
    empty = [line for line, text in enumerate(rule, 1) if text.endswith(":") and text.strip() != "sources:"]
    found = [problem for problem in caught.value.diagnostics if problem.code == "no-value"]
    assert [problem.place and problem.place.line for problem in found] == empty
    assert len(empty) == 7


def test_a_new_rule_that_is_filled_in_loads_and_its_cases_are_read(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    run("new", "rule", "kidney-failure", "--effect", "review", "--dir", str(rulebook))
    rule = rulebook / "reviews" / "kidney-failure.yaml"
    filled = rule.read_text("utf-8").replace("title:", "title: Kidneys").replace("say:", "say: Kidneys.")
    filled = filled.replace("when:\n", "when:\n  egfr: {below: 30 mL/min}\n")
    filled = (
        filled.replace("document:", "document: leaflet.txt").replace("line:", "line: 2").replace("phrase:", "phrase: a")
    )
    rule.write_text(filled.replace("says:", "says: avoid"), "utf-8")
    cases = rulebook / "reviews" / "kidney-failure.cases.yaml"
    text = cases.read_text("utf-8")
    for name, given in (("low", "{egfr: 29 mL/min}"), ("on the line", "{egfr: 30 mL/min}"), ("not known", "{}")):
        text = text.replace("- name:\n", f"- name: {name}\n", 1).replace("given:\n", f"given: {given}\n", 1)
    cases.write_text(text.replace("because:", "because: [egfr]").replace("asks:", "asks: [egfr]"), "utf-8")
    read = read_cases(rulebook, load_rulebook(rulebook))
    assert [case.expect["finding"] for case in read if case.rule == "kidney-failure"] == ["met", "not_met", "unknown"]


@pytest.mark.parametrize("effect", list(Effect))
def test_every_effect_has_its_folder_and_the_stage_that_it_stands_at(tmp_path: Path, effect: Effect) -> None:
    rulebook = copied(tmp_path)
    assert run("new", "rule", "a-new-rule", "--effect", effect, "--dir", str(rulebook)).status == 0
    text = (rulebook / EFFECTS[effect].folder / "a-new-rule.yaml").read_text("utf-8")
    assert f"stage: {EFFECTS[effect].stages[0]}\neffect: {effect}\n" in text


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (
            ["Kidney Failure", "--effect", "exclude"],
            "is not an id; write lower-case words joined by hyphens, such as `kidney-failure`",
        ),
        (["a-rule", "--effect", "exclud"], "unknown effect `exclud`; did you mean `exclude`?"),
        (["a-rule", "--effect", "zzz"], "unknown effect `zzz`; the effects are exclude, review,"),
        (["a-rule", "--effect", "hold", "--stage", "candidacy"], "effect `hold` cannot have stage `candidacy`"),
        (["a-rule", "--effect", "hold", "--routes", "iv,imm"], "unknown route `imm`"),
        (["high-pressure", "--effect", "hold"], "there is a `high-pressure` already"),
        (["parameters", "--effect", "hold"], "there is a `parameters` already"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_and_nothing_is_written(tmp_path: Path, args: list[str], said: str) -> None:
    rulebook = copied(tmp_path)
    before = sorted(rulebook.rglob("*"))
    ran = run("new", "rule", *args, "--dir", str(rulebook))
    assert ran.status == 2
    assert said in flat(ran.err)
    assert sorted(rulebook.rglob("*")) == before


def test_new_wants_a_rulebook(tmp_path: Path) -> None:
    ran = run("new", "rule", "a-rule", "--effect", "hold", "--dir", str(tmp_path))
    assert ran.status == 2
    assert "`ketascreen init DIR` makes one" in flat(ran.err)
    assert list(tmp_path.iterdir()) == []


def test_a_new_rule_refers_to_the_schemas_where_the_rulebook_has_them(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    head = rulebook / "rulebook.yaml"
    line = "# yaml-language-server: $schema=../../schema/rules/rulebook.schema.json\n"
    head.write_text(line + head.read_text("utf-8"), "utf-8")
    run("new", "rule", "a-rule", "--effect", "hold", "--dir", str(rulebook))
    first = (rulebook / "holds" / "a-rule.yaml").read_text("utf-8").partition("\n")[0]
    assert first == "# yaml-language-server: $schema=../../../schema/rules/rule.schema.json"


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Europe/Berlin", "Pacific/Auckland"])
def test_init_writes_the_time_zone_and_the_cases_hold_by_its_clock(tmp_path: Path, zone: str) -> None:
    target = tmp_path / "clinic"
    ran = run("init", str(target), "--time-zone", zone)
    assert (ran.status, ran.err) == (0, "")
    assert load_rulebook(target).identity.time_zone == zone
    assert (target / "rulebook.yaml").read_text("utf-8").endswith(f"\ntime_zone: {zone}\n")
    tested = run("test", str(target))
    assert (tested.status, f"{len(shipped_cases())} hold, 0 failed" in flat(tested.out)) == (0, True)


def test_an_empty_rulebook_has_the_time_zone_and_cases_by_its_clock(tmp_path: Path) -> None:
    target = tmp_path / "clinic"
    assert run("init", str(target), "--empty", "--route", "iv", "--time-zone", "Pacific/Auckland").status == 0
    copy = load_rulebook(target)
    assert copy.identity.time_zone == "Pacific/Auckland"
    assert {case.as_of.hour for case in read_cases(target, copy)} == {9}
    assert {str(case.as_of.tzinfo) for case in read_cases(target, copy)} <= {"UTC+12:00", "UTC+13:00"}


def test_a_time_zone_that_does_not_exist_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    ran = run("init", str(tmp_path / "clinic"), "--time-zone", "Berlin")
    assert ran.status == 2
    assert "unknown time zone; write an IANA name, such as America/Los_Angeles" in flat(ran.err)
    assert not (tmp_path / "clinic").exists()


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("", "2026-11-22T09:00:00Z"),
        ("time_zone: Europe/Berlin\n", "2026-11-22T09:00:00+01:00"),
        ("time_zone: 'America/Los_Angeles'\n", "2026-11-22T09:00:00-08:00"),
        ("time_zone: Nowhere/Else\n", "2026-11-22T09:00:00Z"),
    ],
)
def test_a_new_case_is_at_nine_by_the_clock_of_the_clinic(tmp_path: Path, zone: str, written: str) -> None:
    rulebook = copied(tmp_path)
    head = rulebook / "rulebook.yaml"
    head.write_text(head.read_text("utf-8") + zone, "utf-8")
    run("new", "rule", "a-rule", "--effect", "hold", "--dir", str(rulebook))
    assert f"  as_of: {written}\n" in (rulebook / "holds" / "a-rule.cases.yaml").read_text("utf-8")


LIVER = (
    *("liver_conditions", "--type", "list", "--choices", "cirrhosis,hepatitis", "--label", "Liver conditions"),
    *("--domain", "liver", "--fresh-for", "30 days", "--reason", "Made up."),
)


def _with_liver(folder: Path) -> Path:
    rulebook = copied(folder)
    assert run("new", "fact", *LIVER, "--dir", str(rulebook)).status == 0
    return rulebook


def _filled(rule: Path, **values: str) -> None:
    text = rule.read_text("utf-8")
    for key, value in {"document": "leaflet.txt", "line": "2", "phrase": "a", "says": "avoid", **values}.items():
        text = text.replace(f"{key}:\n", f"{key}: {value}\n")
    rule.write_text(text, "utf-8")


@pytest.mark.parametrize(("effect", "reads"), [("exclude", "review"), ("review", "review"), ("caution", "caution")])
def test_a_rule_about_a_list_has_a_rule_for_entries_that_nobody_has_read_and_both_load(
    tmp_path: Path, effect: str, reads: str
) -> None:
    rulebook = _with_liver(tmp_path)
    ran = run("new", "rule", "cirrhosis", "--effect", effect, "--list", "liver_conditions", "--dir", str(rulebook))
    assert (ran.status, ran.err) == (0, "")
    first = rulebook / EFFECTS[Effect(effect)].folder / "cirrhosis.yaml"
    second = rulebook / EFFECTS[Effect(reads)].folder / "unrecognised-liver-conditions.yaml"
    _filled(first, title="Cirrhosis", say="The liver.", includes_any="[cirrhosis]")
    _filled(second)
    cases = first.with_name("cirrhosis.cases.yaml")
    text = cases.read_text("utf-8").replace("- name:\n", "- name: cirrhosis\n")
    cases.write_text(text.replace("given:\n", "given: {liver_conditions: [cirrhosis]}\n"), "utf-8")
    loaded = load_rulebook(rulebook)
    made = loaded.rule("unrecognised-liver-conditions")
    assert made is not None
    assert (made.effect, set(made.routes)) == (reads, set(loaded.routes))
    tested = run("test", str(rulebook))
    assert "6 hold, 0 failed" in flat(tested.out), tested.out


@pytest.mark.parametrize("effect", ["hold", "advise", "alert"])
def test_a_rule_that_needs_no_other_for_unread_entries_has_none(tmp_path: Path, effect: str) -> None:
    rulebook = _with_liver(tmp_path)
    args = ("--effect", effect, "--list", "liver_conditions", "--dir", str(rulebook))
    ran = run("new", "rule", "cirrhosis", *args)
    assert "No other rule is needed for entries of liver_conditions that nobody has read." in flat(ran.out)
    assert not list(rulebook.rglob("unrecognised-liver*"))


def test_a_list_whose_unread_entries_a_rule_reads_gets_no_second_one(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    args = ("--effect", "caution", "--list", "heart_conditions", "--dir", str(rulebook))
    before = {path.name for path in rulebook.rglob("*.yaml")}
    assert "No other rule is needed" in flat(run("new", "rule", "a-rule", *args).out)
    assert {path.name for path in rulebook.rglob("*.yaml")} - before == {"a-rule.yaml", "a-rule.cases.yaml"}


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("egfr", "`egfr` is not a list; the lists are heart_conditions, current_diagnoses"),
        ("heart_condition", "unknown fact `heart_condition`; did you mean `heart_conditions`?"),
    ],
)
def test_a_rule_about_something_else_than_a_list_is_refused(tmp_path: Path, fact: str, said: str) -> None:
    rulebook = copied(tmp_path)
    ran = run("new", "rule", "a-rule", "--effect", "caution", "--list", fact, "--dir", str(rulebook))
    assert ran.status == 2
    assert said in flat(ran.err)
    assert not list(rulebook.rglob("a-rule*"))


@pytest.mark.parametrize("name", ["2026", "no", "null", "1e5", "100"])
def test_an_id_that_yaml_does_not_read_as_text_is_refused(tmp_path: Path, name: str) -> None:
    copy = run("init", str(tmp_path / "clinic"), "--id", name)
    assert (copy.status, (tmp_path / "clinic").exists()) == (2, False)
    assert f"`{name}` is not an id: YAML may read it as a number, true, false or nothing" in flat(copy.err)
    rulebook = copied(tmp_path)
    ran = run("new", "rule", name, "--effect", "exclude", "--dir", str(rulebook))
    assert (ran.status, "write a word, such as `new-rule`" in flat(ran.err)) == (2, True)
    assert not list(rulebook.rglob(f"{name}.*"))


def test_a_rulebook_in_a_folder_whose_name_is_a_number_has_a_word_as_its_id(tmp_path: Path) -> None:
    assert run("init", str(tmp_path / "2026"), "--empty", "--route", "alteplase").status == 0
    assert load_rulebook(tmp_path / "2026").identity.id == "rulebook-2026"
