"""`ketascreen add-document` copies a document's bytes, and adds to documents.yaml what check asks of it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from unittest.mock import patch

import pytest

from ketascreen import load_rulebook
from ketascreen.authoring.traceability import MAX_BYTES, verify
from tests.helpers.command_line import Ran, flat, run
from tests.helpers.rulebook_files import copied, text_of

TOLD = ("--title", "A leaflet: new", "--kind", "leaflet", "--trust", "low", "--why", "It says so.")


def _add(rulebook: Path, file: Path, *args: str, told: bool = True) -> Ran:
    return run("add-document", str(file), *args, *(TOLD if told else ()), "--dir", str(rulebook))


def _file(folder: Path, data: bytes, name: str = "new.txt") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"one\ntwo\n", 2),
        (b"one\ntwo", 2),
        (b"one\r\ntwo\r\n", 2),
        (b"\xef\xbb\xbfone\n\n", 2),
        (b"one\n\n\nfour", 4),
        ("œdème\u2028still one".encode(), 1),
    ],
)
def test_a_document_is_there_with_the_digest_and_the_lines_that_check_counts(
    tmp_path: Path, data: bytes, lines: int
) -> None:
    rulebook = copied(tmp_path)
    ran = _add(rulebook, _file(tmp_path, data))
    assert (ran.status, ran.err) == (0, "")
    assert (rulebook / "documents" / "new.txt").read_bytes() == data
    loaded = load_rulebook(rulebook)
    document = loaded.documents["new.txt"]
    assert (document.sha256, document.lines) == (hashlib.sha256(data).hexdigest(), lines)
    assert (document.title, document.kind, document.trust, document.why) == TOLD[1::2]
    assert {problem.code for problem in verify(loaded, rulebook / "documents") if "new.txt" in problem.message} == set()
    assert "{document: new.txt, line: 1," in ran.out


def test_the_entry_stands_at_the_end_of_its_section_and_all_else_stays(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    assert _add(rulebook, _file(tmp_path, b"one\n")).status == 0
    digest = hashlib.sha256(b"one\n").hexdigest()
    entry = (
        '  new.txt:\n    title: "A leaflet: new"\n    kind: leaflet\n    trust: low\n    why: It says so.\n'
        f"    sha256: {digest}\n    lines: 1\n"
    )
    assert (rulebook / "documents.yaml").read_text("utf-8") == text_of("documents.yaml").replace(
        "outside_sources:", f"{entry}outside_sources:"
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7\nbytes", "a PDF, not plain text"),
        (b"PK\x03\x04word/document.xml", "a file of a word processor"),
        (b"{\\rtf1 text}", "a file of a word processor (RTF)"),
        (b"text\x00text", "it holds bytes that no text has"),
        ("œdème".encode("latin-1", "replace") + b"\xff", "not UTF-8"),
        (b"\xef\xbb\xbf \r\n", "has no text"),
        (b"", "has no text"),
    ],
)
def test_what_is_no_plain_text_is_refused_and_nothing_is_written(tmp_path: Path, data: bytes, said: str) -> None:
    rulebook = copied(tmp_path)
    ran = _add(rulebook, _file(tmp_path, data))
    assert (ran.status, said in flat(ran.err)) == (2, True)
    assert not (rulebook / "documents").exists()
    assert (rulebook / "documents.yaml").read_text("utf-8") == text_of("documents.yaml")


@pytest.mark.parametrize(("size", "status"), [(MAX_BYTES, 0), (MAX_BYTES + 1, 2)])
def test_a_document_is_as_large_as_check_reads_and_no_larger(tmp_path: Path, size: int, status: int) -> None:
    rulebook = copied(tmp_path)
    assert _add(rulebook, _file(tmp_path, b"a" * size)).status == status


def test_a_link_is_refused(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    link = tmp_path / "link.txt"
    link.symlink_to(_file(tmp_path, b"one\n"))
    ran = _add(rulebook, link)
    assert (ran.status, "a link; name the file itself" in flat(ran.err)) == (2, True)


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("My leaflet.txt", "My-leaflet.txt"),
        ("leaflet.TXT", "leaflet.txt"),
        ("leaflet.yaml", "leaflet.txt"),
        ("leaflet.text5", "leaflet.txt"),
        ("../leaflet.txt", "leaflet.txt"),
    ],
)
def test_a_name_that_documents_yaml_cannot_have_is_refused_and_another_is_offered(
    tmp_path: Path, name: str, like: str
) -> None:
    rulebook = copied(tmp_path)
    ran = _add(rulebook, _file(tmp_path, b"one\n"), "--id", name)
    assert (ran.status, f"such as --id {like}" in flat(ran.err)) == (2, True)
    assert _add(rulebook, _file(tmp_path, b"one\n"), "--id", like.replace("leaflet", "other")).status == 0


def test_without_a_terminal_what_is_missing_is_named_and_at_one_it_is_asked(tmp_path: Path) -> None:
    rulebook, file = copied(tmp_path), _file(tmp_path, b"one\n")
    ran = _add(rulebook, file, "--title", "A", "--why", "B", told=False)
    assert (ran.status, "say more of the document: --kind, --trust" in flat(ran.err)) == (2, True)
    asked: list[str] = []

    def answer(question: str, **_: object) -> str:
        asked.append(question)
        return " said "

    module = "ketascreen.cli.add_document"
    with patch(f"{module}.at_a_terminal", lambda: True), patch(f"{module}.click.prompt", answer):
        assert _add(rulebook, file, "--title", "A", "--why", "B", told=False).status == 0
    assert len(asked) == 2
    document = load_rulebook(rulebook).documents["new.txt"]
    assert (document.title, document.kind, document.trust, document.why) == ("A", "said", "said", "B")


def test_the_same_bytes_again_change_nothing_and_bring_a_lost_copy_back(tmp_path: Path) -> None:
    rulebook, file = copied(tmp_path), _file(tmp_path, b"one\n")
    _add(rulebook, file)
    before = (rulebook / "documents.yaml").read_bytes()
    (rulebook / "documents" / "new.txt").unlink()
    ran = _add(rulebook, file, told=False)
    assert (ran.status, "has new.txt already, with these bytes" in flat(ran.out)) == (0, True)
    assert (rulebook / "documents.yaml").read_bytes() == before
    assert (rulebook / "documents" / "new.txt").read_bytes() == b"one\n"


def test_a_file_that_documents_yaml_does_not_name_is_never_overwritten(tmp_path: Path) -> None:
    rulebook, file = copied(tmp_path), _file(tmp_path, b"one\n")
    (rulebook / "documents").mkdir()
    mine = _file(rulebook / "documents", b"mine\n")
    ran = _add(rulebook, file)
    assert (ran.status, "another file of that name is there; it stays" in flat(ran.err)) == (2, True)
    assert mine.read_bytes() == b"mine\n"
    mine.write_bytes(b"one\n")
    assert _add(rulebook, file).status == 0


def test_a_new_edition_wants_replace_and_check_then_names_the_phrases_that_moved(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    _add(rulebook, _file(tmp_path, b"one\ntwo\n"))
    rule = rulebook / "exclusions" / "high-pressure.yaml"
    cited = "  - {document: new.txt, line: 2, phrase: two, says: exclude}\n"
    rule.write_text(rule.read_text("utf-8").replace("sources:\n", f"sources:\n{cited}", 1), "utf-8")
    said = [one.code for one in verify(load_rulebook(rulebook), rulebook / "documents") if "new.txt" in one.message]
    assert said == []
    edition = _file(tmp_path, b"a foreword\none\ntwo\n")
    before = (rulebook / "documents.yaml").read_bytes()
    ran = _add(rulebook, edition)
    assert (ran.status, "add --replace" in flat(ran.err)) == (2, True)
    assert (rulebook / "documents.yaml").read_bytes() == before
    done = _add(rulebook, edition, "--replace", told=False)
    assert (done.status, "names each rule whose phrase is no longer on its line" in flat(done.out)) == (0, True)
    found = [one for one in verify(load_rulebook(rulebook), rulebook / "documents") if "new.txt" in one.message]
    assert [(one.code, one.hint) for one in found] == [("phrase-not-found", "it is on line 3")]
    changed = (rulebook / "documents.yaml").read_bytes().split(b"\n")
    differ = [(old, new) for old, new in zip(before.split(b"\n"), changed, strict=True) if old != new]
    assert [new.split(b":")[0].strip() for _, new in differ] == [b"sha256", b"lines"]


def test_a_copy_that_was_changed_by_hand_is_not_replaced(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    _add(rulebook, _file(tmp_path, b"one\n"))
    mine = _file(rulebook / "documents", b"mine\n")
    before, edition = (rulebook / "documents.yaml").read_bytes(), _file(tmp_path, b"one\ntwo\n")
    ran = _add(rulebook, edition, "--replace", told=False)
    assert (ran.status, "was changed by hand" in flat(ran.err), "move it away first" in flat(ran.err)) == (
        2,
        True,
        True,
    )
    assert (mine.read_bytes(), (rulebook / "documents.yaml").read_bytes()) == (b"mine\n", before)
    mine.unlink()
    assert _add(rulebook, edition, "--replace", told=False).status == 0
    assert mine.read_bytes() == b"one\ntwo\n"


def test_a_copy_that_is_the_new_edition_already_is_no_change_by_hand(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    _add(rulebook, _file(tmp_path, b"one\n"))
    _file(rulebook / "documents", b"one\ntwo\n")
    assert _add(rulebook, _file(tmp_path, b"one\ntwo\n"), "--replace", told=False).status == 0
    assert load_rulebook(rulebook).documents["new.txt"].lines == 2


@pytest.mark.parametrize("call", ["add", "replace", "restore"])
@pytest.mark.parametrize("of", ["the folder", "the document"])
def test_nothing_is_read_or_written_through_a_link(tmp_path: Path, call: str, of: str) -> None:
    rulebook, elsewhere = copied(tmp_path), tmp_path / "elsewhere"
    file, documents = _file(tmp_path, b"one\n"), rulebook / "documents"
    if call != "add":
        _add(rulebook, file)
        (documents / "new.txt").unlink()
        documents.rmdir()
    elsewhere.mkdir()
    there = _file(elsewhere, b"one\n")
    if of == "the folder":
        documents.symlink_to(elsewhere)
    else:
        documents.mkdir()
        (documents / "new.txt").symlink_to(there)
    before = (rulebook / "documents.yaml").read_bytes()
    edition = _file(tmp_path, b"one\ntwo\n") if call == "replace" else file
    ran = _add(rulebook, edition, *(["--replace"] if call == "replace" else []), told=call == "add")
    link = documents if of == "the folder" else documents / "new.txt"
    assert (ran.status, ran.out) == (2, "")
    assert (str(link) in ran.err, "a link" in flat(ran.err)) == (True, True)
    assert (link.is_symlink(), there.read_bytes()) == (True, b"one\n")
    assert (rulebook / "documents.yaml").read_bytes() == before


def test_replace_is_for_a_document_that_is_there(tmp_path: Path) -> None:
    rulebook, file = copied(tmp_path), _file(tmp_path, b"one\n")
    ran = _add(rulebook, file, "--replace", told=False)
    assert (ran.status, "documents.yaml has no `new.txt`" in flat(ran.err)) == (2, True)
    assert "--replace changes no title, kind, trust or why" in flat(_add(rulebook, file, "--replace").err)


def test_add_document_wants_a_rulebook(tmp_path: Path) -> None:
    ran = _add(tmp_path, _file(tmp_path, b"one\n"))
    assert (ran.status, "has no rulebook.yaml" in flat(ran.err)) == (2, True)


EDITION = ("--edition", "1st: draft", "--published", "2025", "--url", "https://example.org/new", "--accessed")


def test_what_is_said_of_its_edition_is_written_and_a_new_edition_names_what_still_tells_of_the_old_one(
    tmp_path: Path,
) -> None:
    rulebook = copied(tmp_path)
    assert _add(rulebook, _file(tmp_path, b"one\n"), *EDITION, "2026-11-22").status == 0
    document = load_rulebook(rulebook).documents["new.txt"]
    said = (document.edition, document.published, document.url, document.accessed)
    assert said == ("1st: draft", "2025", "https://example.org/new", "2026-11-22")
    second = _add(rulebook, _file(tmp_path, b"two\n"), "--replace", "--edition", "2nd", told=False)
    assert second.status == 0
    assert "Look at `published`, `url`, `accessed` in documents.yaml" in flat(second.out)
    document = load_rulebook(rulebook).documents["new.txt"]
    assert (document.edition, document.published) == ("2nd", "2025")


def test_a_new_edition_of_a_document_that_says_no_edition_has_nothing_to_look_at(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    _add(rulebook, _file(tmp_path, b"one\n"))
    refused = _add(rulebook, _file(tmp_path, b"two\n"), "--replace", "--edition", "2nd", told=False)
    assert (refused.status, "has no `edition` of `new.txt`" in flat(refused.err)) == (2, True)
    ran = _add(rulebook, tmp_path / "new.txt", "--replace", told=False)
    assert (ran.status, "Look at" in ran.out) == (0, False)


def test_a_day_that_is_not_one_and_a_rulebook_of_format_1_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    before = (rulebook / "documents.yaml").read_bytes()
    file = _file(tmp_path, b"one\n")
    assert _add(rulebook, file, *EDITION, "22 November").status == 2
    head = rulebook / "rulebook.yaml"
    head.write_text(head.read_text("utf-8").replace("format: 2", "format: 1"), "utf-8")
    assert _add(rulebook, file, *EDITION, "2026-11-22").status == 2
    assert (rulebook / "documents.yaml").read_bytes() == before
    assert not (rulebook / "documents").exists()
    assert _add(rulebook, file).status == 0
