"""What an author meant who wrote a condition in another form. Each hint is a form to copy; no number is guessed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal

from ketascreen.diagnostic import did_you_mean
from ketascreen.language.operators import BY_SHAPE, OPERATORS, AtEnd, Equal, Member, Operator, Overlap, Present, Takes
from ketascreen.language.other_words import COMPARISONS, KEYWORDS, SIGNS, one_word
from ketascreen.language.quantity import QuantityError, decimal_text, parse_number, parse_quantity
from ketascreen.language.rule import Parameter
from ketascreen.language.rulebook import OptionWords
from ketascreen.language.terms import Route
from ketascreen.language.vocabulary import Fact, Kind
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, Scalar, Sequence

_SIGN = re.compile(rf"({'|'.join(sorted(map(re.escape, SIGNS), key=len, reverse=True))})\s*(?P<rest>\S.*)")
_WORDS = re.compile(r"(?P<words>[A-Za-z][A-Za-z_ ]*[A-Za-z]|in|is)\s+(?P<rest>\S.*)")
_FACT_FIRST = re.compile(r"(?P<fact>[a-z][a-z0-9_]*)\s*(?P<rest>\S.*)")
_SEVERAL = re.compile(r"\s*(?:,|;| to | and | or |\u2013)\s*")
_PLAIN_WORD = re.compile(r"[a-z][a-z0-9_]*")
ALL = "all"
"""What a rule writes for every route of its rulebook."""
_NOTHING = frozenset({"none", "nothing", "no", "empty"})


def operators_for(fact: Fact) -> list[str]:
    """The comparisons that a fact can have."""
    return [name for name, operator in OPERATORS.items() if fact.kind in operator.kinds]


def comparison(key: str, fact: Fact) -> str:
    """The hint for a comparison that there is not, or not for this kind of fact."""
    fitting = operators_for(fact)
    if meant := [name for name in COMPARISONS.get(key, ()) if name in fitting]:
        return f"write {' or '.join(f'`{name}`' for name in meant)}"
    return did_you_mean(key, fitting, otherwise=f"for `{fact.name}` there are {', '.join(fitting)}")


def compared(fact: Fact, node: Node, parameters: Mapping[str, Parameter]) -> str:
    """The hint for a fact that is not followed by a comparison, but by `node`."""
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(node, Sequence):
        return _of_a_list(fact, node)
    if isinstance(value, str) and (said := _said(fact, value)):
        return said
    if isinstance(value, str) and value in parameters and fact.is_number:
        return _with_parameter(fact, parameters[value])
    if isinstance(value, str) and value in fact.words:
        return f"write `{fact.name}: {{{_usual(fact)}: {value}}}`"
    if fact.is_number:
        number = _in_its_unit(fact, value) or "..."
        first, *others = (name for name in operators_for(fact) if isinstance(OPERATORS[name].shape, AtEnd))
        return f"write the comparison: `{fact.name}: {{{first}: {number}}}`, or {', '.join(others)}"
    return f"write `{fact.name}: {{{_usual(fact)}: ...}}`"


def _usual(fact: Fact) -> str:
    return "includes" if fact.kind is Kind.LIST else "is"


def _of_a_list(fact: Fact, node: Sequence) -> str:
    fitting = operators_for(fact)
    several = next(name for name in fitting if OPERATORS[name].takes is (Takes.PAIR if fact.is_number else Takes.WORDS))
    return f"write `{fact.name}: {{{several}: {_listed(node)}}}`"


def _listed(node: Sequence) -> str:
    """A list of single words or numbers as it is written; else a form of one."""
    values = [item.value if isinstance(item, Scalar) else None for item in node.items]
    texts = [str(value) for value in values if isinstance(value, str | int | Decimal) and not isinstance(value, bool)]
    return f"[{', '.join(texts)}]" if texts and len(texts) == len(values) else "[a, b]"


def _said(fact: Fact, text: str) -> str | None:
    """The hint for a comparison as a text, such as `>= 65 years`."""
    meant, rest = _leading(text)
    fitting = [name for name in meant if name in operators_for(fact)]
    if not fitting:
        return None
    rest = _in_its_unit(fact, rest) or rest
    takes = OPERATORS[fitting[0]].takes
    if takes is not Takes.ONE:
        rest = in_brackets(fact, OPERATORS[fitting[0]], rest) or "[a, b]"
    return f"write {' or '.join(f'`{fact.name}: {{{name}: {rest}}}`' for name in fitting)}"


def _leading(text: str) -> tuple[tuple[str, ...], str]:
    """The comparisons that a text can begin with, and the rest of it."""
    if found := _SIGN.fullmatch(text):
        return (SIGNS[found[1]],), found["rest"]
    if found := _WORDS.fullmatch(text):
        words = one_word(found["words"])
        return ((words,) if words in OPERATORS else COMPARISONS.get(words, ())), found["rest"]
    return (), text


def _with_parameter(fact: Fact, parameter: Parameter) -> str:
    """A lower parameter is stricter where what is above it meets the rule."""
    above = parameter.stricter == "lower"
    both = [BY_SHAPE[AtEnd(above=above, included=included)].name for included in (True, False)]
    return f"write {' or '.join(f'`{fact.name}: {{{name}: {parameter.name}}}`' for name in both)}"


def number(fact: Fact, operator: Operator, value: object) -> str | None:
    """The hint for a number without its unit, or with a sign of its own; None for anything else."""
    if whole := _with_unit(fact, value):
        return f"write the unit: `{whole}`"
    signs, rest = _leading(value) if isinstance(value, str) else ((), "")
    whole = _in_its_unit(fact, rest) if len(signs) == 1 else None
    names = dict.fromkeys((operator.name, *signs))
    return f"write {' or '.join(f'`{name}: {whole}`' for name in names)}" if whole else None


def _with_unit(fact: Fact, value: object) -> str | None:
    """A number with the unit of its fact, if it is a number alone."""
    text = decimal_text(Decimal(value)) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
    if fact.unit is None or fact.unit.is_none or not isinstance(text, str):
        return None
    try:
        return f"{decimal_text(parse_number(text))} {fact.unit.name}"
    except QuantityError:
        return None


def _in_its_unit(fact: Fact, value: object) -> str | None:
    """The value as a quantity that the fact can be compared with; None if it is not a number."""
    if (whole := _with_unit(fact, value)) or not fact.is_number:
        return whole
    try:
        return str(parse_quantity(str(value), fact.unit))
    except QuantityError:
        return None


def several(operator: Operator, fact: Fact, node: Sequence) -> str | None:
    """The hint for a list after a comparison that takes one value."""
    if len(node.items) == 1 and isinstance(node.items[0], Scalar):
        return f"write `{operator.name}: {node.items[0].value}`"
    match operator.shape:
        case Equal(negated) if fact.kind is Kind.CHOICE:
            name = BY_SHAPE[Member(negated)].name
        case Present():
            name = BY_SHAPE[Overlap()].name
        case Equal(False):
            name = next(name for name in operators_for(fact) if OPERATORS[name].takes is Takes.PAIR)
        case _:
            return None
    return f"write `{name}: {_listed(node)}`"


def in_brackets(fact: Fact, operator: Operator, value: object) -> str | None:
    """The list that a text without brackets says; None if it does not say one."""
    parts = _SEVERAL.split(value.strip()) if isinstance(value, str) else []
    if operator.takes is Takes.PAIR:
        ends = [_in_its_unit(fact, part) for part in parts]
        return f"[{ends[0]}, {ends[1]}]" if len(ends) == 2 and all(ends) else None
    return f"[{', '.join(parts)}]" if parts and all(map(_PLAIN_WORD.fullmatch, parts)) else None


def absent(fact: Fact, word: str) -> str | None:
    """The hint for `none` in place of a word of a list."""
    if fact.kind is not Kind.LIST or word not in _NOTHING:
        return None
    name = BY_SHAPE[Overlap(negated=True)].name
    return f"write the words of which it has none, as in `{name}: [{', '.join(fact.choices[:2])}]`"


def condition(node: Node, facts: Mapping[str, Fact], definitions: Collection[str]) -> str:
    """The hint for what stands where a condition must be."""
    text = node.value if isinstance(node, Scalar) and isinstance(node.value, str) else ""
    usual = "write `fact: {is: ...}`, `all:`, `any:`, `not:` or `meets:`"
    return _of_a_text(text, facts, definitions) or usual


def _of_a_text(text: str, facts: Mapping[str, Fact], definitions: Collection[str]) -> str | None:
    if text in definitions:
        return f"write `meets: {text}`"
    if text in facts:
        return f"write `{text}: {{{'at_least' if facts[text].is_number else _usual(facts[text])}: ...}}`"
    found = _FACT_FIRST.fullmatch(text)
    fact = facts.get(found["fact"]) if found else None
    if found is None or fact is None:
        return None
    rest = found["rest"]
    return _said(fact, rest) or (f"write `{fact.name}: {{{_usual(fact)}: {rest}}}`" if rest in fact.words else None)


def name(
    word: str,
    names: Collection[str],
    renamed: Mapping[str, str],
    parameters: Collection[str],
    definitions: Collection[str],
) -> tuple[str, str, str]:
    """The code, the message and the hint for a name that is not a fact's, where a fact must be."""
    if word in KEYWORDS:
        return "condition", f"a condition has no `{word}:`", KEYWORDS[word]
    if word in OPERATORS:
        return "condition", f"`{word}` compares no fact", f"write the fact before it, as in `fact: {{{word}: ...}}`"
    if word in definitions:
        return "condition", f"`{word}` is a definition, not a fact", f"write `meets: {word}`"
    if word in parameters:
        hint = f"write a fact, and this name after its comparison, as in `fact: {{at_least: {word}}}`"
        return "condition", f"`{word}` is a parameter, not a fact", hint
    return (
        "unknown-fact",
        f"unknown fact `{word}`",
        did_you_mean(word, names, otherwise="`ketascreen facts` lists them", renamed=renamed),
    )


