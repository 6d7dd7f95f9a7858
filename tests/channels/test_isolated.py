"""The production channel in a process of its own: hangs and crashes are survived, in time and without a trace."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random

import pytest

from ketascreen.channels.production import engine, isolated
from ketascreen.channels.production.engine import EngineMissing
from ketascreen.channels.production.isolated import IsolatedChannel
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.diagnostic import ChannelFault, RulebookError
from ketascreen.language.condition import AllOf, AnyOf, Compare, Span
from ketascreen.language.logic import Truth
from ketascreen.language.terms import Stage
from ketascreen.patient.facts import Facts
from tests.helpers import generate
from tests.helpers.places import ROOT
from tests.helpers.processes import children, descriptors
from tests.helpers.small_rulebooks import book, in_fork, known, number, since, since_book

BOOK = book(number(5))
PATIENT = known(number=Decimal("123.456789"))
ANSWER = {"rule-0": Truth.TRUE}

WORKER: Sequence[str] = IsolatedChannel.command
TAMPERED = """
import os, signal, sys, time
import ketascreen.channels.production.worker as worker
real = worker.ProductionChannel.evaluate
def evaluate(channel, facts, stage):
    {0}
    return real(channel, facts, stage)
worker.ProductionChannel.evaluate = evaluate
worker.main()
"""


def tampered(line: str) -> Sequence[str]:
    """A worker that runs a line of Python before each evaluation."""
    return ("-P", "-c", TAMPERED.format(line))


@pytest.fixture
def channel() -> Iterator[IsolatedChannel]:
    made = IsolatedChannel(BOOK, deadline_seconds=2.0)
    made.close()  # the next evaluation starts a worker by the command of the test
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _children_of_other_tests() -> None:
    global others
    others = children()


others: frozenset[int] = frozenset()


def assert_no_child_is_left() -> None:
    assert children() <= others


def assert_fault_within(channel: IsolatedChannel, seconds: float) -> str:
    began = time.monotonic()
    with pytest.raises(ChannelFault) as caught:
        channel.evaluate(PATIENT, Stage.SESSION)
    assert time.monotonic() - began < seconds
    assert caught.value.__context__ is None
    assert "123" not in repr(caught.value)
    assert_no_child_is_left()
    return str(caught.value)


def test_random_rulebooks_come_out_as_in_the_reference() -> None:
    for seed in range(3):
        rng = Random(seed)
        rulebook = generate.rulebook(rng)
        channel, reference = IsolatedChannel(rulebook), ReferenceChannel(rulebook)
        for _ in range(50):
            facts = generate.facts(rng, rulebook)
            for stage in Stage:
                assert channel.evaluate(facts, stage) == reference.evaluate(facts, stage)
        channel.close()


def test_a_span_crosses_the_pipe() -> None:
    channel = IsolatedChannel(since_book(since(5)))
    for low, truth in ((4, Truth.UNKNOWN), (5, Truth.TRUE)):
        answers = channel.evaluate(known(since=Span(Decimal(low), Decimal(9))), Stage.CANDIDACY)
        assert answers == {"rule-0": truth}
    channel.close()


@pytest.mark.parametrize(
    "line",
    [
        "time.sleep(60)",
        "while True: pass",
        "signal.pthread_sigmask(signal.SIG_BLOCK, [14, 15]); time.sleep(60)",
    ],
)
def test_a_hang_is_a_fault_in_time_and_the_next_call_works(channel: IsolatedChannel, line: str) -> None:
    channel.command = tampered(line)
    assert "no answer in time" in assert_fault_within(channel, 8.0)
    channel.command = WORKER
    assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER


@pytest.mark.parametrize("line", ["os.kill(os.getpid(), signal.SIGSEGV)", "os.abort()", "os._exit(0)"])
def test_a_crash_is_a_fault_and_the_next_call_works(channel: IsolatedChannel, line: str) -> None:
    channel.command = tampered(line)
    assert "the other end is gone" in assert_fault_within(channel, 8.0)
    channel.command = WORKER
    assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER


def test_a_crash_after_good_answers_is_a_fault_once(channel: IsolatedChannel) -> None:
    for _ in range(2):
        assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER
    assert channel._worker is not None
    channel._worker._process.send_signal(signal.SIGSTOP)
    assert_fault_within(channel, 8.0)
    assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER


def test_a_worker_that_was_killed_while_idle_is_replaced_without_a_fault(channel: IsolatedChannel) -> None:
    assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER
    assert channel._worker is not None
    channel._worker._process.kill()
    channel._worker._process.wait()
    assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER


def replies(*bodies: bytes) -> str:
    """A worker's code that reads nothing, and sends these frames."""
    frames = b"".join(len(body).to_bytes(8, "big") + body for body in bodies)
    return f"os.write(1, {frames!r}); time.sleep(60)"


