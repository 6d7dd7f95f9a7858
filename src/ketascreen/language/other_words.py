"""The words and signs that authors write for a comparison, or for a keyword of a condition, and what a rule writes."""

from __future__ import annotations

from collections.abc import Mapping

SIGNS: Mapping[str, str] = {
    ">": "above", "<": "below",
    ">=": "at_least", "=>": "at_least", "\u2265": "at_least", "\u2a7e": "at_least",
    "<=": "at_most", "=<": "at_most", "\u2264": "at_most", "\u2a7d": "at_most",
    "=": "is", "==": "is", "!=": "is_not", "<>": "is_not", "\u2260": "is_not",
}  # fmt: skip
"""The comparison of each sign."""

COMPARISONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("gt", "greater_than", "more_than", "higher_than", "older_than", "exceeds"), ("above",)),
    **dict.fromkeys(("lt", "less_than", "lower_than", "smaller_than", "younger_than"), ("below",)),
    **dict.fromkeys(
        ("ge", "gte", "min", "minimum", "from", "not_below", "no_less_than", "not_less_than", "greater_or_equal",
         "greater_than_or_equal", "greater_than_or_equal_to", "or_more"), ("at_least",),
    ),
    **dict.fromkeys(
        ("le", "lte", "max", "maximum", "up_to", "not_above", "no_more_than", "not_more_than", "less_or_equal",
         "less_than_or_equal", "less_than_or_equal_to", "or_less"), ("at_most",),
    ),
    "over": ("above", "at_least"), "under": ("below", "at_most"),
    "range": ("between",), "in_range": ("between",),
    **dict.fromkeys(("eq", "equals", "equal", "equal_to", "is"), ("is", "includes")),
    **dict.fromkeys(("ne", "not", "not_equal", "is_not", "isnt", "excludes"), ("is_not", "includes_none")),
    **dict.fromkeys(("contains", "has", "include", "includes"), ("includes", "is")),
    **dict.fromkeys(
        ("in", "any_of", "is_one_of", "is_any_of", "one_of", "contains_any", "has_any", "includes_any"),
        ("one_of", "includes_any"),
    ),
    **dict.fromkeys(
        ("not_in", "none_of", "is_none_of", "not_one_of", "contains_none", "has_none", "includes_none"),
        ("none_of", "includes_none"),
    ),
}  # fmt: skip
"""What a comparison in other words can be; the kind of the fact decides, or the author."""

_NOT = "write `not:`; before several conditions, write `not:` and below it `any:`"
_ITSELF = "delete this word; the condition itself stands here"
KEYWORDS: Mapping[str, str] = {
    **dict.fromkeys(("or", "any_of", "either", "some", "some_of", "one_of"), "write `any:`"),
    **dict.fromkeys(("and", "all_of", "both", "every"), "write `all:`"),
    **dict.fromkeys(("none", "none_of", "neither", "nor", "unless", "except", "without", "no"), _NOT),
    **dict.fromkeys(("if", "then", "when", "where", "condition", "conditions"), _ITSELF),
    "else": "write another rule, with the other condition",
    **dict.fromkeys(("meet", "met", "uses", "definition"), "write `meets:`"),
}
"""The hint for a keyword of a condition in other words."""


def one_word(text: str) -> str:
    """A key with `_` for its spaces and hyphens, in lower case."""
    return "_".join(text.replace("-", " ").replace("_", " ").split()).lower()


def comparison_of(text: str) -> str | None:
    """The comparison that a key says that is not a plain one: a sign, or words with a space."""
    if text in SIGNS:
        return SIGNS[text]
    word = one_word(text)
    meant = COMPARISONS.get(word, ())
    return word if word in _OWN else meant[0] if len(meant) == 1 else None


_OWN = frozenset(name for names in (SIGNS.values(), *COMPARISONS.values()) for name in names)
