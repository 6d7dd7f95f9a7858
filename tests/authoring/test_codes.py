"""Every code has a page, and the examples on it do what they say."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from ketascreen import (
    ClinicianDecision,
    LeanVerdict,
    PatientProfile,
    Screener,
    Verdict,
    load_rulebook,
    read_profile,
)
from ketascreen.authoring.checks.registry import CHECKS
from ketascreen.authoring.checks.run import check_folder
from ketascreen.authoring.editing.entries import with_entry
from ketascreen.authoring.mutation.git_diff import rules_changed_since
from ketascreen.authoring.traceability import verify
from ketascreen.channels.production.rulesets import _too_large
from ketascreen.diagnostic import InputError
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.built_in import built_in_rules
from ketascreen.loading.formats import NEWEST, format_of, requires_too_early
from ketascreen.patient.facts import known_facts
from ketascreen.patient.observation import MAX_ENTRIES
from ketascreen.screening.recorder import Screening
from ketascreen.syntax.utf8 import MAX_BYTES
from ketascreen.syntax.yaml_tree import read_yaml
from ketascreen.testing import made_up_verdict
from tests.helpers.code_pages import PAGES, Fence, codes_in_source, index, pages
from tests.helpers.codes_in_json import TOLD_IN_JSON
from tests.helpers.command_line import run
from tests.helpers.ledger_codes import OF_LEDGERS
from tests.helpers.ledgers import new_ledger
from tests.helpers.rulebook_files import GOOD, changed, copied, of_format_1, with_files
from tests.helpers.signing_keys import key_files

AS_OF = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = date(2026, 11, 22)
SHOWN = [code for code, page in pages().items() if page.bad]
NOT_SHOWN = [code for code, page in pages().items() if not page.bad]


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    codes = codes_in_source()
    assert len(codes) > 70
    assert {code: where for code, where in codes.items() if code not in pages()} == {}
    assert sorted(set(pages()) - set(codes)) == []


def test_every_check_gives_the_code_that_it_is_named_for() -> None:
    for check in CHECKS:
        assert check.__name__.rsplit(".", 1)[1] == check.CODE.replace("-", "_")  # type: ignore[attr-defined]
        assert check.CODE in pages()


@pytest.mark.parametrize("code", pages())
def test_a_page_says_what_the_code_means_and_why(code: str) -> None:
    page = pages()[code]
    assert page.text.startswith(f"# `{code}`\n\n")
    assert "\n\nWhy: " in page.text
    assert bool(page.bad) == bool(page.good)
    assert len(page.text) < 4_000


def test_the_list_of_codes_is_up_to_date() -> None:
    assert (PAGES / "README.md").read_text("utf-8") == index(), "run make docs"


@pytest.mark.parametrize("code", SHOWN)
def test_the_bad_example_gives_the_code(code: str, tmp_path: Path) -> None:
    given = _laid_out(pages()[code].bad) if code == "layout" else codes_of(pages()[code].bad, tmp_path)
    assert code in given


@pytest.mark.parametrize("code", SHOWN)
def test_the_good_example_does_not_and_is_not_refused_for_anything_else(code: str, tmp_path: Path) -> None:
    given = codes_of(pages()[code].good, tmp_path) + (_laid_out(pages()[code].good) if code == "layout" else [])
    checks = {check.CODE for check in CHECKS}
    assert code not in given
    assert set(given) - checks <= {"phrase-not-found", "sha256", "document-unreadable"} - {code}


@pytest.mark.parametrize("code", SHOWN)
def test_a_rulebook_of_the_newest_format_requires_a_library_that_reads_it(code: str) -> None:
    shown = [fence for fence in pages()[code].good if fence.file == "rulebook.yaml"]
    trees = [read_yaml(fence.text.encode(), fence.file)[0] for fence in shown]
    assert not [tree for tree in trees if format_of(tree) == NEWEST and requires_too_early(tree)]


def codes_of(fences: Iterable[Fence], folder: Path) -> list[str]:
    """The codes that an example gives: files on the small rulebook, a profile, or a call."""
    fences = tuple(fences)
    match fences[0].language:
        case "json":
            return _refusals(lambda: _screened(read_profile(fences[0].text.encode())))
        case "python":
            return _refusals(lambda: exec(fences[0].text, _names()))  # the project's own pages
        case _:
            return list(_codes_of_files(fences, folder))


def _codes_of_files(fences: Iterable[Fence], folder: Path) -> Iterator[str]:
    files = {fence.file.removeprefix("+"): _content(fence) for fence in fences}
    of_first = any("\nformat: 1\n" in text for text in files.values())
    rulebook = of_format_1(folder, files) if of_first else with_files(folder, files)
    cited = any(fence.file == "documents/leaflet.txt" for fence in fences)
    checked = check_folder(rulebook, today=TODAY, no_documents=not cited)
    for problem in (*checked.refused, *checked.found):
        if problem.code != "no-cases" or (problem.place and problem.place.path != str(rulebook)):
            yield problem.code
    if any(fence.file == "documents.yaml" for fence in fences):
        yield from (problem.code for problem in verify(load_rulebook(rulebook), rulebook / "documents"))


def _content(fence: Fence) -> str:
    if fence.file.startswith("+"):
        return (GOOD / fence.file[1:]).read_text("utf-8") + fence.text
    return fence.text


def _screened(profile: PatientProfile) -> None:
    Screener(load_rulebook(GOOD), channels=("reference",)).screen(profile, as_of=AS_OF)


def _names() -> dict[str, Any]:
    names: dict[str, Any] = {
        name.__name__: name for name in (PatientProfile, ClinicianDecision, LeanVerdict, Screener, datetime)
    }
    names |= {"load_rulebook": load_rulebook, "built_in_rules": built_in_rules}
    return {**names, "UTC": UTC, "as_of": AS_OF, "rulebook": load_rulebook(GOOD), "profile": PatientProfile()}


def _refusals(action: Callable[[], object]) -> list[str]:
    try:
        action()
    except InputError as error:
        return [problem.code for problem in error.diagnostics]
    return []


def _on_record(verdict: Verdict) -> None:
    Screening("p-17", PatientProfile(), verdict, load_rulebook(GOOD))


def _laid_out(fences: Iterable[Fence]) -> list[str]:
    pytest.importorskip("ruamel.yaml", reason="`ketascreen fmt` needs it")
    from ketascreen.authoring.layout.lay_out import laid_out

    return [code for fence in fences for code in _refusals(lambda: laid_out(fence.text.encode(), fence.file))]  # noqa: B023


def _checked(folder: Path) -> list[str]:
    return [problem.code for problem in check_folder(folder, today=TODAY).refused]


def _found(folder: Path) -> list[str]:
    return [problem.code for problem in check_folder(folder, today=TODAY).found]


def _with(folder: Path, path: str, data: bytes) -> list[str]:
    return _checked(with_files(folder, {path: data}))


def _without(folder: Path, path: str) -> list[str]:
    rulebook = with_files(folder, {})
    (rulebook / path).unlink()
    return _checked(rulebook)


def _unreadable(_folder: Path) -> list[str]:
    return _refusals(lambda: read_profile(Path(os.devnull)))


def _too_large_for_the_engine(_folder: Path) -> list[str]:
    rulebook: Rulebook = load_rulebook(GOOD)
    return [_too_large(rulebook.rules[0]).code]


def _decided_on_what_is_not_on_record(folder: Path) -> list[str]:
    rulebook = load_rulebook(GOOD)
    verdict = Screener(rulebook, channels=("reference",)).screen(PatientProfile(), as_of=AS_OF)
    told: dict[str, Any] = {"reason": "other", "text": "", "by": "A. Clinician", "at": AS_OF}
    return _refusals(lambda: new_ledger(folder).override(verdict, rule="not-resistant", **told))


def _decided_on_an_open_list(folder: Path) -> list[str]:
    ledger, profile = new_ledger(folder), PatientProfile(heart_conditions={"present": ["gout"], "at": AS_OF})
    screener = Screener(load_rulebook(GOOD), channels=("reference",), ledger=ledger)
    verdict = screener.screen(profile, as_of=AS_OF, reference="p-17")
    told: dict[str, Any] = {"reason": "other", "text": "", "by": "A. Clinician", "at": AS_OF}
    return _refusals(lambda: ledger.override(verdict, rule="unrecognised-heart-condition", **told))


def _said(*args: str) -> list[str]:
    return re.findall(r"\[([a-z-]+)\]", run(*args).err)


def _without_ruamel(folder: Path) -> list[str]:
    layout = [name for name in sys.modules if name.startswith("ketascreen.authoring.layout")]
    with patch.dict(sys.modules, {"ruamel.yaml": None}):
        for name in layout:
            del sys.modules[name]  # patch.dict puts it back
        return _said("fmt", str(folder))


_PATIENT = """\
- name: an age of 30
  as_of: 2026-11-22T09:00:00Z
  given: {age: 30 years}
  expect: {decisions: {iv: insufficient_data}}
