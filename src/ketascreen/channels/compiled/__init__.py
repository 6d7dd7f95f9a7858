"""The compiled channel: all rules as one generated function. Only this wing generates Python.

It may import what channels may.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.channels.compiled.channel import CompiledChannel

__all__ = ["CompiledChannel"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(__name__, {"channel": ["CompiledChannel"]})
