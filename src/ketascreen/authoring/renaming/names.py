"""Whether a thing can be renamed: that it is there and the rulebook's own, and that its new name is free."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ketascreen.authoring.editing.yaml_text import is_text
from ketascreen.authoring.renaming.references import Reference, Thing
from ketascreen.diagnostic import did_you_mean, is_plain_name, printable, refused
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.vocabulary import UNRECOGNISED
from ketascreen.loading.build import NAMED
from ketascreen.loading.conditions import KEYWORDS
from ketascreen.loading.text_forms import is_rule_id, is_word
from ketascreen.loading.vocabulary import FORBIDDEN_CHOICES
from ketascreen.patient.profile import BUILT_IN, PatientProfile
from ketascreen.syntax.folder import CASES

_WORD = "write lower-case letters, digits and `_`, beginning with a letter"
_ID = "write lower-case letters and digits, with `-` between words"


class Name(NamedTuple):
    """What is renamed: a thing of a kind by its name of today; of a choice, `fact` is its fact."""

    kind: Thing
    old: str
    fact: str = ""

    def is_named_by(self, one: Reference) -> bool:
        """Whether a reference names it, or may do so within a text."""
        if one.in_text:
            return self.kind is Thing.PARAMETER and f"{{{self.old}}}" in one.name
        return (one.kind, one.name) == (self.kind, self.old) and (
            self.kind is not Thing.CHOICE or one.fact == self.fact
        )


def require_free(rulebook: Rulebook, fixtures: Mapping[str, bytes], name: Name, new: str) -> bool:
    """Requires that a thing can have another name; whether that is its last former one, which it then takes back.

    Raises:
        InputError: there is no such thing, it is built in, or the new name has another form or means something else.
    """
    _require_there(rulebook, name)
    if new == name.old:
        raise refused("rename", f"`{new}` is its name already", "give another name")
    form, hint = (is_rule_id, _ID) if name.kind is Thing.RULE else (is_word, _WORD)
    if not form(new) or not is_text(new):
        raise refused("wrong-value", f"{_said(new)} cannot be the name of a {name.kind}", hint)
    former = _former(rulebook, name)
    if former and former[-1] == new:
        return True
    if new in former:
        message = f"`{new}` is a former name of `{name.old}`, and not its last one"
        raise refused("name-taken", message, f"give another name, or rename it to `{former[-1]}` first")
    taken = next(_taken(rulebook, fixtures, name, new), None)
    if taken is not None:
        raise refused("name-taken", taken, "give another name")
    return False


def _said(name: str) -> str:
    return f"`{name}`" if is_plain_name(name) else f'"{printable(name)}"'


def _require_there(rulebook: Rulebook, name: Name) -> None:
    vocabulary = rulebook.vocabulary
    match name.kind:
        case Thing.FACT:
            _known(name.old, vocabulary.offered, vocabulary.renamed, "fact", "`ketascreen facts` lists them")
            _own(name.old)
        case Thing.CHOICE:
            _known(name.fact, vocabulary.offered, vocabulary.renamed, "fact", "`ketascreen facts` lists them")
            _own(name.fact)
            fact = vocabulary[name.fact]
            listed = f"its choices are {', '.join(fact.choices)}" if fact.choices else "it has no choices"
            _known(name.old, fact.choices, dict(fact.was_choices), "choice", listed, of=name.fact)
        case Thing.RULE:
            rules = (*rulebook.rules, *rulebook.retired)
            renamed = {old: rule.id for rule in rules for old in rule.was}
            _known(name.old, [rule.id for rule in rules], renamed, "rule", "`ketascreen rules` lists them")
        case Thing.PARAMETER:
            _known_in(name.old, rulebook.parameters, "parameter", "parameters.yaml has them")
        case Thing.DEFINITION:
            _known_in(name.old, rulebook.definitions, "definition", "definitions.yaml has them")


def _known_in(old: str, things: Mapping[str, object], kind: str, otherwise: str) -> None:
    renamed = {was: name for name, one in things.items() for was in getattr(one, "was", ())}
    _known(old, things, renamed, kind, otherwise)


def _known(old: str, names: Iterable[str], renamed: Mapping[str, str], kind: str, otherwise: str, of: str = "") -> None:
    if old in BUILT_IN and kind == "fact":
        return
    listed = [*names]
    if old not in listed:
        hint = did_you_mean(old, listed, otherwise=otherwise, renamed=renamed)
        message = f"`{of}` has no choice {_said(old)}" if of else f"no {kind} {_said(old)}"
        raise refused(f"unknown-{kind}", message, hint)


def _own(fact: str) -> None:
    """Requires a fact that the rulebook adds.

    Raises:
        InputError: it is built in.
    """
    if fact in BUILT_IN:
        raise refused("rename", f"`{fact}` is built in; a rulebook cannot rename it or its choices", "leave its name")


def _former(rulebook: Rulebook, name: Name) -> tuple[str, ...]:
    """The former names of the thing, the oldest first."""
    match name.kind:
        case Thing.FACT:
            return rulebook.vocabulary[name.old].was
        case Thing.CHOICE:
            return tuple(was for was, now in rulebook.vocabulary[name.fact].was_choices if now == name.old)
        case Thing.PARAMETER:
            return rulebook.parameters[name.old].was
        case Thing.DEFINITION:
            return rulebook.definitions[name.old].was
    return next(rule.was for rule in (*rulebook.rules, *rulebook.retired) if rule.id == name.old)


def _taken(rulebook: Rulebook, fixtures: Mapping[str, bytes], name: Name, new: str) -> Iterator[str]:
    """Why a name is not free."""
    if name.kind is Thing.RULE:
        yield from _taken_as_a_rule(rulebook, fixtures, new)
    elif name.kind is Thing.CHOICE:
        yield from _taken_as_a_choice(rulebook, name.fact, new)
    else:
        yield from _taken_as_a_word(rulebook, name.kind, new)


def _taken_as_a_rule(rulebook: Rulebook, fixtures: Mapping[str, bytes], new: str) -> Iterator[str]:
    if new in NAMED:
        yield f"`{new}` is a reserved word of the format"
    for rule in (*rulebook.rules, *rulebook.retired):
        if new == rule.id:
            yield f"there is a {'retired ' if rule.retired else ''}rule `{new}`"
        if new in rule.was:
            yield f"`{new}` is a former id of the rule `{rule.id}`"
    for path in fixtures:
        if path.rpartition("/")[2] == f"{new}{CASES}":
            yield f"there is a file {path}, of cases of a rule `{new}`"


def _taken_as_a_choice(rulebook: Rulebook, fact: str, new: str) -> Iterator[str]:
    known = rulebook.vocabulary[fact]
    if new in known.choices:
        yield f"`{fact}` has a choice `{new}`"
    if new in dict(known.was_choices):
        yield f"`{new}` is a former word of `{dict(known.was_choices)[new]}`"
    if new in FORBIDDEN_CHOICES or new in rulebook.parameters:
        what = "is the name of a parameter" if new in rulebook.parameters else "has a meaning of its own"
        yield f"`{new}` {what}, so it cannot be a choice"


def _taken_as_a_word(rulebook: Rulebook, kind: Thing, new: str) -> Iterator[str]:
    if new in PatientProfile.model_fields:
        yield f"`{new}` is built in"
    if new in (*KEYWORDS, UNRECOGNISED):
        yield f"`{new}` is a word of the format"
    things: Mapping[str, Mapping[str, object]] = {
        "fact": rulebook.vocabulary, "parameter": rulebook.parameters, "definition": rulebook.definitions,
    }  # fmt: skip
    for what, named in things.items():
        if new in named:
            yield f"there is a {what} `{new}`"
    for one_name, one in things[str(kind)].items():
        if new in getattr(one, "was", ()):
            yield f"`{new}` is a former name of the {kind} `{one_name}`"
    if kind is Thing.PARAMETER and any(new in fact.choices for fact in rulebook.vocabulary.values()):
        yield f"`{new}` is a choice of a fact"
