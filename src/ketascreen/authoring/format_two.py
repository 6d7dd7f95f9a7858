"""Turns the files of a rulebook into format 2: `sign_off` leaves the rules, and rulebook.yaml says its new format.

Nothing else of a file changes, and the meaning stays. The order of the writes is part of it: the rulebook loads after
each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ketascreen.authoring.editing.entries import with_value
from ketascreen.authoring.editing.text_edits import CannotEdit, comments_of, composed, edited, without_key
from ketascreen.diagnostic import Diagnostic, InputError, Place, RulebookError
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading import formats
from ketascreen.loading.build import is_named, read_trees
from ketascreen.loading.load import rulebook_of_files
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, plain

HEAD = "rulebook.yaml"


@dataclass(frozen=True, slots=True)
class Lost:
    """An approval that a `sign_off` said: of which rule, by whom, on which day. It is bound to nothing."""

    rule: str
    by: str
    date: str


@dataclass(frozen=True, slots=True)
class Turned:
    """The files to write, by path in the rulebook's folder, in this order; and the approvals that are lost."""

    writes: tuple[tuple[str, bytes], ...]
    lost: tuple[Lost, ...]


def in_format_2(files: Mapping[str, bytes]) -> Turned:
    """What turns the files of a rulebook into format 2; nothing if they have it.

    Raises:
        RulebookError: the rulebook does not load, and would not in format 2 either.
        InputError: `sign_off` cannot be taken out of a file without another change.
    """
    problems = Problems()
    trees = read_trees(files, problems)
    if problems.found:
        raise RulebookError(problems.sorted())
    rules = {path: tree for path, tree in sorted(trees.items()) if not is_named(path)}
    signed = {path: tree for path, tree in rules.items() if _has_sign_off(tree)}
    without = {path: _without_sign_off(files[path], path, tree) for path, tree in signed.items()}
    head = [(HEAD, text) for text in _heads(files[HEAD], trees[HEAD])] if HEAD in trees else []
    after = rulebook_of_files({**files, **without, **dict(head)})
    before = _loaded(files)
    if before is not None and before.meaning_digest != after.meaning_digest:
        raise RuntimeError("a rulebook would mean something else in format 2")
    return Turned((*head[:-1], *without.items(), *head[-1:]), tuple(_lost(signed)))


def _loaded(files: Mapping[str, bytes]) -> Rulebook | None:
    """The rulebook of the files as they are; None if it has words that only format 2 has, and says format 1."""
    try:
        return rulebook_of_files(files)
    except RulebookError:
        return None


def _has_sign_off(tree: Node) -> bool:
    return isinstance(tree, MappingNode) and formats.SIGN_OFF in tree.items


def _lost(signed: Mapping[str, Node]) -> Iterator[Lost]:
    for tree in signed.values():
        rule: Any = plain(tree)
        said = rule[formats.SIGN_OFF]
        if isinstance(said, dict) and said.get("status") == "approved":
            yield Lost(str(rule.get("id")), str(said.get("by")), str(said.get("date")))


def _heads(data: bytes, tree: Node) -> Iterator[bytes]:
    """rulebook.yaml with its `requires` raised, if that is needed, and then in format 2; nothing if it has format 2."""
    if formats.format_of(tree) != formats.FIRST:
        return
    if formats.requires_too_early(tree):
        data = with_value(data, "rulebook.yaml", ("requires",), f'">={formats.READ_SINCE[formats.NEWEST]}"')
        yield data
    yield with_value(data, "rulebook.yaml", ("format",), str(formats.NEWEST))


def _without_sign_off(data: bytes, path: str, tree: Node) -> bytes:
    """A rule's bytes without its `sign_off`; a comment beside it, or within it, gets a line of its own.

    Raises:
        InputError: the rest would change.
    """
    text = data.decode("utf-8")
    try:
        cut = edited(text, [without_key(text, composed(text), formats.SIGN_OFF)])
    except CannotEdit:
        raise _left_alone(path) from None
    found = read_trees({path: cut.encode("utf-8")}, Problems()).get(path)
    wanted = {key: value for key, value in plain(tree).items() if key != formats.SIGN_OFF}
    if found is None or plain(found) != wanted or comments_of(cut) != comments_of(text):
        raise _left_alone(path)
    return cut.encode("utf-8")


def _left_alone(path: str) -> InputError:
    message = f"`{formats.SIGN_OFF}` cannot be taken out; the rest, or a comment, would change"
    hint = f"delete `{formats.SIGN_OFF}` by hand, and begin again"
    return InputError([Diagnostic("layout", message, hint, Place(path))])
