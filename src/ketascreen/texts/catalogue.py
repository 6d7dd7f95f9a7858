"""A catalogue of fixed texts: templates by id, with named placeholders in braces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The fixed texts in one language.

    Each method raises KeyError for an id that the catalogue lacks, or a placeholder that is given no value. Both are
    slips of a programmer, and a test finds each: it holds every call in the library against the English catalogue.
    """

    templates: Mapping[str, str]

    def text(self, text_id: str, /, **values: object) -> str:
        """The text of an id, each placeholder filled with the value of its name."""
        return self.templates[text_id].format_map(values)

    def label(self, family: str, word: str, /) -> str:
        """How a word of a closed list is called: `label("decision", "not_eligible")` is the text of their joint id."""
        return self.templates[f"{family}.{word}"].format_map({})

    def counted(self, text_id: str, count: int, /, **values: object) -> str:
        """The text about `count` things: `.one` of the id for exactly one, else `.many`, whose `{count}` it fills."""
        return self.text(f"{text_id}.{'one' if count == 1 else 'many'}", count=count, **values)

    def listed(self, texts: Iterable[str]) -> str:
        """Texts as one list, with what this language has between two of them."""
        return self.text("join.comma").join(texts)
