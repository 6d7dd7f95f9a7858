"""Finds and loads the C extension of durable-rules. Only the production channel uses it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from threading import Lock
from typing import Protocol, cast

from ketascreen.diagnostic import ChannelFault, Diagnostic

ENGINE_FLAGS = "-O2 -DPyEval_CallObject=PyObject_CallObject"
"""What CPPFLAGS must hold where pip compiles the engine; Makefile has the same text.

The engine calls a function that Python 3.13 no longer has, which newer compilers refuse; the other name is a function
with the same arguments on every Python, so that nothing is left undefined, as it is if the compiler is only silenced.
"""
HOW_TO_GET_IT = (
    "install a C compiler and Python's headers and run "
    f"`CPPFLAGS=\"{ENGINE_FLAGS}\" python -m pip install 'ketascreen[engine]'`"
)


class EngineMissing(ChannelFault):
    """durable-rules is not installed, or cannot be loaded."""

    def __init__(self) -> None:
        super().__init__(
            f"the rule engine durable-rules cannot be loaded: {HOW_TO_GET_IT}, or go on without it by "
            '`channels=("reference", "compiled")` (at the command line `--channel reference --channel compiled`), '
            "whose verdicts say that it did not take part"
        )
        self.diagnostics = (Diagnostic("not-installed", str(self)),)

    def __reduce__(self) -> tuple[type[EngineMissing], tuple[()]]:
        return type(self), ()


class Engine(Protocol):
    """The functions of the extension that ketascreen uses."""

    def create_ruleset(self, name: str, rules: str) -> int: ...
    def delete_ruleset(self, ruleset: int) -> None: ...
    def assert_fact(self, ruleset: int, fact: str) -> tuple[int, int]: ...
    def start_action_for_state(self, ruleset: int, state: int) -> tuple[str, str] | None: ...
    def complete_and_start_action(self, ruleset: int, state: int) -> str | None: ...
    def delete_state(self, ruleset: int, session: str) -> None: ...


_MODULE = "durable_rules_engine"
_FUNCTIONS = tuple(name for name in vars(Engine) if not name.startswith("_"))
_loading = Lock()


def engine_version() -> str:
    """The engine's name with its version, for records."""
    try:
        return f"durable-rules {version('durable_rules')}"
    except PackageNotFoundError:
        return "durable-rules, version not known"


def load_engine() -> Engine:
    """The C extension.

    Raises:
        EngineMissing: it cannot be imported, or lacks a function that is used.
    """
    engine = None
    with suppress(Exception), _loading:  # a broken extension can raise anything while it is imported
        engine = _imported()
    if engine is None or not all(callable(getattr(engine, name, None)) for name in _FUNCTIONS):
        raise EngineMissing
    return engine


def require_engine() -> None:
    """Raises unless the extension is installed; does not load it into this process.

    Raises:
        EngineMissing: it is not installed.
    """
    found = None
    with suppress(ImportError, ValueError):  # ValueError: a module is there that does not say where it is from
        found = find_spec(_MODULE)
    if found is None:
        raise EngineMissing


def _imported() -> Engine:
    if sys.version_info < (3, 13) or sys.platform == "win32":
        return cast(Engine, import_module(_MODULE))
    # It refers to a function that Python 3.13 no longer has, but never calls it: with lazy loading it still works.
    flags = sys.getdlopenflags()
    sys.setdlopenflags(os.RTLD_LAZY)
    try:
        return cast(Engine, import_module(_MODULE))
    finally:
        sys.setdlopenflags(flags)


def _after_fork_in_child() -> None:
    global _loading
    _loading = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
