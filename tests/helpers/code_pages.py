"""The codes that diagnostics are given in the source, and the pages that say what they mean."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.helpers.places import ROOT

SOURCE = ROOT / "src" / "ketascreen"
PAGES = ROOT / "docs" / "codes"

_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@cache
def codes_in_source() -> dict[str, str]:
    """Each code with a place in the source that gives it: an argument or a field that is named `code`."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(SOURCE.rglob("*.py"))}
    givers = {name for tree in trees.values() for name in _givers(tree)}
    return {code: where for path, tree in trees.items() for code, where in _codes_of(path, tree, givers)}


def _givers(tree: ast.Module) -> Iterator[str]:
    """The functions, and the classes, whose first argument or field is `code`."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name="__init__"):
                pass
            case ast.FunctionDef(name=name) if _first(node) == "code":
                yield name
            case ast.ClassDef(name=name, body=body):
                fields = [_name(one.target) for one in body if isinstance(one, ast.AnnAssign)]
                inits = [one for one in body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
                bases = {_name(base) for base in node.bases}
                if fields[:1] == ["code"] or any(_first(one) == "code" for one in inits) or "Diagnostic" in bases:
                    yield name


def _first(function: ast.FunctionDef) -> str:
    names = [one.arg for one in function.args.args if one.arg != "self"]
    return names[0] if names else ""


def _codes_of(path: Path, tree: ast.Module, givers: set[str]) -> Iterator[tuple[str, str]]:
    named = dict(_constants(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in givers:
            given = [word.value for word in node.keywords if word.arg == "code"] or node.args[:1]
            for first in (one for expression in given for one in _either(expression)):
                code = named.get(first.id) if isinstance(first, ast.Name) else getattr(first, "value", None)
                if isinstance(code, str) and _CODE.fullmatch(code):
                    yield code, f"{path.relative_to(ROOT)}:{node.lineno}"


def _either(expression: ast.expr) -> Iterator[ast.expr]:
    """An expression, or both sides of one that chooses."""
    if isinstance(expression, ast.IfExp):
        yield from _either(expression.body)
        yield from _either(expression.orelse)
    else:
        yield expression


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield target.id, value.value


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")


@dataclass(frozen=True)
class Fence:
    """A fenced example: its language, and the file that it is (a `+` before it: behind what the file holds)."""

    language: str
    file: str
    text: str


@dataclass(frozen=True)
class Page:
    """A page on a code."""

    code: str
    text: str
    bad: tuple[Fence, ...]
    good: tuple[Fence, ...]


_FENCE = re.compile(r"^```(?P<language>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@cache
def pages() -> dict[str, Page]:
    """The pages by code."""
    return {path.stem: _page(path) for path in sorted(PAGES.glob("*.md")) if path.name != "README.md"}


def _page(path: Path) -> Page:
    text = path.read_text("utf-8")
    before, _, good = text.partition("\nGood:\n")
    _, _, bad = before.partition("\nBad:\n")
    return Page(path.stem, text, tuple(_fences(bad)), tuple(_fences(good)))


def _fences(text: str) -> Iterator[Fence]:
    return (Fence(match["language"], match["file"] or "", match["text"]) for match in _FENCE.finditer(text))


def index() -> str:
    """docs/codes/README.md: each code with the first sentence of its page."""
    rows = [f"- [{code}]({code}.md): {_meaning(page)}" for code, page in pages().items()]
    return "\n".join([_HEAD, *rows, ""])


def _meaning(page: Page) -> str:
    return page.text.split("\n\n")[1].replace("\n", " ")


_HEAD = """# What the codes mean

Everything that ketascreen refuses or reports has a stable code, shown in brackets at the end of its line. Each code has
a page with a bad example, a good one, and why. The examples use the small rulebook of tests/loading/good, and a test
tries them. A command with `--json` prints each problem as data, where it fails too (docs/problems.md).
`ketascreen check` reports what is wrong with a rulebook and its cases. If a check finding is right as it
is, an `allow` entry accepts it, with a reason (docs/rule-format.md).
"""