def route_in_condition(called: OptionWords) -> tuple[str, str]:
    """The message and the hint for a condition that asks for the route."""
    return f"a condition does not ask for the {called.one}", _rule_for_each(called)


def _rule_for_each(called: OptionWords) -> str:
    return f"write a rule for each {called.one} with another condition, each with its own `routes:`"


def routes(node: Node, known: Collection[Route], called: OptionWords) -> str | None:
    """The hint for what a rule writes in place of a list of routes; None for a list, and for `all`.

    A route is meant where its letters are the same in lower case. No other spelling is guessed: another route may be
    near.
    """
    if isinstance(node, MappingNode):
        return _rule_for_each(called)
    if isinstance(node, Scalar):
        if node.value == ALL:
            return None
        words = _SEVERAL.split(node.value.strip()) if isinstance(node.value, str) else []
    else:
        words = [str(item.value) for item in node.items if isinstance(item, Scalar)]
    lower = [word.strip("`'\"").lower() for word in words]
    if ALL in lower and {*lower} <= {ALL, *known}:
        return f"write `routes: {ALL}`, without brackets"
    if (isinstance(node, Scalar) or lower != words) and lower and {*lower} <= {*known}:
        return f"write `routes: [{', '.join(lower)}]`"
    if isinstance(node, Scalar):
        return (
            f"write a list, as in `[{', '.join([*known][:2])}]`, or `{ALL}`; the {called.many} are {', '.join(known)}"
        )
    return None
