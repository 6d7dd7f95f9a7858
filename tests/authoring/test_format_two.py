"""`fmt --format 2` turns any rulebook of format 1 into format 2; meaning and comments stay, whenever it stops."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ketascreen import RulebookError, load_rulebook
from ketascreen.authoring.format_two import Lost, in_format_2
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.formats import NEWEST, READ_SINCE
from ketascreen.loading.load import rulebook_of_files
from ketascreen.runtime.whole_file import write_whole
from ketascreen.syntax.folder import read_folder
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import plain
from ketascreen.syntax.yaml_tree import read_yaml
from tests.helpers.command_line import flat, run
from tests.helpers.places import DATA, ROOT
from tests.helpers.rulebook_files import RULE, copied, of_format_1, text_of

APPROVED = "{status: approved, by: Example Clinician (not real), date: 2026-11-22}"
BEFORE = DATA / "before" / "rulebook"
IN_BRACES = (
    "id: high-pressure, title: A, stage: candidacy, effect: exclude, routes: all, when: {pregnancy: {is: pregnant}}, "
    "say: B, sources: [{document: leaflet.txt, line: 2, phrase: above 180, says: exclude}], conflicts: [C1]"
)
FORMS = {
    "draft": "sign_off: {status: draft}",
    "approved": f"sign_off: {APPROVED}",
    "in quotes": '"sign_off": {\'status\': "draft"}',
    "on lines": "sign_off:\n  status: draft",
    "approved on lines": "sign_off:\n  status: approved\n  by: Dr. A\n  date: 2026-11-22\n  review_by: 2027-11-22",
    "folded": "sign_off:\n  status: approved\n  by: >\n    Dr. # A\n\n    of B\n  date: 2026-11-22",
    "braces over lines": "sign_off: {\n  status: approved, by: 'A # B',\n  date: 2026-11-22\n}",
    "with comments": "# above\nsign_off:  # beside\n  # within\n  status: draft\n  # at the end",
    "a comment behind braces": "sign_off: {status: draft}   # not yet",
}
"""How a `sign_off` can be written."""


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.yaml"))}


def content(data: bytes) -> Any:
    tree, found = read_yaml(data, "a.yaml")
    assert tree is not None
    assert found == []
    return plain(tree)


def comments(data: bytes) -> list[str]:
    """The comments of a file whose other lines have `#` in `Dr. # A` and `A # B` alone."""
    text = data.decode().replace("Dr. # A", "").replace("A # B", "")
    return sorted(one.rstrip() for one in re.findall(r"(?:^|(?<=[ \t]))#[^\r\n]*", text, re.MULTILINE))


def turned(files: dict[str, bytes]) -> dict[str, bytes]:
    return {**files, **dict(in_format_2(files).writes)}


def assert_turned(before: dict[str, bytes], after: dict[str, bytes]) -> Rulebook:
    """The rulebook of the files after; they differ in `sign_off`, `format` and `requires` alone, and mean the same."""
    old, new = rulebook_of_files(before), rulebook_of_files(after)
    assert (old.identity.format, new.identity.format) == (1, NEWEST)
    assert new.meaning_digest == old.meaning_digest
    assert new.approvals == ()
    assert before.keys() == after.keys()
    for path in before:
        if path == "rulebook.yaml":
            assert content(after[path]) == {
                **content(before[path]),
                "format": NEWEST,
                "requires": new.identity.requires,
            }
        elif path.count("/"):
            assert content(after[path]) == {k: v for k, v in content(before[path]).items() if k != "sign_off"}
            assert comments(after[path]) == comments(before[path])
        else:
            assert after[path] == before[path]
    return new


@pytest.mark.parametrize("sign_off", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("where", ["first", "in the middle", "last"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_sign_off_is_taken_out_however_it_is_written(tmp_path: Path, sign_off: str, where: str, ending: str) -> None:
    blocks = re.split(r"\n(?=[a-z])", text_of(RULE).rstrip("\n"))
    blocks.insert({"first": 0, "in the middle": 4, "last": len(blocks)}[where], sign_off)
    text = "# head\n" + "\n".join(blocks) + "\n"
    files = files_of(of_format_1(tmp_path, {RULE: text.replace("\n", ending).encode()}))
    after = turned(files)
    assert_turned(files, after)
    assert (b"\r\n" in after[RULE], b"sign_off" in after[RULE]) == (ending == "\r\n", False)


def test_the_lines_that_stay_are_the_same_to_the_byte_and_a_comment_gets_its_own_line(tmp_path: Path) -> None:
    rest = text_of(RULE)
    text = f"\ufeff{rest}# above\nsign_off:  # beside\n  # within\n  status: draft\nallow: []\n"
    files = files_of(of_format_1(tmp_path, {RULE: text}))
    assert turned(files)[RULE].decode() == f"\ufeff{rest}# above\n# beside\n# within\nallow: []\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{%s, sign_off: {status: draft}}", "{%s}"),
        ("{sign_off: {status: draft}, %s}", "{%s}"),
        ("{%s,\n  sign_off: {status: draft},\n  do: Wait.\n}", "{%s,\n  do: Wait.\n}"),
    ],
)
def test_a_sign_off_within_braces_goes_with_its_comma(tmp_path: Path, before: str, after: str) -> None:
    files = files_of(of_format_1(tmp_path, {RULE: before % IN_BRACES + "\n"}))
    assert turned(files)[RULE].decode() == after % IN_BRACES + "\n"


def test_a_comment_within_braces_that_would_be_lost_is_not_lost(tmp_path: Path) -> None:
    rule = f"{{{IN_BRACES},\n  sign_off: {{status: draft}},\n  # of what follows\n  do: Wait.\n}}\n"
    rulebook = of_format_1(tmp_path, {RULE: rule})
    before = files_of(rulebook)
    ran = run("fmt", "--format", "2", str(rulebook))
    assert ran.status == 2
    assert f"{RULE}: `sign_off` cannot be taken out; the rest, or a comment, would change" in flat(ran.err)
    assert files_of(rulebook) == before


@settings(max_examples=40, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 1_000_000))
def test_any_rulebook_of_format_1_keeps_its_meaning(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    chance = random.Random(seed)
    files = files_of(of_format_1(tmp_path_factory.mktemp("random")))
    for path in [path for path in files if path.count("/")]:
        text = files[path].decode().replace("sign_off: {status: draft}\n", "").rstrip("\n")
        blocks = re.split(r"\n(?=[a-z])", text)
        chance.shuffle(blocks)
        blocks.insert(chance.randrange(len(blocks) + 1), chance.choice(list(FORMS.values())))
        blocks = [
            f"# note {number}\n{block}" if chance.random() < 0.3 else block for number, block in enumerate(blocks)
        ]
        files[path] = chance.choice(["\n", "\n\n"]).join([*blocks, ""]).encode()
    requires = chance.choice(["'>=0.0.1'", '">=0.1.0"', f'">={READ_SINCE[NEWEST]}"'])
    files["rulebook.yaml"] = re.sub(b"requires: .*", f"requires: {requires}".encode(), files["rulebook.yaml"])
    after = turned(files)
    assert assert_turned(files, after).identity.requires == f">={READ_SINCE[NEWEST]}"
    assert in_format_2(after).writes == ()


def test_the_rulebook_of_before_keeps_its_meaning() -> None:
    files = files_of(BEFORE)
    assert_turned(files, turned(files))


def test_no_rulebook_of_this_project_but_that_of_before_has_anything_left_of_format_1() -> None:
    heads = [head for top in ("rules", "examples", "tests") for head in sorted((ROOT / top).rglob("rulebook.yaml"))]
    own = [head.parent for head in heads if head.parent != BEFORE]
    assert len(own) >= 3
    for folder in own:
        files = read_folder(folder, Problems(), fixtures=False).files
        assert in_format_2(files).writes == (), folder


class _Stopped(BaseException):
    """The machine stops."""


def test_wherever_it_stops_the_rulebook_loads_and_means_the_same_and_a_second_run_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ketascreen.authoring.editing import writing
    from ketascreen.cli import fmt

    start = of_format_1(tmp_path / "start", {RULE: f"{text_of(RULE)}sign_off: {APPROVED}\n"})
    wanted = load_rulebook(start).meaning_digest
    wanted_files = turned(files_of(start))
    steps = len(in_format_2(files_of(start)).writes)
    assert steps == len([path for path in wanted_files if path.count("/")]) + 2
    whole = write_whole
    for writes in range(steps + 1):
        rulebook = tmp_path / str(writes)
        shutil.copytree(start, rulebook)
        left = iter([True] * writes)

        def stopping(*args: Any, left: Any = left, **given: Any) -> None:
            if not next(left, False):
                raise _Stopped
            whole(*args, **given)

        with monkeypatch.context() as patched:
            patched.setattr(writing, "write_whole", stopping)
            if writes < steps:
                with pytest.raises(_Stopped):
                    fmt._turn((rulebook,), False)
            else:
                fmt._turn((rulebook,), False)
        assert load_rulebook(rulebook).meaning_digest == wanted
        assert run("fmt", "--format", "2", str(rulebook)).status == 0
        assert files_of(rulebook) == wanted_files


def test_it_says_which_approvals_go_before_it_writes_and_what_it_changed(tmp_path: Path) -> None:
    rulebook = of_format_1(tmp_path, {RULE: f"{text_of(RULE)}sign_off: {APPROVED}\n"})
    before = files_of(rulebook)
    lost = "high-pressure: the approval by Example Clinician (not real) on 2026-11-22 was bound to nothing, and goes."
    checked = run("fmt", "--format", "2", "--check", str(rulebook))
    assert (checked.status, checked.err) == (1, "")
    assert f"{lost} It must be given again." in flat(checked.out)
    assert f"would change {RULE}\n" in checked.out
    assert "Format 2: 9 files would be changed; the meaning is the same." in flat(checked.out)
    assert files_of(rulebook) == before
    ran = run("fmt", "--format", "2", str(rulebook))
    assert (ran.status, ran.err) == (0, "")
    assert flat(ran.out).startswith(lost)
    assert f"changed {RULE}\n" in ran.out
    assert "Format 2: 9 files changed; the meaning is the same." in flat(ran.out)
    assert files_of(rulebook) == turned(before)
    for flags in ((), ("--check",)):
        again = run("fmt", "--format", "2", *flags, str(rulebook))
        assert (again.status, again.out) == (0, "Format 2: nothing to do.\n")


def test_in_format_2_a_sign_off_that_is_left_is_taken_out_and_nothing_else(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    before = files_of(rulebook)
    (rulebook / RULE).write_text(f"{text_of(RULE)}sign_off: {APPROVED}\n", "utf-8")
    found = in_format_2(files_of(rulebook))
    assert found.lost == (Lost("high-pressure", "Example Clinician (not real)", "2026-11-22"),)
    assert run("fmt", "--format", "2", str(rulebook)).status == 0
    assert files_of(rulebook) == before


def test_a_rulebook_of_format_1_with_words_of_format_2_is_turned(tmp_path: Path) -> None:
    head = text_of("rulebook.yaml").replace("format: 2", "format: 1")
    approvers = "approvers: [{name: Example Clinician (not real), role: psychiatrist}]\n"
    rulebook = of_format_1(tmp_path, {"rulebook.yaml": head + approvers})
    with pytest.raises(RulebookError, match="`approvers` needs format 2"):
        load_rulebook(rulebook)
    assert run("fmt", "--format", "2", str(rulebook)).status == 0
    assert [one.role for one in load_rulebook(rulebook).identity.approvers] == ["psychiatrist"]


def test_a_rulebook_with_another_problem_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    rulebook = of_format_1(tmp_path)
    path = rulebook / "parameters.yaml"
    path.write_text(path.read_text("utf-8").replace("2 trials", "2 trails"), "utf-8")
    before = files_of(rulebook)
    ran = run("fmt", "--format", "2", str(rulebook))
    assert ran.status == 2
    assert "parameters.yaml:8:10: must be a quantity" in flat(ran.err)
    assert files_of(rulebook) == before


@pytest.mark.parametrize("requires", ['">=9999999.0.0"', '"0.1.0"'])
def test_a_requires_of_no_form_is_refused_and_not_written_over(tmp_path: Path, requires: str) -> None:
    head = re.sub("requires: .*", f"requires: {requires}", text_of("rulebook.yaml").replace("format: 2", "format: 1"))
    with pytest.raises(RulebookError, match="does not have the form"):
        in_format_2(files_of(of_format_1(tmp_path, {"rulebook.yaml": head})))


def test_it_needs_the_folder_of_one_rulebook(tmp_path: Path) -> None:
    rulebook = of_format_1(tmp_path)
    assert run("fmt", "--format", "2", str(rulebook), str(rulebook)).status == 2
    assert run("fmt", "--format", "2", str(rulebook / RULE)).status == 2
    assert run("fmt", "--format", "1", str(rulebook)).status == 2
    assert load_rulebook(rulebook).identity.format == 1
    without = run("fmt", "--format", "2")
    assert (without.status, without.out) == (2, "")
    assert "--format needs DIR, the folder of one rulebook" in flat(without.err)
    assert run("fmt", str(rulebook)).status == 0
    assert load_rulebook(rulebook).identity.format == 1


@pytest.mark.parametrize("words", [(), ("--format", "2")])
def test_a_folder_that_is_none_or_has_no_rules_is_named_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("some/empty", "some/rules/documents"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "some" / "rules" / "a.yml").touch()
    (tmp_path / "some" / "file.yaml").write_text("a: 1\n")
    says = {"some/empty": "some/empty: a folder without rules;", "some/rules": "some/rules/a.yml: "}
    if words:
        says |= {
            "some/file.yaml": "some/file.yaml: no such folder;",
            "nowhere/at/all": "nowhere/at/all: no such folder;",
        }
    for path, said in says.items():
        ran = run("fmt", *words, path)
        assert (ran.status, flat(ran.err).startswith(said)) == (2, True), ran.err
