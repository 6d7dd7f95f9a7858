"""What `ketascreen check` found, in each format of `--format`.

It may import what rendering may.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.rendering.checks.formats import FORMATS

__all__ = ["FORMATS"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(__name__, {"formats": ["FORMATS"]})
