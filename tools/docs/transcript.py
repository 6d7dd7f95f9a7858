"""Goes through a page that tells a session with files: writes the files that it shows, runs its commands in a folder.

Its blocks are of these kinds, by the words behind the language:

- `console session`: commands with their output, or with `> FILE` behind them to put it there. They are of ketascreen,
  or `mv FILE ... FOLDER`, or `cp -r FOLDER NEW`.
- `console first N`, `console last N`: the first or the last N lines of each output, with `...` for the others.
- `console quiet`: commands whose output is left out.
- `yaml write FILE`, `text write FILE`: all that is in the file then. `yaml append FILE`: what comes behind it.
- `yaml read FILE`: what the file holds then, without the line for editors.
- `diff FILE`: lines that are replaced.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager
from datetime import date
from pathlib import Path
from unittest.mock import patch

from tests.helpers.approve_command import today
from tests.helpers.ledgers import clock, random_bytes
from tests.helpers.places import ROOT

from ketascreen.audit import Ledger
from ketascreen.authoring.scaffold import MARK
from ketascreen.signing import write_new_keys
from tools.docs.docs_blocks import run

PAGES = tuple(
    ROOT / "docs" / f"{name}.md"
    for name in ("writing-rules", "owning-rules", "common-changes", "audit", "signing", "approving")
)

_BLOCK = re.compile(
    r"^```(console (?:session|quiet|first|last)|(?:yaml|text) write|yaml (?:append|read)|diff)"
    r"(?: (\S+))?\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_SECONDS = re.compile(r"in (less than a second|[0-9.]+ s|[0-9]+ seconds?|a second)\b")


def replayed(page: str, folder: Path) -> str:
    """The page with the output that its commands have now; the session is held in `folder`, beside the examples."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    with chdir(folder), _settled():
        return _BLOCK.sub(lambda block: _held(block), page)


@contextmanager
def _settled() -> Iterator[None]:
    """Gives ledgers a clock, them and new keys random bytes, and commands a today, that are the same each time."""
    settled = {"clock": clock(), "random": random_bytes()}
    with ExitStack() as patched:
        patched.enter_context(patch.dict(write_new_keys.__kwdefaults__, {"random": random_bytes()}))
        for opening in (Ledger.__init__, Ledger.existing.__func__):  # type: ignore[attr-defined]
            patched.enter_context(patch.dict(opening.__kwdefaults__, settled))
        patched.enter_context(today(date(2026, 12, 31)))
        yield


def _held(block: re.Match[str]) -> str:
    kind, path, text = block.groups()
    match kind:
        case "console session":
            return f"```{kind}\n{''.join(_answered(text))}```"
        case "console first" | "console last":
            return f"```{kind} {path}\n{''.join(_shortened(one, kind, int(path)) for one in _answered(text))}```"
        case "console quiet":
            for _ in _answered(text):
                pass
        case "yaml write" | "text write":
            Path(path).write_text(text, encoding="utf-8")
        case "yaml append":
            Path(path).write_text(Path(path).read_text("utf-8") + text, encoding="utf-8")
        case "yaml read":
            lines = Path(path).read_text("utf-8").splitlines(keepends=True)
            return f"```{kind} {path}\n{''.join(line for line in lines if not line.startswith(MARK))}```"
        case "diff":
            _replace(Path(path), text)
    return block[0]


def _shortened(answered: str, kind: str, count: int) -> str:
    """A command with the first or the last lines of what it prints, and `...` in place of the others."""
    command, *lines = answered.splitlines(keepends=True)
    if len(lines) <= count:
        return answered
    if kind == "console first":
        return "".join([command, *lines[:count], "...\n"])
    return "".join([command, "...\n", *lines[-count:]])


def _answered(session: str) -> Iterator[str]:
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command = part.partition("\n")[0]
        asked, _, file = command.partition(" > ")
        told = _run(asked)
        if file:
            Path(file).write_text(told, encoding="utf-8")
        yield f"$ {command}\n{'' if file else _SECONDS.sub('in less than a second', told)}"


def _run(command: str) -> str:
    """What a command prints; those that move and copy files print nothing."""
    match command.split():
        case ["ketascreen", *_]:
            return run(command)
        case ["mv", *files, folder]:
            for file in files:
                shutil.move(file, folder)
        case ["cp", "-r", folder, new]:
            shutil.copytree(folder, new)
        case _:
            raise AssertionError(f"not a command of a page: {command}")
    return ""


def _replace(path: Path, diff: str) -> None:
    """Puts the lines that begin with `+` in place of those that begin with `-`; the rest says where that is."""
    lines = [(line[:1], line[1:]) for line in diff.splitlines(keepends=True)]
    old = "".join(line for mark, line in lines if mark != "+")
    new = "".join(line for mark, line in lines if mark != "-")
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"stands {text.count(old)} times in {path}:\n{old}"
    path.write_text(text.replace(old, new), encoding="utf-8")
