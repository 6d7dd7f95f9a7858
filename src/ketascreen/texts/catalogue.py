"""A catalogue of fixed texts: templates by id, with named placeholders in braces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The fixed texts in one language.

    Each method raises KeyError if the catalogue lacks the id, or if a placeholder has no value. Both are mistakes of a
    programmer. A test finds each: it compares every call in the library with the English catalogue.
    """

    templates: Mapping[str, str]

    def calling(self, one: str, many: str) -> Self:
        """The same texts with these words, which have no braces, for a route and for several: `drug` and `drugs`."""
        heads = [f"{word[:1].upper()}{word[1:]}" for word in (one, many)]
        words = {"option.many": many, "option.head.one": heads[0], "option.head.many": heads[1]}
        return type(self)({**self.templates, **words})

    def text(self, text_id: str, /, **values: object) -> str:
        """The text of an id; each placeholder is replaced by the value with its name."""
        return self.templates[text_id].format_map(values)

    def label(self, family: str, word: str, /) -> str:
        """The label of a word of a closed list: `label("decision", "not_eligible")` is `decision.not_eligible`."""
        return self.templates[f"{family}.{word}"].format_map({})

    def counted(self, text_id: str, count: int, /, **values: object) -> str:
        """The text about `count` things: `.one` of the id for exactly one, else `.many`, whose `{count}` it fills."""
        return self.text(f"{text_id}.{'one' if count == 1 else 'many'}", count=count, **values)

    def listed(self, texts: Iterable[str]) -> str:
        """Texts as one list, with this language's separator between them."""
        return self.text("join.comma").join(texts)
