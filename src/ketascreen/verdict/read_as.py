"""What a screening was given under a name of before, and read as what it is called today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from ketascreen.patient.former_names import FormerName
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.base_model import Reported
from ketascreen.verdict.decided import ClinicianDecision
from ketascreen.verdict.override import Override


class ReadAs(Reported):
    """One name of before: `was` is what was given, `now` what it is called today.

    `fact` is a fact of the profile, `choice` a word of an answer to the fact `fact`, `rule` the rule of a decision.
    """

    SHOWN = ("kind", "fact")

    kind: Literal["fact", "choice", "rule"]
    was: str
    now: str
    fact: str | None = None


def read_as(
    used: Iterable[FormerName],
    decisions: Iterable[ClinicianDecision],
    overrides: Iterable[Override],
    renamed: Mapping[str, str],
) -> tuple[ReadAs, ...]:
    """The names of before in a profile, and in decisions: `renamed` has the id of today of each former id of a rule."""
    facts = [
        ReadAs(kind="fact" if one.fact is None else "choice", was=one.was, now=one.now, fact=one.fact) for one in used
    ]
    rules = sorted(renamed.keys() & {*(one.rule for one in decisions), *(one.rule for one in overrides)})
    return (*facts, *(ReadAs(kind="rule", was=rule, now=renamed[rule]) for rule in rules))


def in_words(read: Iterable[ReadAs]) -> Iterator[str]:
    """One sentence for each fact and rule, and one for the words of a fact; no word that was answered is in them."""
    yield from dict.fromkeys(map(_sentence, read))


def _sentence(one: ReadAs) -> str:
    if one.kind == "fact":
        return ENGLISH.text("notice.read_as.fact", was=one.was, now=one.now)
    if one.kind == "choice":
        return ENGLISH.text("notice.read_as.choice", fact=str(one.fact))
    return ENGLISH.text("notice.read_as.rule", was=one.was, now=one.now)


def formerly(read: Iterable[ReadAs]) -> tuple[FormerName, ...]:
    """The names of before that a profile used."""
    return tuple(FormerName(one.was, one.now, one.fact) for one in read if one.kind != "rule")
