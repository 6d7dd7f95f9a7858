"""The production channel in its own process, with a deadline.

Native code can harm only that process: a worker that hangs, crashes or gives a wrong answer is killed, and the next
evaluation starts a new one.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import weakref
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from threading import Lock
from typing import IO, Any

from ketascreen.channels.production.channel import State
from ketascreen.channels.production.engine import EngineMissing, require_engine
from ketascreen.channels.production.normal_form import compile_rules
from ketascreen.channels.production.rulesets import pack
from ketascreen.diagnostic import ChannelFault
from ketascreen.language.logic import Truth
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Stage
from ketascreen.patient.facts import Facts
from ketascreen.runtime.pipe import Deadline, FrameError, receive, send

START_SECONDS = 30.0


class IsolatedChannel:
    """Evaluates a rulebook with durable-rules in a child process.

    It can be pickled, and can be used from threads and after a fork.

    Raises:
        EngineMissing: durable-rules is not installed, or a child process cannot load it.
        RulebookError: a rule exceeds the engine's limits.
    """

    name = "production"
    command: Sequence[str] = ("-P", "-m", "ketascreen.channels.production.worker")

    def __init__(self, rulebook: Rulebook, deadline_seconds: float = 5.0) -> None:
        rules = {stage: rulebook.asked_at(stage) for stage in Stage}
        require_engine()
        for asked in rules.values():
            pack(asked, compile_rules(asked, rulebook.vocabulary.since))
        self._make((rules, rulebook.vocabulary.since), deadline_seconds)
        self._require_worker()

    def _make(self, state: State, deadline_seconds: float) -> None:
        self._state, rules = state, state[0]
        self._rules = rules
        self._ids = {stage: frozenset(rule.id for rule in asked) for stage, asked in rules.items()}
        self._seconds = deadline_seconds
        self._numbers = count(1)
        self._lock = Lock()
        self._worker: _Child | None = None
        _channels.add(self)

    def __getstate__(self) -> tuple[State, float]:
        return self._state, self._seconds

    def __setstate__(self, state: tuple[State, float]) -> None:
        self._make(*state)

    def evaluate(self, facts: Facts, stage: Stage) -> dict[str, Truth]:
        """The truth of each rule asked at `stage`, by rule id.

        Raises:
            EngineMissing: the worker cannot load durable-rules.
            ChannelFault: no answer in time, an early end, or a wrong answer; the message holds no patient's value.
        """
        with self._lock:
            outcome = self._attempt(facts, stage)
        if isinstance(outcome, ChannelFault):
            raise outcome
        return outcome

    def close(self) -> None:
        """Ends the worker; the next evaluation starts a new one."""
        with self._lock:
            self._end()

    def after_fork_in_child(self) -> None:
        """Forgets the worker and the lock: they belong to the parent process."""
        self._lock = Lock()
        if self._worker:
            self._worker.forget()
            self._worker = None

    def _attempt(self, facts: Facts, stage: Stage) -> dict[str, Truth] | ChannelFault:
        trusted = False
        problem = "it cannot be started, or does not answer as it should"
        try:
            outcome = self._exchange(facts, stage)
            trusted = not isinstance(outcome, EngineMissing)
            return outcome
        except FrameError as error:
            problem = str(error)
        except Exception:  # noqa: BLE001  whatever came back, it is not an answer
            pass
        finally:
            if not trusted:
                self._end()
        return ChannelFault(f"the production channel's process failed: {problem}")

    def _exchange(self, facts: Facts, stage: Stage) -> dict[str, Truth] | ChannelFault:
        if self._worker and not self._worker.is_alive():
            self._end()
        if not self._worker and not self._start():
            return EngineMissing()
        assert self._worker is not None
        number = next(self._numbers)
        request = number, stage, dict(facts.current), dict(facts.last)
        match self._worker.ask(request, Deadline(self._seconds)):
            case {"number": replied, "fault": True} if replied == number:
                return ChannelFault("the production channel failed in its process")
            case {"number": replied, "answers": dict(answers)} if replied == number:
                if answers.keys() == self._ids[stage]:
                    return {rule.id: Truth(answers[rule.id]) for rule in self._rules[stage]}
        raise FrameError("it answered something else than it was asked")

    def _start(self) -> bool:
        """Starts a worker; False if it cannot load the engine."""
        self._worker = _Child(self.command)
        reply = self._worker.ask((self._state, self._seconds), Deadline(START_SECONDS))
        if reply not in ({"ready": True}, {"missing": True}):
            raise FrameError("it did not start as it should")
        return "ready" in reply

    def _require_worker(self) -> None:
        """Starts the worker that the first evaluation uses, so that a broken engine shows before any patient.

        Raises:
            EngineMissing: the worker cannot load durable-rules, or ends while it does.
        """
        loaded = False
        with self._lock:
            try:
                loaded = self._start()
            except OSError:
                loaded = True  # no process can be started now, which says nothing of the engine: see `evaluate`
            except Exception:  # noqa: BLE001  it ended, or said something else
                pass
            finally:
                if not loaded:
                    self._end()
        if not loaded:
            raise EngineMissing

    def _end(self) -> None:
        if self._worker:
            self._worker.end()
            self._worker = None


class _Child:
    """A child process with its pipes. It ends when nothing refers to this object any more, and when Python ends."""

    def __init__(self, command: Sequence[str]) -> None:
        # It imports from the same path as this process, also from what was added after the start. Its own session
        # keeps the terminal's signals away from it.
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path),
        }
        self._process = subprocess.Popen(
            [sys.executable, *command],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        self._end = weakref.finalize(self, _kill, self._process, os.getpid())
        for pipe in _pipes(self._process):
            os.set_blocking(pipe.fileno(), False)

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def ask(self, request: object, deadline: Deadline) -> Any:
        """Sends a request, and returns the reply.

        Raises:
            FrameError, ValueError: no reply in time, or a reply that cannot be read.
        """
        requests, replies = _pipes(self._process)
        send(requests.fileno(), pickle.dumps(request), deadline)
        return json.loads(receive(replies.fileno(), deadline))

    def end(self) -> None:
        """Kills and reaps it, and closes the pipes."""
        self._end()

    def forget(self) -> None:
        """In a forked child: closes the copies of the pipes, and leaves the process to its parent."""
        self._end.detach()
        self._process.returncode = 0
        for pipe in _pipes(self._process):
            pipe.close()


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def _kill(process: subprocess.Popen[bytes], owner: int) -> None:
    if os.getpid() != owner:
        return
    process.kill()
    process.wait()
    for pipe in _pipes(process):
        pipe.close()


_channels: weakref.WeakSet[IsolatedChannel] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for channel in list(_channels):
        channel.after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
