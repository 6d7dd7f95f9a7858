"""A sheet in words: each key of each of its parts, with what it says. What the words leave out, no digest holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ketascreen.language.sheet import Sheet
from ketascreen.language.vocabulary import Window


class Told(NamedTuple):
    """Where a value stands: the part of the sheet (empty: the subject itself) and the key, in words."""

    part: str
    key: str


_ANY_AGE = "at any age"

Words = tuple[tuple[int, str], ...]
"""Lines, each with how far it is indented."""

_PARTS: Mapping[str, str] = {
    "parameters": "Parameter",
    "reasons": "Parameter",
    "definitions": "Definition",
    "facts": "Fact",
    "contradictions": "Contradiction",
    "attributes": "Attribute",
}
"""The keys that hold parts by name, and what one of these parts is called."""

_KEYS: Mapping[str, str] = {
    "do_if_old": "Do if the answer is old",
    "kind": "Type",
    "own_codes": "Codes",
    "opaque": "Stand for more than one thing",
    "freshness": "Counts",
    "lasting": "Count until they are replaced",
    "permanent": "Do not age",
    "stands": "Stand for rules that they meet",
    "newer": "Only if not older",
    "as_of": "Screened at",
    "given": "Given",
    "expect": "Expected",
}


_OPERATORS: Mapping[str, str] = {
    "includes_any": "includes one of",
    "includes_none": "includes none of",
    "none_of": "is not one of",
    "one_of": "is one of",
}
"""The comparisons whose name alone, with spaces for `_`, does not read as words before what they compare with."""

_RANGE = ("minimum", "maximum", "unit")


def of_sheet(sheet: Sheet) -> tuple[dict[Told, Words], dict[Told, Words]]:
    """Both halves in words. What the half that says gives a reason for is said in the half that decides: `any age`."""
    decides, says = told(sheet.decides, sheet.decides), told(sheet.says, sheet.decides)
    for name, fact in sheet.says.get("facts", {}).items():
        if "reason" in fact.get("freshness", {}):
            decides.setdefault(Told(f"{_PARTS['facts']} {name}", _key("freshness")), ((0, _ANY_AGE),))
    return decides, says


def told(half: Mapping[str, Any], decides: Mapping[str, Any]) -> dict[Told, Words]:
    """A half of a sheet in words, part by part. `decides` is the half that has the units of the facts."""
    units = {name: fact.get("unit", "") for name, fact in decides.get("facts", {}).items()}
    found: dict[Told, Words] = {}
    for key, value in half.items():
        if key in _PARTS and isinstance(value, Mapping):
            for name, part in value.items():
                found |= {Told(f"{_PARTS[key]} {name}", one): words for one, words in _of_part(part, units)}
        else:
            found[Told("", _key(key))] = _words(key, value, units)
    return found


def _of_part(part: Any, units: Mapping[str, str]) -> Iterator[tuple[str, Words]]:
    if not isinstance(part, Mapping):
        yield "Says", tuple(line for one in part for line in _statement(one))
        return
    ranged = _range(part)
    for key, value in part.items():
        if ranged and key in _RANGE:
            yield from ((("Range", ((0, ranged),)),) if key == _RANGE[0] else ())
            continue
        if key == "freshness":
            yield from _freshness(value)
        else:
            yield _key(key), _words(key, value, units)


def _range(part: Mapping[str, Any]) -> str:
    """The range of a number, both ends with the unit; empty for what has none."""
    if "minimum" not in part or "maximum" not in part:
        return ""
    return f"{part['minimum']} to {part['maximum']} {part.get('unit', '')}".rstrip()


def _statement(one: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """A statement on a route, with its sources below it."""
    yield 0, one["says"]
    yield from ((2, _citation(source)) for source in one["sources"])


def _freshness(freshness: Mapping[str, Any]) -> Iterator[tuple[str, Words]]:
    """How long an answer counts. The half that says holds the reason alone."""
    for key, value in freshness.items():
        if key == "reason":
            yield "Why it counts so long", ((0, value),)
        elif key == "window":
            yield _key("freshness"), ((0, _window(value)),)
        else:
            yield _key(key), _words(key, value, {})
    if "window" not in freshness and "reason" not in freshness:
        yield _key("freshness"), ((0, _ANY_AGE),)


def _window(window: Mapping[str, int]) -> str:
    span = Window(window["days"], window["minutes"])
    return f"for {span}" if any(span) else "on the same day"


def _key(key: str) -> str:
    return _KEYS.get(key) or key.replace("_", " ").capitalize()


def _words(key: str, value: Any, units: Mapping[str, str]) -> Words:
    if key == "when":
        return tuple(_condition(value, 0, units))
    if key == "value":
        return ((0, " ".join(map(str, value))),)
    if key == "given":
        return tuple((0, f"{name}: {_answer(answer)}") for name, answer in value.items())
    if key == "sources":
        return tuple((0, _citation(one)) for one in value)
    return tuple(_plain(value, 0))


def _answer(answer: Any) -> str:
    """An answer of a whole patient: its value, then what else is said of it."""
    if not isinstance(answer, Mapping):
        return "; ".join(text for _, text in _plain(answer, 0))
    told = (f"{'' if key == 'value' else f'{key} '}{_answer(one)}" for key, one in answer.items() if one is not None)
    return ", ".join(told)


def _plain(value: Any, indent: int) -> Iterator[tuple[int, str]]:
    """Any other value: lists with commas, mappings line by line."""
    match value:
        case Mapping():
            for key, inner in value.items():
                lines = list(_plain(inner, indent + 2))
                if len(lines) == 1:
                    yield indent, f"{key}: {lines[0][1]}"
                else:
                    yield indent, f"{key}:"
                    yield from lines
        case list() if any(isinstance(one, Mapping) for one in value):
            for one in value:
                yield indent, "; ".join(text for _, text in _plain(one, 0))
        case list():
            yield indent, ", ".join(map(str, value)) or "none"
        case bool():
            yield indent, "yes" if value else "no"
        case _:
            yield indent, str(value)


def _citation(one: Mapping[str, Any]) -> str:
    where = one["outside"] if "outside" in one else one.get("document", "")
    phrase = f', "{one["phrase"]}"' if "phrase" in one else ""
    return f"{where}{phrase}: {one.get('says', '')}"


_EACH = {"AllOf": "all of these:", "AnyOf": "at least one of these:"}


def _condition(node: Any, indent: int, units: Mapping[str, str], first: str = "") -> Iterator[tuple[int, str]]:
    """A condition, line by line; `first` begins its first line."""
    deeper = indent + len(first) + 2
    match node:
        case {"": "AllOf" | "AnyOf" as kind, "members": members}:
            yield indent, f"{first}{_EACH[kind]}"
            for member in members:
                yield from _condition(member, deeper, units, "- ")
        case {"": "Not", "member": member}:
            yield indent, f"{first}not:"
            yield from _condition(member, deeper, units)
        case {"": "DefinitionRef", "name": name, "condition": condition}:
            yield indent, f"{first}meets the definition {name}:"
            yield from _condition(condition, deeper, units)
        case {"": "Always"}:
            yield indent, f"{first}always"
        case {"": "NotBelow", "fact": fact, "other": other}:
            yield indent, f"{first}{fact} is not below {other}"
        case {"": "Compare", "fact": fact, "operator": operator, "constant": constant}:
            named = node.get("parameters", [])
            bracketed = f" ({', '.join(named)})" if named else ""
            yield (
                indent,
                f"{first}{fact} {_compares(operator)} {_constant(constant, units.get(fact))}{bracketed}",
            )
        case _:
            yield from _plain(node, indent)


def _compares(operator: str) -> str:
    return _OPERATORS.get(operator) or operator.replace("_", " ")


def _constant(constant: Any, unit: str | None) -> str:
    if isinstance(constant, list):
        return (" and " if unit else ", ").join(_constant(one, unit) for one in constant)
    return f"{constant} {unit}" if unit else str(constant)


def by_part(told: Told) -> tuple[int, str]:
    """The order of the parts of a sheet: the subject itself, then parameters, definitions and so on, each by name."""
    kinds = ["", *dict.fromkeys(_PARTS.values())]
    return kinds.index(told.part.partition(" ")[0]), told.part


def differing(old: Mapping[Told, Words], new: Mapping[Told, Words]) -> Iterable[Told]:
    """What stands otherwise in the two, in their order."""
    return [one for one in {**new, **old} if old.get(one) != new.get(one)]
