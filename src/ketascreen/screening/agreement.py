"""Asks every channel, and holds their answers against each other (P4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ketascreen.channels.channel import Channel
from ketascreen.diagnostic import ChannelFault
from ketascreen.language.logic import Truth
from ketascreen.language.terms import OUTCOME, Outcome, Stage
from ketascreen.patient.facts import Facts
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.finding import Fault

_CAUTIOUS = list(Outcome)


@dataclass(frozen=True)
class ChannelResults:
    """What each channel that answered came to for each rule asked, where they differ, and what failed."""

    by_channel: Mapping[str, Mapping[str, Truth]]
    disagreements: Mapping[str, Mapping[str, Outcome]]
    faults: tuple[Fault, ...]

    def outcome(self, rule: str) -> Outcome:
        """The most cautious outcome that any channel came to; unknown where none answered."""
        outcomes = [OUTCOME[answer[rule]] for answer in self.by_channel.values()]
        return max(outcomes, key=_CAUTIOUS.index, default=Outcome.UNKNOWN)


def ask(channels: Iterable[Channel], facts: Facts, stage: Stage, rules: frozenset[str]) -> ChannelResults:
    """What every channel comes to for `rules`. A channel that fails, or answers for other rules, gives a fault."""
    by_channel: dict[str, Mapping[str, Truth]] = {}
    faults = []
    for channel in channels:
        answer = _answer(channel, facts, stage, rules)
        if isinstance(answer, str):
            faults.append(Fault(where=ENGLISH.text("fault.channel", channel=channel.name), message=answer))
        else:
            by_channel[channel.name] = answer
    return ChannelResults(by_channel, _disagreements(by_channel, rules), tuple(faults))


def _disagreements(
    by_channel: Mapping[str, Mapping[str, Truth]], rules: frozenset[str]
) -> dict[str, dict[str, Outcome]]:
    """The rules on which the channels differ, by id, with what each channel came to."""
    answers = list(by_channel.values())
    if all(answer == answers[0] for answer in answers[1:]):
        return {}
    outcomes = {rule: {name: OUTCOME[answer[rule]] for name, answer in by_channel.items()} for rule in sorted(rules)}
    return {rule: differing for rule, differing in outcomes.items() if len(set(differing.values())) > 1}


def _answer(channel: Channel, facts: Facts, stage: Stage, rules: frozenset[str]) -> Mapping[str, Truth] | str:
    """What a channel comes to for each rule, or why it cannot be taken."""
    try:
        return _checked(dict(channel.evaluate(facts, stage)), rules)
    except ChannelFault as fault:
        return str(fault) or ENGLISH.text("fault.failed")
    except Exception as error:  # noqa: BLE001 - whatever fails must make the verdict more cautious, not end it
        # Only the type is told: the message of an error that we did not write may hold a patient's value.
        return ENGLISH.text("fault.failed_with", error=type(error).__name__)


def _checked(answer: Mapping[str, Truth], rules: frozenset[str]) -> Mapping[str, Truth] | str:
    if answer.keys() != rules:
        lost, invented = len(rules - answer.keys()), len(answer.keys() - rules)
        return ENGLISH.text("fault.other_rules", lost=lost, invented=invented)
    if set(map(type, answer.values())) - {Truth}:
        return ENGLISH.text("fault.no_truth")
    return answer
