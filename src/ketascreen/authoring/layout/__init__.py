"""One layout for all files of a rulebook (`ketascreen fmt`). It needs ruamel.yaml.

It may import what authoring may.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.authoring.layout.lay_out import laid_out

__all__ = ["laid_out"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(__name__, {"lay_out": ["laid_out"]})
