"""Makes an override of a finding: checks that there is something to override, and adds what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ketascreen.diagnostic import Diagnostic, RequestError, did_you_mean
from ketascreen.language.effects import RESTRICTING
from ketascreen.language.rule import Rule
from ketascreen.language.terms import Outcome
from ketascreen.verdict.override import Override, OverrideReason, is_decision
from ketascreen.verdict.verdict import Verdict

_HINTS = {
    "reason": f"one of {', '.join(OverrideReason)}",
    "text": "plain text of at most 2,000 characters",
    "by": "who decided: an identifier of at most 200 characters",
    "at": "a time with its offset, such as 2026-11-22T09:00:00+01:00",
    "until": "a time with its offset, such as 2026-11-22T09:00:00+01:00, or nothing",
}


@dataclass(frozen=True, slots=True, repr=False)
class Ground:
    """What an override rests on beside the finding. Its repr shows nothing of the patient.

    `rule` is the rule with its digest; `open_lists` are the lists that it asks and that are not known to be complete.
    """

    rule: Rule
    rule_digest: str
    open_lists: tuple[str, ...]
    birth_date: str | None


def override_from(verdict: Verdict, ground: Callable[[str], Ground], given: Mapping[str, Any]) -> Override:
    """The override of the finding of `given["rule"]` in a verdict that has a receipt; it is not on record yet.

    `given` holds `rule`, `reason`, `text`, `by`, `at` and `until`; `ground` gives what an override of a rule rests on.

    Raises:
        RequestError: there is nothing to override, a list that a decision needs is not complete, or a part of the
            decision is missing or wrong.
    """
    assert verdict.receipt is not None
    findings = {finding.rule: finding for finding in verdict.findings}
    finding = findings.get(given["rule"])
    if finding is None:
        hint = did_you_mean(str(given["rule"]), findings, otherwise="name a rule of the screening")
        raise RequestError([Diagnostic("override", "this screening did not ask that rule", hint)])
    if finding.effect not in RESTRICTING or finding.outcome is Outcome.NOT_MET:
        problem = f"`{finding.rule}` did not restrict this screening, so there is nothing to override"
        raise RequestError([Diagnostic("override", problem, "name a rule that is met or unknown and makes a decision")])
    found = ground(finding.rule)
    if found.open_lists and is_decision(finding.outcome, found.rule.decided_by):
        hint = "then mark it complete, screen again, and decide on the whole list"
        raise RequestError(
            Diagnostic("incomplete-list", f"go through `{name}` to its end first", hint) for name in found.open_lists
        )
    wrong: list[str] = []
    try:
        override = Override(
            **given,
            rule_digest=found.rule_digest,
            effect=finding.effect,
            decided_by=found.rule.decided_by,
            birth_date=found.birth_date,
            outcome=finding.outcome,
            rests_on=finding.rests_on,
            screening=verdict.receipt.record,
        )
    except ValidationError as error:
        wrong = [str(detail["loc"][0]) for detail in error.errors(include_input=False)]
    if wrong:
        raise RequestError(
            Diagnostic("override", f"`{name}` is missing or wrong", _HINTS.get(name, "check it")) for name in wrong
        )
    if override.until is not None and override.until <= override.at:
        raise RequestError([Diagnostic("override", "`until` is not after `at`", "check both times")])
    return override
