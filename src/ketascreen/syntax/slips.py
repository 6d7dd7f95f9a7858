"""The slips that break YAML, or that YAML reads as what nobody means: what is said of each, in words of our own.

No slip quotes a value, since a profile is read too.
"""

from __future__ import annotations

import re

from ketascreen.diagnostic import Diagnostic
from ketascreen.language.other_words import SIGNS
from ketascreen.language.quantity import COMMA, without_comma

SMART = {'"': "\u201c\u201d\u201e\u201f\u00ab\u00bb", "'": "\u2018\u2019\u201a\u201b"}
"""Quotes that a text program types in place of a straight one."""
CURLY = "".join(SMART.values())
KEY = re.compile(r"(?:- +)*(?:[A-Za-z_][\w-]*|\"[^\"]*\"|'[^']*') *:(?: |$)")
"""How a line begins that has a key."""
OPENS = {"]": "[", "}": "{"}
IN_QUOTES = "put the whole text in quotes"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u00b7"
"""Signs that a text program types in place of the `-` of a list."""
_GLUED_DASH = re.compile(r"-[\w{\[\"']")
_FULL_WIDTH = "\uff1a"
_DIGITS_AND_COMMA = re.compile(r"(?<![\w.,-])-?[0-9]+,$")
_REST_OF_NUMBER = re.compile(r"[0-9]+(?:[.,]| |$)")
_WORD_AND_COLON = re.compile(r"[A-Za-z_][\w-]*(:)(?=\S)")


class YamlSlip(Exception):
    """What breaks YAML: where, counted from 0, and how to write it."""

    follows: int | None = None
    """The line, from 0, of a key that has no value because of this slip."""

    def __init__(self, line: int, column: int, message: str, hint: str, length: int = 1) -> None:
        self.line, self.column, self.length, self.message, self.hint = line, column, length, message, hint
        super().__init__(message)

    def explains(self, problem: Diagnostic) -> bool:
        """Whether the problem only follows from this slip."""
        return problem.code == "no-value" and problem.place is not None and problem.place.line - 1 == self.follows


class Unclear(Exception):
    """YAML that no rulebook has, such as a key after `?`; nothing is said of it."""


def is_entry(text: str) -> bool:
    """Whether a line that begins so is a key or an entry of a list."""
    return KEY.match(text) is not None or text.startswith("- ")


def tab(line: int, column: int) -> YamlSlip:
    """A tab where YAML wants spaces."""
    return YamlSlip(line, column, "a tab", "write spaces in its place")


def holds_colon(line: int, column: int, text: str) -> YamlSlip:
    """Text without quotes that holds a colon and a space."""
    hint = "put the text in quotes; a second key goes on its own line"
    if text[0] in CURLY:
        return curly(line, column)
    if text[-1] in OPENS and text.count(text[-1]) > text.count(OPENS[text[-1]]):
        return no_opening(line, column + len(text) - 1, text[-1])
    message = "the text ends with `:`" if text.endswith(":") and ": " not in text else "the text holds `: `"
    return YamlSlip(line, column, message, hint, len(text))


def no_opening(line: int, column: int, closing: str) -> YamlSlip:
    """A closing bracket that closes nothing."""
    return YamlSlip(
        line,
        column,
        f"`{closing}` without its `{OPENS[closing]}`",
        f"write `{OPENS[closing]}` where it opens, or delete it",
    )


def no_space(line: int, column: int) -> YamlSlip:
    """A colon that is not the colon of a key, since no space follows it."""
    return YamlSlip(line, column, "no space after the colon", "write a space after it, as in `key: value`")


def curly(line: int, column: int) -> YamlSlip:
    """A curly quote where a straight one is meant."""
    return YamlSlip(line, column, "a curly quote, which quotes nothing here", 'delete it, or type a straight one: `"`')


def begins_with(line: int, column: int, char: str) -> YamlSlip:
    """A text whose first character means something else in YAML."""
    hint, named = IN_QUOTES, "a backtick" if char == "`" else f"`{char}`"
    if char == ">":
        hint += "; for a comparison write `above:` or `at_least:`"
    return YamlSlip(line, column, f"a text that begins with {named}", hint)


def sign_for_key(line: int, column: int, sign: str) -> YamlSlip:
    """A sign, such as `>`, where a comparison must be."""
    return YamlSlip(line, column, f"`{sign}` is not a comparison", sign_hint(sign), len(sign))


