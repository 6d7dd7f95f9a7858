"""From documents to rules: which line is carried by what, and whether the cited words stand there."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from ketascreen.authoring.traceability import Carrier, mentions, trace, verify
from ketascreen.cli.commands import main
from ketascreen.cli.options import rulebook_of
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.load import load_rulebook

TEXT = """Who should not have it
Do not use it if you are pregnant.
It works on the glutamate system.

Pressure above 140 is high.
It is given in a vein."""

FILES = {
    "rulebook.yaml": """
id: tiny
title: A tiny rulebook
version: "0.1.0"
format: 2
effective: 2026-11-22
requires: ">=0.2.0"
responsible: Nobody.
intended_use: Tests.
limits: Everything.
""",
    "routes.yaml": """
iv:
  title: Infusion
  attributes:
    setting:
      - says: in a vein
        sources:
          - {document: d.txt, line: 6, phrase: in a vein, says: inform}
""",
    "parameters.yaml": """
high:
  value: 140 mmHg
  stricter: lower
  basis: source
  sources:
    - {document: d.txt, line: 5, phrase: Pressure above 140, says: define}
    - {outside: X-01, says: define}
""",
    "definitions.yaml": """
raised_pressure:
  title: Raised pressure
  when:
    systolic_bp: {above: high}
  sources:
    - {document: d.txt, line: 5, phrase: is high, says: define}
""",
    "conflicts.yaml": """
C1:
  topic: Pregnancy
  statements:
    - {document: d.txt, line: 1, phrase: should not, says: avoid}
    - {document: d.txt, line: 2, phrase: Do not use it, says: exclude}
  resolution: It excludes.
  rules: [pregnancy]
""",
    "not-encoded.yaml": """
- {document: d.txt, line: 3, phrase: glutamate system, reason: Mechanism.}
""",
    "pregnancy.yaml": """
id: pregnancy
title: Pregnancy
stage: candidacy
effect: exclude
routes: all
when:
  any:
    - pregnancy: {is: pregnant}
    - meets: raised_pressure
say: A pregnancy is known.
sources:
  - {document: d.txt, line: 2, phrase: pregnant, says: exclude}
conflicts: [C1]
""",
}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A folder with the one document."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "d.txt").write_bytes(TEXT.encode())
    return folder


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder with the rulebook that cites it."""
    folder = tmp_path / "rules"
    folder.mkdir()
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    document = f"{{title: D, kind: page, trust: full, why: It is ours., sha256: {digest}, lines: 6}}"
    outside = "{title: X, where: there, phrase: high, read: original}"
    listed = f"documents:\n  d.txt: {document}\noutside_sources:\n  X-01: {outside}\n"
    for name, text in {**FILES, "documents.yaml": listed}.items():
        (folder / name).write_text(text.lstrip(), "utf-8")
    return folder


def cite(rules: Path, old: str, new: str, name: str = "pregnancy.yaml") -> Rulebook:
    """The rulebook with one file's text changed."""
    text = (rules / name).read_text("utf-8")
    assert text.count(old) == 1
    (rules / name).write_text(text.replace(old, new), "utf-8")
    return load_rulebook(rules)


def test_each_line_names_what_carries_it(rules: Path) -> None:
    rulebook = load_rulebook(rules)
    traced = trace(rulebook, rulebook.documents["d.txt"])
    carried = {line.line: [(one.carrier, one.name) for one in line.mentions] for line in traced.lines}
    assert carried == {
        1: [(Carrier.CONFLICT, "C1")],
        2: [(Carrier.RULE, "pregnancy"), (Carrier.CONFLICT, "C1")],
        3: [(Carrier.NOT_ENCODED, "")],
        5: [(Carrier.DEFINITION, "raised_pressure"), (Carrier.PARAMETER, "high")],
        6: [(Carrier.ROUTE, "iv setting")],
    }
    assert traced.unnamed == (4,)


def test_a_line_that_only_a_reason_names_is_not_carried_and_says_why(rules: Path) -> None:
    rulebook = load_rulebook(rules)
    lines = {line.line: line for line in trace(rulebook, rulebook.documents["d.txt"]).lines}
    assert (lines[2].carried, lines[3].carried) == (True, False)
    assert lines[3].mentions[0].reason == "Mechanism."


def test_a_line_that_a_retired_rule_alone_cites_is_carried_by_nothing(rules: Path) -> None:
    text = (rules / "pregnancy.yaml").read_text("utf-8").replace("conflicts: [C1]\n", "")
    text = text.replace("id: pregnancy", "id: old").replace("line: 2", "line: 4")
    (rules / "old.yaml").write_text(f"{text}retired: {{date: 2026-11-20, by: A, reason: Old.}}\n", "utf-8")
    rulebook = load_rulebook(rules)
    traced = trace(rulebook, rulebook.documents["d.txt"])
    lines = {line.line: line for line in traced.lines}
    assert [(one.carrier, one.name) for one in lines[4].mentions] == [(Carrier.RETIRED, "old")]
    assert [(line.carried, line.retired) for line in (lines[2], lines[3], lines[4])] == [
        (True, False), (False, False), (False, True),
    ]  # fmt: skip


