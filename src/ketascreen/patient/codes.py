"""The codes of the facts, strictly read. Built-in facts have their codes in `codes/*.yaml` and nowhere else.

No decision needs a code, so the files are read only when somebody asks for a code.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files as resources
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

from ketascreen.arguments import refuse, require
from ketascreen.diagnostic import Diagnostic, InputError, Place, did_you_mean
from ketascreen.language.vocabulary import Code, Fact, Kind
from ketascreen.syntax.tree import Mapping as Row
from ketascreen.syntax.tree import Node, Scalar, Sequence, key_place
from ketascreen.syntax.yaml_tree import read_lines

SYSTEMS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "icd-10-cm": re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?"),
        "loinc": re.compile(r"[1-9][0-9]{0,6}-[0-9]"),
        "snomed": re.compile(r"[1-9][0-9]{5,17}"),
    }
)
"""The code systems, each with the form of its codes."""
WITH_PREFIXES = frozenset({"icd-10-cm"})
"""The systems in which the beginning of a code names its group."""

_NEEDED = ("fact", "system", "source")
_KEYS = ("fact", "choice", "system", "code", "prefix", "except", "source")
_EXAMPLE = "write - {fact: , choice: , system: , code: , source: }"


class CodesError(InputError):
    """Files of codes that were refused, with every problem of every row; none of their codes counts."""


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One row: its fact, its code and its place."""

    fact: str
    code: Code
    place: Place


def codes_by_fact(vocabulary: Mapping[str, Fact]) -> Mapping[str, tuple[Code, ...]]:
    """The codes of each fact: a built-in fact has them in the files, an added fact in its rulebook.

    Each call reads the files again.

    Raises:
        CodesError: see `read_codes`.
    """
    found = {name: fact.own_codes for name, fact in vocabulary.items()}
    for row in read_codes(built_in_files(), vocabulary):
        found[row.fact] += (row.code,)
    return MappingProxyType(found)


class Meaning(NamedTuple):
    """What a code says: the fact, and its choice or word; None where the code names the fact alone, as LOINC does."""

    fact: str
    choice: str | None


class CodeTable:
    """The codes of the facts of a vocabulary (`rulebook.vocabulary`), read once, for looking up what a code means.

    Raises:
        RequestError: not a vocabulary.
        CodesError: see `read_codes`.
    """

    def __init__(self, vocabulary: Mapping[str, Fact]) -> None:
        require(vocabulary, Mapping, "vocabulary", "the facts of a rulebook", "give `rulebook.vocabulary`")
        for fact in vocabulary.values():
            require(fact, Fact, "vocabulary", "the facts of a rulebook", "give `rulebook.vocabulary`")
        self._codes = codes_by_fact(vocabulary)

    def meanings(self, system: str, code: str) -> tuple[Meaning, ...]:
        """What a code means, by fact. A code of more than one fact has each of them here.

        Which of several it answers, the code does not say: 8480-6 is a blood pressure at rest, and before a dose.
        An empty answer says nothing about the patient: the code is not in the tables, or belongs to no fact.

        Raises:
            RequestError: an unknown system, or a text that does not have the form of its codes.
        """
        if not isinstance(system, str) or system not in SYSTEMS:
            refuse("system", "a known code system", f"the systems are {', '.join(SYSTEMS)}")
        if not isinstance(code, str) or not SYSTEMS[system].fullmatch(code):
            refuse("code", f"a code of {system}", "look it up again, and write it as text, with its point")
        listed = ((name, one) for name, codes in self._codes.items() for one in codes)
        found = {Meaning(name, one.choice) for name, one in listed if one.matches(system, code)}
        return tuple(sorted(found, key=lambda one: (one.fact, one.choice or "")))


def built_in_files() -> dict[str, bytes]:
    """The bytes of each of the library's own files of codes, by path."""
    found = sorted((resources("ketascreen") / "codes").iterdir(), key=lambda file: file.name)
    return {f"codes/{file.name}": file.read_bytes() for file in found if file.name.endswith(".yaml")}


def read_codes(files: Mapping[str, bytes], facts: Mapping[str, Fact]) -> tuple[CodeRow, ...]:
    """The rows of the given files, by their paths; each row is about one of `facts`.

    Raises:
        CodesError: every problem of every file, each as file:line:column.
    """
    found: list[Diagnostic] = []
    lines: dict[str, list[str]] = {}
    rows: list[CodeRow] = []
    for path, data in files.items():
        tree, refused, lines[path] = read_lines(data, path)
        found += refused
        if tree is None or refused:
            continue
        if not isinstance(tree, Sequence):
            found.append(Diagnostic("wrong-value", "must be a list of rows", _EXAMPLE, tree.place))
            continue
        for node in tree.items:
            wrong = list(_problems(node, facts))
            found += wrong
            rows += [] if wrong or not isinstance(node, Row) else [_row(node)]
    found += _clashes(rows, facts)
    if found:
        raise CodesError(_with_line(problem, lines) for problem in sorted(found, key=_where))
    return tuple(rows)


def _where(problem: Diagnostic) -> Place:
    return problem.place or Place("")


def _with_line(problem: Diagnostic, lines: Mapping[str, list[str]]) -> Diagnostic:
    place = problem.place
    if problem.text is not None or place is None or place.line > len(lines[place.path]):
        return problem
    return Diagnostic(problem.code, problem.message, problem.hint, place, text=lines[place.path][place.line - 1])


def _row(node: Row) -> CodeRow:
    """The row of a node without problems."""
    said = {key: str(value.value) for key, value in node.items.items() if isinstance(value, Scalar)}
    exceptions = tuple(str(one.value) for one in _exceptions(node))
    code = said.get("code") or said["prefix"]
    made = Code(said["system"], code, said.get("choice"), "prefix" in said, exceptions, said["source"])
    return CodeRow(said["fact"], made, node.place)


