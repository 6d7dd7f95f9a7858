"""Asks every channel, and holds their answers against each other (P4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ketascreen.channels import Channel, ChannelFault
from ketascreen.facts import Facts
from ketascreen.finding import Fault
from ketascreen.logic import Truth
from ketascreen.terms import Outcome, Stage

OUTCOME = {Truth.TRUE: Outcome.MET, Truth.FALSE: Outcome.NOT_MET, Truth.UNKNOWN: Outcome.UNKNOWN}
_CAUTIOUS = list(Outcome)


@dataclass(frozen=True, slots=True)
class Answers:
    """What each channel that answered came to for each rule asked, where they differ, and what failed."""

    by_channel: Mapping[str, Mapping[str, Outcome]]
    disagreements: Mapping[str, Mapping[str, Outcome]]
    faults: tuple[Fault, ...]

    def outcome(self, rule: str) -> Outcome:
        """The most cautious outcome that any channel came to; unknown where none answered."""
        outcomes = [answer[rule] for answer in self.by_channel.values()]
        return max(outcomes, key=_CAUTIOUS.index, default=Outcome.UNKNOWN)


def ask(channels: Iterable[Channel], facts: Facts, stage: Stage, rules: frozenset[str]) -> Answers:
    """What every channel comes to for `rules`. A channel that fails, or answers for other rules, gives a fault."""
    by_channel: dict[str, Mapping[str, Outcome]] = {}
    faults = []
    for channel in channels:
        answer, message = _answer(channel, facts, stage)
        if answer is not None and set(answer) != rules:
            lost, invented = len(rules - set(answer)), len(set(answer) - rules)
            message = f"answered for other rules than it was asked ({lost} lost, {invented} invented)"
        elif answer is not None and not all(isinstance(truth, Truth) for truth in answer.values()):
            message = "gave something that is neither met, not met nor unknown"
        if message or answer is None:
            faults.append(Fault(where=f"{channel.name} channel", message=message))
        else:
            by_channel[channel.name] = {rule: OUTCOME[truth] for rule, truth in answer.items()}
    return Answers(by_channel, _disagreements(by_channel, rules), tuple(faults))


def _disagreements(
    by_channel: Mapping[str, Mapping[str, Outcome]], rules: frozenset[str]
) -> dict[str, dict[str, Outcome]]:
    """The rules on which the channels differ, by id, with what each channel came to."""
    answers = list(by_channel.values())
    if all(answer == answers[0] for answer in answers[1:]):
        return {}
    outcomes = {rule: {name: answer[rule] for name, answer in by_channel.items()} for rule in sorted(rules)}
    return {rule: differing for rule, differing in outcomes.items() if len(set(differing.values())) > 1}


def _answer(channel: Channel, facts: Facts, stage: Stage) -> tuple[Mapping[str, Truth] | None, str]:
    try:
        return channel.evaluate(facts, stage), ""
    except ChannelFault as fault:
        return None, str(fault)
    except Exception as error:  # noqa: BLE001 - whatever fails must make the verdict more cautious, not end it
        # Only the type is told: the message of an error that we did not write may hold a patient's value.
        return None, f"failed ({type(error).__name__})"
