"""How many rules of a rulebook a clinician has approved, on the clinic's day of a screening, and the words for it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from ketascreen.language.approval import Approval, ApprovalState, counted
from ketascreen.language.rulebook import Rulebook
from ketascreen.texts.catalogue import Catalogue
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.base_model import Reported


class Approved(Reported):
    """How the rules of a rulebook stand with their approvals; nobody's identity is checked.

    `rules` of all rules (`of`) are approved as they are today. Each other field counts the rules whose best approval is
    `lapsed` (what the rule decides was changed since), `reworded` (only what it says), `ended`, `ahead` (it counts from
    a later day), `unbound` (it names no sheet), by somebody who is `not_an_approver`, or `withdrawn`. A rule without
    any approval is in none of them. `gone` counts the rules that are approved and not in the rulebook any more; they
    are not among `of`.
    """

    SHOWN = ("rules", "of")

    rules: int
    of: int
    lapsed: int = 0
    reworded: int = 0
    gone: int = 0
    ended: int = 0
    ahead: int = 0
    unbound: int = 0
    not_an_approver: int = 0
    withdrawn: int = 0


def approved_on(rulebook: Rulebook, day: date) -> Approved:
    """How the rules of a rulebook stand with their approvals on a day."""
    counts = counted(rulebook.approval_states(day))
    others = {str(state): count for state, count in counts.items() if state is not ApprovalState.APPROVED}
    return Approved(rules=counts[ApprovalState.APPROVED], of=len(rulebook.rules), **others)


def in_words(approved: Approved, texts: Catalogue = ENGLISH) -> str:
    """One sentence that says each count that is not nought."""
    count, others = approved.rules, texts.listed(_others(approved, texts))
    if count == approved.of and count and not others:
        return texts.counted("approved.all", count)
    if not count and not others:
        return texts.text("approved.none")
    said = texts.counted("approved.some", count, of=approved.of) if count else texts.text("approved.none.today")
    if others:
        return texts.text("approved.beside", said=said, others=others)
    return texts.text("approved.whole", said=said)


def _others(approved: Approved, texts: Catalogue) -> Iterator[str]:
    """What is said of the approvals that do not count; the first names what is counted."""
    is_first = True
    for state in ApprovalState:
        count = 0 if state is ApprovalState.APPROVED else getattr(approved, state)
        if count:
            one = count == 1
            said = texts.label("approval_one", state) if one else texts.label("approval_many", state)
            if is_first:
                yield texts.counted("approved.first", count, state=said)
            else:
                yield texts.text("approved.next", count=count, state=said)
            is_first = False


class Approvals:
    """The approvals of a rulebook by day. In a run of days they stand as on its first day.

    The sheets of its rules are worked out at once if it has approvals, and never if it has none.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._turns = sorted(set(_turns(rulebook.approvals)))
        if rulebook.approvals:
            _ = rulebook.sheets  # kept there, so that no screening waits for them

    def run_of(self, day: date) -> int:
        """Which run of days a day is in, by its number."""
        return bisect_right(self._turns, day)

    def on(self, day: date) -> tuple[Approved, str]:
        """How the rules stand with their approvals on a day, and the sentence that says so."""
        approved = approved_on(self._rulebook, day)
        return approved, in_words(approved)


def _turns(approvals: Iterable[Approval]) -> Iterator[date]:
    """The days from which on an approval may stand otherwise than the day before."""
    for one in approvals:
        yield one.day
        if one.until is not None and one.until < date.max:
            yield one.until + timedelta(days=1)
        if one.withdrawn is not None:
            yield one.withdrawn.day
