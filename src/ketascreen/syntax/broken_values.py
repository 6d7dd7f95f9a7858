"""Where the text of a value breaks YAML: its quotes, its brackets, its colons, its first character.

It reads as YAML does, and accepts what YAML accepts. Each function gives the place at which a value ends, from 0, or
raises the slip that it finds. No slip quotes a value, since a profile is read too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ketascreen.syntax.slips import (
    IN_QUOTES,
    KEY,
    OPENS,
    Unclear,
    YamlSlip,
    begins_with,
    is_entry,
    no_opening,
    no_space,
    sign_for_key,
    tab,
)

MAX_DEPTH = 60

_PROPERTY = re.compile(r"&[\w-]+(?=\s|$)|![^\s,\[\]{}]*(?=\s|$)", re.ASCII)
_ALIAS = re.compile(r"\*[\w-]+(?=[\s,\]}]|$)", re.ASCII)
_BLOCK = re.compile(r"[|>](?:[+-]?([1-9])?|([1-9])[+-])\s*(?:\s#.*)?$")
_ESCAPE = re.compile(
    r"\\(?:[0abtnvfre \"/\\N_LP\t]|x[0-9A-Fa-f]{2}|u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|$)"
)
_CANNOT_BEGIN = "@`%,&!:"
_CLOSES = {"[": "]", "{": "}"}
_PLAIN = re.compile(r"(?:[^,\[\]{}:#\t]|:(?![\s,\[\]{}?]|$)|(?<!\s)#)+")
_SIGN = re.compile(r">=?(?= *:)")
_DASH = re.compile(r"-(?:[\s,\]}]|$)")
COMPLEX = re.compile(r"\?(?:\s|$)")
"""How a key begins that YAML writes after a question mark; no rulebook has one."""


@dataclass(frozen=True, slots=True)
class Values:
    """The values in the lines of a file."""

    lines: list[str]

    def skip(self, line: int, column: int) -> int:
        """The column of the next character of a line that counts, or the length of the line."""
        text = self.lines[line]
        while column < len(text) and text[column] == " ":
            column += 1
        if text[column : column + 1] == "\t":
            if not text[column:].strip() or text[column:].lstrip().startswith("#"):
                return len(text)
            raise tab(line, column)
        if text[column : column + 1] == "#":
            return len(text)
        return column

    def properties(self, line: int, column: int) -> int:
        """The column behind an anchor and a tag."""
        while found := _PROPERTY.match(self.lines[line], column):
            column = self.skip(line, found.end())
        return column

    def block_text(self, line: int, column: int, indent: int) -> int:
        """The line behind the text that `|` or `>` begins, which is indented by more than `indent`."""
        found = _BLOCK.match(self.lines[line], column)
        if found is None:
            raise begins_with(line, column, self.lines[line][column])
        depth, after = int(found[1] or found[2] or 0), line + 1
        least = max(indent, 0) + depth if depth else 0
        while after < len(self.lines):
            text = self.lines[after]
            begins = len(text) - len(text.lstrip(" "))
            if begins < len(text):
                if begins <= indent or (least and begins < least):
                    break
                least = least or begins
            after += 1
        if after < len(self.lines):
            self._below_block_text(line, after, indent, least)
        return after

    def _below_block_text(self, line: int, after: int, indent: int, least: int) -> None:
        text = self.lines[after]
        begins = len(text) - len(text.lstrip(" "))
        if text[begins] in "#\t":
            return
        if begins > indent:
            raise YamlSlip(after, begins, "less indented than the text above it", f"begin it in column {least + 1}")
        own = text[begins:]
        if not least and not KEY.match(own) and not re.match(r"-(?: |$)|---|\.\.\.|[?\[{]", own):
            what = "text that is not indented below its key"
            raise YamlSlip(after, begins, what, "indent each of its lines by two spaces", len(own.rstrip()))

    def quoted(self, line: int, column: int) -> tuple[int, int]:
        """Where a text in quotes ends."""
        quote, at, now = self.lines[line][column], column + 1, line
        while now < len(self.lines):
            text = self.lines[now]
            if now > line and re.match(r"(?:---|\.\.\.)(?:\s|$)", text):
                break
            while at < len(text):
                char = text[at]
                if quote == '"' and char == "\\":
                    if not (found := _ESCAPE.match(text, at)):
                        hint = "write `\\\\` for a backslash, or put the text in single quotes"
                        raise YamlSlip(now, at, "a backslash in double quotes", hint)
                    at = found.end()
                elif char == quote and quote == "'" and text[at + 1 : at + 2] == "'":
                    at += 2
                elif char == quote:
                    return now, at + 1
                else:
                    at += 1
            now, at = now + 1, 0
        raise _unclosed_quote(line, column, quote)

    def behind_quotes(self, start: tuple[int, int], end: tuple[int, int], stops: str) -> int:
        """The column of what follows a text in quotes, which must be one of `stops`, or nothing."""
        line, column = end
        quote, text = self.lines[start[0]][start[1]], self.lines[line]
        at = self.skip(line, column)
        if at >= len(text) or text[at] in stops:
            return at
        if line > start[0] and any(KEY.match(one.lstrip()) for one in self.lines[start[0] + 1 : line + 1]):
            raise _unclosed_quote(*start, quote)
        rest = re.split(f"[{re.escape(stops)}]", text[at:])[0] if stops else text[at:]
        if (quote in rest and at == column) or (quote == "'" and text[column].isalpha()):
            other = "write `\\\"` for it, or use single quotes outside" if quote == '"' else (
                "write `''` for it, or use double quotes outside")  # fmt: skip
            raise YamlSlip(line, column - 1, "a quote inside a text in quotes", other)
        if text[at] == ",":
            raise YamlSlip(line, at, "a comma after the closing quote", "delete it")
        if stops and (text[at] in "\"'[{" or KEY.match(text[at:])):
            raise _comma(line, at)
        if quote in rest:
            raise YamlSlip(line, at, "more text after the closing quote", f"{IN_QUOTES}, with another quote outside")
        raise YamlSlip(line, at, "more text after the closing quote", IN_QUOTES, len(rest.rstrip()))

    def closed(self, line: int, column: int) -> int:
        """The line behind a value that is in quotes or brackets, outside of brackets."""
        if self.lines[line][column] in "\"'":
            now, end = self.quoted(line, column)
            self.behind_quotes((line, column), (now, end), "")
            return now + 1
        now, end = self.brackets(line, column)
        text, at = self.lines[now], self.skip(now, end)
        if at >= len(text):
            return now + 1
        if text[at] == ":":
            raise Unclear
        closing = text[end - 1]
        if text[at] == ",":
            raise YamlSlip(now, at, f"a comma after the closing `{closing}`", "delete it")
        if text[at] in OPENS:
            raise no_opening(now, at, text[at])
        if now == line and not any(char in text[column + 1 : end] for char in ":,[{"):
            raise begins_with(line, column, text[column])
        hint = f"{IN_QUOTES}, or delete what follows `{closing}`"
        raise YamlSlip(now, at, f"more text after the closing `{closing}`", hint, len(text[at:].rstrip()))

    def brackets(self, line: int, column: int, depth: int = 1) -> tuple[int, int]:
        """Where a list in `[ ]`, or keys in `{ }`, end."""
        if depth > MAX_DEPTH:
            raise Unclear
        start, opening = (line, column), self.lines[line][column]
        at, is_after, has_value = column + 1, "", False  # `is_after`: the comma, an entry, or the opening itself
        while True:
            line, at = self._next(line, at, start)
            text, char = self.lines[line], self.lines[line][at]
            if char in OPENS:
                if char != _CLOSES[opening]:
                    raise YamlSlip(*start, f"`{opening}` is not closed", _instead(start[0], line, at, opening, char))
                return line, at + 1
            if char == ",":
                if is_after not in ("entry", "colon"):
                    raise YamlSlip(line, at, "a comma with nothing before it", "delete it")
                at, is_after, has_value = at + 1, "comma", False
            elif char == ":" and (at + 1 == len(text) or text[at + 1] in " \t,[]{}" or text[at - 1] in "\"'"):
                if text[at - 1] not in " \"'" and text[at + 1 : at + 2] in tuple(",[]{}"):
                    raise no_space(line, at)
                if has_value or is_after != "entry":
                    raise self._second_colon(line, at)
                at, is_after, has_value = at + 1, "colon", True
            elif is_after == "entry":
                raise _comma(line, at)
            else:
                line, at = self._entry(line, at, depth)
                is_after = "entry"

    def _next(self, line: int, at: int, start: tuple[int, int]) -> tuple[int, int]:
        opened, comment = self.lines[start[0]], None
        while True:
            begins, at = at, self.skip(line, at)
            if at < len(self.lines[line]):
                return line, at
            if line == start[0] and self.lines[line][begins:].lstrip().startswith("#"):
                comment = line, self.lines[line].index("#", begins)
            line, at = line + 1, 0
            below = self.lines[line] if line < len(self.lines) else ""
            margin = len(opened) - len(opened.lstrip(" "))
            begins = len(below) - len(below.lstrip(" "))
            if line == len(self.lines) or (begins <= margin and is_entry(below[begins:])):
                opening = opened[start[1]]
                hint = f"write `{_CLOSES[opening]}` where it ends"
                if comment is not None:
                    raise YamlSlip(
                        *comment, f"`#` hides the rest of the line, and `{opening}` is not closed", IN_QUOTES
                    )
                raise YamlSlip(*start, f"`{opening}` is not closed", hint)

    def _second_colon(self, line: int, at: int) -> YamlSlip:
        before = self.lines[line][:at].rstrip()
        begins = len(before)
        while begins and (before[begins - 1].isalnum() or before[begins - 1] in "_-"):
            begins -= 1
        if begins == len(before):
            return YamlSlip(
                line, at, "a colon without a key before it", f"delete it; if it belongs to a text, {IN_QUOTES}"
            )
        return _comma(line, begins)

    def _entry(self, line: int, at: int, depth: int) -> tuple[int, int]:
        """Where an entry within brackets ends, or the key of one."""
        text = self.lines[line]
        at = self.properties(line, at)
        if at >= len(text) or text[at] in ",]}":
            return line, at
        char = text[at]
        if char in "[{":
            return self.brackets(line, at, depth + 1)
        if char in "\"'":
            end = self.quoted(line, at)
            return end[0], self.behind_quotes((line, at), end, ",]}:")
        if sign := _SIGN.match(text, at):
            raise sign_for_key(line, at, sign[0])
        if char in "|>" or char in _CANNOT_BEGIN:
            raise begins_with(line, at, char)
        if char == "*":
            if found := _ALIAS.match(text, at):
                return line, found.end()
            raise begins_with(line, at, char)
        if _DASH.match(text, at):
            raise YamlSlip(line, at, "`- ` within brackets", "delete it; a comma separates the entries")
        if COMPLEX.match(text, at):
            raise Unclear
        if char == "?":
            raise begins_with(line, at, char)
        return self._plain(line, at)

    def _plain(self, line: int, at: int) -> tuple[int, int]:
        """Where text without quotes ends within brackets."""
        while True:
            text = self.lines[line]
            if not (found := _PLAIN.match(text, at)):
                raise Unclear
            end = at + len(found[0].rstrip())
            if found.end() < len(text):
                return line, end
            below = next((one for one in range(line + 1, len(self.lines)) if self.lines[one].strip()), None)
            if below is None:
                return line, end
            begins = len(self.lines[below]) - len(self.lines[below].lstrip(" "))
            own = self.lines[below][begins:]
            if own[0] in ",[]{}:#\t" or is_entry(own):
                return line, end
            line, at = below, begins


def _unclosed_quote(line: int, column: int, quote: str) -> YamlSlip:
    return YamlSlip(line, column, "a quote that is not closed", f"write `{quote}` at the end of its text")


def _comma(line: int, column: int) -> YamlSlip:
    return YamlSlip(
        line, column, "a comma is missing before this", "write one; a text that holds any of `: [ ] { }` goes in quotes"
    )


def _instead(first: int, line: int, column: int, opening: str, char: str) -> str:
    where = "" if line == first else f"line {line + 1}, "
    return f"write `{_CLOSES[opening]}` before, or in place of, the `{char}` at {where}column {column + 1}"
