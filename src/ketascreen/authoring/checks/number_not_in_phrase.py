"""A citation whose `says` gives a number that its phrase does not show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.authoring.traceability import Carrier, Mention, mentions
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.documents import Citation
from ketascreen.language.rulebook import Rulebook

CODE = "number-not-in-phrase"

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_IN_DIGITS = {word: str(number) for number, word in enumerate(_WORDS, 1)}
_NUMBER = re.compile(rf"(?<!\w)(?:[0-9]+(?:[.,][0-9]+)*|(?<!-)(?:{'|'.join(_WORDS)})\b(?!-))", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Such citations, of documents and of outside sources.

    The number words "one" to "twelve" count as their digits; units and comparison signs do not matter.
    """
    for mention in mentions(subject.rulebook):
        phrase = _phrase(mention.citation, subject.rulebook)
        shown = numbers(phrase)
        missing = dict.fromkeys(number for number in numbers(mention.citation.says) if number not in shown)
        if missing:
            yield _problem(mention, ", ".join(missing), phrase)


def numbers(text: str) -> tuple[str, ...]:
    """The numbers of a text, in digits and in the order of the text. A number within a word, as in `C37`, is left out.

    >>> numbers("twice in one of 24-72 hours, <140/90mmHg (C37)")
    ('1', '24', '72', '140', '90')
    """
    found = (match.group().lower() for match in _NUMBER.finditer(_THOUSANDS.sub("", text)))
    return tuple(_IN_DIGITS.get(number, number) for number in found)


def _phrase(citation: Citation, rulebook: Rulebook) -> str:
    return rulebook.outside_sources[citation.outside].phrase if citation.outside else citation.phrase or ""


def _problem(mention: Mention, missing: str, phrase: str) -> Diagnostic:
    citation = mention.citation
    source = citation.outside or f"{citation.document}:{citation.line}"
    message = f"`says` gives {missing}, which the phrase of `{source}` does not show: “{phrase}”"
    hint = "cite a phrase that shows the number, or say only what the phrase shows"
    if mention.carrier in (Carrier.RULE, Carrier.RETIRED):
        return Diagnostic(CODE, message, hint, citation.place)
    return Concern(CODE, message, hint, citation.place, about=mention.name)
