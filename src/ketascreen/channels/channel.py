"""Channels: independent ways from facts to the truth of each rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from ketascreen.language.logic import Truth
from ketascreen.language.terms import Stage
from ketascreen.patient.facts import Facts


@runtime_checkable
class Channel(Protocol):
    """One way to evaluate a rulebook. It is made from a rulebook, can be pickled, and can be used from threads."""

    name: str

    def evaluate(self, facts: Facts, stage: Stage) -> Mapping[str, Truth]:
        """The truth of each rule asked at `stage`, by rule id.

        Raises:
            ChannelFault: no answer, or an answer that cannot be trusted.
        """
        ...

    def close(self) -> None:
        """Releases what the channel holds; the channel can be used again."""
        ...
