"""The recommendation of a screening without its words, for live forms and batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Protocol

from ketascreen.language.quiet import Quiet
from ketascreen.language.terms import ENGINE_CHANNEL, Outcome, Route, Stage
from ketascreen.texts.english import ENGLISH
from ketascreen.verdict.base_model import refuse_other_version
from ketascreen.verdict.by_word import ByWord
from ketascreen.verdict.decision import RouteRecommendation
from ketascreen.verdict.finding import Fault
from ketascreen.verdict.read_as import ReadAs, in_words
from ketascreen.verdict.verdict import MADE_UP, Agreement, in_short, not_in_effect


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Recommendation(Quiet):
    """What a screening recommends for each route, and the outcome of each rule in scope, by id.

    `time_zone` is the clinic's, if it is known; `agreement` names the channels that were asked, `faults` what failed.
    `takes_effect` is the day on which the rulebook takes effect, as 2026-11-22, if `as_of` is before it. `read_as` is
    what was given under a name of before.
    `Screener.screen` gives the same, with words, sources, and the facts that each finding rests on.
    """

    stage: Stage
    as_of: datetime
    time_zone: str | None
    routes: ByWord[Route, RouteRecommendation]
    outcomes: Mapping[str, Outcome]
    agreement: Agreement
    faults: tuple[Fault, ...]
    takes_effect: str | None = None
    read_as: tuple[ReadAs, ...] = ()

    @property
    def notice(self) -> str:
        """What to show beside it: that it was made up for a test; or that the rulebook has not taken effect, that the
        engine did not take part, and what was read under a former name. Else empty."""
        named = in_words(self.read_as)
        if MADE_UP in self.agreement.channels:
            return " ".join((ENGLISH.text("notice.made_up"), *named))
        said = [] if ENGINE_CHANNEL in self.agreement.channels else [ENGLISH.text("notice.without_engine")]
        return " ".join((*not_in_effect(self), *said, *named))

    def __setstate__(self, state: Sequence[Any]) -> None:
        names = [one.name for one in fields(self)]
        if len(state) != len(names):
            refuse_other_version()
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"Recommendation({', '.join(f'{name}={said!r}' for name, said in in_short(self))})"


class Answered(Protocol):
    """What says what failed, and whether the channels agree."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What failed."""
        ...

    @property
    def agreement(self) -> Agreement:
        """The channels that were asked, and where they disagree."""
        ...


def in_doubt(said: Answered) -> bool:
    """Whether something failed or the channels disagree, so that missing data may not be the cause of a decision."""
    return bool(said.faults) or not said.agreement.agreed
