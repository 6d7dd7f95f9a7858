"""Values as the text of YAML, without quotes where every reader takes it for the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ketascreen.language.quantity import decimal_text
from ketascreen.syntax.tree import plain
from ketascreen.syntax.yaml_tree import NOT_TEXT, read_yaml

WIDTH = 100
"""The longest line with a list or mapping between braces."""

_PLAIN = re.compile(r"[A-Za-z0-9][\w.()/:+%*-]*(?: [\w.()/:+%*-]+)*", re.ASCII)


def scalar(value: str | int | Decimal | bool) -> str:
    """A text, a number, true or false."""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if not isinstance(value, str):
        return str(value).lower()
    return value if is_text(value) else json.dumps(value, ensure_ascii=False)


def flow(value: Any) -> str:
    """A value on one line, between braces."""
    match value:
        case dict():
            return f"{{{', '.join(f'{key}: {flow(part)}' for key, part in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(flow, value))}]"
        case _:
            return scalar(value)


def lines_of(key: str, value: Any, indent: int = 0) -> Iterator[str]:
    """A key with its value on one line if it fits, else with a line for each part of it; None is left to fill in."""
    if value is None:
        yield f"{' ' * indent}{key}:"
        return
    line = f"{' ' * indent}{key}: {flow(value)}"
    if len(line) <= WIDTH or not isinstance(value, dict | list | tuple):
        yield line
    elif isinstance(value, dict):
        yield f"{' ' * indent}{key}:"
        for inner, part in value.items():
            yield from lines_of(inner, part, indent + 2)
    else:
        yield f"{' ' * indent}{key}:"
        yield from (f"{' ' * indent}  - {flow(part)}" for part in value)


def is_text(text: str) -> bool:
    """Whether every reader of YAML takes it for text where it stands without quotes."""
    if not _PLAIN.fullmatch(text) or text in NOT_TEXT:
        return False
    tree, found = read_yaml(f"[{text}]".encode(), "text")
    return not found and tree is not None and plain(tree) == [text]
