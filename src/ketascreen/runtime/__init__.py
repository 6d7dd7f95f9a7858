"""How work runs in processes and in memory, and how files are opened; nothing about patients or rules.

It may import diagnostic.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.runtime.gc_pause import gc_paused
    from ketascreen.runtime.plain_file import NotPlain, open_plain, read_plain
    from ketascreen.runtime.process_pool import PIECE, can_fork, cores, in_order
    from ketascreen.runtime.whole_file import write_whole

__all__ = ["PIECE", "NotPlain", "can_fork", "cores", "gc_paused", "in_order", "open_plain", "read_plain", "write_whole"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__,
        {
            "gc_pause": ["gc_paused"],
            "plain_file": ["NotPlain", "open_plain", "read_plain"],
            "process_pool": ["PIECE", "can_fork", "cores", "in_order"],
            "whole_file": ["write_whole"],
        },
    )
