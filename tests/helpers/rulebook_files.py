"""A small good rulebook in a folder of the test's own, with some of its files changed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from ketascreen import RulebookError, load_rulebook
from ketascreen.diagnostic import Diagnostic
from ketascreen.syntax.folder import CASES, START
from tests.helpers.places import ROOT

HERE = ROOT / "tests" / "loading"
GOOD = HERE / "good"
BAD = HERE / "bad"

RULE = "exclusions/high-pressure.yaml"


def copied(folder: Path) -> Path:
    """A copy of the good rulebook below `folder`."""
    rulebook = folder / "rulebook"
    shutil.copytree(GOOD, rulebook)
    return rulebook


def text_of(path: str) -> str:
    """The text of a file of the good rulebook."""
    return (GOOD / path).read_text("utf-8")


def changed(path: str, old: str, new: str) -> dict[str, str]:
    """The good file at `path` with `old`, which stands in it once, replaced by `new`."""
    text = text_of(path)
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    return {path: text.replace(old, new)}


def with_files(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A copy of the good rulebook with these files written over it."""
    rulebook = copied(folder)
    for path, content in files.items():
        target = rulebook / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return rulebook


def of_format_1(folder: Path, files: Mapping[str, str | bytes] = MappingProxyType({})) -> Path:
    """A copy of the good rulebook as it is in format 1, with these files written over it."""
    first: dict[str, str | bytes] = {
        "rulebook.yaml": _rewritten(text_of("rulebook.yaml"), format="1", requires='">=0.1.0"')
    }
    for path in (path.relative_to(GOOD).as_posix() for path in GOOD.glob("*/*.yaml")):
        if not path.endswith((CASES, START)):
            first[path] = f"{text_of(path)}sign_off: {{status: draft}}\n"
    return with_files(folder, {**first, **files})


def _rewritten(text: str, **values: str) -> str:
    for key, value in values.items():
        text, count = re.subn(rf"^{key}: .*$", f"{key}: {value}", text, flags=re.MULTILINE)
        assert count == 1, key
    return text


def problems(rulebook: Path) -> tuple[Diagnostic, ...]:
    """Every problem that refuses the rulebook; it fails the test where the rulebook loads."""
    with pytest.raises(RulebookError) as caught:
        load_rulebook(rulebook)
    assert caught.value.__cause__ is None
    return caught.value.diagnostics


def where(problem: Diagnostic) -> str:
    """`path:line:column code` of a problem."""
    return f"{problem.place} {problem.code}"
