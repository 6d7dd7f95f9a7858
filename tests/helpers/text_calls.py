"""Where the library asks a catalogue for a text: each call of `text`, `label` and `counted`, read from the source."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from typing import NamedTuple

from tests.helpers.places import ROOT

SOURCE = ROOT / "src" / "ketascreen"
CATALOGUE = SOURCE / "texts" / "catalogue.py"
METHODS = ("text", "label", "counted")


class TextCall(NamedTuple):
    """A call: the method, its first argument (empty where it is not plain text), the names of its values, its place."""

    method: str
    text_id: str
    values: frozenset[str]
    place: str


def text_calls() -> tuple[TextCall, ...]:
    """Every call in the library; inside the catalogue, where a method is asked by another, those of plain ids."""
    found = [call for file in sorted(SOURCE.rglob("*.py")) for call in calls_in(file.read_text("utf-8"), str(file))]
    return tuple(call for call in found if call.text_id or not call.place.startswith(str(CATALOGUE)))


def calls_in(code: str, file: str) -> Iterator[TextCall]:
    """The calls in a file of Python."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            first = node.args[0] if node.args else None
            text_id = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
            values = frozenset(keyword.arg or "**" for keyword in node.keywords)
            yield TextCall(node.func.attr, text_id, values, f"{file}:{node.lineno}")


def placeholders(template: str) -> frozenset[str]:
    """The names in braces.

    Raises:
        ValueError: a placeholder that is more than a name, or a brace that stands alone.
    """
    fields = [(name, spec, conversion) for _, name, spec, conversion in string.Formatter().parse(template)]
    named = [name for name, spec, conversion in fields if name is not None and not spec and conversion is None]
    if len(named) < sum(name is not None for name, _, _ in fields) or not all(map(str.isidentifier, named)):
        raise ValueError(template)
    return frozenset(named)
