"""Every channel is asked, and no channel's answer takes the place of another's."""

from __future__ import annotations

from collections.abc import Mapping

from ketascreen import Decision, Screener, Stage
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.language.logic import Truth
from ketascreen.patient.facts import Facts
from tests.helpers.screening import AS_OF, baseline, profile_of, shipped


class Reassuring(ReferenceChannel):
    """Says of every rule that it is not met."""

    name = "reassuring"

    def evaluate(self, facts: Facts, stage: Stage) -> Mapping[str, Truth]:
        return dict.fromkeys(super().evaluate(facts, stage), Truth.FALSE)


def test_a_channel_that_takes_the_name_of_another_is_a_fault_and_does_not_replace_its_answer() -> None:
    other = Reassuring(shipped())
    screener = Screener(shipped(), channels=("reference", other))
    other.name = "reference"
    said = screener.decide(profile_of({**baseline(), "pregnancy": "pregnant"}), as_of=AS_OF)
    assert [fault.message for fault in said.faults] == ["has the name of another channel"]
    assert {route.decision for route in said.routes.values()} == {Decision.NOT_ELIGIBLE}
