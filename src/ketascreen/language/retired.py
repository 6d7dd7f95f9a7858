"""Rules that are asked of nobody any more, in words."""

from __future__ import annotations

from collections.abc import Iterable

from ketascreen.language.rule import Rule


def retired_in_words(rule: Rule) -> str:
    """Since when a rule is asked of nobody, and what replaces it: a sentence without its full stop."""
    if rule.retired is None:
        raise ValueError(f"{rule.id} is not retired")
    said = f"`{rule.id}` was retired on {rule.retired.day.isoformat()}"
    instead = rule.retired.instead
    if not instead:
        return said
    return f"{said}; {named(instead)} {'replaces' if len(instead) == 1 else 'replace'} it"


def named(rules: Iterable[str]) -> str:
    """Their ids in one line: `a`, `b` and `c`."""
    *first, last = (f"`{rule}`" for rule in rules)
    return f"{', '.join(first)} and {last}" if first else last
