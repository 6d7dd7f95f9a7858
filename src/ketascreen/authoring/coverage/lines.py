"""The lines of a rule and of the definitions that it uses, with marks for what coverage found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ketascreen.authoring.coverage.measure import VALUES, CoverageNode, Goal, RuleCoverage
from ketascreen.language.condition import DefinitionRef
from ketascreen.language.logic import Truth


@dataclass(frozen=True, slots=True)
class Mark:
    """A node's part of a line (`column` counted from 1), with what is missing and what no patient can show."""

    column: int
    length: int
    missing: str
    unreachable: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a file, with its marks from left to right."""

    number: int
    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of a condition: of the rule itself, or of a definition that `asked_by` uses."""

    path: str
    rows: tuple[Row, ...]
    asked_by: DefinitionRef | None = None


def blocks(covered: RuleCoverage, files: Mapping[str, Sequence[str]]) -> tuple[Block, ...]:
    """The rule's condition and each definition that it uses; `files` holds the lines of each file by its path.

    A node without a place, in a rule that was not read from a file, has no line.
    """
    askers = dict.fromkeys([None, *(id(node.asked_by) for node in covered.nodes if node.asked_by is not None)])
    found = []
    for asker in askers:
        nodes = [node for node in covered.nodes if (None if node.asked_by is None else id(node.asked_by)) == asker]
        asked_by = nodes[0].asked_by if nodes else None
        place = covered.rule.place if asked_by is None else nodes[0].place
        if place is not None and place.path in files:
            lines = files[place.path]
            rows = [Row(n, lines[n - 1], _marks(covered, nodes, n, lines[n - 1])) for n in _lines(lines, place.line)]
            found.append(Block(place.path, tuple(rows), asked_by))
    return tuple(found)


def _lines(lines: Sequence[str], number: int) -> Iterable[int]:
    """The numbers of the lines of the `when:` that holds the line."""
    first = next((n for n in range(number, 0, -1) if lines[n - 1].lstrip().startswith("when:")), number)
    within = len(_margin(lines[first - 1]))
    after = [n for n in range(first + 1, len(lines) + 1) if lines[n - 1].strip()]
    end = next((n for n in after if len(_margin(lines[n - 1])) <= within), len(lines) + 1)
    last = max((n for n in after if n < end), default=first)
    return range(first, last + 1)


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]


def _marks(covered: RuleCoverage, nodes: Sequence[CoverageNode], number: int, line: str) -> tuple[Mark, ...]:
    here = [(node.place, node) for node in nodes if node.place is not None and node.place.line == number]
    columns = sorted({place.column for place, _ in here})
    marks = []
    for place, node in here:
        end = min([column for column in columns if column > place.column], default=place.column + place.length)
        text = _closed(line[place.column - 1 : min(end, place.column + place.length) - 1])
        marks.append(Mark(place.column, max(1, len(text)), missing(covered, node), unreachable(covered, node)))
    return tuple(sorted(marks, key=lambda mark: mark.column))


def _closed(text: str) -> str:
    """The text without a comma after it, or a bracket that was opened before it."""
    text = text.rstrip(" ,")
    while any(text.endswith(shut) and text.count(shut) > text.count(opened) for opened, shut in ("{}", "[]")):
        text = text[:-1].rstrip(" ,")
    return text


def missing(covered: RuleCoverage, node: CoverageNode) -> str:
    """What no case shows of a node although some patient could, in words; empty if all is shown."""
    return _words(covered.missing, node, "never seen {}", "not shown to matter when {}")


def unreachable(covered: RuleCoverage, node: CoverageNode) -> str:
    """What no patient can show of a node, in words."""
    return _words(covered.unreachable, node, "no patient makes it {}", "no patient makes it matter when {}")


def _words(goals: Iterable[Goal], node: CoverageNode, seen: str, matters: str) -> str:
    """The values that are not seen, and of the other values those that do not matter."""
    goals = {goal for goal in goals if goal.node == node.number}
    unseen = [value for value in VALUES if Goal(node.number, value) in goals]
    idle = [value for value in VALUES if Goal(node.number, value, matters=True) in goals and value not in unseen]
    said = [form.format(_either(values)) for form, values in ((seen, unseen), (matters, idle)) if values]
    return "; ".join(said)


def _either(values: Sequence[Truth]) -> str:
    words = [value.value for value in values]
    return " or ".join([", ".join(words[:-1]), words[-1]] if words[:-1] else words)
