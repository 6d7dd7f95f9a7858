"""A condition in the words of the rule format, each parameter with its value."""

from __future__ import annotations

from decimal import Decimal

from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, Condition, Constant, DefinitionRef, Not
from ketascreen.language.quantity import Quantity, decimal_text, measured
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.vocabulary import Fact
from ketascreen.rendering.page import Line, wrapped
from ketascreen.texts.catalogue import Catalogue
from ketascreen.texts.english import ENGLISH


def render_condition(
    condition: Condition, rulebook: Rulebook, *, indent: int = 0, first: str = "", texts: Catalogue = ENGLISH
) -> list[Line]:
    """The tree as the rule format writes it; `first` (a `- ` or nothing) begins its first line."""
    deeper = indent + len(first)
    match condition:
        case Always():
            return wrapped(texts.text("condition.always"), indent=indent, first=first)
        case DefinitionRef(name, _):
            return wrapped(texts.text("condition.meets", name=name), indent=indent, first=first)
        case Compare(fact, _, _):
            asking = _asking(fact, (condition,), rulebook, texts)
            return wrapped(asking, indent=indent, first=first, hang=len(first) + 4)
        case AllOf(members) if (shared := _one_fact(members)) is not None:
            compares = tuple(member for member in members if isinstance(member, Compare))
            asking = _asking(shared, compares, rulebook, texts)
            return wrapped(asking, indent=indent, first=first, hang=len(first) + 4)
        case AllOf(members) | AnyOf(members):
            every = isinstance(condition, AllOf)
            head = texts.text("condition.all") if every else texts.text("condition.any")
            lines = wrapped(head, indent=indent, first=first)
            for member in members:
                lines += render_condition(member, rulebook, indent=deeper + 2, first="- ", texts=texts)
            return lines
        case Not(member):
            lines = wrapped(texts.text("condition.not"), indent=indent, first=first)
            return lines + render_condition(member, rulebook, indent=deeper + 2, texts=texts)


def _one_fact(members: tuple[Condition, ...]) -> str | None:
    """The fact that all members compare, each by another operator, as in `{at_least: ..., below: ...}`; else None."""
    facts = {member.fact if isinstance(member, Compare) else None for member in members}
    operators = {member.operator for member in members if isinstance(member, Compare)}
    return facts.pop() if len(facts) == 1 and len(operators) == len(members) else None


def _asking(name: str, compares: tuple[Compare, ...], rulebook: Rulebook, texts: Catalogue) -> str:
    fact = rulebook.vocabulary[name]
    asked = texts.listed(_compared(compare, fact, rulebook, texts) for compare in compares)
    return texts.text("condition.asks", fact=name, asked=asked)


def _compared(compare: Compare, fact: Fact, rulebook: Rulebook, texts: Catalogue) -> str:
    constant = _constant(compare, fact, rulebook, texts)
    return texts.text("condition.compares", operator=compare.operator, constant=constant)


def _constant(compare: Compare, fact: Fact, rulebook: Rulebook, texts: Catalogue) -> str:
    names = list(compare.parameters)
    if isinstance(compare.constant, tuple):
        words = [_word(item, fact, names, rulebook, texts) for item in compare.constant]
        return texts.text("condition.list", words=texts.listed(words))
    return _word(compare.constant, fact, names, rulebook, texts)


def _word(constant: Constant, fact: Fact, names: list[str], rulebook: Rulebook, texts: Catalogue) -> str:
    """A constant as its author wrote it: a choice, a quantity, or the next parameter in `names` with its value."""
    if not isinstance(constant, Decimal) or fact.unit is None:
        return str(constant)
    if names and rulebook.parameters[names[0]].value.to(fact.unit).value == constant:
        name = names.pop(0)
        return texts.text("condition.parameter", name=name, value=quantity(rulebook.parameters[name].value, texts))
    return quantity(Quantity(constant, fact.unit), texts)


def quantity(value: Quantity, texts: Catalogue) -> str:
    """A quantity; `texts` names its unit."""
    return measured(decimal_text(value.value), value.unit.shown, texts)
