"""A page fits the terminal, counts what a terminal shows, and is in colour where a reader may see it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from ketascreen.diagnostic import Diagnostic, Place
from ketascreen.rendering.page import NARROWEST, WIDTH, Flow, Line, cut, entries, entry, fitted, wrapped
from ketascreen.spelling import columns
from tests.helpers.command_line import AS_OF, run, screen
from tests.helpers.places import EXAMPLES, ROOT

SENTENCE = "Ketamine raises blood pressure for a short time, so it is measured before, during and after."
WIDTHS = (20, 25, 40, 79)


def words_of(lines: list[Line]) -> list[str]:
    """All words, in order."""
    return [word for line in lines for word in line.text.split()]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_text_is_folded_to_the_width_and_no_word_is_lost(width: int) -> None:
    page = [*entry("Says", SENTENCE, indent=4), *entries("Rests on", [SENTENCE, "one"]), Line("a  b" * 12)]
    narrow = list(fitted(page, width))
    assert words_of(narrow) == words_of(page)
    assert max(columns(line.text) for line in narrow if " " in line.text.strip()) <= width


def test_a_page_of_80_columns_stays_as_it_is() -> None:
    page = [*entry("Says", SENTENCE, indent=4), Line(), *wrapped(SENTENCE, hang=3), Line("a   long row   " * 7)]
    assert [line.text for line in fitted(page, WIDTH)] == [line.text for line in page]


def test_a_text_that_was_folded_is_folded_anew_and_keeps_its_indents() -> None:
    page = entry("Says", SENTENCE, indent=2)
    assert len(page) == 2
    narrow = [line.text for line in fitted(page, 40)]
    assert narrow[0].startswith("  Says: Ketamine")
    assert all(line.startswith("    ") and not line.startswith("     ") for line in narrow[1:])
    assert min(map(len, narrow[:-1])) > 28  # no short line stands between


def test_a_line_that_somebody_copies_is_never_folded() -> None:
    command = Line("     ketascreen new rule RULE --effect EFFECT --dir a-folder-with-a-long-name", flow=Flow.WHOLE)
    assert list(fitted([command], 25)) == [command]


@pytest.mark.parametrize(
    ("text", "taken"),
    [("plain", 5), ("\u65e5\u672c", 4), ("caf\u00e9", 4), ("cafe\u0301", 4), ("\U0001f642", 2), ("\uff21", 2), ("", 0)],
)
def test_columns_are_counted_as_a_terminal_shows_them(text: str, taken: int) -> None:
    assert columns(text) == taken


def test_wide_letters_are_wrapped_and_cut_by_columns() -> None:
    wide = " ".join(["\u65e5\u672c"] * 30)
    assert [columns(line.text) for line in wrapped(wide)] == [79, 69]
    assert cut("\u65e5\u672c" * 3, 12) == "\u65e5\u672c" * 3
    assert cut("\u65e5\u672c" * 3, 11) == "\u65e5\u672c" * 2 + "..."
    assert cut("\u65e5\u672c" * 3, 10) == "\u65e5\u672c\u65e5..."


def test_a_mark_stands_below_what_it_marks_where_letters_are_wide() -> None:
    problem = Diagnostic("code", "message", "hint", Place("f.yaml", 1, 4, 2), text="\u65e5\u672c \u65e5x: 1")
    shown, marked = problem.lines(WIDTH)[1:3]
    assert shown == "    1 | \u65e5\u672c \u65e5x: 1"
    assert marked == "      |      ^^^ hint"


@pytest.mark.parametrize(
    ("columns_said", "widest"), [("25", 25), ("40", 40), ("80", 80), ("200", 80), ("5", NARROWEST), ("0", 80)]
)
def test_a_verdict_is_as_wide_as_the_terminal_and_80_at_most(
    monkeypatch: pytest.MonkeyPatch, columns_said: str, widest: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns_said)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", screen("ptsd.yaml", terminal=True).out)
    lines = [line for line in plain.splitlines() if " " in line.strip()]
    assert max(map(len, lines)) <= widest
    assert max(map(len, lines)) > widest - 10
    assert plain.split() == screen("ptsd.yaml").out.split()


def test_what_is_no_terminal_has_80_columns_whatever_columns_says(monkeypatch: pytest.MonkeyPatch) -> None:
    before = screen("ptsd.yaml").out
    monkeypatch.setenv("COLUMNS", "25")
    assert screen("ptsd.yaml").out == before


@pytest.mark.parametrize(
    "args", [("check",), ("rules",), ("facts",), ("show", "pregnancy"), ("screen", "nope"), ("--help",)]
)
def test_other_pages_fit_a_terminal_of_40_columns(monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    ran = run(*args, terminal=True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", ran.out + ran.err)
    assert plain
    assert max(len(line) for line in plain.splitlines() if " " in line.strip()) <= 40


COLOURED = {
    ("xterm", None, None, True): True,
    ("xterm", None, None, False): False,
    ("dumb", None, None, True): False,
    ("dumb", None, "1", True): True,
    ("dumb", None, "1", False): True,
    ("xterm", None, "1", False): True,
    ("xterm", "1", None, True): False,
    ("xterm", "1", "1", True): False,
    ("xterm", "", "", True): True,
    ("xterm", "", "", False): False,
    (None, None, None, True): True,
}
"""TERM, NO_COLOR, FORCE_COLOR, and whether it is a terminal: whether there is colour."""


@pytest.mark.parametrize(("given", "coloured"), COLOURED.items(), ids=map(str, COLOURED))
def test_colour_is_where_a_reader_may_see_it(
    monkeypatch: pytest.MonkeyPatch, given: tuple[str | None, str | None, str | None, bool], coloured: bool
) -> None:
    *settings, terminal = given
    for name, value in zip(("TERM", "NO_COLOR", "FORCE_COLOR"), settings, strict=True):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, str(value))
    assert ("\x1b[" in screen("ptsd.yaml", terminal=terminal).out) is coloured
    assert "\x1b[" not in screen("ptsd.yaml", "--json", terminal=terminal).out


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such terminal")
def test_a_real_terminal_is_asked_for_its_width() -> None:
    import pty
    import termios

    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (50, 33))
    code = "from ketascreen.cli.commands import main; main(prog_name='ketascreen')"
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | {"NO_COLOR": "1"}
    command = [sys.executable, "-c", code, "screen", str(EXAMPLES / "ptsd.yaml"), "--as-of", AS_OF]
    with subprocess.Popen(command, stdout=follower, cwd=ROOT, env=environment) as started:
        os.close(follower)
        printed = b""
        while piece := _read(leader):
            printed += piece
    assert started.returncode == 4
    lines = [line for line in printed.decode().splitlines() if " " in line.strip()]
    assert 30 < max(map(len, lines)) <= 33


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # the other side has ended
        return b""
