"""Channels: independent ways of getting from facts to what each rule comes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ketascreen.language.logic import Truth
from ketascreen.language.terms import Stage
from ketascreen.patient.facts import Facts


class Channel(Protocol):
    """One way of evaluating a rulebook. It is made from a rulebook, can be pickled, and used from threads."""

    name: str

    def evaluate(self, facts: Facts, stage: Stage) -> Mapping[str, Truth]:
        """What each rule asked at `stage` comes to, by rule id.

        Raises:
            ChannelFault: no answer, or one that cannot be trusted.
        """
        ...

    def close(self) -> None:
        """Gives back what the channel holds; it can be used again."""
        ...
