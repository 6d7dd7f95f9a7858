"""The production channel in a process of its own, with a deadline: what native code does to its process is survived.

A worker that hangs, crashes, or answers what it should not is killed; the next evaluation starts a new one.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import weakref
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from itertools import count
from threading import Lock
from typing import Any

from ketascreen.channels import ChannelFault
from ketascreen.channels.forms import compile_rules
from ketascreen.channels.frames import Deadline, FrameError, receive, send
from ketascreen.channels.production import EngineMissing
from ketascreen.channels.shards import shard
from ketascreen.facts import Facts
from ketascreen.logic import Truth
from ketascreen.rule import Rule
from ketascreen.rulebook import Rulebook
from ketascreen.terms import Stage

START_SECONDS = 30.0


class IsolatedChannel:
    """Evaluates a rulebook with durable-rules in a child process. It can be pickled, used from threads, after a fork.

    Raises:
        EngineMissing: durable-rules is not installed.
        RulebookError: a rule is more than the engine can take.
    """

    name = "production"
    command: Sequence[str] = ("-P", "-m", "ketascreen.channels.worker")

    def __init__(self, rulebook: Rulebook, deadline_seconds: float = 5.0) -> None:
        rules = {stage: rulebook.asked_at(stage) for stage in Stage}
        if find_spec("durable_rules_engine") is None:
            raise EngineMissing
        for asked in rules.values():
            shard(asked, compile_rules(asked))
        self._make(rules, deadline_seconds)

    def _make(self, rules: Mapping[Stage, Sequence[Rule]], deadline_seconds: float) -> None:
        self._rules = rules
        self._ids = {stage: frozenset(rule.id for rule in asked) for stage, asked in rules.items()}
        self._seconds = deadline_seconds
        self._numbers = count(1)
        self._lock = Lock()
        self._worker: _Worker | None = None
        _channels.add(self)

    def __getstate__(self) -> tuple[Mapping[Stage, Sequence[Rule]], float]:
        return self._rules, self._seconds

    def __setstate__(self, state: tuple[Mapping[Stage, Sequence[Rule]], float]) -> None:
        self._make(*state)

    def evaluate(self, facts: Facts, stage: Stage) -> dict[str, Truth]:
        """What each rule asked at `stage` comes to, by rule id.

        Raises:
            EngineMissing: the worker cannot load durable-rules.
            ChannelFault: no answer in time, an early end, or an answer to something else; holds no patient's value.
        """
        problem = "the process was interrupted"
        with self._lock:
            trusted = False
            try:
                reply = self._asked(facts, stage)
                if reply.keys() == {"missing"}:
                    raise EngineMissing
                problem, answers = self._read(reply, stage)
                trusted = not problem
            except FrameError as error:
                problem = str(error)
            except (ValueError, OSError):
                problem = "it cannot be started, or does not answer as it should"
            finally:
                if not trusted:
                    self._end()
        if problem:
            raise ChannelFault(f"the production channel's process failed: {problem}")
        return answers