def test_every_citation_of_the_built_in_rulebook_is_traced_once() -> None:
    rulebook = rulebook_of(None)
    traces = [trace(rulebook, document) for document in rulebook.documents.values()]
    traced = Counter(mention for one in traces for line in one.lines for mention in line.mentions)
    assert traced == Counter(one for one in mentions(rulebook) if one.citation.document is not None)
    assert {mention.carrier for mention in traced} == set(Carrier) - {Carrier.RETIRED}
    assert rulebook.retired == ()
    for one in traces:
        assert sorted([line.line for line in one.lines] + [*one.unnamed]) == list(range(1, one.document.lines + 1))


def test_sources_that_hold_what_is_cited_have_no_problem(rules: Path, sources: Path) -> None:
    assert verify(load_rulebook(rules), sources) == ()


def test_a_phrase_on_another_line_is_told_with_the_line_where_it_stands(rules: Path, sources: Path) -> None:
    (problem,) = verify(cite(rules, "line: 2", "line: 1"), sources)
    assert (problem.code, problem.hint) == ("phrase-not-found", "it is on line 2")
    assert problem.message == "the phrase “pregnant” is not on line 1 of `d.txt`"
    assert problem.place is not None
    assert (problem.place.path, problem.place.line) == ("pregnancy.yaml", 12)


@pytest.mark.parametrize("phrase", ["Pregnant", "pregnants", "pregnant  .", "are  pregnant"])
def test_a_phrase_must_be_copied_letter_by_letter(rules: Path, sources: Path, phrase: str) -> None:
    (problem,) = verify(cite(rules, "phrase: pregnant", f'phrase: "{phrase}"'), sources)
    assert (problem.code, problem.hint) == ("phrase-not-found", "no line has it; copy it word by word")


@pytest.mark.parametrize(
    ("name", "phrase", "line"),
    [
        ("routes.yaml", "phrase: in a vein", 7),
        ("parameters.yaml", "phrase: Pressure above 140", 6),
        ("definitions.yaml", "phrase: is high", 6),
        ("conflicts.yaml", "phrase: Do not use it", 5),
        ("not-encoded.yaml", "phrase: glutamate system", 1),
    ],
)
def test_whatever_cites_is_looked_at(rules: Path, sources: Path, name: str, phrase: str, line: int) -> None:
    (problem,) = verify(cite(rules, phrase, "phrase: elsewhere", name), sources)
    assert problem.code == "phrase-not-found"
    assert problem.place is not None
    assert (problem.place.path, problem.place.line) == (name, line)


def test_a_document_with_one_byte_changed_differs_though_its_phrases_stand(rules: Path, sources: Path) -> None:
    (sources / "d.txt").write_bytes(TEXT.replace("vein.", "vein!").encode())
    (problem,) = verify(load_rulebook(rules), sources)
    assert problem.code == "sha256"
    assert "`d.txt`" in problem.message


def test_a_document_with_a_line_more_says_how_many_it_has(rules: Path, sources: Path) -> None:
    (sources / "d.txt").write_bytes(f"{TEXT}\nMore.".encode())
    problems = verify(load_rulebook(rules), sources)
    assert {problem.code for problem in problems} == {"sha256", "document-lines"}
    assert any("has 7 lines, not 6" in problem.message for problem in problems)
    (sources / "d.txt").write_bytes(f"{TEXT}\n".encode())
    assert [problem.code for problem in verify(load_rulebook(rules), sources)] == ["sha256"]


def test_a_document_that_is_missing_is_one_problem(rules: Path, sources: Path) -> None:
    (sources / "d.txt").unlink()
    (problem,) = verify(load_rulebook(rules), sources)
    assert (problem.code, "`d.txt` cannot be read" in problem.message) == ("document-unreadable", True)


def test_a_document_that_is_not_utf_8_is_told(rules: Path, sources: Path) -> None:
    (sources / "d.txt").write_bytes(TEXT.encode() + b"\xff")
    assert [problem.code for problem in verify(load_rulebook(rules), sources)] == ["not-utf-8", "sha256"]


def _command(*args: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main.main(list(args), prog_name="ketascreen")
    return int(ended.value.code or 0)


def test_the_command_counts_what_it_checked_and_ends_with_0(
    rules: Path, sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _command("verify-sources", str(sources), "--rules", str(rules)) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Documents checked by sha256 and number of lines: 1." in out
    assert "on their lines: 7 (1 of rules, 1 of definitions, 1 of parameters, 2 of conflicts, 1 of routes, " in out
    assert "Citations of outside sources, not looked at: 1." in out
    assert out.endswith("All found.")


def test_the_command_ends_with_2_where_a_phrase_is_not_found(
    rules: Path, sources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cite(rules, "line: 2", "line: 1")
    assert _command("verify-sources", str(sources), "--rules", str(rules)) == 2
    out = " ".join(capsys.readouterr().out.split())
    assert "pregnancy.yaml:12:5: the phrase “pregnant” is not on line 1 of `d.txt`; it is on line 2" in out
    assert out.endswith("Problems: 1.")
    assert _command("verify-sources", str(sources), "--rules", str(rules), "--json") == 2
    assert [problem["code"] for problem in json.loads(capsys.readouterr().out)["problems"]] == ["phrase-not-found"]
