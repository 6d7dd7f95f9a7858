"""What renames a thing: the new text of each file, checked before anything is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from ketascreen.authoring.editing.text_edits import (
    CannotEdit,
    Edit,
    at,
    composed,
    edited,
    with_item,
    with_key,
    without_item,
    without_key,
)
from ketascreen.authoring.editing.yaml_text import scalar
from ketascreen.authoring.file_kinds import kind_of
from ketascreen.authoring.renaming.first import without_names
from ketascreen.authoring.renaming.names import Name, require_free
from ketascreen.authoring.renaming.references import Reference, Thing, references
from ketascreen.diagnostic import Place, refused
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.vocabulary import Fact
from ketascreen.loading import file_models
from ketascreen.loading.load import rulebook_of_files
from ketascreen.syntax.folder import CASES

CODE = "rename"
_MODELS: Mapping[Thing, Any] = {
    Thing.FACT: file_models.FactModel,
    Thing.CHOICE: file_models.FactModel,
    Thing.RULE: file_models.RuleModel,
    Thing.PARAMETER: file_models.ParameterModel,
    Thing.DEFINITION: file_models.DefinitionModel,
}


@dataclass(frozen=True, slots=True)
class Changed:
    """A file that changes: its path then and now, its bytes now, and in how many places it names the thing."""

    before: str
    path: str
    data: bytes
    places: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The files that change, in the order in which they are written, and the rulebook after it.

    `forgotten`: the new name was the last former one, so that it is the old name that nothing reads any more.
    """

    files: tuple[Changed, ...]
    rulebook: Rulebook
    forgotten: bool


def plan(rulebook: Rulebook, fixtures: Mapping[str, bytes], name: Name, new: str) -> Plan:
    """What gives a thing another name in a rulebook and its cases.

    Raises:
        InputError: there is no such thing, the new name cannot be used, or a file cannot be edited.
    """
    forgotten = require_free(rulebook, fixtures, name, new)
    changed = changed_files({**rulebook.files, **fixtures}, rulebook.vocabulary, name, new, forgotten=forgotten)
    moved = {one.before for one in changed}
    kept = {path: data for path, data in rulebook.files.items() if path not in moved}
    after = rulebook_of_files(kept | {one.path: one.data for one in changed if one.before in rulebook.files})
    if without_names(after) != without_names(rulebook):
        raise refused(CODE, f"`{name.old}` cannot be renamed: the rulebook would mean something else", _BY_HAND)
    return Plan(tuple(sorted(changed, key=_declaring(name))), after, forgotten)


_BY_HAND = "nothing is written; rename it by hand, and report this"


def _declaring(name: Name) -> Any:
    """What declares the name is written first: until the rest follows, the rulebook does not load, and says why."""
    declares = {
        Thing.FACT: "vocabulary", Thing.CHOICE: "vocabulary", Thing.RULE: "rule", Thing.PARAMETER: "parameters",
        Thing.DEFINITION: "definitions",
    }[name.kind]  # fmt: skip

    def order(one: Changed) -> tuple[bool, bool, str]:
        return kind_of(one.path) != declares, one.before == one.path, one.path

    return order


def changed_files(
    files: Mapping[str, bytes], vocabulary: Mapping[str, Fact], name: Name, new: str, *, forgotten: bool
) -> list[Changed]:
    """The files that change where a thing gets another name; `vocabulary` says which facts have choices."""
    made = (_changed(path, data, vocabulary, name, new, forgotten) for path, data in files.items())
    return [one for one in made if one is not None]


def _changed(
    path: str, data: bytes, vocabulary: Mapping[str, Fact], name: Name, new: str, forgotten: bool
) -> Changed | None:
    text = data.decode("utf-8")
    if name.old not in text and "\\" not in text and _target(path, name, new) == path:
        return None  # an escape may hide the name
    root = composed(text)
    found = [one for one in references(path, root, vocabulary) if name.is_named_by(one)]
    edits = [edit for one in found for edit in _edits(text, one, name.old, new)]
    places = len(edits)
    if (holder := _holder(path, root, name)) is not None:
        try:
            edits += _former(text, holder, name, new, forgotten)
        except CannotEdit:
            message = f"the former names of `{name.old}` cannot be changed here"
            raise refused(CODE, message, "write each on a line of its own, then rename", Place(path)) from None
    target = _target(path, name, new)
    if not edits and target == path:
        return None
    return Changed(path, target, edited(text, edits).encode("utf-8"), places)


def _target(path: str, name: Name, new: str) -> str:
    """The path of a file after it: the file of a rule, and the file of its cases, have its name."""
    above, slash, last = path.rpartition("/")
    if name.kind is Thing.RULE and kind_of(path) in ("rule", "cases"):
        for ending in (CASES, ".yaml"):
            if last == f"{name.old}{ending}":
                return f"{above}{slash}{new}{ending}"
    return path


def _holder(path: str, root: Any, name: Name) -> Any:
    """The mapping that declares the thing, where its former names stand."""
    match name.kind:
        case Thing.RULE if kind_of(path) == "rule" and at(root, "id").value == name.old:
            return root
        case Thing.FACT if path == "vocabulary.yaml":
            return at(root, "facts", name.old)
        case Thing.CHOICE if path == "vocabulary.yaml":
            return at(root, "facts", name.fact)
        case Thing.PARAMETER if path == "parameters.yaml":
            return at(root, name.old)
        case Thing.DEFINITION if path == "definitions.yaml":
            return at(root, name.old)
    return None


def _edits(text: str, one: Reference, old: str, new: str) -> Iterator[Edit]:
    """What replaces the name in a node, and nothing else of it: quotes stay."""
    begin, end = one.node.start_mark.index, one.node.end_mark.index
    raw = text[begin:end]
    if one.in_text:
        for found in re.finditer(re.escape(f"{{{old}}}"), raw):
            yield Edit(begin + found.start() + 1, begin + found.end() - 1, new)
    elif raw.count(old) == 1:
        first = begin + raw.index(old)
        yield Edit(first, first + len(old), new)
    else:  # written with an escape, within quotes
        yield Edit(begin + 1, end - 1, new)


def _former(text: str, holder: Any, name: Name, new: str, forgotten: bool) -> Iterator[Edit]:
    if name.kind is Thing.CHOICE:
        yield _former_word(text, holder, name, new, forgotten)
        return
    was = at(holder, "was")
    if forgotten:
        yield (
            without_item(text, was, len(was.value) - 1)
            if len(was.value) > 1
            else without_key(text, holder, "was", added=True)
        )
    elif was is None:
        yield with_key(text, holder, "was", f"[{scalar(name.old)}]", _later(name, "was"))
    else:
        yield with_item(text, was, scalar(name.old))


def _former_word(text: str, holder: Any, name: Name, new: str, forgotten: bool) -> Edit:
    words = at(holder, "was_choices")
    if forgotten:
        only = len(words.value) == 1
        return (
            without_key(text, holder, "was_choices", added=True) if only else without_key(text, words, new, added=True)
        )
    if words is None or not isinstance(words, yaml.MappingNode):
        return with_key(text, holder, "was_choices", f"{{{name.old}: {new}}}", _later(name, "was_choices"))
    return with_key(text, words, name.old, new)


def _later(name: Name, key: str) -> list[str]:
    """The keys that come after a key in a file that is laid out."""
    keys = [*_MODELS[name.kind].model_fields]
    return keys[keys.index(key) + 1 :]
