"""What a part of a rulebook means, as plain data: all that decides and all that is said, whatever it was read from.

Places, layout, comments, folders, the format, what reads it, and the order of keys and of members are not in it. A
field that has its default is left out, so that a later version of the library can add one without another meaning for
today's rulebooks. What is built in is the library's, and not in it: of a built-in fact only what the rulebook says of
it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, DefinitionRef, Not
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.quantity import Quantity, Unit, decimal_text
from ketascreen.language.rule import RouteSheet
from ketascreen.language.vocabulary import Fact, Vocabulary, Window

_NOT_MEANT = frozenset({"Identity.approvers"})
"""Fields of one class that mean nothing, by its name and theirs: whose approvals count. A `place` never means anything.
"""
_KNOWN: dict[type, Callable[[Any], Any]] = {}
_NODES = (Not, DefinitionRef, Compare, Always, NotBelow)
"""Parts that can be of several kinds in one place: each says which it is."""


def digest_of(parts: Mapping[str, Any]) -> str:
    """sha256 over the meaning of parts of a rulebook, as JSON."""
    written = json.dumps(meant(parts), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode("utf-8", "surrogateescape")).hexdigest()


def meant(part: Any) -> Any:
    """The meaning of a part.

    Raises:
        TypeError: it is not a part of a rulebook.
    """
    return _writer(type(part))(part)


def _writer(kind: type) -> Callable[[Any], Any]:
    writer = _KNOWN.get(kind)
    if writer is None:
        writer = _KNOWN[kind] = _found(kind)
    return writer


def _found(kind: type) -> Callable[[Any], Any]:
    for kinds, writer in _WRITERS:
        if issubclass(kind, kinds):
            return writer
    if is_dataclass(kind):
        return _of_fields(kind)
    raise TypeError(f"{kind.__name__} is not a part of a rulebook")


def _of_fields(kind: type) -> Callable[[Any], Any]:
    left_out = {"place", *(name.rpartition(".")[2] for name in _NOT_MEANT if name.startswith(f"{kind.__name__}."))}
    told = [one for one in fields(kind) if one.name not in left_out and one.init]
    names, defaults = [one.name for one in told], [one.default for one in told]
    which = {"": kind.__name__} if issubclass(kind, _NODES) else {}

    def write(part: Any) -> dict[str, Any]:
        meaning: dict[str, Any] = dict(which)
        for name, default in zip(names, defaults, strict=True):
            value = getattr(part, name)
            if value is not default and value != default:
                meaning[name] = _text(value) if type(value) is str else _writer(type(value))(value)
        return meaning

    return write


def _text(text: str) -> str:
    """A text without its line breaks and indents, which are layout."""
    return " ".join(text.split()) if "\n" in text or "  " in text else str(text)


def _by_name(item: tuple[Any, Any]) -> str:
    return str(item[0])


def _name(one: Contradiction) -> str:
    return one.name


def _members(part: AllOf | AnyOf) -> dict[str, Any]:
    return {"": type(part).__name__, "members": sorted(map(meant, part.members), key=repr)}


def _route(part: RouteSheet) -> dict[str, Any]:
    return {"route": meant(part.route), "title": meant(part.title), "attributes": _mapping(dict(part.attributes))}


def _mapping(part: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): meant(value) for key, value in sorted(part.items(), key=_by_name)}


def _vocabulary(part: Vocabulary) -> dict[str, Any]:
    added = {one.name: meant(one) for one in sorted(part.contradictions, key=_name) if one.place is not None}
    facts = {
        name: _fact(fact)
        for name, fact in sorted(part.items(), key=_by_name)
        if fact.is_added or fact.freshness is not None
    }
    return {"facts": facts, "contradictions": added}


def _fact(part: Fact) -> Any:
    return _added(part) if part.is_added else {"freshness": meant(part.freshness)}


_added = _of_fields(Fact)

_WRITERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    (str, _text),
    ((bool, int, type(None)), lambda plain: plain),
    (Decimal, decimal_text),
    (Unit, lambda unit: unit.name),
    (Quantity, lambda quantity: [decimal_text(quantity.value), quantity.unit.name]),
    (Window, lambda window: {"days": window.days, "minutes": window.minutes}),
    ((tuple, list), lambda items: [_writer(type(item))(item) for item in items]),
    (frozenset, lambda words: sorted(map(meant, words))),
    (Vocabulary, _vocabulary),
    (RouteSheet, _route),
    ((AllOf, AnyOf), _members),
    (Mapping, _mapping),
)
"""How each type is written; the first that fits counts, and every other dataclass is written by its fields."""
