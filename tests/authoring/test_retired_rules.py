"""Retired rules are read and named, and neither asked, nor counted, nor approved, nor tried by cases."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from ketascreen import RulebookError, load_rulebook
from ketascreen.authoring.cases.read import read_cases, read_every_case
from ketascreen.authoring.checks.run import check_folder
from ketascreen.authoring.editor.file_schemas import schemas
from ketascreen.authoring.mutation.line_edits import read_sources
from ketascreen.authoring.mutation.mutant import mutants, source_paths
from ketascreen.authoring.mutation.run import Fate, MutantRun
from ketascreen.authoring.names import read_names
from ketascreen.authoring.traceability import Carrier, trace, verify
from ketascreen.language.approval import ApprovalState
from ketascreen.verdict.approved import approved_on
from tests.helpers.check_findings import TODAY
from tests.helpers.command_line import flat, run
from tests.helpers.rulebook_files import changed, text_of, with_files

YOUNG, HIGH = "cautions/young.yaml", "exclusions/high-pressure.yaml"
BLOCK = "retired: {date: 2026-11-20, by: A. Clinician, reason: Nobody says it any more., instead: [heart]}\n"
RETIRED = {YOUNG: text_of(YOUNG) + BLOCK}
CASE = "- name: a\n  as_of: 2026-11-22T09:00:00Z\n  given: {age: 20 years}\n  expect: "
OWN = {"cautions/young.cases.yaml": f"{CASE}{{finding: met}}\n  decisions: [young]\n"}
PATIENT = "vignettes/all.cases.yaml"
TOLD = "`young` was retired on 2026-11-20; `heart` replaces it"


def test_its_cases_are_read_and_not_run(tmp_path: Path) -> None:
    folder = with_files(tmp_path, {**RETIRED, **OWN, PATIENT: f"{CASE}{{decisions: {{iv: insufficient_data}}}}\n"})
    rulebook = load_rulebook(folder)
    read = read_every_case(folder, rulebook)
    assert ([case.rule for case in read.cases], [case.rule for case in read.of_retired]) == ([None], ["young"])
    assert read_cases(folder, rulebook) == read.cases
    ran = run("test", str(folder))
    assert ran.out.startswith("1 case: 1 hold, 0 failed")
    assert ran.out.endswith("1 case of a retired rule is not run.\n")


def test_what_is_wrong_in_its_cases_is_found(tmp_path: Path) -> None:
    wrong = {"cautions/young.cases.yaml": f"{CASE}{{finding: met, because: [agee]}}\n"}
    folder = with_files(tmp_path, {**RETIRED, **wrong})
    with pytest.raises(RulebookError) as caught:
        read_cases(folder, load_rulebook(folder))
    assert [one.message for one in caught.value.diagnostics] == ["unknown fact `agee`"]


@pytest.mark.parametrize("key", ["met", "unknown", "alerts", "not_decidable", "decisions"])
def test_a_whole_patient_who_names_it_hears_since_when_and_what_to_do(tmp_path: Path, key: str) -> None:
    named = f"{CASE}{{decisions: {{iv: caution}}, {key}: [young]}}\n"
    if key == "decisions":
        named = f"{CASE}{{decisions: {{iv: caution}}}}\n  decisions: [young]\n"
    folder = with_files(tmp_path, {**RETIRED, PATIENT: named})
    with pytest.raises(RulebookError) as caught:
        read_cases(folder, load_rulebook(folder))
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.message, problem.hint) == ("retired-rule", TOLD, "delete it here")
    assert problem.place is not None
    assert problem.place.path == PATIENT


@pytest.mark.parametrize(
    "args",
    [
        ("test", "DIR", "--rule", "young"),
        ("mutate", "DIR", "--rule", "young"),
        ("coverage", "DIR", "--rule", "young"),
        ("approve", "young", "--rules", "DIR", "--by", "A", "--role", "B", "--yes"),
    ],
    ids=lambda args: args[0],
)
def test_a_command_that_asks_about_it_says_that_it_is_retired(tmp_path: Path, args: tuple[str, ...]) -> None:
    folder = with_files(tmp_path, {**RETIRED, **OWN, PATIENT: f"{CASE}{{decisions: {{iv: insufficient_data}}}}\n"})
    ran = run(*(str(folder) if arg == "DIR" else arg for arg in args))
    assert (ran.status, ran.out) == (2, "")
    assert flat(ran.err) == f"{TOLD}; `ketascreen show` says why [retired-rule]"


def test_show_says_who_retired_it_when_why_and_what_stands_in_its_place(tmp_path: Path) -> None:
    folder = with_files(tmp_path, RETIRED)
    shown = run("show", "young", "--rules", str(folder)).out
    assert "Retired: on 2026-11-20, by A. Clinician; nobody is asked this rule any more\n" in shown
    assert "Reason: Nobody says it any more.\nInstead: heart\n" in shown
    told = json.loads(run("show", "young", "--rules", str(folder), "--json").out)
    assert told["retired"]["instead"] == ["heart"]


def test_rules_lists_it_apart_and_counts_it(tmp_path: Path) -> None:
    folder = str(with_files(tmp_path, RETIRED))
    listed, retired = run("rules", "--rules", folder).out, run("rules", "--rules", folder, "--retired").out
    assert "young" not in listed
    assert listed.endswith("7 rules of 7, 1 retired\n")
    assert flat(retired) == (
        f"caution candidacy young all Young adult {TOLD}. By A. Clinician: Nobody says it any more. 1 retired rule"
    )
    told = json.loads(run("rules", "--rules", folder, "--json").out)
    assert (len(told["rules"]), told["retired"]) == (7, 1)
    assert [one["id"] for one in json.loads(run("rules", "--rules", folder, "--retired", "--json").out)["rules"]] == [
        "young"
    ]


def test_check_counts_it_and_asks_for_no_case_of_it(tmp_path: Path) -> None:
    folder = with_files(tmp_path, {**RETIRED, **OWN})
    checked = check_folder(folder, today=TODAY, no_documents=True)
    assert (checked.rules, checked.retired, checked.cases, checked.refused) == (7, 1, 0, ())
    assert not [one for one in checked.found if one.place and one.place.path.startswith("cautions/")]
    assert "7 rules, 1 retired, 0 cases" in run("check", str(folder), "--no-documents").out


SPARE = """
spare:
  value: 65 years
  stricter: lower
  basis: policy
  reason: Made up.
