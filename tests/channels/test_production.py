"""What the production channel alone must do: refuse what its engine cannot take, and live through a fork."""

from __future__ import annotations

import os

import pytest

from ketascreen.channels.production.channel import ProductionChannel
from ketascreen.diagnostic import RulebookError
from ketascreen.language.condition import AllOf, AnyOf, Compare
from ketascreen.language.terms import Stage
from tests.helpers.small_rulebooks import book, in_fork, number, random_book


def test_a_rule_that_is_too_large_is_refused_when_the_channel_is_made() -> None:
    large = AnyOf(tuple(AllOf((number(n), Compare(f"f{n}", "is", "amber"))) for n in range(100)))
    with pytest.raises(RulebookError, match="over-engine-limits"):
        ProductionChannel(book(large))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_forked_while_the_channel_is_in_use_does_not_wait_for_ever() -> None:
    rulebook, patients = random_book()
    channel = ProductionChannel(rulebook)
    handle = channel._handles[Stage.SESSION][0]
    with handle._lock:
        assert in_fork(lambda: bool(channel.evaluate(patients[0], Stage.SESSION)))
