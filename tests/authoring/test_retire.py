"""`retire` leaves all bytes but its own: the block at the end of the rule, and the rule's id in lists of cases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ketascreen import load_rulebook
from ketascreen.authoring.case_lists import without_rule
from ketascreen.authoring.cases.read import read_cases
from ketascreen.authoring.retire import retire, retiring, with_retired
from ketascreen.diagnostic import InputError
from ketascreen.language.rule import Retirement
from tests.helpers.rulebook_files import changed, of_format_1, text_of, with_files

DAY = date(2026, 11, 28)
WHY = Retirement(DAY, "Example Clinician (not real)", "Taken over by another rule.", ("kidney-function",))
YOUNG = "cautions/young.yaml"
BLOCK = """\
retired:
  date: 2026-11-28
  by: Example Clinician (not real)
  reason: Taken over by another rule.
  instead: [kidney-function]
"""
HEAD = "- name: a\n  as_of: 2026-11-22T09:00:00Z\n"


LISTS = {
    "the last": ("met: [x, young]\n", "met: [x]\n"),
    "the last of a file": ("met: [x, young]", "met: [x]"),
    "the first": ("met: [young, x]\n", "met: [x]\n"),
    "one between": ("met: [x, young, y]\n", "met: [x, y]\n"),
    "in quotes, with spaces": ("met: [ 'young' , x ]\n", "met: [ x ]\n"),
    "before a last comma": ('met: [x, "young",]\n', "met: [x,]\n"),
    "a longer id": ("met: [x, young-adult]\n", "met: [x, young-adult]\n"),
    "a key within braces": ("{met: [young], asks: [age]}\n", "{asks: [age]}\n"),
    "the last key within braces": ("{asks: [age], met: [young]}\n", "{asks: [age]}\n"),
    "two keys within braces": ("{met: [young], unknown: [young, x]}\n", "{unknown: [x]}\n"),
    "a key": ("asks: [a]\n    met: [young]\n    met_: [young]\n", "asks: [a]\n    met_: [young]\n"),
    "the first key": ("met: [young]\n    asks: [age]\n", "asks: [age]\n"),
    "an entry after a dash": ("met:\n      - x\n      - young\n      - y\n", "met:\n      - x\n      - y\n"),
    "a comment beside it": ("met:\n      - x\n      - young # why\n", "met:\n      - x\n      # why\n"),
    "the only entry": ("asks: [a]\n    met:\n      - young\n    x: y\n", "asks: [a]\n    x: y\n"),
    "the only alert": ("asks: [a]\n    alerts: [young] # one\n", "asks: [a]\n    alerts: [] # one\n"),
    "the only alert after a dash": ("asks: [a]\n    alerts:\n      - young\n", "asks: [a]\n    alerts: []\n"),
    "two keys with CRLF": ("alerts: [young, x]\r\n    met: [young]\r\n", "alerts: [x]\r\n"),
    "beside the same word": ("not_decidable: [young]\n    met: [x] # young\n", "met: [x] # young\n"),
}


@pytest.mark.parametrize(("before", "after"), LISTS.values(), ids=LISTS)
def test_a_rule_leaves_each_list_and_no_other_byte_changes(before: str, after: str) -> None:
    def of_case(expect: str) -> bytes:
        margin = " " if expect.startswith("{") else "\n    "
        return f"{HEAD}  given: {{mood: young}} # young\n  expect:{margin}{expect}".encode()

    assert without_rule(of_case(before), "a", "young", "retire")[0] == of_case(after)


def test_a_list_whose_key_begins_an_entry_becomes_empty() -> None:
    text = b"- decisions: [young]\n  name: a\n- decisions:\n  - young\n  name: b\n"
    wanted = b"- decisions: []\n  name: a\n- decisions: []\n  name: b\n"
    assert without_rule(text, "a", "young", "retire") == (wanted, 2)


def test_the_decisions_of_a_case_and_a_file_that_says_a_time_once() -> None:
    text = b"as_of: 2026-11-22T09:00:00Z\ncases:\n- name: a\n  decisions: [young]\n  expect: {met: [young, x]}\n"
    wanted = b"as_of: 2026-11-22T09:00:00Z\ncases:\n- name: a\n  expect: {met: [x]}\n"
    assert without_rule(text, "a", "young", "retire") == (wanted, 2)


@pytest.mark.parametrize(
    "lists",
    [
        "met: [x,\n      young, # it is 20\n      y]\n",
        "alerts: # none\n      - young\n",
        "alerts: [ # none\n      young]\n",
    ],
)
def test_a_comment_that_would_go_is_a_refusal_that_says_where(lists: str) -> None:
    text = f"{HEAD}  expect:\n    {lists}"
    with pytest.raises(InputError) as caught:
        without_rule(text.encode(), "a.cases.yaml", "young", "retire")
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.hint) == ("retire", "take it out by hand, and begin again")
    assert problem.message.startswith("`young` cannot be taken out here")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (text_of(YOUNG), text_of(YOUNG) + BLOCK),
        (text_of(YOUNG).rstrip("\n"), text_of(YOUNG) + BLOCK.rstrip("\n")),
        (text_of(YOUNG) + "# The end.\n\n", text_of(YOUNG) + "# The end.\n\n" + BLOCK),
        (text_of(YOUNG).replace("\n", "\r\n"), (text_of(YOUNG) + BLOCK).replace("\n", "\r\n")),
        (text_of(YOUNG) + "interpretation: >\n  Policy.\n", text_of(YOUNG) + "interpretation: >\n  Policy.\n" + BLOCK),
    ],
    ids=["as usual", "without a last newline", "a comment at the end", "CRLF", "a folded text at the end"],
)
def test_the_block_is_written_at_the_end_of_the_file(text: str, wanted: str) -> None:
    assert with_retired(text.encode(), YOUNG, WHY) == wanted.encode()


@pytest.mark.parametrize("reason", ["Yes", "a: b", 'it\'s "x", # y', "é", "no"])
def test_a_reason_of_any_words_is_read_as_it_was_given(tmp_path: Path, reason: str) -> None:
    folder = with_files(tmp_path, CASES)
    retire(folder, "young", Retirement(DAY, "A, B", reason))
    (young,) = load_rulebook(folder).retired
    assert young.retired == Retirement(DAY, "A, B", reason)


def test_a_file_within_braces_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be written at the end of this file"):
        with_retired(b"{id: young, title: Young}\n", YOUNG, WHY)


CASES = {
    "cautions/young.cases.yaml": f"{HEAD}  given: {{age: 20 years}}\n  expect: {{finding: met}}\n",
    "vignettes/all.cases.yaml": (
        f"{HEAD}  given: {{age: 20 years}}\n  expect: {{decisions: {{iv: insufficient_data}}, met: [young]}}\n"
        "- name: b\n  as_of: 2026-11-22T09:00:00Z\n  given: {age: 30 years}\n"
        "  expect: {decisions: {iv: insufficient_data}}\n"
    ),
}


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_files_are_written_and_the_rulebook_means_what_it_means_without_the_rule(tmp_path: Path) -> None:
    folder = with_files(tmp_path / "retired", CASES)
    before = bytes_of(folder)
    done = retire(folder, "young", WHY)
    assert list(done.writes) == ["vignettes/all.cases.yaml", YOUNG]
    told = CASES["vignettes/all.cases.yaml"].replace(", met: [young]", "")
    assert bytes_of(folder) == {
        **before, YOUNG: (text_of(YOUNG) + BLOCK).encode(), "vignettes/all.cases.yaml": told.encode(),
    }  # fmt: skip
    deleted = with_files(tmp_path / "deleted", {})
    (deleted / YOUNG).unlink()
    assert load_rulebook(folder).meaning_digest == load_rulebook(deleted).meaning_digest
    assert [case.name for case in read_cases(folder, load_rulebook(folder))] == ["a", "b"]
    assert done.expecting_more() == ()


REFUSED = {
    "an unknown rule": ("yuong", WHY, {}, ["unknown-rule: no rule `yuong`"]),
    "an unknown rule instead": ("young", Retirement(DAY, "A", "B", ("hart",)), {}, ["unknown-rule: no rule `hart`"]),
    "itself instead": (
        "young", Retirement(DAY, "A", "B", ("young",)), {}, ["retire: `young` cannot replace itself"]),
    "retired already": (
        "young", WHY, {YOUNG: text_of(YOUNG) + BLOCK},
        ["retired-rule: `young` was retired on 2026-11-28; `kidney-function` replaces it"]),
    "what reads unrecognised entries": (
        "unrecognised-heart-condition", WHY, {},
        ["retire: without `unrecognised-heart-condition` the rulebook does not load; nothing is written",
         "unrecognised: no review for unrecognised entries of `heart_conditions` on iv, oral: "
         "`unrecognised-heart-condition` is retired"]),
    "the only rule that carries a conflict": (
        "high-pressure", WHY, {},
        ["retire: without `high-pressure` the rulebook does not load; nothing is written",
         "conflict: only retired rules carry `C1`, and no `reason` says why: `high-pressure`"]),
    "cases that cannot be read": (
        "young", WHY, {"vignettes/all.cases.yaml": "- name: a\n"}, ["missing-key: `expect` is missing"]),
}  # fmt: skip


@pytest.mark.parametrize(("rule", "why", "files", "told"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_refused_before_anything_is_written(
    tmp_path: Path, rule: str, why: Retirement, files: dict[str, str], told: list[str]
) -> None:
    folder = with_files(tmp_path, {**CASES, **files} if "vignettes/all.cases.yaml" not in files else files)
    if YOUNG in files:
        (folder / "vignettes/all.cases.yaml").unlink()
    before = bytes_of(folder)
    with pytest.raises(InputError) as caught:
        retire(folder, rule, why)
    assert [f"{one.code}: {one.message}" for one in caught.value.diagnostics] == told
    assert bytes_of(folder) == before


def test_a_rule_of_format_1_is_refused_with_the_way_to_format_2(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        retiring(of_format_1(tmp_path, CASES), "young", WHY)
    assert "fmt --format 2" in caught.value.diagnostics[0].hint


def test_the_last_exclusion_of_a_route_cannot_be_retired(tmp_path: Path) -> None:
    carried = changed("conflicts.yaml", "  rules: [high-pressure]", "  rules: [high-pressure]\n  reason: Old.")
    window = changed("vocabulary.yaml", "lasting: [pregnant], ", "")
    folder = with_files(tmp_path, {**CASES, **carried, **window})
    for rule in ("high-pressure", "pregnancy"):
        retire(folder, rule, WHY)
    before = bytes_of(folder)
    with pytest.raises(InputError) as caught:
        retire(folder, "heart", WHY)
    told = [one.message for one in caught.value.diagnostics]
    assert "no exclusion for the route `iv`" in told
    assert bytes_of(folder) == before


def test_a_file_that_changed_meanwhile_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = with_files(tmp_path, CASES)
    planned = retiring(folder, "young", WHY)
    (folder / YOUNG).write_text(text_of(YOUNG) + "# An editor wrote this.\n", "utf-8")
    monkeypatch.setattr("ketascreen.authoring.retire.retiring", lambda *_: planned)
    with pytest.raises(InputError, match="was changed meanwhile"):
        retire(folder, "young", WHY)
    assert (folder / YOUNG).read_text("utf-8").endswith("# An editor wrote this.\n")
    load_rulebook(folder)


def test_an_id_that_looks_like_a_number_is_written_as_text() -> None:
    retirement = Retirement(date(2026, 11, 22), "Somebody", "Replaced.", ("100", "older-adult"))
    assert with_retired(b"id: x\n", "x.yaml", retirement).endswith(b'  instead: ["100", older-adult]\n')
