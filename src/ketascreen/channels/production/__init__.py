"""The production channel: the rules as productions of durable-rules. Only this wing knows durable-rules.

It may import what channels may.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.channels.production.channel import ProductionChannel
    from ketascreen.channels.production.engine import EngineMissing
    from ketascreen.channels.production.isolated import IsolatedChannel

__all__ = ["EngineMissing", "IsolatedChannel", "ProductionChannel"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(
        __name__, {"channel": ["ProductionChannel"], "engine": ["EngineMissing"], "isolated": ["IsolatedChannel"]}
    )
