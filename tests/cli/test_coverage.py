"""`ketascreen coverage`: what it prints and writes, and what it ends with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ketascreen.rendering.page import WIDTH
from tests.helpers.command_line import flat, run
from tests.helpers.places import EXAMPLES
from tests.helpers.rulebook_files import text_of, with_files

RULE = "exclusions/high-pressure.yaml"
CASES = "exclusions/high-pressure.cases.yaml"
HEAD = "- name: {name}\n  as_of: 2026-11-22T09:00:00Z\n  observed_at: 2026-11-22\n"
HIGH = HEAD.format(name="180 is high") + "  given: {systolic_bp: 180 mmHg}\n  expect: {finding: met}\n"
LOW = HEAD.format(name="120 is not") + "  given: {systolic_bp: 120 mmHg}\n  expect: {finding: not_met}\n"
UNASKED = HEAD.format(name="no reading is unknown") + "  given: {}\n  expect: {finding: unknown}\n"


def folder(tmp_path: Path, cases: str, rule: str | None = None, **files: str) -> str:
    """A rulebook of which one rule has these cases."""
    return str(with_files(tmp_path, {CASES: cases, RULE: rule or text_of(RULE), **files}))


def single(tmp_path: Path, cases: str) -> str:
    """The same, where that rule asks one question."""
    text = text_of(RULE)
    start, end = text.index("  any:"), text.index("say:")
    return folder(tmp_path, cases, f"{text[:start]}  systolic_bp: {{at_least: severe_systolic}}\n{text[end:]}")


def test_the_rules_own_lines_are_shown_with_what_is_missing_underlined(tmp_path: Path) -> None:
    ran = run("coverage", folder(tmp_path, HIGH + LOW), "--rule", "high-pressure")
    assert ran.status == 0
    assert (
        ran.out
        == """\
                                               cases           comparisons
rule                                    met not unkn true false unkn matter    %
high-pressure                             1   1    0    2     2    1   0/3 50.0%
1 rule: 50.0%, 12 of 24 that a patient can show

high-pressure: 50.0%
exclusions/high-pressure.yaml
    6 | when:
    7 |   any:
      |   ^^^ never seen unknown
    8 |     - systolic_bp: {at_least: severe_systolic}
      |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ never seen unknown
    9 |     - all:
      |       ^^^ never seen true
   10 |         - hypertension: {is: diagnosed}
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |   never seen true or false; not shown to matter when unknown
   11 |         - systolic_bp: {between: [140 mmHg, 180 mmHg]}
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |   never seen unknown; not shown to matter when true
"""
    )


def test_the_document_shows_what_is_printed(tmp_path: Path) -> None:
    page = (EXAMPLES.parent / "docs" / "coverage.md").read_text("utf-8")
    out = run("coverage", folder(tmp_path, HIGH + LOW), "--rule", "high-pressure").out
    assert f"```text\n{out}```\n" in page


def test_a_line_for_each_rule_by_id_and_the_lines_only_of_those_that_lack_something(tmp_path: Path) -> None:
    out = run("coverage", single(tmp_path, HIGH + LOW + UNASKED)).out
    rules = [line.split()[0] for line in out.splitlines()[2:10]]
    assert rules == sorted(rules)
    assert "high-pressure                             1   1    1    1     1    1   1/1  100%\n" in out
    assert "\nhigh-pressure: 100%" not in out
    assert "\nyoung: 0.0%\ncautions/young.yaml\n" in out
    assert flat(out).count("never seen true, false or unknown") == 10


def test_a_definition_is_shown_below_the_rule_that_asks_it(tmp_path: Path) -> None:
    out = run("coverage", folder(tmp_path, HIGH), "--rule", "not-resistant").out
    assert "\nreviews/not-resistant.yaml\n" in out
    assert "\ndefinitions.yaml, asked as resistant_depression\n    3 | when:\n" in out


def test_every_line_is_at_most_80_columns_wide(tmp_path: Path) -> None:
    operators = ("at_least", "above", "at_most", "below", "is")
    long = f"  age: {{{', '.join(f'{name}: 100 years' for name in operators)}}}"
    rule = text_of("cautions/young.yaml").replace(
        "  age: {below: 21 years}", f"  any:\n    - age: {{below: 21 years}}\n    - {long}"
    )
    for args in ([folder(tmp_path, HIGH, None, **{"cautions/young.yaml": rule})], []):
        assert max(map(len, run("coverage", *args).out.splitlines())) <= WIDTH


def test_a_long_line_is_broken_and_each_part_is_underlined_where_it_stands(tmp_path: Path) -> None:
    rule = text_of("cautions/young.yaml").replace(
        "  age: {below: 21 years}\n",
        "  verified_abstinence_months: {at_least: 3.000000 months, below: 12.000000 months}\n",
    )
    out = run("coverage", folder(tmp_path, HIGH, None, **{"cautions/young.yaml": rule}), "--rule", "young").out
    assert out.endswith("""
    7 |   verified_abstinence_months: {at_least: 3.000000 months, below:
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^ never seen true, false or unknown
      |                                ^^^^^^^^^^^^^^^^^^^^^^^^^
      |   never seen true, false or unknown
      |                                                           ^^^^^^
      |   never seen true, false or unknown
      | 12.000000 months}
