"""Independent ways from the facts of a patient to the truth of each rule.

It may import arguments, language, patient, runtime, diagnostic; never verdict.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.channels.channel import Channel
    from ketascreen.channels.registry import CHANNELS, DEFAULT_CHANNELS, choose

__all__ = ["CHANNELS", "DEFAULT_CHANNELS", "Channel", "choose"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__, {"channel": ["Channel"], "registry": ["CHANNELS", "DEFAULT_CHANNELS", "choose"]}
    )