"""


@pytest.mark.parametrize("block", [BLOCK, ""], ids=["retired", "asked"])
def test_what_it_uses_is_used_and_what_it_lets_stand_is_never_needless(tmp_path: Path, block: str) -> None:
    rule = text_of(YOUNG).replace("{below: 21 years}", "{below: spare}").replace("say: Young.", "say: Below {spare}.")
    allow = "allow: [{check: boundary-case, reason: It is meant so.}]\n"
    files = {YOUNG: f"{rule}{allow}{block}", "parameters.yaml": text_of("parameters.yaml") + SPARE, **OWN}
    found = check_folder(with_files(tmp_path, files), today=TODAY, no_documents=True).found
    assert not {"unused-parameter", "needless-allow"} & {one.code for one in found}


def test_a_finding_about_it_cannot_be_let_stand_in_rulebook_yaml(tmp_path: Path) -> None:
    allow = "allow: [{check: retired-date, reason: It is meant so., about: young}]\n"
    files = {**RETIRED, "rulebook.yaml": text_of("rulebook.yaml") + allow}
    found = check_folder(with_files(tmp_path, files), today=date(2026, 11, 19), no_documents=True).found
    assert [(one.code, one.message) for one in found if one.code in ("retired-date", "needless-allow")] == [
        ("retired-date", "`young` is retired from 2026-11-20 on, which is still to come"),
        ("needless-allow", "only the rule's own file can accept a finding about a rule"),
    ]


@pytest.mark.parametrize(("day", "found"), [(date(2026, 11, 19), 1), (date(2026, 11, 20), 0)])
def test_a_day_that_is_still_to_come_is_a_finding_at_the_day(tmp_path: Path, day: date, found: int) -> None:
    told = check_folder(with_files(tmp_path, RETIRED), today=day, no_documents=True).found
    dated = [one for one in told if one.code == "retired-date"]
    assert [str(one.place) for one in dated] == [f"{YOUNG}:11:17"] * found


def test_a_line_that_it_alone_cites_is_not_carried(tmp_path: Path) -> None:
    files = {YOUNG: text_of(YOUNG).replace("line: 2, phrase: above 180", "line: 3, phrase: young") + BLOCK}
    rulebook = load_rulebook(with_files(tmp_path, files))
    lines = {one.line: one for one in trace(rulebook, rulebook.documents["leaflet.txt"]).lines}
    assert [(one.carrier, one.name) for one in lines[3].mentions] == [(Carrier.RETIRED, "young")]
    assert (lines[2].carried, lines[2].retired, lines[3].carried, lines[3].retired) == (True, False, False, True)
    shown = run("trace", "--rules", str(tmp_path / "rulebook")).out
    assert "1 carried by retired rules alone" in flat(shown)
    assert 'retired rule young: "young" (caution)' in flat(shown)


def test_what_it_cites_is_still_looked_for(tmp_path: Path) -> None:
    folder = with_files(tmp_path, RETIRED)
    (tmp_path / "leaflet.txt").write_text("nothing\n" * 9, "utf-8")
    assert YOUNG in {one.place.path for one in verify(load_rulebook(folder), tmp_path) if one.place}


def test_an_approval_of_it_is_not_gone_and_counts_for_nothing(tmp_path: Path) -> None:
    sheet = load_rulebook(with_files(tmp_path / "before", {})).sheets["young"].digest
    said = f"- rule: young\n  sheet: {sheet}\n  by: A. Clinician\n  role: psychiatrist\n  date: 2026-11-19\n"
    folder = with_files(tmp_path / "retired", {**RETIRED, "approvals.yaml": said})
    rulebook = load_rulebook(folder)
    assert rulebook.approval_states(TODAY) == {}
    assert (approved_on(rulebook, TODAY).gone, approved_on(rulebook, TODAY).of) == (0, 7)
    assert "approval-lapsed" not in {one.code for one in check_folder(folder, today=TODAY, no_documents=True).found}
    shown = run("rules", "--rules", str(folder), "--unapproved", "--date", "2026-11-22")
    assert "Approved once, and retired: young." in shown.out
    assert "gone" not in shown.out
    told = json.loads(run("rules", "--rules", str(folder), "--unapproved", "--json").out)
    assert (told["retired"], told["gone"]) == (["young"], [])
    (folder / YOUNG).unlink()
    assert load_rulebook(folder).approval_states(TODAY) == {"young": ApprovalState.GONE}


def test_an_editor_does_not_offer_it_to_a_case_and_knows_it_where_it_may_stand(tmp_path: Path) -> None:
    names = read_names(with_files(tmp_path, RETIRED))
    assert ("young" in names.rules, names.retired) == (False, {"young": "Young adult"})
    made = {name: json.dumps(schema) for name, schema in schemas(names).items()}
    assert '"young"' not in made["vignettes.schema.json"]
    assert '"young"' in made["conflicts.schema.json"]
    assert '"young"' in made["approvals.schema.json"]


def test_no_new_rule_takes_its_id(tmp_path: Path) -> None:
    folder = with_files(tmp_path, RETIRED)
    ran = run("new", "rule", "young", "--effect", "caution", "--dir", str(folder))
    assert ran.status == 2
    assert "there was a `young`, which is retired; choose another id" in flat(ran.err)


def test_a_conflict_that_it_carries_with_others_needs_no_reason(tmp_path: Path) -> None:
    files = {
        **changed("conflicts.yaml", "rules: [high-pressure]", "rules: [high-pressure, young]"),
        YOUNG: f"{text_of(YOUNG)}conflicts: [C1]\n{BLOCK}",
    }
    assert load_rulebook(with_files(tmp_path, files)).conflicts["C1"].rules == ("high-pressure", "young")


def test_slips_are_tried_where_a_conflict_names_it(tmp_path: Path) -> None:
    files = {
        **changed("conflicts.yaml", "rules: [high-pressure]", "rules: [high-pressure, young]"),
        YOUNG: f"{text_of(YOUNG)}conflicts: [C1]\n{BLOCK}",
        PATIENT: f"{CASE}{{decisions: {{iv: insufficient_data}}}}\n",
    }
    folder = with_files(tmp_path, files)
    rulebook = load_rulebook(folder)
    tried = MutantRun(rulebook, read_cases(folder, rulebook))
    slips = mutants(rulebook, read_sources(folder, source_paths(rulebook)))
    fates = [tried.result(slip) for slip in slips if "high-pressure" in slip.touches]
    assert Fate.SURVIVED in {one.fate for one in fates}
    assert not [one.why for one in fates if "unknown rule" in one.why]


def test_a_former_id_is_met_with_the_id_of_today(tmp_path: Path) -> None:
    young = f"{text_of('cautions/young.yaml')}was: [juvenile]\n"
    folder = str(with_files(tmp_path, {"cautions/young.yaml": young}))
    for call in (
        ("show", "juvenile", "--rules", folder),
        ("retire", "juvenile", "--by", "A", "--reason", "B", "--dir", folder),
    ):
        assert "it is called `young` now" in flat(run(*call).err)