""")


def test_of_two_comparisons_in_one_line_each_is_underlined_alone(tmp_path: Path) -> None:
    rule = text_of("cautions/young.yaml").replace("{below: 21 years}", "{at_least: 18 years, below: 21 years}")
    out = run("coverage", folder(tmp_path, HIGH, None, **{"cautions/young.yaml": rule}), "--rule", "young").out
    assert out.endswith("""
    7 |   age: {at_least: 18 years, below: 21 years}
      |   ^^^ never seen true, false or unknown
      |         ^^^^^^^^^^^^^^^^^^ never seen true, false or unknown
      |                             ^^^^^^^^^^^^^^^
      |   never seen true, false or unknown
""")


def test_a_case_that_does_not_hold_is_named_where_nothing_else_is_missing(tmp_path: Path) -> None:
    wrong = HIGH.replace("180 is high", "not so").replace("finding: met", "finding: unknown")
    out = run("coverage", single(tmp_path, HIGH + LOW + UNASKED + wrong)).out
    assert f"\nhigh-pressure: 100%\n{CASES}:16: not so (does not" in out


def test_a_case_that_does_not_hold_is_named_and_shows_nothing(tmp_path: Path) -> None:
    wrong = single(tmp_path, HIGH.replace("finding: met", "finding: not_met") + LOW)
    out = flat(run("coverage", wrong, "--rule", "high-pressure").out)
    assert f"{CASES}:1: 180 is high (does not hold, so it shows nothing)" in out
    assert "never seen true or unknown" in out


@pytest.mark.parametrize(
    ("least", "status"), [("66.66", 0), ("66.67", 1), ("66.6%", 0), ("0", 0), ("100", 1), ("100%", 1)]
)
def test_less_than_was_asked_for_ends_with_1(tmp_path: Path, least: str, status: int) -> None:
    two_thirds = single(tmp_path, HIGH + LOW)
    ran = run("coverage", two_thirds, "--rule", "high-pressure", "--fail-under", least)
    assert ran.status == status
    assert "1 rule: 66.6%, 4 of 6 that a patient can show" in ran.out
    assert ("is less than the" in ran.out) is (status == 1)


@pytest.mark.parametrize(("least", "status"), [("50", 0), ("50.0001", 1)])
def test_as_much_as_was_asked_for_is_enough(tmp_path: Path, least: str, status: int) -> None:
    assert (
        run("coverage", folder(tmp_path, HIGH + LOW), "--rule", "high-pressure", "--fail-under", least).status == status
    )


@pytest.mark.parametrize("least", ["", "x", "-1", "101", "nan", "inf", "100.001"])
def test_a_limit_that_is_no_percentage_is_refused(least: str) -> None:
    ran = run("coverage", "--fail-under", least)
    assert ran.status == 2
    assert "write a number from 0 to 100" in ran.err


def test_an_unknown_rule_is_refused_with_the_nearest(tmp_path: Path) -> None:
    ran = run("coverage", folder(tmp_path, HIGH), "--rule", "hi-pressure")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "unknown rule `hi-pressure`; did you mean `high-pressure`? [unknown-rule]\n"


def test_a_rulebook_without_cases_is_refused(tmp_path: Path) -> None:
    ran = run("coverage", str(with_files(tmp_path, {})))
    assert ran.status == 2
    assert "the folder has no cases" in flat(ran.err)


def test_whole_patients_count_where_they_are_asked_for(tmp_path: Path) -> None:
    patient = HEAD.format(name="somebody") + "  given: {age: 20 years}\n  expect: {decisions: {iv: caution}}\n"
    rulebook = folder(tmp_path, HIGH, None, **{"vignettes/some.cases.yaml": patient})
    assert "0 of 6" in run("coverage", rulebook, "--rule", "young").out
    assert "2 of 6" in run("coverage", rulebook, "--rule", "young", "--all").out


def test_json_says_which_case_shows_what(tmp_path: Path) -> None:
    data = json.loads(run("coverage", single(tmp_path, HIGH + LOW), "--rule", "high-pressure", "--json").out)
    (rule,) = data["rules"]
    assert (data["percent"], data["shown"], data["wanted"]) == ("66.6", 4, 6)
    assert rule["cases"] == {"met": 1, "not_met": 1, "unknown": 0}
    assert rule["all_patients_tried"] is True
    assert rule["nodes"] == [
        {
            "place": "exclusions/high-pressure.yaml:7:3",
            "condition": {"systolic_bp": {"at_least": "180"}},
            "definition": None,
            "shown_by": {
                "true": f"{CASES}:1: 180 is high",
                "false": f"{CASES}:6: 120 is not",
                "matters true": f"{CASES}:1: 180 is high",
                "matters false": f"{CASES}:6: 120 is not",
            },
            "missing": "never seen unknown",
            "unreachable": "",
        }
    ]


def test_json_stays_json_below_the_limit(tmp_path: Path) -> None:
    ran = run("coverage", folder(tmp_path, HIGH), "--json", "--fail-under", "100")
    assert ran.status == 1
    assert len(json.loads(ran.out)["rules"]) == 8


class _Seen(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, name: str) -> Iterator[dict[str, str | None]]:
        return (attributes for tag, attributes in self.tags if tag == name)


def test_the_pages_are_an_index_and_one_for_each_rule_and_load_nothing(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    assert run("coverage", folder(tmp_path, HIGH + LOW), "--html", str(pages)).status == 0
    index = _Seen(pages / "index.html")
    linked = [str(one["href"]) for one in index.named("a")]
    assert len(linked) == 8
    assert sorted(path.relative_to(pages).as_posix() for path in pages.rglob("*.html")) == ["index.html", *linked]
    for page in pages.rglob("*.html"):
        seen = _Seen(page)
        assert not {tag for tag, _ in seen.tags} & {"script", "link", "img", "iframe", "object"}
        assert all(":" not in str(one["href"]) for one in seen.named("a"))
        assert "url(" not in page.read_text("utf-8")
        assert not [key for _, attributes in seen.tags for key in attributes if key.startswith("on") or key == "src"]


def test_a_page_colours_what_is_shown_and_what_is_missing(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    run("coverage", folder(tmp_path, HIGH + LOW), "--html", str(pages))
    page = (pages / "rules" / "high-pressure.html").read_text("utf-8")
    assert '<span class="missing">hypertension: {is: diagnosed}</span>  <span class="says">never seen' in page
    young = (pages / "rules" / "young.html").read_text("utf-8")
    assert '<span class="missing">age: {below: 21 years}</span>' in young
    single(tmp_path / "other", HIGH + LOW + UNASKED)
    run("coverage", str(tmp_path / "other" / "rulebook"), "--html", str(pages))
    page = (pages / "rules" / "high-pressure.html").read_text("utf-8")
    assert '<span class="shown">systolic_bp: {at_least: severe_systolic}</span>' in page
    assert "<td>180 is high<td>120 is not<td>no reading is unknown" in page


def test_words_of_the_files_are_text_on_the_pages_and_never_markup(tmp_path: Path) -> None:
    word = '"<script>alert(1)</script>&<b>"'
    rule = text_of(RULE).replace("title: High pressure", f"title: {word}")
    pages = tmp_path / "pages"
    cases = HIGH.replace("name: 180 is high", f"name: {word}")
    run("coverage", folder(tmp_path, cases, rule), "--html", str(pages))
    page = _Seen(pages / "rules" / "high-pressure.html")
    assert page.text.count(word.strip('"')) >= 2
    assert "script" not in {tag for tag, _ in page.tags}
    assert "<script" not in (pages / "rules" / "high-pressure.html").read_text("utf-8")


def test_the_help_names_each_exit_status() -> None:
    text = run("coverage", "--help").out
    for status in ("  0 ", "  1 ", "  2 ", " 70 "):
        assert status in text
    assert "[DIR]" in text