def _exceptions(node: Row) -> Iterator[Scalar]:
    listed = node.items.get("except")
    if isinstance(listed, Sequence):
        yield from (one for one in listed.items if isinstance(one, Scalar))


def _problems(node: Node, facts: Mapping[str, Fact]) -> Iterator[Diagnostic]:
    """What is wrong with one row by itself; its words are checked only if its keys and values have the right form."""
    if not isinstance(node, Row):
        yield Diagnostic("wrong-value", "must be keys with values", _EXAMPLE, node.place)
        return
    wrong = [*_problems_of_keys(node), *_problems_of_values(node)]
    yield from wrong
    if not wrong:
        said = {key: value for key, value in node.items.items() if isinstance(value, Scalar)}
        yield from _problems_of_fact(said["fact"], said.get("choice"), facts)
        yield from _problems_of_code(node, said["system"], said.get("code") or said["prefix"])


def _problems_of_keys(node: Row) -> Iterator[Diagnostic]:
    for key in node.items:
        if key not in _KEYS:
            hint = did_you_mean(key, _KEYS, otherwise=f"the keys are {', '.join(_KEYS)}")
            yield Diagnostic("unknown-key", f"unknown key `{key}`", hint, key_place(node, key))
    for key in _NEEDED:
        if key not in node.items:
            yield Diagnostic("missing-key", f"`{key}` is missing", f"add `{key}:`", node.place)
    if "code" not in node.items and "prefix" not in node.items:
        yield Diagnostic("missing-key", "`code` or `prefix` is missing", "add one of the two", node.place)
    if "code" in node.items and "prefix" in node.items:
        place = key_place(node, "prefix")
        yield Diagnostic("wrong-value", "`code` and `prefix` are both there", "keep one of the two", place)
    if "code" in node.items and "except" in node.items:
        hint = "delete `except`, or write `prefix` for `code`"
        yield Diagnostic("wrong-value", "one code has no exceptions", hint, key_place(node, "except"))


def _problems_of_values(node: Row) -> Iterator[Diagnostic]:
    for key, value in node.items.items():
        if key != "except":
            yield from _not_text(value, key)
        elif isinstance(value, Sequence) and value.items:
            for one in value.items:
                yield from _not_text(one, key)
        else:
            hint = "write [I25.2], or delete `except`"
            yield Diagnostic("wrong-value", "`except` is a list of codes", hint, value.place)


def _not_text(value: Node, key: str) -> Iterator[Diagnostic]:
    if not (isinstance(value, Scalar) and isinstance(value.value, str)):
        yield Diagnostic("wrong-value", f"`{key}` is text", "put it in quotes", value.place)
    elif not value.value.strip():
        yield Diagnostic("wrong-value", f"`{key}` is empty", "write it", value.place)


def _problems_of_fact(name: Scalar, choice: Scalar | None, facts: Mapping[str, Fact]) -> Iterator[Diagnostic]:
    fact = facts.get(str(name.value))
    if fact is None:
        hint = did_you_mean(str(name.value), facts, otherwise="`ketascreen facts` lists them")
        yield Diagnostic("unknown-fact", f"unknown fact `{name.value}`", hint, name.place)
    elif choice is not None and choice.value not in fact.choices:
        known = f"its choices are {', '.join(fact.choices)}" if fact.choices else "it has none; delete `choice`"
        hint = did_you_mean(str(choice.value), fact.choices, otherwise=known)
        yield Diagnostic("unknown-choice", f"`{fact.name}` has no choice `{choice.value}`", hint, choice.place)


def _problems_of_code(node: Row, system: Scalar, code: Scalar) -> Iterator[Diagnostic]:
    name, begins, exceptions = str(system.value), str(code.value), list(_exceptions(node))
    if name not in SYSTEMS:
        hint = did_you_mean(name, SYSTEMS, otherwise=f"the systems are {', '.join(SYSTEMS)}")
        yield Diagnostic("wrong-word", f"unknown system `{name}`", hint, system.place)
        return
    for one in (code, *exceptions):
        if not SYSTEMS[name].fullmatch(str(one.value)):
            yield Diagnostic("wrong-value", f"not of the form of {name}", "look the code up again", one.place)
    if "prefix" in node.items and name not in WITH_PREFIXES:
        hint = "write each code in a separate row"
        yield Diagnostic("wrong-value", f"codes of {name} have no prefixes", hint, key_place(node, "prefix"))
    for one in exceptions:
        if one.value == begins or not str(one.value).startswith(begins):
            hint = f"write a longer code that begins so, or delete `{one.value}`"
            yield Diagnostic("wrong-value", f"the exception does not begin with `{begins}`", hint, one.place)


def _clashes(rows: Iterable[CodeRow], facts: Mapping[str, Fact]) -> Iterator[Diagnostic]:
    """Rows that repeat another row, and rows that give one code two answers that exclude each other."""
    groups: defaultdict[tuple[str, str], list[CodeRow]] = defaultdict(list)
    for row in rows:
        groups[row.fact, row.code.system].append(row)
    for fact, group in ((facts[name], group) for (name, _), group in groups.items()):
        for first, second in combinations(group, 2):
            if not first.code.overlaps(second.code):
                continue
            before = f"{first.place.path}:{first.place.line}"
            if first.code.choice == second.code.choice:
                message, hint = f"the same row is on {before}", "delete one of the two"
                yield Diagnostic("wrong-value", message, hint, second.place)
            elif fact.kind is Kind.CHOICE and first.code.choice and second.code.choice:
                message = f"the code means `{first.code.choice}` on {before} and `{second.code.choice}` here"
                yield Diagnostic("wrong-value", message, "keep one, or add it to `except` of the other", second.place)
