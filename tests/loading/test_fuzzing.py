"""Whatever bytes come in, a reader gives a profile or a rulebook, or refuses it by its one error, in good time.

KETASCREEN_FUZZ_EXAMPLES raises the number of examples.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ketascreen import InputError, ProfileError, RulebookError, load_rulebook, read_profile
from ketascreen.loading.built_in import built_in_rules
from ketascreen.syntax.yaml_tree import read_yaml
from tests.helpers.places import EXAMPLES
from tests.helpers.reached import often_reached, reached
from tests.helpers.rulebook_files import GOOD
from tests.loading.test_bad_input import BAD as BAD_YAML

COUNT = int(os.environ.get("KETASCREEN_FUZZ_EXAMPLES", "60"))
fuzzed = settings(deadline=None, max_examples=COUNT, suppress_health_check=[HealthCheck.too_slow])

SECONDS = 2.0
PROFILES = sorted(EXAMPLES.glob("*.[jy]*"))
RULES = sorted(GOOD.rglob("*.yaml"))
SHIPPED = sorted(built_in_rules().rglob("*.yaml"))
PIECES = tuple(
    piece.encode("utf-8", "surrogateescape")
    for piece in (
        *("", "\0", "\t", "\r", "\n", " ", "#", " #", "&a ", "*a", "!!x ", "<<: ", "---\n", "...\n", "%YAML 1.1\n"),
        *(
            "{",
            "}",
            "[",
            "]",
            "'",
            '"',
            "\\",
            "\\u0000",
            "\\ud800",
            ":",
            ": ",
            "- ",
            "? ",
            "| ",
            "> ",
            "~",
            "null",
            "no",
        ),
        *(
            "true",
            "NaN",
            "1e999",
            "0x1",
            "012",
            "1:30",
            "-0.0",
            "9" * 50,
            "9" * 5000,
            "139.99999999999999999",
            "\uff11",
        ),
        *("\udcff", "\ufeff", "\x85", "\u202e", "\udced\udca0\udc80", "all: ", "not: ", "any: [", "always", "meets: "),
        *("unrecognised", "mmHg", "2026-02-30", "9999-12-31T23:59:59-23:59", "[" * 100, "{a: " * 100),
    )
)


@cache
def content(file: Path) -> bytes:
    """The bytes of a file."""
    return file.read_bytes()


def mutated(data: bytes, others: list[Path], rng: Random) -> bytes:
    """The bytes with a few pieces cut, doubled, replaced, or brought in from elsewhere."""
    for _ in range(rng.randint(1, 4)):
        start = rng.randrange(len(data) + 1)
        end = min(len(data), start + rng.choice((0, 1, 2, 8, 40, 400)))
        elsewhere = content(rng.choice(others))
        cut = rng.randrange(len(elsewhere))
        piece = rng.choice((rng.choice(PIECES), data[start:end] * 2, elsewhere[cut : cut + 60], rng.randbytes(2)))
        data = data[:start] + piece + data[end:]
    return data


def refused_in_time(read: Callable[[], object], error: type[InputError]) -> InputError | None:
    """The one error that a reader may raise, or None where it read; anything else fails the test."""
    began, raised = time.process_time(), None
    try:
        read()
    except error as refusal:
        raised = refusal
    assert time.process_time() - began < SECONDS
    if raised is not None:
        assert raised.diagnostics
        assert raised.__context__ is None
        assert all(problem.code and problem.message for problem in raised.diagnostics)
        assert all(line.isprintable() for line in str(raised).split("\n"))
        reached("a refusal")
    return raised


def read_in_time(data: bytes) -> None:
    """Reads bytes as a profile."""
    refused_in_time(lambda: read_profile(data), ProfileError)


@often_reached
@fuzzed
@given(st.binary(max_size=300))
def test_any_bytes_are_a_profile_or_refused(data: bytes) -> None:
    read_in_time(data)
    read_in_time(b'{"age": ' + data + b"}")


@often_reached
@fuzzed
@given(st.binary(max_size=300))
def test_any_bytes_are_a_tree_or_refused(data: bytes) -> None:
    tree, found = read_yaml(data, "x.yaml")
    assert tree is not None or found
    assert all(problem.place and problem.hint for problem in found)
    assert all(line.isprintable() for problem in found for line in str(problem).split("\n"))
    if found:
        reached("a problem in a tree")


@fuzzed
@given(st.text(st.sampled_from("a1:-#[]{},&*!|>'\"%@`?~<=\\ \n\t.e0"), max_size=200))
def test_any_row_of_marks_is_a_tree_or_refused(text: str) -> None:
    tree, found = read_yaml(text.encode(), "x.yaml")
    assert tree is not None or found


@often_reached
@fuzzed
@given(st.sampled_from(PROFILES), st.randoms(use_true_random=False))
def test_a_changed_profile_is_read_or_refused(file: Path, rng: Random) -> None:
    read_in_time(mutated(content(file), PROFILES, rng))


@often_reached
@fuzzed
@given(st.sampled_from(RULES), st.randoms(use_true_random=False))
def test_a_rulebook_with_a_changed_file_loads_or_is_refused(file: Path, rng: Random) -> None:
    load_in_time(file.relative_to(GOOD), mutated(content(file), RULES + SHIPPED, rng))


@often_reached
@settings(fuzzed, max_examples=max(20, COUNT // 3))
@given(st.sampled_from(RULES), st.sampled_from([data for _, data, _, _ in BAD_YAML]), st.booleans())
def test_a_rulebook_with_a_bad_ending_is_refused(file: Path, bad: bytes, instead: bool) -> None:
    load_in_time(file.relative_to(GOOD), bad if instead else content(file) + bad)


def load_in_time(path: Path, data: bytes) -> None:
    """Loads the good rulebook with one file written otherwise; any error but the one fails the test."""
    with tempfile.TemporaryDirectory() as folder:
        rulebook = Path(folder) / "rulebook"
        shutil.copytree(GOOD, rulebook)
        (rulebook / path).write_bytes(data)
        error = refused_in_time(lambda: load_rulebook(rulebook), RulebookError)
        assert error is None or all(problem.place for problem in error.diagnostics)
