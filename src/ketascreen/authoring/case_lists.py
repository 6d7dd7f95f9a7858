"""Takes a rule out of the lists of rules in a file of cases, and leaves all other bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ketascreen.authoring.editing.text_edits import (
    CannotEdit,
    Edit,
    at,
    comments_of,
    composed,
    edited,
    emptied,
    items,
    without_item,
    without_key,
)
from ketascreen.diagnostic import Place, refused
from ketascreen.loading.build import read_trees
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import plain

_OF_CASE = ("decisions",)
_OF_EXPECT = ("met", "unknown", "alerts", "not_decidable")
_SAYS_NONE = "alerts"
"""The list that says something where it is empty: that no alert is met. Without it, nothing is expected of alerts."""


def without_rule(data: bytes, path: str, rule: str, code: str) -> tuple[bytes, int]:
    """The bytes of a file of cases without a rule in its lists, and the number of lists that it was taken out of.

    A list that gets empty goes with its key, except `alerts: []`, which says that there is none.

    Raises:
        InputError: it cannot be taken out of a list without another change.
    """
    before = text = data.decode("utf-8")
    count = 0
    while found := list(_last_of_each_case(composed(text), rule)):
        edits = []
        for mapping, key, listed, number in found:
            try:
                edits.append(_edit(text, mapping, key, listed, number))
            except CannotEdit:
                raise _left_alone(path, listed.value[number], rule, code) from None
        text = edited(text, edits)
        count += len(found)
    if count and not _is_the_same_without(before, text, path, rule):
        raise refused(code, f"`{rule}` cannot be taken out here; the rest would change", _BY_HAND, Place(path))
    return text.encode("utf-8"), count


_BY_HAND = "take it out by hand, and begin again"


def _left_alone(path: str, item: Any, rule: str, code: str) -> Exception:
    place = Place(path, item.start_mark.line + 1, item.start_mark.column + 1, len(rule))
    return refused(code, f"`{rule}` cannot be taken out here; a comment, or the rest, would change", _BY_HAND, place)


def _edit(text: str, mapping: Any, key: str, listed: Any, number: int) -> Edit:
    if len(listed.value) > 1:
        return without_item(text, listed, number)
    if key == _SAYS_NONE:
        return emptied(text, mapping, key)
    try:
        return without_key(text, mapping, key)
    except CannotEdit:
        return emptied(text, mapping, key)


def _last_of_each_case(root: Any, rule: str) -> Iterator[tuple[Any, str, Any, int]]:
    """The last place of each case where the rule is in a list: the mapping, its key, the list, and where in it."""
    for case in items(root) or items(at(root, "cases")):
        found = [
            (mapping, key, listed, number)
            for mapping, keys in ((case, _OF_CASE), (at(case, "expect"), _OF_EXPECT))
            for key in keys
            if (listed := at(mapping, key)) is not None
            for number, item in enumerate(items(listed))
            if item.value == rule
        ]
        if found:
            yield max(found, key=lambda one: int(one[2].start_mark.index))


def _is_the_same_without(before: str, after: str, path: str, rule: str) -> bool:
    told = [_plain(text, path) for text in (before, after)]
    return comments_of(before) == comments_of(after) and _without(told[0], rule) == _without(told[1], rule)


def _plain(text: str, path: str) -> Any:
    tree = read_trees({path: text.encode("utf-8")}, Problems()).get(path)
    return None if tree is None else plain(tree)


def _without(told: Any, rule: str) -> list[Any] | None:
    """The cases as plain data without the rule, and without lists that say nothing where they are empty."""
    cases = told.get("cases") if isinstance(told, dict) else told
    if not isinstance(cases, list):
        return None
    others = {key: value for key, value in told.items() if key != "cases"} if isinstance(told, dict) else {}
    return [others, *(_case_without(case, rule) for case in cases)]


def _case_without(case: Any, rule: str) -> Any:
    if not isinstance(case, dict):
        return case
    kept = _lists_without(case, _OF_CASE, rule)
    return {**kept, "expect": _lists_without(case.get("expect"), _OF_EXPECT, rule)}


def _lists_without(told: Any, keys: tuple[str, ...], rule: str) -> Any:
    if not isinstance(told, dict):
        return told
    kept = {key: [one for one in told[key] if one != rule] for key in keys if isinstance(told.get(key), list)}
    every = {**told, **kept}
    return {key: value for key, value in every.items() if value or key not in kept or key == _SAYS_NONE}