def sign_hint(sign: str) -> str:
    """What to write for a sign."""
    word = SIGNS[sign]
    return f"write `{word}:`" + {"above": " or `at_least:`", "below": " or `at_most:`"}.get(word, "")


def no_colon(line: int, column: int, text: str) -> YamlSlip:
    word = re.split(r"\s", text, maxsplit=1)[0]
    return YamlSlip(line, column, "a key without its colon", "write a colon and a space behind the key", len(word))


def no_key(lines: list[str], line: int, column: int) -> YamlSlip:
    """A line that has no key where one must be."""
    text = lines[line][column:]
    if found := _WORD_AND_COLON.match(text):
        return no_space(line, column + found.start(1))
    if _FULL_WIDTH in text:
        at = column + text.index(_FULL_WIDTH)
        return YamlSlip(line, at, "a colon of full width", "type the plain `:` and a space")
    if text[0] in DASHES:
        return YamlSlip(line, column, f"`{text[0]}` is not the `-` of a list", "type `-` and a space")
    if _GLUED_DASH.match(text):
        return YamlSlip(line, column, "no space after `-`", "write a space after it")
    if text[0] in CURLY:
        return curly(line, column)
    if text[0] in OPENS:
        return no_opening(line, column, text[0])
    if text[0] in "@`%,|>*&?!":
        return begins_with(line, column, text[0])
    return no_colon(line, column, text)


def slip_in_key(text: str, before: str) -> tuple[str, str, int] | None:
    """What is wrong with a key that YAML accepts and nobody means: the message, the hint, and where in the key.

    `before` is what stands before it in its line: a number with a comma begins there, at a place below 0.
    """
    if not text:
        return None
    if _REST_OF_NUMBER.match(text) and (digits := _DIGITS_AND_COMMA.search(before)):
        return COMMA, without_comma(text.partition(" ")[2]), digits.start() - digits.end()
    slip = no_key([text], 0, 0)
    is_known = has_broken_key(text) or text[0] in DASHES + CURLY
    return (slip.message, slip.hint, slip.column) if is_known or _GLUED_DASH.match(text) else None


def slip_in_text(text: str) -> tuple[str, str] | None:
    """What is wrong with a text that YAML accepts and nobody means: one in curly quotes. The message and the hint."""
    if text[0] in CURLY and text[-1] in CURLY and len(text) > 1:
        slip = curly(0, 0)
        return slip.message, slip.hint
    return None


def has_broken_key(text: str) -> bool:
    """Whether a line begins with a key whose colon has no space behind it, or is of full width."""
    return _WORD_AND_COLON.match(text) is not None or _FULL_WIDTH in text


def out_of_line(line: int, column: int, wanted: int, other: int) -> YamlSlip:
    """A line that is not in the column of those above it; `other` is in the column that is nearest."""
    hint = f"begin it in column {wanted + 1}, as line {other + 1} does"
    return YamlSlip(line, column, f"a line that begins in column {column + 1}, in line with nothing above it", hint)


def no_dash(lines: list[str], line: int, column: int) -> YamlSlip:
    """A line in the column of a list's entries that is none."""
    text = lines[line][column:]
    if text[0] in DASHES or _GLUED_DASH.match(text):
        return no_key(lines, line, column)
    hint = "write `- ` before it, or indent it by two spaces if it belongs to the entry above"
    return YamlSlip(line, column, "a line without `- ` in a list", hint, len(text.rstrip()))


def unrecognised(lines: list[str], line: int) -> YamlSlip:
    """What is said of a line at which nothing is recognised."""
    while line > 0 and not lines[line].strip():
        line -= 1
    text = lines[line]
    begins = len(text) - len(text.lstrip())
    if "\t" in text:
        return tab(line, text.index("\t"))
    value = re.match(r"(?:- +)*(?:[\w-]+: +)?", text[begins:])
    at = begins + (value.end() if value else 0)
    if text[at : at + 1] in set("&*!%?"):
        return begins_with(line, at, text[at])
    hint = "write each line as `key: value`, or as `- ` and an entry, and begin it in line with the others"
    slip = YamlSlip(line, begins, "this line does not fit what is above it", hint, max(1, len(text.strip())))
    slip.follows = line - 1
    return slip
