"""Each format has its own words: those of the other are refused where they stand, with the command that mends it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ketascreen import RulebookError, load_rulebook
from ketascreen.language.approval import ApprovalState
from ketascreen.loading import formats
from ketascreen.loading.build import KEYS, NAMED
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.yaml_tree import WORD, read_yaml
from tests.helpers.places import DATA
from tests.helpers.rulebook_files import RULE, of_format_1, problems, text_of, where, with_files

FIX = "turn the rulebook into format 2: ketascreen fmt --format 2 DIR"
TAKE_OUT = "take it out: ketascreen fmt --format 2 DIR"
APPROVED = "{status: approved, by: A clinician, date: 2026-11-22}"
APPROVALS = """\
- rule: high-pressure
  sheet: 1-3f9a1c0b22de4410-77c1aa01b2c3d4e5
  by: Example Clinician (not real)
  role: psychiatrist
  date: 2026-11-22
"""
APPROVERS = "approvers:\n  - {name: Example Clinician (not real), role: psychiatrist}\n"
NEW = {
    "approvals": ("approvals.yaml", APPROVALS, "1:1", "approvals.yaml"),
    "approvers": ("rulebook.yaml", APPROVERS, "1:1", "`approvers`"),
    "another word for routes": ("rulebook.yaml", "options: {one: drug, many: drugs}\n", "1:1", "`options`"),
    "a weight": ("exclusions/a.yaml", "id: a\nweight: vital\n", "2:1", "`weight`"),
    "a former id": ("exclusions/a.yaml", "id: a\nwas: [b]\n", "2:1", "`was`"),
    "a retired rule": ("exclusions/a.yaml", "id: a\nretired: {reason: Old}\n", "2:1", "`retired`"),
    "a former name of a fact": ("vocabulary.yaml", "facts:\n  dose: {was: [amount]}\n", "2:10", "`was`"),
    "a former word": ("vocabulary.yaml", "facts:\n  mood: {was_choices: {a: b}}\n", "2:10", "`was_choices`"),
    "a former name of a parameter": ("parameters.yaml", "bar: {was: [limit]}\n", "1:7", "`was`"),
    "an address": ("documents.yaml", "documents:\n  a.txt: {url: x}\n", "2:11", "`url`"),
    "an edition": ("documents.yaml", "outside_sources:\n  B-1: {edition: x}\n", "2:9", "`edition`"),
    "who developed it": ("rulebook.yaml", "developer: A clinic\n", "1:1", "`developer`"),
    "a route": ("routes.yaml", "iv: {title: IV}\nrectal: {title: Rectal}\n", "2:1", "the route `rectal`"),
    "a fact without a unit": ("vocabulary.yaml", "facts:\n  inr: {unit: none}\n", "2:15", "the unit `none`"),
    "a ratio": ("vocabulary.yaml", "facts:\n  ratio: {unit: 1}\n", "2:17", "the unit `1`"),
    "a ratio in quotes": ("vocabulary.yaml", "facts:\n  ratio: {unit: '1'}\n", "2:17", "the unit `1`"),
    "a count": ("vocabulary.yaml", "facts:\n  platelets: {unit: 10*9/L}\n", "2:21", "the unit `10*9/L`"),
    "a window": ("vocabulary.yaml", "freshness:\n  age: {fresh_for: 30 seconds}\n", "2:20", "the unit `seconds`"),
    "a contradiction": (
        "vocabulary.yaml", "contradictions:\n  a: {when: {dose: {above: 5 ug}}}\n", "2:28", "the unit `ug`"),
    "a parameter": ("parameters.yaml", "bar: {value: 48 mmol/mol}\n", "1:14", "the unit `mmol/mol`"),
    "a definition": ("definitions.yaml", "a: {when: {not: {dose: {above: 5 ug}}}}\n", "1:32", "the unit `ug`"),
    "a condition": (
        "exclusions/a.yaml", "when:\n  any: [{wait: {between: [1 second, 2 minutes]}}]\n", "2:27", "the unit `second`"),
}  # fmt: skip
"""What only format 2 has: its file, what stands there, the place, and how it is called."""
OLD = {
    "a unit that there was": ("parameters.yaml", "bar: {value: 5 mg}\n"),
    "a word that is no unit": ("exclusions/a.yaml", "say: Above 5 ug.\nwhen: {mood: {is: none}}\n"),
    "a route that there was": ("routes.yaml", "oral: {title: Oral}\n"),
    "a key of another kind": ("conflicts.yaml", "weight: {topic: options}\n"),
}


def checked(written: int, path: str, text: str) -> list[tuple[str, str, str]]:
    """The problems with one file in a rulebook of this format: place with code, message, hint."""
    found = Problems()
    trees = {}
    for name, content in (("rulebook.yaml", f"requires: '>=0.1.0'\nformat: {written}\n"), (path, text)):
        if name == path == "rulebook.yaml":
            content = f"{text}format: {written}\n"
        trees[name], refused = read_yaml(content.encode(), name, KEYS.get(name, WORD))
        assert refused == []
    named = {name: trees.get(f"{name}.yaml") for name in NAMED}
    rules = {name: tree for name, tree in trees.items() if name.removesuffix(".yaml") not in named and tree is not None}
    formats.check_format(named, rules, found)
    return [(where(one), one.message, one.hint) for one in found.found if one.code == "format"]


@pytest.mark.parametrize(("path", "text", "place", "what"), NEW.values(), ids=NEW)
def test_what_only_format_2_has_is_refused_in_format_1_where_it_stands(
    path: str, text: str, place: str, what: str
) -> None:
    assert checked(1, path, text) == [(f"{path}:{place} format", f"{what} needs format 2", FIX)]
    assert checked(2, path, text) == []


@pytest.mark.parametrize(("path", "text"), OLD.values(), ids=OLD)
def test_what_both_formats_have_is_refused_in_none(path: str, text: str) -> None:
    assert checked(1, path, text) == checked(2, path, text) == []


def test_a_rulebook_of_format_1_with_approvals_is_refused_when_it_is_loaded(tmp_path: Path) -> None:
    found = problems(of_format_1(tmp_path, {"approvals.yaml": APPROVALS}))
    assert [(where(one), one.message, one.hint) for one in found] == [
        ("approvals.yaml:1:1 format", "approvals.yaml needs format 2", FIX)
    ]


def test_a_rulebook_of_format_2_has_approvals_and_no_sign_off(tmp_path: Path) -> None:
    files = {"approvals.yaml": APPROVALS, "rulebook.yaml": text_of("rulebook.yaml") + APPROVERS}
    rulebook = load_rulebook(with_files(tmp_path / "a", files))
    assert [one.by for one in rulebook.approvals] == ["Example Clinician (not real)"]
    found = problems(with_files(tmp_path / "b", {RULE: f"{text_of(RULE)}sign_off: {APPROVED}\n"}))
    message = "format 2 has no `sign_off`; approvals.yaml says who approved a rule"
    assert [(where(one), one.message, one.hint) for one in found] == [(f"{RULE}:16:1 format", message, TAKE_OUT)]


def test_a_rule_of_format_1_without_a_sign_off_is_refused(tmp_path: Path) -> None:
    found = problems(of_format_1(tmp_path, {RULE: text_of(RULE)}))
    assert [(where(one), one.message, one.hint) for one in found] == [
        (f"{RULE}:1:1 missing-key", "`sign_off` is missing", "add `sign_off:`")
    ]


@pytest.mark.parametrize(("requires", "is_refused"), [("before", True), ("since", False)])
def test_a_sign_off_may_be_missing_once_only_libraries_that_read_format_2_may_read_the_rulebook(
    tmp_path: Path, requires: str, is_refused: bool
) -> None:
    since = formats.version_of(formats.READ_SINCE[formats.NEWEST])
    last = {"before": (since[0], since[1] - 1, 999_999), "since": since}[requires]
    rulebook = of_format_1(tmp_path, {RULE: text_of(RULE)})
    head = rulebook / "rulebook.yaml"
    head.write_text(head.read_text("utf-8").replace(">=0.1.0", f">={'.'.join(map(str, last))}"), "utf-8")
    if is_refused:
        with pytest.raises(RulebookError, match="`sign_off` is missing"):
            load_rulebook(rulebook)
    else:
        assert load_rulebook(rulebook).rule("high-pressure")


def test_an_approved_sign_off_is_an_approval_that_is_bound_to_nothing(tmp_path: Path) -> None:
    rulebook = load_rulebook(of_format_1(tmp_path, {RULE: f"{text_of(RULE)}sign_off: {APPROVED}\n"}))
    (approval,) = rulebook.approvals
    said = (approval.kind, approval.name, approval.sheet, approval.by, approval.day)
    assert said == ("rule", "high-pressure", None, "A clinician", date(2026, 11, 22))
    assert rulebook.approval_states(date(2026, 11, 22)) == {"high-pressure": ApprovalState.UNBOUND}


def test_the_rulebook_of_before_is_of_format_1_and_loads() -> None:
    rulebook = load_rulebook(DATA / "before" / "rulebook")
    assert (rulebook.identity.format, rulebook.approvals) == (1, ())


def test_an_old_key_is_not_offered_for_an_unknown_one(tmp_path: Path) -> None:
    (found,) = problems(with_files(tmp_path, {RULE: f"{text_of(RULE)}sign_of: {APPROVED}\n"}))
    assert (where(found), "sign_off" in found.hint) == (f"{RULE}:16:1 unknown-key", False)
