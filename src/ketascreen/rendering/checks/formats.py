"""The formats of `ketascreen check`: for people, for programs, for code review."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ketascreen.authoring.checks.run import Checked
from ketascreen.rendering.checks import github, json, sarif, text

FORMATS: Mapping[str, Callable[[Checked], str]] = {
    "text": text.render,
    "json": json.render,
    "sarif": sarif.render,
    "github": github.render,
}
"""Each format by its name in `--format`; its text does not end with a line break."""

__all__ = ["FORMATS"]
