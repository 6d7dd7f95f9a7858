"""The one layout of a rulebook's files: order of keys, indentation, what is on one line. Comments stay.

The meaning of a file stays too: each laid-out file is read again, and returned only if it says the same. Lists and
mappings that the author wrote on one line stay there if they fit; short ones are moved there.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import FoldedScalarString, LiteralScalarString, ScalarString

from ketascreen.authoring.file_kinds import KINDS, kind_of
from ketascreen.authoring.layout.order import BREAK, order_within_braces, reordered, same_comments
from ketascreen.diagnostic import Diagnostic, InputError, Place, RulebookError
from ketascreen.language.quantity import decimal_text
from ketascreen.loading.build import keys_of
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, Sequence
from ketascreen.syntax.utf8 import decode
from ketascreen.syntax.yaml_tree import read_yaml

LIMIT = 120
"""The most columns of a line with a whole list or mapping, or with text that is not folded."""
WIDTH = 100
"""The column at which text is folded if it did not fit on its line."""
SHORT = 60
"""The most columns up to which a list or mapping of single words is put on one line in any case."""
_HEADINGS = ("name", "title")
"""Text that stays on its line at any length."""
_ROUNDS = 8


class _OnlyText(VersionedResolver):
    """Every scalar is text, so that each is written as it was read."""

    @property
    def versioned_resolver(self) -> dict[Any, Any]:
        return {}


def laid_out(data: bytes, path: str) -> str:
    """The text of a rulebook's file in the one layout.

    Raises:
        RulebookError: the reader refuses the file.
        InputError: the layout would move a comment away from the thing that it is about.
    """
    tree, found = read_yaml(data, path, keys_of(path))
    if found or tree is None:
        raise RulebookError(found)
    before, _ = decode(data, path)
    text = before
    for _ in range(_ROUNDS):
        try:
            laid = _once(text, KINDS[kind_of(path)])
        except YAMLError:  # the reader accepts it, and ruamel.yaml does not
            raise _left_alone(path) from None
        if laid == text:
            break
        text = laid
    else:
        raise _left_alone(path)
    if text != before:
        after, found = read_yaml(text.encode(), path, keys_of(path))
        same = after is not None and not found and meaning(after) == meaning(tree)
        if not same or not same_comments(before, text):
            raise _left_alone(path)
    return text


def _left_alone(path: str) -> InputError:
    hint = "put each comment on its own line, above a key or an entry"
    return InputError(
        [Diagnostic("layout", "cannot be laid out: its meaning or a comment would change", hint, Place(path))]
    )


def _once(text: str, held: Any) -> str:
    """The text with lines and indentation in order; if they are already, with its keys in order."""
    document = _yaml().load(text)
    order_within_braces(document, held)
    _settle(document, 0, 0)
    laid = _written(document)
    return laid if laid != text else reordered(text, document, held)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.Resolver = _OnlyText
    yaml.preserve_quotes = True
    yaml.width = 1_000_000  # the ends of lines are decided here
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _written(document: Any) -> str:
    out = io.StringIO()
    _yaml().dump(document, out)
    lines = [line.rstrip() for line in out.getvalue().split("\n")]
    if isinstance(document, CommentedSeq):  # a list at the root is at the margin
        # (a comment keeps its column)
        lines = [line if line.lstrip().startswith("#") else line.removeprefix("  ") for line in lines]
    return "\n".join(_with_breaks(lines)).strip("\n") + "\n"


def _with_breaks(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        first, *others = line.split(f" {BREAK}")
        margin = " " * (first.find("{") + 1)
        yield from (first, *(margin + other for other in others))


def _settle(node: Any, start: int, indent: int) -> None:
    """Decides what is on one line. `start` is the first column of `node`, `indent` the column of its lines below."""
    if not isinstance(node, CommentedMap | CommentedSeq):
        return
    if node.fa.flow_style() and _broken(node, start):
        return
    line = _on_one_line(node)
    fits = line is not None and start + len(line) <= LIMIT
    if not node or (fits and (node.fa.flow_style() or _is_short(node, start, line or ""))):
        node.fa.set_flow_style()
        return
    was_flow = node.fa.flow_style()
    node.fa.set_block_style()
    step = 0 if isinstance(node, CommentedMap) else 2
    for key, value in list(node.items() if isinstance(node, CommentedMap) else enumerate(node)):
        begins = indent + (len(str(key)) + 2 if isinstance(node, CommentedMap) else 2)
        if isinstance(value, CommentedMap | CommentedSeq):
            if was_flow:
                value.fa.set_flow_style()
            _settle(value, begins, indent + step + (2 if isinstance(node, CommentedMap) else 0))
        elif isinstance(value, str) and key not in _HEADINGS:
            node[key] = _folded(value, begins, indent + 2)


def _broken(node: Any, start: int) -> bool:
    """Marks the keys before which the author broke the line of a mapping of text; returns whether each line fits."""
    if (
        not isinstance(node, CommentedMap)
        or _on_one_line(node) is None
        or any(not isinstance(v, str) for v in node.values())
    ):
        return False
    if any(key not in node.lc.data for key in node):  # already in order
        return False
    lines = [node.lc.key(key)[0] for key in node]
    starting = {key for key, line, above in zip(list(node)[1:], lines[1:], lines, strict=False) if line != above}
    widths: list[int] = []
    width = start + 1
    for key, value in node.items():
        if key in starting:
            widths, width = [*widths, width], start + 1
        width += len(key) + 2 + len(_on_one_line(value) or "") + 2
    if not starting or max(*widths, width) > LIMIT + 1:
        return False
    for key, value in list(node.items()):
        del node[key]
        node[BREAK + key if key in starting else key] = value
    return True


def _is_short(node: CommentedMap | CommentedSeq, start: int, line: str) -> bool:
    """Whether it holds single words or quantities, on a short line, and is not a condition by itself."""
    values = list(node.values()) if isinstance(node, CommentedMap) else list(node)
    is_condition = isinstance(node, CommentedMap) and "meets" in node
    return 2 < start <= SHORT - len(line) and not is_condition and all(isinstance(value, str) for value in values)


def _on_one_line(node: Any) -> str | None:
    """`node` as written on one line; None if that is impossible."""
    if isinstance(node, FoldedScalarString | LiteralScalarString) or (isinstance(node, str) and "\n" in node):
        return None
    if isinstance(node, str):
        return f"'{node}'" if isinstance(node, ScalarString) or re.search(r"[\[\]{},]", node) else node
    if node.ca.items or node.ca.comment or node.ca.end:
        return None
    pairs = node.items() if isinstance(node, CommentedMap) else (("", value) for value in node)
    parts = [(f"{key}: " if isinstance(node, CommentedMap) else "", _on_one_line(value)) for key, value in pairs]
    if any(part is None for _, part in parts):
        return None
    return f"[{', '.join(f'{key}{part}' for key, part in parts)}]"


def _folded(text: str, start: int, indent: int) -> str:
    """Text that does not fit on its line is folded."""
    whole = str(text).rstrip("\n")
    if isinstance(text, FoldedScalarString):
        fits = _longest(text) + indent <= LIMIT
    else:
        fits = isinstance(text, LiteralScalarString) or start + len(text) <= LIMIT
    if fits or "\n" in whole or "  " in whole or whole != whole.strip() or " " not in whole:
        return text
    folded: str = FoldedScalarString(whole + str(text)[len(whole) :])
    lines = textwrap.wrap(whole, WIDTH - indent, break_long_words=False, break_on_hyphens=False)
    ends, at = [], -1
    for line in lines[:-1]:
        at += len(line) + 1
        ends.append(at)
    folded.fold_pos = ends  # type: ignore[attr-defined]
    return folded


def _longest(text: Any) -> int:
    ends: list[int] = [-1, *getattr(text, "fold_pos", []), len(text.rstrip("\n"))]
    return max(end - begin - 1 for begin, end in pairwise(ends))


def meaning(node: Node) -> Any:
    """The content of a file: text with single spaces, numbers as their shortest text."""
    if isinstance(node, MappingNode):
        return {key: meaning(item) for key, item in node.items.items()}
    if isinstance(node, Sequence):
        return [meaning(item) for item in node.items]
    value = node.value
    if isinstance(value, str):
        return " ".join(value.split())
    return value if isinstance(value, bool) else decimal_text(Decimal(value))
