"""How what `ketascreen check` found is written: for people, for programs, for code review."""

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
"""Each format by the name that `--format` takes; what a format gives ends without a line break."""

__all__ = ["FORMATS"]
