"""`fmt` lays files out in one way, keeps comments, and never changes what a file means."""

from __future__ import annotations

import random
import re
import shutil
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ketascreen import InputError, RulebookError, load_rulebook
from ketascreen.authoring.layout.lay_out import LIMIT, SHORT, laid_out
from ketascreen.authoring.layout.lay_out import meaning as content
from ketascreen.loading.build import KEYS
from ketascreen.syntax.tree import plain
from ketascreen.syntax.yaml_tree import WORD, read_yaml
from tests.helpers.command_line import flat, run
from tests.helpers.places import RULES
from tests.helpers.reached import often_reached, reached
from tests.helpers.rulebook_files import GOOD, copied

SHIPPED = sorted(path.relative_to(RULES).as_posix() for path in RULES.rglob("*.yaml"))
SMALL = [path for path in SHIPPED if (RULES / path).stat().st_size < 6_000]


def meaning(text: str, path: str) -> Any:
    """What a file says, by the reader that a rulebook is read with."""
    tree, found = read_yaml(text.encode(), path, KEYS.get(path, WORD))
    assert not found, found[0]
    assert tree is not None
    return content(tree)


def of_rule(text: str) -> str:
    """A rule's text as it is laid out."""
    return laid_out(text.encode(), "exclusions/a-rule.yaml")


def test_the_shipped_rulebook_is_laid_out_as_fmt_would() -> None:
    ran = run("fmt")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == f"{len(SHIPPED)} files: {len(SHIPPED)} as they should be.\n"


class _Numbers(yaml.SafeDumper):
    """Writes exact decimals as plain numbers."""


