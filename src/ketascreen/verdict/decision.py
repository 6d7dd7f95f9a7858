"""What the findings of one route come to: its decision, and its readiness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ketascreen.language.terms import Decision, Effect, Outcome, Readiness

DECIDING: Mapping[Decision, frozenset[tuple[Effect, Outcome]]] = {
    Decision.NOT_ELIGIBLE: frozenset({(Effect.EXCLUDE, Outcome.MET)}),
    Decision.INSUFFICIENT_DATA: frozenset({(Effect.EXCLUDE, Outcome.UNKNOWN), (Effect.REVIEW, Outcome.UNKNOWN)}),
    Decision.REVIEW: frozenset({(Effect.REVIEW, Outcome.MET)}),
    Decision.CAUTION: frozenset({(Effect.CAUTION, Outcome.MET), (Effect.CAUTION, Outcome.UNKNOWN)}),
    Decision.ELIGIBLE: frozenset(),
}
"""Which findings are the reasons for a decision, the most cautious decision first."""
_HOLD_MET, _HOLD_UNKNOWN = (Effect.HOLD, Outcome.MET), (Effect.HOLD, Outcome.UNKNOWN)


def combine(findings: Iterable[tuple[Effect, Outcome]]) -> Decision:
    """The decision that the findings of one route come to (design: worst first; unknown is never no)."""
    found = set(findings)
    for decision, deciding in DECIDING.items():
        if not deciding.isdisjoint(found):
            return decision
    return Decision.ELIGIBLE


def combine_readiness(
    decision: Decision, findings: Iterable[tuple[Effect, Outcome]], *, undecided_review: bool
) -> Readiness:
    """Whether it may be given today: candidacy, then the holds, then reviews that no clinician has decided."""
    found = set(findings)
    if decision is Decision.NOT_ELIGIBLE or _HOLD_MET in found:
        return Readiness.NOT_READY
    if decision is Decision.INSUFFICIENT_DATA or _HOLD_UNKNOWN in found or undecided_review:
        return Readiness.INSUFFICIENT_DATA
    return Readiness.READY
