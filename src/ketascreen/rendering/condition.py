"""A condition in the rule format's own words, each parameter's value beside its name."""

from __future__ import annotations

from decimal import Decimal

from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, Condition, Constant, DefinitionRef, Not
from ketascreen.language.quantity import Quantity
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.vocabulary import Fact
from ketascreen.rendering.page import Line, wrapped


def render_condition(condition: Condition, rulebook: Rulebook, *, indent: int = 0, first: str = "") -> list[Line]:
    """The tree as the rule format writes it, `first` (a `- ` or nothing) before its first line."""
    deeper = indent + len(first)
    match condition:
        case Always():
            return wrapped("always", indent=indent, first=first)
        case DefinitionRef(name, _):
            return wrapped(f"meets: {name}", indent=indent, first=first)
        case Compare(fact, _, _):
            return wrapped(_asking(fact, (condition,), rulebook), indent=indent, first=first, hang=len(first) + 4)
        case AllOf(members) if (shared := _one_fact(members)) is not None:
            compares = tuple(member for member in members if isinstance(member, Compare))
            return wrapped(_asking(shared, compares, rulebook), indent=indent, first=first, hang=len(first) + 4)
        case AllOf(members) | AnyOf(members):
            lines = wrapped("all:" if isinstance(condition, AllOf) else "any:", indent=indent, first=first)
            for member in members:
                lines += render_condition(member, rulebook, indent=deeper + 2, first="- ")
            return lines
        case Not(member):
            lines = wrapped("not:", indent=indent, first=first)
            return lines + render_condition(member, rulebook, indent=deeper + 2)


def _one_fact(members: tuple[Condition, ...]) -> str | None:
    """The fact that all members compare by different operators, as `{at_least: ..., below: ...}` is read."""
    facts = {member.fact if isinstance(member, Compare) else None for member in members}
    operators = {member.operator for member in members if isinstance(member, Compare)}
    return facts.pop() if len(facts) == 1 and len(operators) == len(members) else None


def _asking(name: str, compares: tuple[Compare, ...], rulebook: Rulebook) -> str:
    fact = rulebook.vocabulary[name]
    asked = (f"{compare.operator}: {_constant(compare, fact, rulebook)}" for compare in compares)
    return f"{name}: {{{', '.join(asked)}}}"


def _constant(compare: Compare, fact: Fact, rulebook: Rulebook) -> str:
    names = list(compare.parameters)
    if isinstance(compare.constant, tuple):
        return f"[{', '.join(_word(item, fact, names, rulebook) for item in compare.constant)}]"
    return _word(compare.constant, fact, names, rulebook)


def _word(constant: Constant, fact: Fact, names: list[str], rulebook: Rulebook) -> str:
    """A constant as it was written: a choice, a quantity, or the next of the parameters in `names` and its value."""
    if not isinstance(constant, Decimal) or fact.unit is None:
        return str(constant)
    if names and rulebook.parameters[names[0]].value.to(fact.unit).value == constant:
        name = names.pop(0)
        return f"{name} = {rulebook.parameters[name].value}"
    return str(Quantity(constant, fact.unit))
