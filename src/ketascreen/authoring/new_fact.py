"""A new fact in vocabulary.yaml, with how long an answer counts; what is not known yet is left to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from ketascreen.authoring.editing.entries import CODE, with_entries
from ketascreen.authoring.editing.writing import alone, bytes_of, replace_file
from ketascreen.authoring.editing.yaml_text import lines_of
from ketascreen.authoring.names import RulebookNames, read_names
from ketascreen.authoring.scaffold import kept_schemas, rewrite_schemas, schema_line
from ketascreen.diagnostic import InputError, did_you_mean, refused
from ketascreen.language.quantity import QuantityError, parse_number
from ketascreen.language.vocabulary import UNRECOGNISED, Kind
from ketascreen.loading.build import read_trees
from ketascreen.loading.conditions import KEYWORDS
from ketascreen.loading.formats import check_format
from ketascreen.loading.vocabulary import MAX_SINCE, VocabularyReader
from ketascreen.patient.profile import PatientProfile
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.yaml_tree import NOT_TEXT, WORD

FILE = "vocabulary.yaml"
TYPES = tuple(kind.value for kind in Kind)
FRESH_FOR = '"30 days", "same day" or "any age"'
"""Examples of how long an answer counts."""
_WITH_CHOICES = (Kind.CHOICE, Kind.LIST)


@dataclass(frozen=True, slots=True)
class NewFact:
    """What is known of a fact before it is written; None is left to fill in. Numbers are as they are written.

    `uses` are the kinds of data about a person that it uses; if it is None, the fact does not say it.
    """

    name: str
    type: str
    choices: tuple[str, ...] | None = None
    unit: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    label: str | None = None
    domain: str | None = None
    fresh_for: str | None = None
    reason: str | None = None
    uses: tuple[str, ...] | None = None

    @property
    def has_choices(self) -> bool:
        """Whether its answers are words."""
        return self.type in _WITH_CHOICES

    @property
    def lowest(self) -> str | None:
        """The lowest answer; a time since an event is never below 0."""
        return self.minimum or ("0" if self.type == Kind.SINCE else None)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to fill in."""
        own = (self.choices,) if self.has_choices else (self.unit, self.lowest, self.maximum)
        return None not in (*own, self.label, self.domain, self.fresh_for, self.reason)


def check_fact(fact: NewFact, folder: Path) -> NewFact:
    """A fact that may be added to a rulebook's folder.

    Raises:
        InputError: a name that is taken or malformed, an unknown type, or what is given of it cannot be.
        RulebookError: the rulebook's names cannot be read.
    """
    if fact.type not in TYPES:
        hint = did_you_mean(fact.type, TYPES, otherwise=f"the types are {', '.join(TYPES)}")
        raise refused("wrong-word", f"unknown type `{fact.type}`", hint)
    others = {"--unit": fact.unit, "--minimum": fact.minimum, "--maximum": fact.maximum}
    for option, given in (others if fact.has_choices else {"--choices": fact.choices}).items():
        if given is not None:
            raise refused("fact", f"a fact of the type `{fact.type}` has nothing for {option}", "leave it out")
    for option, text in (("--minimum", fact.minimum), ("--maximum", fact.maximum)):
        if text is not None:
            _number(text, option)
    _check_name(fact.name, read_names(folder))
    _check_whole(fact, folder)
    return fact


def write_fact(fact: NewFact, folder: Path) -> tuple[Path, int]:
    """Adds a fact to vocabulary.yaml; returns the file, and the number of schemas that the folder has for editors.

    They are written again if the fact is complete.

    Raises:
        InputError: the file cannot take it, has changed, or another process writes. Nothing is written then.
        OSError: a file could not be written.
    """
    with alone(folder, CODE):
        before = bytes_of(folder / FILE)
        head = (folder / "rulebook.yaml").read_text(encoding="utf-8")
        path = replace_file(folder, FILE, _with(fact, before, schema_line(FILE, head)), before, CODE)
    return path, rewrite_schemas(folder) if fact.is_complete else kept_schemas(folder)


def _number(text: str, option: str) -> Decimal:
    try:
        return parse_number(text)
    except QuantityError as error:
        raise refused("fact", f"{option} is not a number", str(error)) from None


