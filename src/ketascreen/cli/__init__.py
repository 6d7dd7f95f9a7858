"""The command line: a file for each command. A command decides, and prints what rendering returns.

It may import everything below.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.cli.commands import main

__all__ = ["main"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(__name__, {"commands": ["main"]})
