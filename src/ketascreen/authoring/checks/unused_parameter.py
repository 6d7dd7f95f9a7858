"""A parameter that no condition and no text uses."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.checks.subject import Concern, Subject, conditions_of
from ketascreen.diagnostic import Diagnostic
from ketascreen.language.condition import comparisons

CODE = "unused-parameter"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Parameters that neither a rule, nor a rule's text, nor a contradiction, nor a definition uses."""
    rulebook = subject.rulebook
    used = {name for when in conditions_of(rulebook) for compare in comparisons(when) for name in compare.parameters}
    used.update(name for rule in (*rulebook.rules, *rulebook.retired) for name in rule.named)
    for name, parameter in rulebook.parameters.items():
        if name not in used:
            hint = "delete it, or use it in the rule that needs it"
            yield Concern(CODE, f"no rule uses the parameter `{name}`", hint, parameter.place, about=name)
