"""Asks every channel, and compares their answers (P4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from ketascreen.channels.channel import Channel
from ketascreen.diagnostic import ChannelFault
from ketascreen.language.logic import TRUE, Truth
from ketascreen.language.rule import Rule
from ketascreen.language.terms import OUTCOME, Outcome, Stage
from ketascreen.patient.facts import Facts
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.finding import Fault
from ketascreen.verdict.verdict import Agreement, Disagreement


@dataclass(frozen=True)
class ChannelResults:
    """What each of the `channels` that answered gives for each rule asked, where they differ, and what failed."""

    channels: tuple[str, ...]
    by_channel: Mapping[str, Mapping[str, Truth]]
    disagreements: Mapping[str, Mapping[str, Outcome]]
    faults: tuple[Fault, ...]

    def outcomes(self, rules: Iterable[Rule]) -> dict[str, Outcome]:
        """For each rule, by id, the most cautious outcome that any channel gives; unknown where none answered."""
        answer = next(iter(self.by_channel.values()), None)
        if answer is None:
            return {rule.id: Outcome.UNKNOWN for rule in rules}
        outcomes = {rule.id: OUTCOME[answer[rule.id]] for rule in rules}
        for rule, differing in self.disagreements.items():
            if rule in outcomes:
                outcomes[rule] = Outcome.most_cautious(differing.values())
        return outcomes

    def agreement(self, rules: frozenset[str]) -> Agreement:
        """Which channels were asked, and where they differ on `rules`."""
        if not self.disagreements and not self.faults:
            return _agreed(self.channels)
        differing = {rule: dict(outcomes) for rule, outcomes in self.disagreements.items() if rule in rules}
        return Agreement(
            channels=self.channels,
            agreed=not differing and not self.faults,
            disagreements=tuple(Disagreement(rule=rule, outcomes=outcomes) for rule, outcomes in differing.items()),
        )


@cache  # the same for most patients; to make it takes a thirtieth of `decide`
def _agreed(channels: tuple[str, ...]) -> Agreement:
    return Agreement(channels=channels, agreed=True, disagreements=())


def ask(channels: Iterable[Channel], facts: Facts, stage: Stage, rules: frozenset[str]) -> ChannelResults:
    """What every channel answers for `rules`. A channel that fails, or answers for other rules, gives a fault.

    Where answers still stand, each channel is asked twice: a rule that is met with them is met, and all else is as
    without them, so that an old answer makes nothing better.
    """
    by_channel: dict[str, Mapping[str, Truth]] = {}
    names, faults = [], []
    for channel in channels:
        answer = _answer(channel, facts, stage, rules)
        if channel.name in names:  # its answer would replace the other's
            answer = ENGLISH.text("fault.same_name")
        names.append(channel.name)
        if isinstance(answer, str):
            faults.append(Fault(where=ENGLISH.text("fault.channel", channel=channel.name), message=answer))
        else:
            by_channel[channel.name] = answer
    return ChannelResults(tuple(names), by_channel, _disagreements(by_channel, rules), tuple(faults))


def _disagreements(
    by_channel: Mapping[str, Mapping[str, Truth]], rules: frozenset[str]
) -> dict[str, dict[str, Outcome]]:
    """The rules on which the channels differ, by id, with what each channel answered."""
    answers = list(by_channel.values())
    if all(answer == answers[0] for answer in answers[1:]):
        return {}
    outcomes = {rule: {name: OUTCOME[answer[rule]] for name, answer in by_channel.items()} for rule in sorted(rules)}
    return {rule: differing for rule, differing in outcomes.items() if len(set(differing.values())) > 1}


def _answer(channel: Channel, facts: Facts, stage: Stage, rules: frozenset[str]) -> Mapping[str, Truth] | str:
    """What a channel answers for each rule, or why its answer cannot be used."""
    if facts.standing:
        without = _answer(channel, facts.without_standing(), stage, rules)
        added = _answer(channel, facts.with_standing(), stage, rules)
        if isinstance(without, str) or isinstance(added, str):
            return without if isinstance(without, str) else added
        return {rule: TRUE if added[rule] is TRUE else truth for rule, truth in without.items()}
    try:
        return _checked(dict(channel.evaluate(facts, stage)), rules)
    except ChannelFault as fault:
        return str(fault) or ENGLISH.text("fault.failed")
    except Exception as error:  # noqa: BLE001 - whatever fails must make the verdict more cautious, not end it
        # Only its type is named: an error that we did not write may hold a patient's value.
        return ENGLISH.text("fault.failed_with", error=type(error).__name__)


def _checked(answer: Mapping[str, Truth], rules: frozenset[str]) -> Mapping[str, Truth] | str:
    if answer.keys() != rules:
        lost, invented = len(rules - answer.keys()), len(answer.keys() - rules)
        return ENGLISH.text("fault.other_rules", lost=lost, invented=invented)
    if set(map(type, answer.values())) - {Truth}:
        return ENGLISH.text("fault.no_truth")
    return answer
