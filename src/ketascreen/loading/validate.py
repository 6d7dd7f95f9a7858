"""Fills in a model from a located tree; reports each misfit at file:line:column, in a clinician's words."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, get_args

from pydantic import ValidationError

from ketascreen.diagnostic import Diagnostic, did_you_mean
from ketascreen.loading.file_models import FileModel, ModelT
from ketascreen.loading.formats import SIGN_OFF
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, node_at, place_of, place_of_key, plain

_SPOKEN = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "list_type": "must be a list, as in [a, b]",
    "dict_type": "must be keys with values",
    "model_type": "must be keys with values",
    "model_attributes_type": "must be keys with values",
    "string_too_short": "must be text, and not empty",
    "string_pattern_mismatch": "does not have the form of this key's values",
    "too_short": "needs more entries",
    "greater_than_equal": "must be a number of at least 1",
}
_WANTS_KEYS = ("model_type", "model_attributes_type", "dict_type")
_FORMS = {
    "id": "lower-case words joined by hyphens, such as `kidney-failure`",
    "version": "three numbers, such as 1.0.2",
    "requires": "the earliest version of ketascreen, such as >=0.3.0",
    "one": "a word for one, such as `drug`, without braces",
    "many": "a word for several, such as `drugs`, without braces",
    "url": "its address in full, such as https://www.example.org/guideline.html, without spaces",
    "was": "a name as in the rulebook: lower-case letters, digits and `_`; in the id of a rule, `-`",
    "sha256": "its 64 digits, each 0 to 9 or a to f in lower case",
}
"""The forms of the keys that have a pattern."""
POLICY = "for a decision of your own, name it in documents.yaml under `outside_sources`, and write `outside: ITS-ID`"
SOURCE = "write `- {document: FILE, line: NUMBER, phrase: ITS WORDS, says: ADVICE}`"
_NEEDED = {
    "sources": ("at least one source is needed", f"{SOURCE}; {POLICY}"),
    "statements": ("a conflict needs at least two statements", "write each after `- `, as a source of a rule is"),
}
"""By key, the message and the hint for a list with too few entries."""


def read_model(model: type[ModelT], node: Node, problems: Problems) -> ModelT | None:
    """The model that a node fills in; None if it does not fit, with each problem reported."""
    try:
        return model.model_validate(plain(node))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
    union = {detail["loc"][0] for detail in details if detail["loc"] and detail["loc"][-1] == "literal['all']"}
    unread = {problem.place for problem in problems.found if problem.code in ("no-value", "ambiguous", "unknown-route")}
    for detail in details:
        if detail["loc"] and detail["loc"][-1] == "literal['all']" and len(union) < len(details):
            continue
        if _is_not_indented(model, node, detail, problems):
            continue
        problem = _spoken(model, node, detail, problems)
        if problem.place not in unread:
            problems.add(problem)
        elif not _is_needed(model, detail["loc"]):  # the value is already reported
            problems.may_be_deleted(problem.place)
    return None


def _is_not_indented(model: type[FileModel], node: Node, detail: Any, problems: Problems) -> bool:
    """Whether a key that does not fit is meant to be indented below the one above; the first of several is reported."""
    loc = detail["loc"]
    parent = node_at(node, loc[:-1]) if loc else None
    if detail["type"] not in ("extra_forbidden", *_WANTS_KEYS) or not isinstance(parent, MappingNode):
        return False
    if detail["type"] == "extra_forbidden":
        return problems.is_below("unknown-key", parent, str(loc[-1]), _fields_at(model, loc[:-1]))
    return problems.is_below("wrong-value", parent, str(loc[-1]))


def _is_needed(model: Any, loc: tuple[Any, ...]) -> bool:
    """Whether the key at `loc` must be there."""
    for step in loc:
        field = getattr(model, "model_fields", {}).get(step)
        if field is None:
            continue
        if step == loc[-1]:
            return bool(field.is_required())
        model = _inner(field.annotation)
    return True


def _spoken(model: type[FileModel], node: Node, detail: Any, problems: Problems) -> Diagnostic:
    loc = tuple(step for step in detail["loc"] if not str(step).startswith(("literal[", "list[")))
    kind, last = detail["type"], str(loc[-1]) if loc else ""
    if kind == "missing":
        return problems.at("missing-key", f"`{last}` is missing", f"add `{last}:`", place_of(node, loc[:-1]))
    if kind == "extra_forbidden":
        fields = [name for name in _fields_at(model, loc[:-1]) if name != SIGN_OFF]  # of an old format
        hint = did_you_mean(last, fields, otherwise=f"the keys are {', '.join(fields)}")
        return problems.at("unknown-key", f"unknown key `{last}`", hint, place_of_key(node, loc))
    if kind in ("literal_error", "enum"):
        expected, named = detail["ctx"]["expected"], next((str(s) for s in reversed(loc) if isinstance(s, str)), "")
        given = detail["input"] if isinstance(detail["input"], str) else ""
        words = re.findall(r"'([^']*)'", expected)
        hint = did_you_mean(given, words, otherwise="write one of these")
        message = f"`{named}` must be one of {expected.replace(chr(39), '`')}"
        return problems.at("wrong-word", message, hint, place_of(node, loc))
    key = next((step for step in reversed(loc) if isinstance(step, str)), "")
    if kind == "too_short" and last in _NEEDED:
        return problems.at("wrong-value", *_NEEDED[last], place_of(node, loc))
    if kind == "string_too_long":
        message = f"too long: at most {detail['ctx']['max_length']:,} characters"
        return problems.at("wrong-value", message, "make it shorter", place_of(node, loc))
    if kind in ("date", "phrase", "quantity"):
        message, _, hint = str(detail["msg"]).partition("; ")
        return problems.at("wrong-value", message, hint, place_of(node, loc))
    message = _SPOKEN.get(kind, "not allowed here")
    if kind.startswith("model_") and loc[-2:-1] in (("sources",), ("statements",)):
        return problems.at("wrong-value", message, SOURCE, place_of(node, loc))
    return problems.at("wrong-value", message, _hint(kind, key, detail["input"]), place_of(node, loc))


def _hint(kind: str, key: str, given: object) -> str:
    """What to write for a value of the wrong form."""
    if kind in ("string_type", "string_pattern_mismatch") and key in _FORMS:
        return f"write {_FORMS[key]}"
    if kind == "string_type" and isinstance(given, int | Decimal):  # true and false too
        return "put it in quotes"
    return "docs/rule-format.md shows the form"


def _fields_at(model: Any, path: tuple[Any, ...]) -> tuple[str, ...]:
    """The keys that the model allows at `path`."""
    for step in path:
        fields = getattr(model, "model_fields", {})
        if step in fields:
            model = _inner(fields[step].annotation)
    return tuple(getattr(model, "model_fields", {}))


def _inner(annotation: Any) -> Any:
    """The model within `list[Model]`, `dict[str, Model]`, `Model | None`; else the annotation itself."""
    for candidate in (annotation, *map(_inner, get_args(annotation))):
        if isinstance(candidate, type) and issubclass(candidate, FileModel):
            return candidate
    return annotation
