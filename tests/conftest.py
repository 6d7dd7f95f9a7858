"""What holds for every test: nothing of the environment of whoever runs them counts."""

from __future__ import annotations

import signal

import pytest

from ketascreen.cli.options import CACHE
from ketascreen.signing import PASSPHRASE

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # A shell that runs the tests in the background lets them ignore Ctrl-C, and so would each process that they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cache of rulebooks, no passphrase, and a terminal of 80 columns with colour, unless a test sets its own."""
    for name in (CACHE, PASSPHRASE, "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
