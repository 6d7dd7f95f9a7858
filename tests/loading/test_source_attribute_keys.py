"""The keys that source attributes come from: what each may hold, what it changes, and what it does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ketascreen import Rulebook, load_rulebook
from ketascreen.language.vocabulary import DataKind
from ketascreen.loading import snapshot
from tests.helpers.command_line import flat, run
from tests.helpers.rulebook_files import GOOD, changed, problems, where, with_files

GOOD_MEANS = "7ed428dcf8b157bb6d5992ad8ccd1708636d743b481928eb34fa9b7a50b84126"
"""The meaning digest of the good rulebook, from before these keys were read."""
HEAD, SOURCES, WORDS = "rulebook.yaml", "documents.yaml", "vocabulary.yaml"


def with_line(folder: Path, file: str, line: str) -> Path:
    """The good rulebook with a line more: in rulebook.yaml, of its outside source, or of the fact that it adds."""
    before = {HEAD: "limits: Not", SOURCES: "    phrase: made up", WORDS: "freshness:\n"}[file]
    return with_files(folder, changed(file, before, f"{line}\n{before}"))


@pytest.mark.parametrize(
    ("file", "line", "at", "message", "hint"),
    [
        (HEAD, "released: 2026-02-30", "9:11", "not a date", "write 2026-11-22"),
        (HEAD, "revised: yesterday", "9:10", "not a date", "write 2026-11-22"),
        (HEAD, "released: 2026", "9:11", "not a date", "write 2026-11-22"),
        (HEAD, f"developer: {'d' * 1001}", "9:12", "too long: at most 1,000 characters", "make it shorter"),
        (HEAD, f"funding: {'d' * 1001}", "9:10", "too long: at most 1,000 characters", "make it shorter"),
        (SOURCES, f"    edition: {'d' * 201}", "13:14", "too long: at most 200 characters", "make it shorter"),
        (SOURCES, "    published: 2023-13", "13:16", "not a date", "write 2026-11-22, 2026-11 or 2026"),
        (SOURCES, "    published: 0", "13:16", "not a date", "write 2026-11-22, 2026-11 or 2026"),
        (SOURCES, "    published: true", "13:16", "not a date", "write 2026-11-22, 2026-11 or 2026"),
        (SOURCES, "    accessed: 2023-10", "13:15", "not a date", "write 2026-11-22"),
    ],
)
def test_a_value_of_another_form_is_refused_at_its_place(
    tmp_path: Path, file: str, line: str, at: str, message: str, hint: str
) -> None:
    (problem,) = problems(with_line(tmp_path, file, line))
    assert (where(problem), problem.message) == (f"{file}:{at} wrong-value", message)
    assert hint in problem.hint


@pytest.mark.parametrize(
    "url",
    [
        *(
            "www.example.org",
            "ftp://example.org/a",
            "javascript:alert(1)",
            "HTTPS://example.org",
            "https://",
            "https:///a",
        ),
        *("https://example.org/a b", "https://example.org/ä", "https://trusted.org@evil.org/", "https://-a.org"),
        *(
            '"https://example.org/\\u202e"',
            '"https://example.org/\\n"',
            "https://example.org:port/",
            "https://a.org./x",
        ),
        f"https://example.org/{'x' * 1981}",
    ],
)
def test_an_address_that_is_not_one_of_the_web_is_refused(tmp_path: Path, url: str) -> None:
    found = problems(with_line(tmp_path, SOURCES, f"    url: {url}"))
    assert {problem.code for problem in found} <= {"wrong-value", "forbidden-character"}
    assert all(str(problem.place).startswith(f"{SOURCES}:13:") for problem in found)


@pytest.mark.parametrize(
    "url",
    [
        *("https://example.org", "http://www.example.org/a?b=c&d=[1]#e", "https://doi.org/10.1002/mhw.34313"),
        *("https://example.org:8443/x", "https://example.org?x@y", f"https://example.org/{'x' * 1980}"),
    ],
)
def test_an_address_of_the_web_is_read(tmp_path: Path, url: str) -> None:
    rulebook = load_rulebook(with_line(tmp_path, SOURCES, f'    url: "{url}"'))
    assert rulebook.outside_sources["B1-01"].url == url


@pytest.mark.parametrize(("published"), ["2023", '"2023"', "2023-10", "2023-10-10"])
def test_a_source_was_published_in_a_year_in_a_month_or_on_a_day(tmp_path: Path, published: str) -> None:
    rulebook = load_rulebook(with_line(tmp_path, SOURCES, f"    published: {published}"))
    assert rulebook.outside_sources["B1-01"].published == published.strip('"')
    assert f"B1-01 published {published.strip(chr(34))}" in flat(
        run("attributes", "--rules", str(tmp_path / "rulebook")).out
    )


def test_a_kind_of_data_that_there_is_not_is_refused_with_the_nine(tmp_path: Path) -> None:
    (problem,) = problems(with_line(tmp_path, WORDS, "    uses: [gender]"))
    assert where(problem) == f"{WORDS}:9:12 wrong-word"
    assert all(f"`{kind}`" in problem.message for kind in DataKind)


def test_a_revision_is_not_before_the_release(tmp_path: Path) -> None:
    (problem,) = problems(with_line(tmp_path, HEAD, "released: 2026-11-22\nrevised: 2026-11-21"))
    assert (where(problem), problem.message) == (f"{HEAD}:10:10 wrong-value", "`revised` is before `released`")


def test_a_revision_may_be_on_the_day_of_the_release_and_a_credit_as_long_as_it_may_be(tmp_path: Path) -> None:
    credit = f"developer: {'d' * 1000}\nfunding: >\n  Nobody\n  paid.\nreleased: 2026-11-22\nrevised: 2026-11-22"
    said = load_rulebook(with_line(tmp_path, HEAD, credit)).identity
    assert (said.developer, said.funding) == ("d" * 1000, "Nobody paid.")
    assert (said.released, said.revised) == ("2026-11-22", "2026-11-22")


ALL = {
    HEAD: "developer: A clinic\nfunding: Nobody\nreleased: 2026-11-22\nrevised: 2026-11-23",
    SOURCES: f"    edition: {'e' * 200}\n    published: 2023\n    url: https://example.org\n    accessed: 2026-11-22",
    WORDS: "    uses: [sex]",
}


@pytest.mark.parametrize("file", ALL)
def test_what_is_said_is_part_of_the_meaning_and_of_the_cache_and_what_is_not_said_is_not(
    tmp_path: Path, file: str
) -> None:
    good, said = load_rulebook(GOOD), load_rulebook(with_line(tmp_path, file, ALL[file]))
    assert said.meaning_digest != good.meaning_digest
    assert good.meaning_digest == GOOD_MEANS
    again = snapshot.read(json.loads(json.dumps(snapshot.write(said))), said.files, said.bytes_digest, said.ignored)
    assert again == said


def sheets(rulebook: Rulebook) -> dict[str, tuple[str, str]]:
    return {name: (sheet.halves.decides, sheet.halves.says) for name, sheet in rulebook.sheets.items()}


@pytest.mark.parametrize("uses", ["[]", "[sex]"])
def test_what_a_fact_uses_rewords_the_sheets_of_the_rules_that_ask_it_and_decides_nothing(
    tmp_path: Path, uses: str
) -> None:
    good = load_rulebook(GOOD)
    before, after = sheets(good), sheets(load_rulebook(with_line(tmp_path, WORDS, f"    uses: {uses}")))
    asking = {rule.id for rule in good.rules if "egfr" in str(rule.when)}
    assert asking
    assert {name for name in before if before[name] != after[name]} == asking
    assert all(before[name][0] == after[name][0] for name in before)


@pytest.mark.parametrize("file", [HEAD, SOURCES])
def test_credits_and_addresses_are_on_no_sheet(tmp_path: Path, file: str) -> None:
    assert sheets(load_rulebook(with_line(tmp_path, file, ALL[file]))) == sheets(load_rulebook(GOOD))


def test_fmt_gives_the_keys_their_order(tmp_path: Path) -> None:
    pytest.importorskip("ruamel.yaml", reason="`ketascreen fmt` needs it")
    files: dict[str, str | bytes] = {}
    for file, lines in ALL.items():
        text = (GOOD / file).read_text("utf-8")
        before = {HEAD: "limits: Not", SOURCES: "    phrase: made up", WORDS: "freshness:\n"}[file]
        files[file] = text.replace(before, "\n".join(reversed(lines.split("\n"))) + "\n" + before)
    rulebook = with_files(tmp_path, files)
    assert run("fmt", str(rulebook)).status == 0
    head = [line.partition(":")[0] for line in (rulebook / HEAD).read_text("utf-8").splitlines()]
    assert head[head.index("effective") : head.index("intended_use") + 1] == [
        *("effective", "released", "revised", "requires", "responsible", "developer", "funding", "intended_use")
    ]
    keys = [line.strip().partition(":")[0] for line in (rulebook / SOURCES).read_text("utf-8").splitlines()]
    assert keys[keys.index("where") :] == ["where", "edition", "published", "url", "accessed", "phrase", "read"]


def test_the_beginning_of_a_rulebook_asks_for_the_four_lines_and_loads_with_them(tmp_path: Path) -> None:
    folder = tmp_path / "clinic"
    run("init", str(folder), "--empty", "--route", "iv")
    head = folder / HEAD
    asked = [line for line in head.read_text("utf-8").splitlines() if line.startswith("# ") and ": " in line]
    keys = [line[2:].partition(":")[0] for line in asked if line[2:].partition(":")[0].isalpha()]
    assert keys == ["developer", "funding", "released", "revised"]
    assert "Developer: not said; write `developer:` in rulebook.yaml" in flat(
        run("attributes", "--rules", str(folder)).out
    )
    text = head.read_text("utf-8")
    for key in keys:
        text = text.replace(f"# {key}:", f"{key}:")
    head.write_text(text, "utf-8")
    identity = load_rulebook(folder).identity
    assert all(getattr(identity, key) for key in keys)