_Numbers.add_representer(Decimal, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", str(value)))


def shuffled(data: Any, chance: random.Random) -> Any:
    """The same data with the keys of each mapping in some other order."""
    if isinstance(data, dict):
        keys = list(data)
        chance.shuffle(keys)
        return {key: shuffled(data[key], chance) for key in keys}
    return [shuffled(item, chance) for item in data] if isinstance(data, list) else data


@settings(max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(path=st.sampled_from(SMALL), seed=st.integers(0, 10_000))
def test_however_a_file_is_laid_out_fmt_keeps_its_meaning_and_has_nothing_to_add(path: str, seed: int) -> None:
    chance = random.Random(seed)
    tree, _ = read_yaml((RULES / path).read_bytes(), path, KEYS.get(path, WORD))
    assert tree is not None
    text = yaml.dump(
        shuffled(plain(tree), chance),
        Dumper=_Numbers,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=chance.choice([True, False, None]),
        indent=chance.choice([2, 3, 5]),
        width=chance.choice([40, 80, 400]),
    )
    text = text.replace("\n", chance.choice(["\n", "\r\n"]))
    laid = laid_out(text.encode(), path)
    assert meaning(laid, path) == meaning(text, path)
    assert laid_out(laid.encode(), path) == laid


@often_reached
@settings(max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(path=st.sampled_from(SMALL), seed=st.integers(0, 10_000))
def test_a_comment_above_a_key_stays_above_that_key(path: str, seed: int) -> None:
    chance = random.Random(seed)
    lines: list[str] = []
    for line in (RULES / path).read_text("utf-8").split("\n"):
        within_braces = lines and lines[-1].endswith(",")
        if re.match(r"( *)(- )?[a-z_]+:( |$)", line) and not within_braces and chance.random() < 0.3:
            indent = len(line) - len(line.lstrip(" -"))
            lines.append(f"{' ' * (line.index('-') if line.lstrip().startswith('-') else indent)}# note {len(lines)}")
        lines.append(line)
    before = "\n".join(lines)
    laid = laid_out(before.encode(), path)
    notes = re.compile(r"^ *(# note \d+)\n(?: *#.*\n)*[ -]*(\w+):", re.MULTILINE)
    assert sorted(notes.findall(laid)) == sorted(notes.findall(before))
    assert meaning(laid, path) == meaning(before, path)
    if notes.findall(before):
        reached("a comment above a key")


def test_keys_come_in_the_order_of_the_format_and_take_their_comments_along_but_for_the_head_of_the_file() -> None:
    text = "# head\nsay: A.\n# of the title\ntitle: B\n# of the id\nid: a-rule\n"
    assert of_rule(text) == "# head\n# of the id\nid: a-rule\n# of the title\ntitle: B\nsay: A.\n"


def test_a_weight_follows_the_effect() -> None:
    laid = of_rule("weight: vital\ndecided_by: nobody\neffect: review\n")
    assert laid == "effect: review\nweight: vital\ndecided_by: nobody\n"


def test_an_approval_names_its_subject_first_and_the_folder_of_its_schema_stays() -> None:
    line = "# yaml-language-server: $schema=schema/approvals.schema.json\n"
    text = f"{line}- by: A\n  date: 2026-11-22\n  sheet: 1-a-b\n  role: nurse\n  until: 2027-11-22\n  rule: a-rule\n"
    wanted = f"{line}- rule: a-rule\n  sheet: 1-a-b\n  by: A\n  role: nurse\n  date: 2026-11-22\n  until: 2027-11-22\n"
    assert laid_out(text.encode(), "approvals.yaml") == wanted


def test_the_keys_of_a_case_and_of_what_it_expects_are_put_in_order_within_their_case() -> None:
    text = "- expect: {gives: {iv: review}, finding: met}\n  name: one\n\n# the second\n- name: two\n"
    laid = laid_out(text.encode(), "reviews/a-rule.cases.yaml")
    assert laid == "- name: one\n  expect: {finding: met, gives: {iv: review}}\n\n# the second\n- name: two\n"


def test_a_whole_patient_is_asked_for_last_and_a_rule_before_what_it_gives() -> None:
    of_patient = "- expect:\n    asks: [age]\n    decisions: {iv: review}\n"
    assert "decisions: {iv: review}\n    asks: [age]" in laid_out(of_patient.encode(), "vignettes/a.cases.yaml")
    of_rule = "- expect:\n    gives: {iv: review}\n    asks: [age]\n"
    assert "asks: [age]\n    gives: {iv: review}" in laid_out(of_rule.encode(), "reviews/a.cases.yaml")


@pytest.mark.parametrize(("over", "lines"), [(0, 1), (1, 3)])
def test_what_stands_on_one_line_stays_there_up_to_the_limit(over: int, lines: int) -> None:
    word = "a" * (LIMIT + over - len("routes: [iv, ]"))
    assert len(of_rule(f"routes: [iv, {word}]\n").splitlines()) == lines


@pytest.mark.parametrize(("over", "lines"), [(0, 1), (1, 2)])
def test_short_words_are_put_on_one_line_up_to_their_limit(over: int, lines: int) -> None:
    word = "a" * (SHORT + over - len("routes: []"))
    assert len(of_rule(f"routes:\n  - {word}\n").splitlines()) == lines


def test_a_comparison_is_put_on_one_line_and_a_definition_is_not() -> None:
    text = "when:\n    all:\n    - psychosis:\n        is: active\n    - meets: resistant\n"
    assert of_rule(text) == "when:\n  all:\n    - psychosis: {is: active}\n    - meets: resistant\n"


@pytest.mark.parametrize("over", [0, 1])
def test_text_too_long_for_its_line_is_folded(over: int) -> None:
    words = ("word " * 40)[: LIMIT - len("say: ") - 1] + "." + "." * over
    laid = of_rule(f"say: {words}\n")
    assert laid.startswith("say: >-\n  word" if over else "say: word")
    assert max(map(len, laid.splitlines())) <= LIMIT
    assert meaning(laid, "a.yaml") == meaning(f"say: {words}\n", "a.yaml")


def test_a_comment_below_a_mapping_that_is_spread_over_lines_stays_below_it() -> None:
    given = ", ".join(f"fact_number_{number}: {number} points" for number in range(6))
    text = f"- name: one\n  given: {{{given}}}\n\n  # about the expectation\n  expect: {{finding: met}}\n"
    laid = laid_out(text.encode(), "reviews/a-rule.cases.yaml")
    assert "    fact_number_5: 5 points\n\n  # about the expectation\n  expect:" in laid


def test_a_file_whose_comment_would_be_moved_is_left_alone() -> None:
    with pytest.raises(InputError, match="cannot be laid out: its meaning or a comment would change"):
        of_rule("routes: [\n  # first of all\n  iv, im]\n")


def test_a_file_that_the_reader_refuses_is_refused_with_its_place() -> None:
    with pytest.raises(RulebookError) as caught:
        of_rule("id: a-rule\ntitle: yes\n")
    assert str(caught.value).startswith("exclusions/a-rule.yaml:2:8: a word that YAML may read as true or false")


def test_check_names_the_files_and_writes_nothing_and_without_it_they_are_written(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    before = load_rulebook(rulebook)
    assert run("fmt", str(rulebook)).status == 0
    assert run("fmt", "--check", str(rulebook)).status == 0
    rule = rulebook / "exclusions" / "heart.yaml"
    good = rule.read_bytes()
    rule.write_bytes(good.replace(b"stage: candidacy\n", b"") + b"stage:   candidacy\n")
    checked = run("fmt", "--check", str(rulebook))
    assert checked.status == 1
    assert checked.out.startswith(f"would lay out {rule}\n")
    assert rule.read_bytes() != good
    assert run("fmt", str(rule)).status == 0
    assert rule.read_bytes() == good
    assert load_rulebook(rulebook).meaning_digest == before.meaning_digest


def test_a_refused_file_does_not_keep_the_others_from_being_laid_out(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    run("fmt", str(rulebook))
    (rulebook / "definitions.yaml").write_text("a: &b c\n", "utf-8")
    (rulebook / "exclusions" / "heart.yaml").write_text("title:   Heart\n", "utf-8")
    ran = run("fmt", str(rulebook))
    assert ran.status == 2
    assert "definitions.yaml:1:4: a value that begins with `&` or `*`" in flat(ran.err)
    assert "1 laid out, 1 refused" in flat(ran.out)
    assert (rulebook / "exclusions" / "heart.yaml").read_text("utf-8") == "title: Heart\n"


def test_a_name_that_is_no_file_of_a_rulebook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x", "utf-8")
    for name in ("notes.txt", "none.yaml"):
        ran = run("fmt", str(tmp_path / name))
        assert ran.status == 2
        assert "no such file or folder" in flat(ran.err)


@pytest.mark.parametrize("flags", [(), ("--check",)])
def test_files_of_other_programs_are_passed_over_and_told(tmp_path: Path, flags: tuple[str, ...]) -> None:
    rulebook = copied(tmp_path)
    run("fmt", str(rulebook))
    others = tmp_path / "rules"
    others.mkdir()
    semgrep = others / "semgrep.yaml"
    semgrep.write_bytes(b"rules:\n    - {pattern: 'eval(...)',   id: no-eval}\n")
    before = semgrep.read_bytes()
    for files in ([semgrep], [semgrep, rulebook / "routes.yaml"], [semgrep, rulebook]):
        ran = run("fmt", *flags, *map(str, files))
        assert (ran.status, ran.err) == (0, "")
        assert f"Passed over 1 file without a ketascreen rulebook, first {semgrep}." in flat(ran.out)
        assert semgrep.read_bytes() == before
    assert "0 files: 0 as they should be." in run("fmt", str(semgrep)).out


def test_a_folder_without_a_file_of_a_rulebook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    other = tmp_path / "rules" / "semgrep.yaml"
    other.write_bytes(b"rules:   []\n")
    ran = run("fmt", "--check", str(tmp_path / "rules"))
    assert ran.status == 2
    assert "no file of a ketascreen rulebook; name a rulebook's folder" in flat(ran.err)
    assert other.read_bytes() == b"rules:   []\n"


def test_the_files_of_a_folder_below_and_of_a_broken_rulebook_are_laid_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rulebook = copied(tmp_path)
    run("fmt", str(rulebook))
    (rulebook / "rulebook.yaml").unlink()
    rule = rulebook / "exclusions" / "heart.yaml"
    good = rule.read_bytes()
    for where, name in ((tmp_path, str(rulebook / "exclusions")), (rulebook / "exclusions", "heart.yaml")):
        monkeypatch.chdir(where)
        rule.write_bytes(good + b"\n\n")
        assert run("fmt", name).status == 0
        assert rule.read_bytes() == good


def test_the_built_in_rulebook_is_checked_and_never_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rulebook = tmp_path / "rulebook"
    shutil.copytree(GOOD, rulebook)
    rule = rulebook / "exclusions" / "heart.yaml"
    rule.write_text(rule.read_text("utf-8") + "\n\n", "utf-8")
    before = rule.read_bytes()
    monkeypatch.setattr("ketascreen.cli.fmt.built_in_rules", lambda: rulebook)
    assert run("fmt").status == 1
    assert rule.read_bytes() == before


def test_without_its_package_fmt_says_in_one_sentence_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("ruamel", "ketascreen.authoring.layout"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    ran = run("fmt")
    assert ran.status == 2
    assert flat(ran.err) == (
        "`fmt` needs the package ruamel.yaml; install it with: pip install 'ketascreen[authoring]' [not-installed]"
    )
