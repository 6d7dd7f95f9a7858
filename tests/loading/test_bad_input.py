"""Malformed and hostile YAML is refused at its line, fast and by one typed error; so is all of tests/data/bad-input."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from ketascreen import ProfileError, RulebookError, load_rulebook, read_profile
from ketascreen.syntax.yaml_tree import read_yaml
from tests.helpers.places import DATA
from tests.helpers.rulebook_files import RULE, problems, with_files

CORPUS = DATA / "bad-input"
ROWS: list[dict[str, Any]] = json.loads((CORPUS / "manifest.json").read_text("utf-8"))

LINES = [b"id: high-pressure", b"title: High pressure", b"when:", b"  systolic_bp:", b"    at_least: 140", b"say: High"]


def with_line(number: int, text: str | bytes) -> bytes:
    """The six plain lines with one of them, counted from 1, written otherwise; the seventh is added."""
    lines = [*LINES, b""]
    lines[number - 1] = text.encode() if isinstance(text, str) else text
    return b"\n".join(lines)


PLAIN = with_line(7, "")
GOOD = {
    "Windows line ends": PLAIN.replace(b"\n", b"\r\n"),
    "a byte order mark at the start": b"\xef\xbb\xbf" + PLAIN,
    "a quantity": with_line(5, "    at_least: 140 mmHg"),
    "a date": with_line(5, "    at_least: 2026-11-22"),
    "letters with accents": with_line(6, "say: Déjà vu, “fine” (œdème, 高血圧)"),
    "a comment on its own line": with_line(7, "# a comment"),
    "a # in quotes": with_line(6, 'say: "above 140 #2"'),
    "an escape for a letter": with_line(6, r'say: "caf\u00e9"'),
}
BAD: list[tuple[str, bytes, int, str]] = [
    ("a byte order mark within", with_line(4, "  \ufeffsystolic_bp:"), 4, "forbidden-character"),
    ("UTF-16", PLAIN.decode().encode("utf-16"), 1, "not-utf-8"),
    ("UTF-16 without a mark", PLAIN.decode().encode("utf-16-le"), 1, "not-utf-8"),
    ("an overlong encoding", with_line(6, b"say: a\xc0\xafb"), 6, "not-utf-8"),
    ("a surrogate in bytes", with_line(6, b"say: \xed\xa0\x80"), 6, "not-utf-8"),
    ("a NUL", with_line(6, "say: a\0b"), 6, "forbidden-character"),
    ("a terminal escape", with_line(6, 'say: "\x1b[2Kok"'), 6, "forbidden-character"),
    ("a terminal escape, escaped", with_line(6, r'say: "\e[2Kok"'), 6, "forbidden-character"),
    ("a NUL, escaped", with_line(6, r'say: "\0"'), 6, "forbidden-character"),
    ("a line end, escaped", with_line(6, r'say: "a\rb"'), 6, "forbidden-character"),
    ("a bidirectional override, escaped", with_line(6, r'say: "\u202e"'), 6, "forbidden-character"),
    ("a lone surrogate, escaped", with_line(6, r'say: "\ud800"'), 6, "syntax"),
    ("a next-line mark", with_line(6, "say: x\u0085    effect: advise"), 6, "forbidden-character"),
    ("a line separator", with_line(6, "say: x\u2028effect: advise"), 6, "forbidden-character"),
    ("a lone carriage return", with_line(6, "say: x\reffect: advise"), 6, "forbidden-character"),
    ("a bidirectional override", with_line(6, "say: x # \u202e tnemmoc"), 6, "forbidden-character"),
    ("a space of no width", with_line(4, "  sys\u200btolic_bp:"), 4, "forbidden-character"),
    ("a no-break space", with_line(4, "\u00a0 systolic_bp:"), 4, "forbidden-character"),
    ("a letter of another script in a key", with_line(3, "wh\u0435n:"), 3, "key"),
    ("keys that look alike", with_line(7, "caf\u00e9: 1\ncafe\u0301: 2"), 7, "key"),
    ("fullwidth digits", with_line(5, "    at_least: \uff11\uff14\uff10"), 5, "ambiguous"),
    ("Arabic digits", with_line(5, "    at_least: \u0661\u0664\u0660"), 5, "ambiguous"),
    ("a tab for indentation", with_line(4, "\tsystolic_bp:"), 4, "syntax"),
    ("nothing", b"", 1, "empty-file"),
    ("a comment alone", b"# nothing\n", 1, "empty-file"),
    ("a second document", PLAIN + b"---\nid: another\n", 7, "second-document"),
    ("text after the end", PLAIN + b"...\nid: another\n", 8, "syntax"),
    ("a directive", b"%TAG ! tag:yaml.org,2002:python/\n---\nid: x\n", 1, "directive"),
    ("an open quote", with_line(2, 'title: "High'), 2, "syntax"),
    ("two versions not merged", b"<<<<<<< ours\n" + PLAIN + b"=======\n" + PLAIN + b">>>>>>> theirs\n", 1, "syntax"),
    ("half a line", b"id: x\ntitle: High\nwhe", 3, "syntax"),
    ("a colon without a space", with_line(2, "title:High"), 2, "syntax"),
    ("a key twice", with_line(7, "id: another"), 7, "duplicate-key"),
    ("a key twice, once in quotes", with_line(7, '"id": another'), 7, "duplicate-key"),
    ("a key in capitals", with_line(7, "Say: x"), 7, "key"),
    ("a key of nothing", with_line(7, "~: 1"), 7, "key"),
    ("a key that reads as true", with_line(7, "on: 1"), 7, "key"),
    ("a key that is a list", with_line(7, "? [a]\n: 1"), 7, "key"),
    ("a key with underscores before", with_line(7, "__class__: {__init__: x}"), 7, "key"),
    ("a key with a dot", with_line(7, "vitals.sbp: 1"), 7, "key"),
    ("a key of 1,100 letters", with_line(7, "a" * 1100 + ": 1"), 7, "syntax"),
    ("a merge key", b"a: &a {x: 1}\nb:\n  <<: *a\n", 1, "anchor"),
    ("a merge bomb", b"a: &a {k: 1}\nb: &b\n  <<: [*a, *a]\n" * 40, 1, "anchor"),
    ("an alias to itself", b"rules: &a\n  - *a\n", 1, "anchor"),
    ("an alias to nothing", with_line(5, "    at_least: *x"), 5, "anchor"),
    ("an alias for a key", b"a: &k x\n*k : 1\n", 1, "anchor"),
    ("a tag that runs code", with_line(5, '    at_least: !!python/object/apply:os.system ["id"]'), 5, "tag"),
    ("a tag for bytes", with_line(6, "say: !!binary aGk="), 6, "tag"),
    ("a tag for a set", with_line(5, "    at_least: !!set {a, b}"), 5, "tag"),
    ("a tag for a number", with_line(5, '    at_least: !!int "0x8C"'), 5, "tag"),
    ("a tag that includes a file", with_line(6, "say: !include ../../etc/passwd"), 6, "tag"),
    ("an operator that is a tag", with_line(5, "    is: != 5"), 5, "tag"),
    ("an operator that opens a block", with_line(5, "    is: >="), 5, "syntax"),
    *(
        (f"the ambiguous `{text}`", with_line(5, f"    at_least: {text}"), 5, "ambiguous")
        for text in (
            "no", "No", "yes", "ON", "off", "y", "True", "010", "0x8C", "0b11", "0o14", ".nan", ".inf", "-.INF", "1e3",
            "1.5E-3", "1,5", "1_000", "1:30", "190:20:30.15",
            "-0", "-0.0", "-0.00", "+140", ".5", "5.", "2026-1-2", "<<",
            "139.99999999999999999", "9" * 5000, "1" + ":59" * 2000,
        )
    ),
    *(
        (f"`{text}` for nothing", with_line(5, f"    at_least: {text}"), 5, "no-value")
        for text in ("", "~", "null", "Null")
    ),
    ("a comment that cuts text", with_line(6, "say: above 140 #2 stop"), 6, "comment-after-text"),
    ("1,000 open maps", with_line(5, "    at_least: " + "{a: " * 1000), 5, "over-limit"),
    ("100,000 open lists", with_line(5, "    at_least: " + "[" * 100_000), 5, "over-limit"),
    ("300 maps within maps", b"".join(b" " * n + b"a:\n" for n in range(300)), 61, "over-limit"),
    ("a text of 70,000 letters", with_line(6, "say: " + "x" * 70_000), 6, "over-limit"),
    ("a number of 900,000 digits and a letter", with_line(6, "say: " + "1" * 900_000 + "x"), 6, "over-limit"),
    ("60,000 values", b"a: [" + b"1," * 60_000 + b"]", 1, "over-limit"),
    ("two million bytes", b"a: b\n" * 400_000, 1, "too-large"),
]  # fmt: skip


@pytest.mark.parametrize("data", GOOD.values(), ids=GOOD)
def test_what_is_unusual_but_plain_is_read(data: bytes) -> None:
    tree, found = read_yaml(data, "x.yaml")
    assert tree is not None
    assert found == []


def test_line_ends_and_a_byte_order_mark_change_nothing_that_a_rulebook_means(tmp_path: Path) -> None:
    plain = load_rulebook(with_files(tmp_path / "a", {}))
    text = (tmp_path / "a" / "rulebook" / RULE).read_bytes()
    other = load_rulebook(with_files(tmp_path / "b", {RULE: b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n")}))
    assert other.rules == plain.rules
    assert other.meaning_digest == plain.meaning_digest
    assert other.bytes_digest != plain.bytes_digest


@pytest.mark.parametrize(("data", "line", "code"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_yaml_is_refused_at_its_line(data: bytes, line: int, code: str) -> None:
    began = time.process_time()
    _, found = read_yaml(data, "x.yaml")
    assert time.process_time() - began < 1
    first = found[0]
    assert first.place is not None
    assert (first.place.line, first.code) == (line, code)
    assert first.hint
    assert not any(word in problem.message for problem in found for word in ("yaml.", "Error", "Python"))


def test_a_key_twice_names_the_line_of_the_first() -> None:
    _, (problem,) = read_yaml(with_line(7, "id: another"), "x.yaml")
    assert str(problem).splitlines() == [
        "x.yaml:7:1: a key twice, first on line 1 [duplicate-key]",
        "    7 | id: another",
        "      | ^^ keep one of the two",
    ]


def test_the_place_is_underlined_behind_tabs_and_escapes_too() -> None:
    _, (problem,) = read_yaml(b'say:\t"\t\\e"\n', "x.yaml")
    _, line, mark = str(problem).splitlines()
    assert line[mark.index("^")] == '"'


def test_every_problem_of_a_file_is_found_at_once() -> None:
    _, found = read_yaml(b"a: no\nb: 0x1\nb: ~\nc: !t x\nd: text # cut\n", "x.yaml")
    assert [(problem.place.line, problem.code) for problem in found if problem.place] == [
        (1, "ambiguous"),
        (2, "ambiguous"),
        (3, "no-value"),
        (3, "duplicate-key"),
        (4, "tag"),
        (5, "comment-after-text"),
    ]


@pytest.mark.parametrize(("data", "line", "code"), [row[1:] for row in BAD[::9]], ids=[row[0] for row in BAD[::9]])
def test_one_bad_file_among_good_ones_refuses_the_whole_rulebook(
    tmp_path: Path, data: bytes, line: int, code: str
) -> None:
    found = problems(with_files(tmp_path, {"exclusions/another.yaml": data}))
    assert all(problem.place and problem.place.path == "exclusions/another.yaml" for problem in found)
    assert (line, code) in [(problem.place.line, problem.code) for problem in found if problem.place]


def rows(kind: str) -> list[Any]:
    """The rows of a kind as parameters."""
    return [pytest.param(row, id=row["file"]) for row in ROWS if row["kind"] == kind]


def test_the_manifest_names_every_file_with_the_sha256_of_its_bytes() -> None:
    files = [path for kind in ("yaml", "profile") for path in (CORPUS / kind).iterdir()]
    found = {path.relative_to(CORPUS).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert found == {row["file"]: row["sha256"] for row in ROWS}
    assert len(ROWS) == len(found) == 115


@pytest.mark.parametrize("row", rows("yaml"))
def test_each_bad_file_is_refused_at_its_line(
    row: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(os, "system", ran.append)
    data = (CORPUS / row["file"]).read_bytes()
    began = time.process_time()
    _, found = read_yaml(data, "x.yaml")
    assert time.process_time() - began < 1
    assert ran == []
    if row["refused_by"] == "reader":
        assert found[0].place is not None
        assert (found[0].place.line, found[0].code) == (row["line"], row["code"])
        return
    assert found == []
    refused = problems(with_files(tmp_path, {"exclusions/corpus.yaml": data}))
    assert {problem.place.path for problem in refused if problem.place} == {"exclusions/corpus.yaml"}


@pytest.mark.parametrize("row", rows("profile"))
def test_no_bad_profile_is_read(row: dict[str, Any]) -> None:
    data = (CORPUS / row["file"]).read_bytes()
    began = time.process_time()
    if row["refused_by"] is None:
        assert read_profile(data).observations() == {}
        return
    with pytest.raises(ProfileError) as caught:
        read_profile(data)
    assert time.process_time() - began < 1
    assert caught.value.diagnostics[0].code == row["code"]


def test_the_error_of_a_rulebook_lists_every_file(tmp_path: Path) -> None:
    bad = {"exclusions/b.yaml": "id: no\n", "exclusions/a.yaml": "id: &x a\n", "parameters.yaml": "x: [\n"}
    with pytest.raises(RulebookError) as caught:
        load_rulebook(with_files(tmp_path, bad))
    assert {problem.place.path for problem in caught.value.diagnostics if problem.place} == set(bad)
    assert [problem.place for problem in caught.value.diagnostics] == sorted(
        problem.place for problem in caught.value.diagnostics if problem.place
    )