READY = b'{"ready": true}'


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("pass", "the other end is gone"),
        ("time.sleep(60)", "no answer in time"),
        ("print('hello there', flush=True); time.sleep(60)", "too long"),
        ("os.write(1, bytes(3))", "the other end is gone"),
        (replies(b"oops"), "does not answer as it should"),
        (replies(b"\xff\xfe"), "does not answer as it should"),
        (replies(b"[]"), "did not start"),
        (replies(READY), "no answer in time"),
        (replies(READY, b"{}"), "something else"),
        (replies(READY, b"[" * 5000), "does not answer as it should"),
        (replies(READY, b'{"number": 1, "answers": {"rule-1": "true"}}'), "something else"),
        (replies(READY, b'{"number": 7, "answers": {"rule-0": "false"}}'), "something else"),
        (
            replies(READY, b'{"number": 1, "answers": {"rule-0": "maybe 123"}}'),
            "does not answer as it should",
        ),
        (replies(READY, b'{"number": 1, "answers": {"rule-0": ["123"]}}'), "does not answer as it should"),
    ],
)
def test_a_worker_that_says_something_else_is_a_fault(
    channel: IsolatedChannel, script: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolated, "START_SECONDS", 1.0)
    channel.command = ("-P", "-S", "-c", f"import os, time\n{script}")
    assert said in assert_fault_within(channel, 5.0)
    monkeypatch.undo()
    channel.command = WORKER
    assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER


def test_what_a_worker_prints_does_not_get_between_frames(channel: IsolatedChannel) -> None:
    channel.command = tampered("print('123'); os.write(1, b'456'); sys.stderr.write('789')")
    assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER


def test_a_fault_of_the_engine_is_a_fault_here_and_the_worker_goes_on(channel: IsolatedChannel) -> None:
    assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER
    worker = channel._worker
    with pytest.raises(ChannelFault, match="in its process") as caught:
        channel.evaluate(known(number="secret"), Stage.SESSION)
    assert "secret" not in repr(caught.value)
    assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER
    assert channel._worker is worker


def test_a_command_that_cannot_be_run_is_a_fault(channel: IsolatedChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert_fault_within(channel, 5.0)


def test_neither_descriptors_nor_children_are_left(channel: IsolatedChannel) -> None:
    before = descriptors()
    for _ in range(3):
        assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER
        channel.close()
        channel.close()
    assert descriptors() == before
    assert_no_child_is_left()


def test_a_channel_that_is_dropped_ends_its_worker() -> None:
    channel = IsolatedChannel(BOOK)
    channel.evaluate(PATIENT, Stage.SESSION)
    del channel
    assert_no_child_is_left()


def test_a_process_that_ends_without_closing_leaves_no_worker_behind() -> None:
    script = (
        "from tests.channels.test_isolated import BOOK, PATIENT, IsolatedChannel, Stage\n"
        "channel = IsolatedChannel(BOOK); channel.evaluate(PATIENT, Stage.SESSION)\n"
        "print(channel._worker._process.pid, flush=True)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stderr == ""
    with pytest.raises(ProcessLookupError):
        os.kill(int(ended.stdout), 0)


def test_threads_give_what_one_gives() -> None:
    rng = Random(3)
    rulebook = generate.rulebook(rng)
    patients = [generate.facts(rng, rulebook) for _ in range(100)]
    channel, reference = IsolatedChannel(rulebook), ReferenceChannel(rulebook)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda facts: channel.evaluate(facts, Stage.SESSION), patients))
    channel.close()
    assert found == [reference.evaluate(facts, Stage.SESSION) for facts in patients]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_starts_a_worker_of_its_own(channel: IsolatedChannel) -> None:
    assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER
    worker = channel._worker

    def check() -> bool:
        good = channel._worker is None and channel.evaluate(PATIENT, Stage.SESSION) == ANSWER
        channel.close()
        return good

    assert in_fork(check)
    assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER
    assert channel._worker is worker


def test_a_pickled_channel_starts_a_worker_of_its_own(channel: IsolatedChannel) -> None:
    assert channel.evaluate(PATIENT, Stage.SESSION) == ANSWER
    copy: IsolatedChannel = pickle.loads(pickle.dumps(channel))
    assert copy.evaluate(PATIENT, Stage.SESSION) == ANSWER
    assert copy._worker is not channel._worker
    copy.close()


def test_a_large_request_is_sent_whole(channel: IsolatedChannel) -> None:
    answers = {f"other_{n}": Decimal(n) for n in range(50_000)}
    facts = Facts({**answers, "number": Decimal(5)}, {}, {}, {}, frozenset())
    assert channel.evaluate(facts, Stage.SESSION) == ANSWER


def test_without_the_engine_it_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    with pytest.raises(EngineMissing):
        IsolatedChannel(BOOK)


def test_an_engine_that_cannot_be_loaded_is_said_to_be_missing(channel: IsolatedChannel) -> None:
    channel.command = (
        "-P",
        "-c",
        "import sys; sys.modules['durable_rules_engine'] = None\n" + TAMPERED.format("pass"),
    )
    with pytest.raises(EngineMissing):
        channel.evaluate(PATIENT, Stage.SESSION)
    assert_no_child_is_left()


def test_a_rule_that_is_too_large_is_refused_when_the_channel_is_made() -> None:
    large = AnyOf(tuple(AllOf((number(n), Compare(f"f{n}", "is", "amber"))) for n in range(100)))
    with pytest.raises(RulebookError, match="over-engine-limits"):
        IsolatedChannel(book(large))
