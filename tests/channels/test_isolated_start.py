"""The isolated channel starts its worker when it is made, so that a broken engine shows before any patient."""

from __future__ import annotations

import sys

import pytest

from ketascreen.channels.production.engine import EngineMissing
from ketascreen.channels.production.isolated import IsolatedChannel
from ketascreen.diagnostic import ChannelFault
from ketascreen.language.terms import Stage
from tests.channels.test_isolated import ANSWER, BOOK, PATIENT, TAMPERED
from tests.helpers.processes import children


@pytest.mark.parametrize(
    "script",
    [
        "import sys; sys.modules['durable_rules_engine'] = None\n" + TAMPERED.format("pass"),
        "import os; os.kill(os.getpid(), 11)",
        "print('hello there', flush=True); import time; time.sleep(60)",
    ],
    ids=["missing", "crashes while it loads", "says something else"],
)
def test_an_engine_that_no_worker_can_load_is_missing_when_the_channel_is_made(
    script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = children()
    monkeypatch.setattr(IsolatedChannel, "command", ("-P", "-c", script))
    with pytest.raises(EngineMissing) as caught:
        IsolatedChannel(BOOK)
    assert caught.value.__context__ is None
    assert children() <= before


def test_the_worker_that_was_tried_is_the_one_that_answers() -> None:
    channel = IsolatedChannel(BOOK)
    worker = channel._worker
    assert worker is not None
    assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER
    assert channel._worker is worker
    channel.close()


def test_where_no_process_can_be_started_the_channel_is_made_and_each_answer_is_a_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    channel = IsolatedChannel(BOOK)
    with pytest.raises(ChannelFault, match="cannot be started"):
        channel.evaluate(PATIENT, Stage.SESSION)
    monkeypatch.undo()
    assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER
    channel.close()