def _check_name(name: str, names: RulebookNames) -> None:
    if not WORD.fullmatch(name) or name in NOT_TEXT or len(name) > 80:
        like = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_0123456789")[:80]
        hint = f"write lower-case words joined by underscores, such as `{like or 'new_fact'}`"
        raise refused("key", f"`{name}` is not a name for a fact", hint)
    taken = (
        ("is built in", (*PatientProfile.model_fields, *KEYWORDS, UNRECOGNISED)),
        ("is a fact of this rulebook already", names.vocabulary),
        ("is a parameter of this rulebook", names.parameters),
        ("is a definition of this rulebook", names.definitions),
    )
    for why, held in taken:
        if name in held:
            raise refused("name-taken", f"`{name}` {why}", "choose another name")
    if (now := names.vocabulary.renamed.get(name)) is not None:
        raise refused("name-taken", f"`{name}` is a former name of `{now}`", "choose another name")


def _check_whole(fact: NewFact, folder: Path) -> None:
    """Refuses what the loader would refuse of the values that are given, whatever is filled in for the others."""
    files = {name: data for name in ("rulebook.yaml", FILE) if (data := bytes_of(folder / name)) is not None}
    files[FILE] = _with(_filled(fact), files.get(FILE), "# head")
    problems = Problems()
    trees = read_trees(files, problems)
    VocabularyReader(problems).read(trees.get(FILE))
    check_format({"rulebook": trees.get("rulebook.yaml"), "vocabulary": trees.get(FILE)}, {}, problems)
    found = [replace(one, place=None, text=None) for one in problems.found if one.place and one.place.path == FILE]
    if found:
        raise InputError(found)


def _filled(fact: NewFact) -> NewFact:
    """The fact with something that can be where nothing is given."""
    low = fact.minimum or (fact.maximum and str(_number(fact.maximum, "") - 1)) or "0"
    high = fact.maximum or str(_number(low, "") + 1)
    if fact.type == Kind.SINCE:
        low, high = fact.minimum or "0", fact.maximum or str(MAX_SINCE)
    own: dict[str, Any] = {"unit": fact.unit or "months", "minimum": low, "maximum": high}
    if fact.has_choices:
        own = {"choices": fact.choices or ("one_word", "another_word")}
    text: dict[str, Any] = {key: getattr(fact, key) or "text" for key in ("label", "domain", "reason")}
    return replace(fact, **own, **text, fresh_for=fact.fresh_for or "any age")


def _with(fact: NewFact, before: bytes | None, head: str) -> bytes:
    """vocabulary.yaml with the fact and its window."""
    window = {"fresh_for": fact.fresh_for, "reason": fact.reason}
    entries = {"facts": _entry(fact.name, _keys(fact)), "freshness": _entry(fact.name, window)}
    return with_entries(before, FILE, entries, head=f"{head}\n")


def _keys(fact: NewFact) -> Mapping[str, Any]:
    if fact.has_choices:
        own: dict[str, Any] = {"choices": fact.choices}
    else:
        ends = {"minimum": fact.lowest, "maximum": fact.maximum}
        own = {"unit": fact.unit, **{key: None if one is None else _plain(one) for key, one in ends.items()}}
    uses = {} if fact.uses is None else {"uses": fact.uses}
    return {"type": fact.type, "label": fact.label, "domain": fact.domain, **own, **uses}


def _plain(text: str) -> int | Decimal:
    number = parse_number(text)
    return int(number) if number == number.to_integral_value() else number


_COMMENTS: Mapping[str, str] = {
    "choices": "At least two lower-case words, as in [cirrhosis, hepatitis].",
    "unit": "Such as mmHg, or months for a time since an event, or none for a plain number.",
    "minimum": "The lowest number that an answer can be.",
    "maximum": "The highest number that an answer can be.",
    "label": "What a reader sees, in a few words.",
    "domain": "The part of medicine that it is listed under, in a word.",
    "fresh_for": "How long an answer counts, such as 30 days, or same day, or any age.",
    "reason": "Why an answer counts for so long.",
}
"""What a key without a value is for."""


def _entry(name: str, keys: Mapping[str, Any]) -> str:
    return "\n".join([f"{name}:", *_lines(keys)]) + "\n"


def _lines(keys: Mapping[str, Any]) -> Iterator[str]:
    for key, value in keys.items():
        if value is None:
            yield f"  # {_COMMENTS[key]}"
        yield from lines_of(key, value, 2)
