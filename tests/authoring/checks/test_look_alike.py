"""A word with letters that look like others is found in every text of a rulebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from ketascreen.authoring.checks import look_alike
from ketascreen.diagnostic import Diagnostic, Place
from ketascreen.spelling import misleading
from tests.helpers.check_findings import findings
from tests.helpers.rulebook_files import changed, problems, text_of, where, with_files

HINT = "type the word again in plain letters"
SMALL_O, HOT = "\u043e", "\u041d\u041e\u0422"
"""A Cyrillic o, and three Cyrillic letters that look like HOT."""


def titled(title: str) -> dict[str, str]:
    (line,) = (line for line in text_of("cautions/young.yaml").split("\n") if line.startswith("title:"))
    return changed("cautions/young.yaml", line, f"title: {title}")


def test_a_title_with_a_letter_of_another_script(tmp_path: Path) -> None:
    assert findings(look_alike, tmp_path, titled(f"N{SMALL_O}t eligible")) == [
        Diagnostic(
            "look-alike",
            f"`N{SMALL_O}t` looks like `Not`, and has letters of another script",
            HINT,
            Place("cautions/young.yaml", 2, 8, 3),
        )
    ]


@pytest.mark.parametrize("escape", ["\\u043e", "\\U0000043E"])
def test_a_letter_that_is_written_as_an_escape_is_found_in_its_line(tmp_path: Path, escape: str) -> None:
    (found,) = findings(look_alike, tmp_path, titled(f'"N{escape}t eligible"'))
    assert found.message == f"`N{SMALL_O}t` looks like `Not`, and has letters of another script"
    assert found.place is not None
    assert found.place[:3] == ("cautions/young.yaml", 2, 1)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"N{SMALL_O}t eligible", ["N\u043et"]),
        (f"it is {HOT} today", [HOT]),
        ("one\u0435 and \u0435", ["one\u0435", "\u0435"]),
        ("\u03bfral", ["\u03bfral"]),
        ("\uff45ligible \U0001d40dot", ["\uff45ligible", "\U0001d40dot"]),
        ("\u03b1ctive", ["\u03b1ctive"]),
    ],
)
def test_what_misleads(line: str, words: list[str]) -> None:
    assert [word for _, word, _ in misleading(line)] == words
    assert all(looks.isascii() for *_, looks in misleading(line))
    assert all(line[start:].startswith(word) for start, word, _ in misleading(line))


@pytest.mark.parametrize(
    "line",
    [
        "Not eligible",
        HOT,
        f"{HOT} \u043e\u0436\u0438\u0440\u0435\u043d\u0438\u0435 5 mg",  # Russian
        "\u03b1-blocker, \u03b3GT, NF-\u03baB, \u03b1 and \u03b2",
        "2 \u00b5g, 2 \u03bcg, m\u00b2, k\u03a9, \u03949-THC, 10\u207f, 1\u00ba",
        "na\u00efve fa\u00e7ade \u00c5ngstr\u00f6m \u0130stanbul \u0131\u015f\u0131k",
        "\u201cquoted\u201d \u2013 \u2265 3",
    ],
)
def test_what_does_not(line: str) -> None:
    assert not list(misleading(line))


INVISIBLE = ("\u3164", "\u2800", "\u115f", "\u1160", "\uffa0", "\u034f", "\u17b5", "\ufe0f", "\U000e0101", "\u180b")


@pytest.mark.parametrize("char", INVISIBLE, ids=lambda char: f"U+{ord(char):04X}")
def test_a_letter_that_cannot_be_seen_is_refused_wherever_it_stands_and_shown_escaped(
    tmp_path: Path, char: str
) -> None:
    (problem,) = problems(with_files(tmp_path, titled(f"Not{char} eligible")))
    assert where(problem) == "cautions/young.yaml:2:11 forbidden-character"
    assert problem.message.startswith("a character that cannot be seen (")
    assert char not in str(problem)
    (escaped,) = problems(with_files(tmp_path / "again", titled(f'"Not\\U{ord(char):08X} eligible"')))
    assert escaped.code == "forbidden-character"