"""


def _signed_without_approvals(folder: Path) -> list[str]:
    return _said("sign", str(with_files(folder, {})), "--key", str(key_files(folder)[0]), "--at-least", "1")


def _by_a_cut_cache(folder: Path) -> list[str]:
    load_rulebook(GOOD, cache=folder / "cache")
    (entry,) = (folder / "cache").iterdir()
    entry.write_bytes(entry.read_bytes()[:-1])
    told: list[str] = []
    with patch("ketascreen.loading.cache.log.warning", lambda _, problem: told.append(problem.code)):
        load_rulebook(GOOD, cache=folder / "cache")
    return told


def _patient_without_another_day(folder: Path) -> list[str]:
    rulebook, profile = copied(folder), folder / "patient.json"
    profile.write_text("{}", "utf-8")
    with patch("ketascreen.authoring.moved_patient.moved_to", lambda *_: None):
        return _said("case", str(profile), "--rules", str(rulebook))


def _pdf(folder: Path) -> Path:
    (folder / "leaflet.pdf").write_bytes(b"%PDF-1.7")
    return folder / "leaflet.pdf"


def _given_under_two_names(folder: Path) -> list[str]:
    vocabulary = changed("vocabulary.yaml", "    domain: renal\n", "    domain: renal\n    was: [gfr]\n")
    rulebook = load_rulebook(with_files(folder, vocabulary))
    profile = PatientProfile.model_validate({"extra": {"egfr": 40, "gfr": 40}})
    return _refusals(lambda: known_facts(profile, rulebook.vocabulary, ClinicTime.at(AS_OF)))


BY_HAND: dict[str, Callable[[Path], list[str]]] = {
    **OF_LEDGERS,
    **TOLD_IN_JSON,
    "approve": _signed_without_approvals,
    "cache-damaged": _by_a_cut_cache,
    "document": lambda folder: _said("add-document", str(_pdf(folder)), "--dir", str(copied(folder))),
    "edit": lambda _: _refusals(lambda: with_entry(b"facts: {a: 1}", "vocabulary.yaml", "facts", "b: 1")),
    "duplicate-fact": _given_under_two_names,
    "made-up": lambda _: _refusals(lambda: _on_record(made_up_verdict(as_of=AS_OF))),
    "missing-file": lambda folder: _without(folder, "routes.yaml"),
    "retire": lambda folder: _said(
        *("retire", "high-pressure", "--by", "A. Clinician", "--reason", "Old.", "--date", "2026-11-22"),
        *("--dir", str(with_files(folder, {"vignettes/all.cases.yaml": _PATIENT}))),
    ),
    "moved-dates": _patient_without_another_day,
    "no-documents": lambda folder: _found(with_files(folder, {})),
    "no-folder": lambda folder: _checked(folder / "nowhere"),
    "no-rulebook": lambda folder: _said("new", "rule", "kidney-failure", "--effect", "review", "--dir", str(folder)),
    "no-rules": _checked,
    "not-empty": lambda folder: _said("init", str(with_files(folder, {}))),
    "not-installed": _without_ruamel,
    "not-utf-8": lambda folder: _with(folder, "cautions/older.yaml", "say: œdème".encode("utf-16")),
    "over-engine-limits": _too_large_for_the_engine,
    "signature": lambda folder: _said("rules", "--rules", str(GOOD), "--trust", str(key_files(folder)[1])),
    "signing-key": lambda folder: _said("key", "show", str(folder / "nothing.pem")),
    "override": _decided_on_what_is_not_on_record,
    "incomplete-list": _decided_on_an_open_list,
    "rename": lambda folder: _said("rename", "fact", "age", "years", "--dir", str(with_files(folder, {}))),
    "since": lambda folder: _refusals(lambda: rules_changed_since("no-such", folder, load_rulebook(GOOD))),
    "too-large": lambda folder: _with(folder, "cautions/older.yaml", b"a: b\n" * (MAX_BYTES // 4)),
    "too-many": lambda _: _refusals(lambda: PatientProfile(heart_conditions=["stroke"] * (MAX_ENTRIES + 1))),
    "stale-schema": lambda folder: _found(with_files(folder, {"schema/rule.schema.json": "{}"})),
    "unreadable": _unreadable,
}
"""What no example on a page can show, made by hand."""


@pytest.mark.parametrize("code", NOT_SHOWN)
def test_what_no_example_can_show_is_given_all_the_same(code: str, tmp_path: Path) -> None:
    assert code in BY_HAND[code](tmp_path)
