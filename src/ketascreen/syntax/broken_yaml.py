"""What a file says when YAML itself is broken: what is wrong, where, and what to write, in words of our own.

A parser names the place where it stopped, in its own words; parsers differ in both. So the lines are read again, from
the first, as a person reads them: by their columns, keys and entries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

from ketascreen.syntax.broken_values import COMPLEX, Values
from ketascreen.syntax.slips import (
    DASHES,
    KEY,
    Unclear,
    YamlSlip,
    begins_with,
    has_broken_key,
    holds_colon,
    no_colon,
    no_dash,
    no_key,
    no_opening,
    out_of_line,
    tab,
    unrecognised,
)

MAX_KEY = 1024
_SHORT = 50_000
_NOT_PLAIN = "|>\"'[{]}@`%,&*?!"
_DASH = re.compile(r"-(?:\s|$)")
_PLAIN_END = re.compile(r"\s#|:(?=\s|$)|\t")


@dataclass(slots=True)
class _Column:
    """Keys or entries in one column; the line of the last of them, and whether it still wants its value."""

    is_list: bool
    column: int
    line: int
    is_open: bool = True
    without: int | None = None  # the line above, if its key has no value and is in the same column


def slip_in(lines: list[str], error: yaml.YAMLError) -> YamlSlip:
    """What breaks YAML in the lines of a file for which PyYAML raised this error.

    If nothing is recognised up to the line where its parser stopped, the sentence is about that line.
    """
    stopped = _stopped(lines, error)
    slip = first_slip(lines)
    return slip if slip and slip.line <= stopped + 1 else unrecognised(lines, min(stopped, len(lines) - 1))


def first_slip(lines: list[str]) -> YamlSlip | None:
    """The first slip that is recognised in the lines; it may be in YAML that a parser accepts, if nobody means that."""
    try:
        _LineReader(Values(lines)).read()
    except YamlSlip as slip:
        return slip
    except Unclear:
        pass
    return None


def _stopped(lines: list[str], error: yaml.YAMLError) -> int:
    """The line, from 0, at which PyYAML's own parser stops, since others stop elsewhere; of a long file, any parser."""
    if sum(map(len, lines)) < _SHORT:
        try:
            for _ in iter(yaml.SafeLoader("\n".join(lines)).get_event, None):
                pass
        except yaml.YAMLError as other:
            error = other
    return line_of(error)


