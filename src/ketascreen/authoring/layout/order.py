"""The order of keys in a rulebook's files, and which comments belong to which key."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from ketascreen.authoring.cases import case_models
from ketascreen.loading import file_models

BREAK = "\ue000"
"""Marks a key that begins a line within braces; the reader refuses this character in a file."""

ORDER = {
    file_models.CitationModel: ("document", "outside", "line", "phrase", "says"),
    case_models.CaseModel: (
        "name", "start", "stage", "as_of", "observed_at", "decisions", "without", "given", "expect",
    ),
    file_models.FreshnessModel: ("fresh_for", "lasting", "permanent", "stands", "reason"),
}  # fmt: skip
"""The order of keys, for files in which it differs from the model."""


def order_within_braces(document: Any, held: Any) -> None:
    """Puts the keys of each mapping within braces in order."""
    for node, model, _ in list(_mappings(document, held, 0)):
        if node.fa.flow_style():
            for key in _wanted(node, model):
                node[key] = node.pop(key)


def reordered(text: str, document: Any, held: Any) -> str:
    """The text, with the keys in order in each mapping that has its own lines.

    Inner mappings are first: the number of lines does not change, so the places of the outer mappings stay right.
    """
    lines = text.split("\n")[:-1]
    for node, model, end in reversed(list(_mappings(document, held, len(lines)))):
        wanted = _wanted(node, model)
        if wanted != list(node) and not node.fa.flow_style():
            lines = _permuted(lines, node, wanted, end)
    return "\n".join(lines) + "\n"


def _wanted(node: CommentedMap, model: type[file_models.FileModel]) -> list[str]:
    order = ORDER.get(model, tuple(model.model_fields))
    if model is case_models.ExpectModel and "decisions" in node:  # of a whole patient: what is asked for is last
        order = (*(key for key in order if key != "asks"), "asks")
    bare = {key: key.removeprefix(BREAK) for key in node}
    return sorted(node, key=lambda key: order.index(bare[key]) if bare[key] in order else len(order))


def _permuted(lines: list[str], node: CommentedMap, wanted: Sequence[str], end: int) -> list[str]:
    """The lines in another order: each key with its lines and the comments above it."""
    column = node.lc.key(wanted[0])[1]
    first = min(node.lc.key(key)[0] for key in node)
    while column and not lines[first][:column].strip() and re.match(rf" {{{column}}}#", lines[first - 1]):
        first -= 1  # above the first key, but not above the whole file or a list's entry
    while not lines[end - 1].strip() or re.match(rf"(?! {{{column}}}) *#", lines[end - 1]):
        end -= 1  # a comment further out belongs to what follows
    top = min(node.lc.key(key)[0] for key in node)
    head, lead = lines[:first], lines[top][:column]
    bare = [*lines[:top], " " * column + lines[top][column:], *lines[top + 1 :]]
    starts = {key: _with_comments(bare, node.lc.key(key)[0], first, column) for key in node}
    keys = sorted(node, key=lambda key: starts[key])
    ends = dict(zip(keys, [*(starts[key] for key in keys[1:]), end], strict=True))
    chunks = [bare[starts[key] : ends[key]] for key in wanted]
    body = [line for chunk in chunks for line in chunk]
    at = next(i for i, line in enumerate(body) if line.strip() and not line.lstrip().startswith("#"))
    body[at] = lead + body[at][column:]
    return [*head, *body, *lines[end:]]


def _with_comments(lines: Sequence[str], line: int, first: int, column: int) -> int:
    """The line where the comments above a key begin. A deeper comment belongs to the lines before it."""
    above = line
    while above > first and re.match(rf" {{0,{column}}}#", lines[above - 1]):
        above -= 1
    return above


def _mappings(node: Any, held: Any, end: int) -> Iterator[tuple[CommentedMap, type[file_models.FileModel], int]]:
    """Each mapping that fills in a model, with the line after its last line."""
    origin, inner = get_origin(held), get_args(held)
    if origin in (Union, UnionType, Annotated):
        for one in inner if origin is not Annotated else inner[:1]:
            yield from _mappings(node, one, end)
    elif origin is list and isinstance(node, CommentedSeq):
        for index, item in enumerate(node):
            after = node.lc.item(index + 1)[0] if index + 1 < len(node) else end
            yield from _mappings(item, inner[0], after)
    elif isinstance(node, CommentedMap) and (origin is dict or _is_model(held)):
        if _is_model(held):
            yield node, held, end
        keys = list(node)
        for key, following in zip(keys, [*keys[1:], None], strict=False):
            info = None if origin is dict else held.model_fields.get(key.removeprefix(BREAK))
            field = inner[1] if origin is dict else info and info.annotation
            after = end if following is None or node.fa.flow_style() else node.lc.key(following)[0]
            yield from _mappings(node[key], field, after)


def _is_model(held: Any) -> bool:
    return isinstance(held, type) and issubclass(held, file_models.FileModel)


def same_comments(before: str, after: str) -> bool:
    """Whether both texts have the same comments at their head, and the same above each key and entry."""
    head = [line for line in _head(before) if line]
    kept = [line for line in _head(after) if line][: len(head)]
    return head == kept and Counter(_comments(before, len(head))) == Counter(_comments(after, len(head)))


def _head(text: str) -> Iterator[str]:
    """The lines before the first content, without the spaces around them."""
    yield from takewhile(lambda line: not line or line.startswith("#"), map(str.strip, text.split("\n")))


def _comments(text: str, skipped: int) -> Iterator[tuple[str, str]]:
    """Each comment but the first few, with the word that the next line of content begins with."""
    above: list[str] = []
    inside: int | None = None
    for line in text.split("\n"):
        bare, indent = line.strip(), len(line) - len(line.lstrip())
        if inside is not None and (not bare or indent > inside):
            continue  # within folded text
        inside = None
        if bare.startswith("#"):
            above += [bare] if not skipped else []
            skipped -= 1 if skipped else 0
        elif bare:
            word = re.search(r"^- |\w+", bare)
            yield from ((comment, word[0] if word else "") for comment in above)
            above = []
            if behind := re.search(r"(?<=[\"'\]}:>|-]) +(#.*)", line):
                yield behind[1], ""
            if re.search(r"[:-] +[>|][-+0-9]*( +#.*)?$", line):
                inside = indent
    yield from ((comment, "") for comment in above)
