"""The source documents beside the rules: `check` looks into `documents/` unasked, and fails if they are not there."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from ketascreen import load_rulebook
from ketascreen.authoring import traceability
from ketascreen.authoring.checks import phrase_not_on_line
from ketascreen.authoring.checks.run import Checked, check_folder
from ketascreen.loading.signature import require_release, sign_release
from ketascreen.signing import read_signing_key, read_verify_key
from tests.helpers.check_findings import TODAY, rule
from tests.helpers.command_line import flat, run
from tests.helpers.rulebook_files import changed, problems, text_of, with_files
from tests.helpers.signing_keys import key_files

LEAFLET = "A leaflet\nDo not use above 180.\n3\n4\nIt works within minutes.\n6\n7\n8\nPlease ask for our prices.\n"
RIGHT = hashlib.sha256(LEAFLET.encode()).hexdigest()
CITED = changed("documents.yaml", "0" * 64, RIGHT)
IN_FOLDER = {**CITED, "documents/leaflet.txt": LEAFLET}


def checked(folder: Path, **given: bool | Path) -> Checked:
    """What the check of phrases finds alone."""
    return check_folder(folder, today=TODAY, checks=(phrase_not_on_line,), **given)  # type: ignore[arg-type]


def found(folder: Path) -> list[str]:
    return [problem.code for problem in checked(folder).found]


def test_documents_in_the_folder_are_looked_into_unasked(tmp_path: Path) -> None:
    folder = with_files(tmp_path, IN_FOLDER)
    assert (checked(folder).found, checked(folder).not_run) == ((), ())
    (folder / "documents" / "leaflet.txt").write_text(LEAFLET.replace("above 180", "over 180"))
    assert sorted(set(found(folder))) == ["phrase-not-on-line", "sha256"]


@pytest.mark.parametrize("phrase", ["higher than 180", '"“above 180”"', "Above 180"])
def test_a_paraphrase_and_smart_quotes_fail_by_default(tmp_path: Path, phrase: str) -> None:
    reworded = {
        path: text.replace("above 180", phrase)
        for path, text in rule("reviews/x.yaml", "  age: {below: 18 years}").items()
    }
    folder = with_files(tmp_path, {**IN_FOLDER, **reworded})
    (problem,) = checked(folder).found
    assert (problem.code, problem.hint) == ("phrase-not-on-line", "no line has it; copy it word by word")
    assert str(problem.place).startswith("reviews/x.yaml:")


def test_without_the_documents_it_fails_unless_somebody_says_that_they_are_not_here(tmp_path: Path) -> None:
    folder = with_files(tmp_path, {})
    (problem,) = checked(folder).found
    assert (problem.code, str(problem.place)) == ("no-documents", "documents.yaml")
    assert "--documents" in problem.hint
    assert "--no-documents" in problem.hint
    for given, status in (((), 1), (("--no-documents",), 0), (("--documents", str(tmp_path)), 1)):
        ran = run("check", str(folder), "--format", "json", "--today", "2026-11-22", *given)
        codes = {one["code"] for one in json.loads(ran.out)["found"]}
        assert ("no-documents" in codes, "document-unreadable" in codes) == (not given, "--documents" in given)
        assert (ran.status == 0) <= (status == 0)
    assert checked(folder, no_documents=True).not_run == ("phrase-not-on-line",)


def test_no_allow_entry_accepts_that_they_are_not_there(tmp_path: Path) -> None:
    allow = "allow:\n  - {check: no-documents, about: documents.yaml, reason: They are long.}\n"
    folder = with_files(tmp_path, {"rulebook.yaml": text_of("rulebook.yaml") + allow})
    assert sorted(found(folder)) == ["needless-allow", "no-documents"]


def test_a_rulebook_that_cites_no_document_needs_none(tmp_path: Path) -> None:
    assert run("init", str(tmp_path / "a"), "--empty", "--route", "iv").status == 0
    alone = check_folder(tmp_path / "a", today=TODAY)
    assert (alone.found, alone.not_run) == ((), ())


def test_documents_are_in_no_digest_under_no_signature_and_not_among_the_ignored(tmp_path: Path) -> None:
    folder = with_files(tmp_path, CITED)
    private, public = key_files(tmp_path)
    bare = load_rulebook(folder)
    sign_release(folder, bare, read_signing_key(private))
    (folder / "documents" / "more").mkdir(parents=True)
    for name in ("leaflet.txt", "scan.pdf", ".x.yaml", "more/a.txt"):
        (folder / "documents" / name).write_text(LEAFLET)
    beside = load_rulebook(folder)
    assert (beside.bytes_digest, beside.meaning_digest) == (bare.bytes_digest, bare.meaning_digest)
    assert beside.ignored == ("rulebook.signature.json",)
    assert not any(path.startswith("documents/") for path in beside.files)
    require_release(folder, beside, [read_verify_key(public)])


@pytest.mark.parametrize("name", ["a-rule.yaml", "x.yml", "deep/er/x.cases.yaml", "leaflet.yaml.txt", "x.yaml/a.txt"])
def test_no_rule_hides_among_the_documents(tmp_path: Path, name: str) -> None:
    (problem, *more) = problems(with_files(tmp_path, {**IN_FOLDER, f"documents/{name}": "id: x\n"}))
    assert more == []
    assert (problem.code, problem.message) == ("not-a-file", "holds YAML by its name, among the source documents")
    assert problem.place
    assert f"documents/{name}".startswith(problem.place.path)


@pytest.mark.parametrize("name", [".git/x.yaml", "deep/.cache/x.yml", ".x.yaml", ".x.yaml/y.yaml"])
def test_among_the_documents_too_a_name_that_begins_with_a_dot_is_passed_over(tmp_path: Path, name: str) -> None:
    files = {**IN_FOLDER, f"documents/{name}": "id: x\n"}
    assert load_rulebook(with_files(tmp_path, files)).rule("x") is None


def test_a_folder_of_that_name_elsewhere_holds_rules_as_any_other(tmp_path: Path) -> None:
    assert load_rulebook(with_files(tmp_path, rule("reviews/documents/x.yaml", "  age: {below: 18 years}"))).rule("x")


def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    folder = with_files(tmp_path, CITED)
    (tmp_path / "elsewhere").mkdir()
    (folder / "documents").symlink_to(tmp_path / "elsewhere")
    assert [(one.code, str(one.place)) for one in problems(folder)] == [("not-a-file", "documents")]


def test_a_wrong_sha256_names_the_right_one_at_its_line(tmp_path: Path) -> None:
    (problem,) = checked(with_files(tmp_path, {"documents/leaflet.txt": LEAFLET})).found
    assert (problem.code, str(problem.place), RIGHT in problem.message) == ("sha256", "documents.yaml:7:13", True)
    assert problem.text is not None
    assert problem.text.lstrip().startswith("sha256:")


@pytest.mark.parametrize("written", ['"abc"', "abc", f'"{RIGHT.upper()}"'])
def test_what_is_no_sha256_at_all_is_refused_with_the_right_one(tmp_path: Path, written: str) -> None:
    files = changed("documents.yaml", f'"{"0" * 64}"', written)
    told = f'write `sha256: "{RIGHT}"` and `lines: 9`'
    (problem,) = checked(with_files(tmp_path, {**files, "documents/leaflet.txt": LEAFLET})).refused
    assert (problem.code, problem.hint) == ("wrong-value", told)
    shutil.rmtree(tmp_path / "rulebook" / "documents")
    (unseen,) = checked(tmp_path / "rulebook").refused
    assert RIGHT not in unseen.hint


def test_other_problems_of_documents_yaml_keep_their_hints(tmp_path: Path) -> None:
    files = changed("documents.yaml", "    trust: none\n", "")
    (problem,) = checked(with_files(tmp_path, {**files, "documents/leaflet.txt": LEAFLET})).refused
    assert (problem.code, "sha256" in problem.hint) == ("missing-key", False)


def test_a_document_that_is_larger_than_the_limit_is_not_read_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = with_files(tmp_path, IN_FOLDER)
    monkeypatch.setattr(traceability, "MAX_BYTES", len(LEAFLET))
    assert found(folder) == []
    monkeypatch.setattr(traceability, "MAX_BYTES", len(LEAFLET) - 1)
    assert found(folder) == ["too-large"]


def test_verify_sources_needs_no_folder_where_the_rulebook_has_its_documents(tmp_path: Path) -> None:
    folder = with_files(tmp_path, IN_FOLDER)
    assert run("verify-sources", "--rules", str(folder)).status == 0
    shutil.rmtree(folder / "documents")
    ran = run("verify-sources", "--rules", str(folder))
    assert (ran.status, "[no-documents]" in flat(ran.err)) == (2, True)


def test_init_copies_documents_only_if_each_is_the_cited_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, here = with_files(tmp_path / "source", CITED), tmp_path / "here"
    monkeypatch.setattr("ketascreen.cli.init.built_in_rules", lambda: source)
    here.mkdir()
    refused = run("init", str(tmp_path / "clinic"), "--documents", str(here))
    assert (refused.status, "[document-unreadable]" in flat(refused.err)) == (2, True)
    assert not (tmp_path / "clinic").exists()
    (here / "leaflet.txt").write_text(LEAFLET)
    (here / "private.txt").write_text("not cited")
    ran = run("init", str(tmp_path / "clinic"), "--documents", str(here))
    assert ran.status == 0
    assert "and 1 document to" in flat(ran.out)
    assert f"ketascreen check {tmp_path}/clinic\n" in ran.out
    assert [path.name for path in (tmp_path / "clinic" / "documents").iterdir()] == ["leaflet.txt"]
    assert found(tmp_path / "clinic") == []
    assert "documents/** -text" in (tmp_path / "clinic" / ".gitattributes").read_text()


def test_without_documents_init_says_where_to_put_them_and_checks_without(tmp_path: Path) -> None:
    out = run("init", str(tmp_path / "clinic")).out
    assert f"Put the source documents into {tmp_path}/clinic/documents: `check` looks there" in flat(out)
    assert f"ketascreen check {tmp_path}/clinic --no-documents\n" in out