def line_of(error: yaml.YAMLError) -> int:
    """The line, from 0, at which a parser stopped."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line if mark else 0


@dataclass(slots=True)
class _LineReader:
    """Reads lines by their columns; raises the first slip."""

    values: Values
    blocks: list[_Column] = field(default_factory=list)
    has_ended: bool = False

    @property
    def lines(self) -> list[str]:
        return self.values.lines

    def read(self) -> None:
        line = 0
        while line < len(self.lines):
            text = self.lines[line]
            column = len(text) - len(text.lstrip(" "))
            if text[column : column + 1] == "\t":
                raise tab(line, column)
            if column == len(text) or text[column] == "#":
                line += 1
            elif found := re.match(r"(?:---|\.\.\.)(?=\s|$)", text):
                line = self._mark(line, found[0])
            elif text[0] == "%" and not self.blocks and re.match(r"%[A-Za-z]+(?:\s|$)", text):
                line += 1
            elif self.has_ended:
                what = "text after `...`, which ends the file"
                raise YamlSlip(line, column, what, "delete the line `...`", len(text.strip()))
            else:
                self._place(line, column)
                line = self._entry(line, column)

    def _mark(self, line: int, mark: str) -> int:
        if self.values.skip(line, 3) < len(self.lines[line]):
            raise Unclear
        self.blocks, self.has_ended = [], mark == "..."
        return line + 1

    def _place(self, line: int, column: int) -> None:
        """Leaves the blocks that have ended; raises a slip if a line is in no block's column."""
        is_entry = self._is_dash(line, column)
        left: _Column | None = None
        while self.blocks and self.blocks[-1].column > column:
            left = self.blocks.pop()
        last = self.blocks[-1] if self.blocks else None
        if last and last.column == column and last.is_list and not is_entry:
            below = self.blocks[-2] if len(self.blocks) > 1 else None
            if below is None or below.column != column:
                raise no_dash(self.lines, line, column)
            self.blocks.pop()
        if left is not None and (last is None or last.column < column):
            is_nearer = last is not None and column - last.column < left.column - column
            fits = last is not None and (last.is_list == is_entry) > (left.is_list == is_entry)
            nearest = last if last and (is_nearer or fits) else left
            raise out_of_line(line, column, nearest.column, nearest.line)
        if left and left.is_list and is_entry and last and last.column == column and not last.is_list:
            hint = f"begin it in column {left.column + 1}, as line {left.line + 1} does"
            raise YamlSlip(line, column, "`- ` in the column of the keys", hint)
        if last and last.column < column and not last.is_open:
            raise self.below_a_value(line, column, last)

    def _is_dash(self, line: int, column: int) -> bool:
        return _DASH.match(self.lines[line], column) is not None

    def _entry(self, line: int, column: int) -> int:
        """Reads what begins at a column; gives the line behind it."""
        while self._is_dash(line, column):
            self._in_block(line, column, is_list=True)
            column = self.values.skip(line, column + 1)
            if column >= len(self.lines[line]):
                return line + 1
            if self._is_dash(line, column) or self._colon(line, column) is not None:
                self.blocks[-1].is_open = False
        colon = self._colon(line, column)
        if colon is None:
            return self._text(line, column)
        if re.match(rf"(?:-|[{DASHES}] *)\w", self.lines[line][column:]):
            raise no_key(self.lines, line, column)
        self._in_block(line, column, is_list=False)
        if colon - column > MAX_KEY:
            raise YamlSlip(line, column, f"a key of more than {MAX_KEY:,} letters", "shorten it; put a text in quotes")
        column = self.values.skip(line, colon + 1)
        return self._value(line, column, self.blocks[-1]) if column < len(self.lines[line]) else line + 1

    def _in_block(self, line: int, column: int, *, is_list: bool) -> None:
        last = self.blocks[-1] if self.blocks else None
        if last is None or last.column < column or (is_list and not last.is_list and last.is_open):
            if last is not None:
                last.is_open = False
            self.blocks.append(_Column(is_list, column, line))
            return
        if is_list and not last.is_list:
            hint = f"indent it below its key, or delete the `- `; the keys here begin in column {column + 1}"
            raise YamlSlip(line, column, "`- ` in place of a key", hint)
        last.without = last.line if last.is_open and not is_list else None
        last.line, last.is_open = line, True

    def _colon(self, line: int, column: int) -> int | None:
        """The place of the colon of the key that begins at a column; None if no key does."""
        text = self.lines[line]
        if COMPLEX.match(text, column):
            raise Unclear
        column = self.values.properties(line, column)
        if column >= len(text):
            return None
        if text[column] in "\"'":
            found = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')[ ]*(?=:(?:\s|$))""").match(text, column)
            return found.end() if found else None
        if text[column] in "[{|>@`%,]}#&":
            return None
        found = _PLAIN_END.search(text, column)
        return found.start() if found and text[found.start()] == ":" else None

    def _value(self, line: int, column: int, block: _Column) -> int:
        """Reads the value behind a key, or behind `- `; gives the line behind it."""
        column = self.values.properties(line, column)
        text = self.lines[line]
        if column >= len(text):
            return line + 1
        block.is_open = False
        char = text[column]
        if char in "|>":
            return self.values.block_text(line, column, block.column)
        if char in "\"'[{":
            return self.values.closed(line, column)
        if char in "]}":
            raise no_opening(line, column, char)
        if self._is_dash(line, column):
            raise YamlSlip(line, column, "a list on the line of its key", "begin it on the next line, below the key")
        if char in "@`%,&" or (char == "?" and text[column + 1 : column + 2] in ("", " ")):
            raise begins_with(line, column, char)
        if char == "*":
            if not re.fullmatch(r"\*[\w-]+\s*(?:\s#.*)?", text[column:], re.ASCII):
                raise begins_with(line, column, char)
            return line + 1
        return self._plain(line, column, block)

    def _plain(self, line: int, column: int, block: _Column, *, stands_alone: bool = False) -> int:
        """Reads text without quotes, with the lines that go on with it; gives the line behind it."""
        first = self.lines[line][column:]
        now, at = line, column
        while True:
            text = self.lines[now]
            found = _PLAIN_END.search(text, at)
            if found and text[found.start()] == ":":
                if now == line:
                    raise holds_colon(line, column, re.split(r"\s#", text[column:])[0].rstrip())
                if stands_alone and (block.column < 0 or re.fullmatch(r"[\w-]+", first.rstrip())):
                    raise no_colon(line, column, first)
                if KEY.match(text[at:]):
                    raise self.below_a_value(now, at, block)
                raise holds_colon(now, at, text[at:].rstrip())
            has_comment = found is not None and bool(text[found.start() :].strip())
            below = next((one for one in range(now + 1, len(self.lines)) if self.lines[one].strip()), None)
            if below is None or has_comment:
                return now + 1
            text = self.lines[below]
            at = len(text) - len(text.lstrip(" "))
            if at <= block.column or text[at] == "#":
                return now + 1
            if text[at] == "\t":
                raise tab(below, at)
            now = below

    def _text(self, line: int, column: int) -> int:
        """Reads a line that has no key."""
        last = self.blocks[-1] if self.blocks else None
        if last is not None and last.is_open and last.column < column:
            text = self.lines[line]
            last.is_open = False
            own = line != last.line
            if text[column] in _NOT_PLAIN or not own:
                return self._value(line, column, last)
            return self._plain(line, column, last, stands_alone=True)
        if last is None:
            root = _Column(False, -1, line, is_open=False)
            self.blocks.append(root)
            if has_broken_key(self.lines[line][column:]):
                raise no_key(self.lines, line, column)
            if self.lines[line][column] in _NOT_PLAIN:
                return self._value(line, column, root)
            return self._plain(line, column, root, stands_alone=True)
        if last.is_open and not last.is_list and last.column == column:
            what = f"a line that is not indented below line {last.line + 1}, which has no value"
            hint = "indent it by two spaces; or write a colon behind it, if it is a key"
            raise YamlSlip(line, column, what, hint, len(self.lines[line].strip()))
        raise no_key(self.lines, line, column)

    def below_a_value(self, line: int, column: int, above: _Column) -> YamlSlip:
        """A line that is indented below one that has its value already."""
        if above.column < 0:
            return YamlSlip(line, column, "more text below a value that has ended", "delete it")
        if above.without is not None:
            message = f"a line that is not indented below line {above.without + 1}, which has no value"
            slip = YamlSlip(above.line, above.column, message, "indent it by two spaces, as the lines below it")
            slip.follows = above.without
            return slip
        where = f"begin it in column {above.column + 1}, as line {above.line + 1} does"
        text = self.lines[line][column:]
        if not KEY.match(text) and not self._is_dash(line, column):
            hint = "write it on the line above, within the quotes or brackets"
            return YamlSlip(line, column, "more text below a value that has ended", hint, len(text.rstrip()))
        what = "an entry" if self._is_dash(line, column) else "a key"
        message = f"{what} below line {above.line + 1}, which has a value already"
        return YamlSlip(line, column, message, f"{where}; or delete the value of that line")
