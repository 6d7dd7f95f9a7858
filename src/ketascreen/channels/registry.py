"""The channels that a screening can use, by name."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from ketascreen.arguments import listed, refuse, require
from ketascreen.channels.channel import Channel
from ketascreen.channels.reference import ReferenceChannel
from ketascreen.diagnostic import Diagnostic, RequestError
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import ENGINE_CHANNEL

log = logging.getLogger(__name__)

Isolation = Literal["none", "process"]
CHANNELS = ("reference", "production", "compiled")
DEFAULT_CHANNELS = ("reference", ENGINE_CHANNEL)
WITHOUT_ENGINE = ("reference", "compiled")
"""The channels where the engine is not there and nobody named any: the two that evaluate a rule by code of their own.
Both are Python of this project, so each verdict says that the engine did not take part."""
MAX_DEADLINE_SECONDS = 3600


def choose(
    channels: Sequence[str | Channel] | None, rulebook: Rulebook, *, isolation: str, deadline_seconds: float
) -> tuple[Channel, ...]:
    """The named channels, for a rulebook; a channel that is not given by name is used as it is.

    None: the default channels; without the engine those that need none, and the log says so.

    Raises:
        RulebookError: a rule exceeds the engine's limits.
        EngineMissing: the production channel is named, and its engine is not installed.
        RequestError: no channel, an unknown channel, a channel twice, a caller's own channel with the name of one of
            `CHANNELS`, an unknown isolation, a deadline out of range.
    """
    _require_isolation(isolation, deadline_seconds)
    if channels is None:
        return _by_default(rulebook, isolation, deadline_seconds)
    named = listed(channels, "channels", "a list of channels", 'write ("reference",)')
    chosen = tuple(_channel(channel, rulebook, isolation, deadline_seconds) for channel in named)
    if not chosen or len({channel.name for channel in chosen}) < len(chosen):
        hint = f"name {' and '.join(DEFAULT_CHANNELS)}"
        raise RequestError([Diagnostic("channels", "`channels` is empty or names one twice", hint)])
    return chosen


def engines_of(channels: Iterable[Channel]) -> tuple[tuple[str, str], ...]:
    """The rule engines that channels use, with their versions, by channel."""
    from ketascreen.channels.production.engine import engine_version

    return tuple((channel.name, engine_version()) for channel in channels if channel.name == ENGINE_CHANNEL)


def _by_default(rulebook: Rulebook, isolation: str, deadline_seconds: float) -> tuple[Channel, ...]:
    from ketascreen.channels.production.engine import HOW_TO_GET_IT, EngineMissing

    try:
        return choose(DEFAULT_CHANNELS, rulebook, isolation=isolation, deadline_seconds=deadline_seconds)
    except EngineMissing:
        log.warning(
            "the rule engine durable-rules cannot be loaded, so the channels %s screen without it, and each verdict "
            "says so; for verdicts that rest on it too, %s",
            " and ".join(WITHOUT_ENGINE),
            HOW_TO_GET_IT,
        )
    return choose(WITHOUT_ENGINE, rulebook, isolation=isolation, deadline_seconds=deadline_seconds)


def _channel(channel: str | Channel, rulebook: Rulebook, isolation: str, deadline_seconds: float) -> Channel:
    # Each is imported only when it is used: the code that compiles rules for an engine takes long to import.
    match channel:
        case "reference":
            return ReferenceChannel(rulebook)
        case "production" if isolation == "process":
            from ketascreen.channels.production.isolated import IsolatedChannel

            return IsolatedChannel(rulebook, deadline_seconds=deadline_seconds)
        case "production":
            from ketascreen.channels.production.channel import ProductionChannel

            return ProductionChannel(rulebook)
        case "compiled":
            from ketascreen.channels.compiled.channel import CompiledChannel

            return CompiledChannel(rulebook)
        case str():
            raise RequestError([Diagnostic("channels", "unknown channel", f"the channels are {', '.join(CHANNELS)}")])
        case Channel() if isinstance(channel.name, str):
            _require_own_name(channel)
            return channel
        case _:
            return refuse("channels", "a list of names and channels", f"the channels are {', '.join(CHANNELS)}")


def _require_own_name(channel: Channel) -> None:
    """Refuses a channel of a caller under one of our names: a verdict would say that ours took part."""
    if channel.name in CHANNELS and not isinstance(channel, _classes(channel.name)):
        message = f"a channel of your own has the name `{channel.name}`, which stands for a channel of ketascreen"
        raise RequestError([Diagnostic("channels", message, "give it another name")])


def _classes(name: str) -> tuple[type, ...]:
    match name:
        case "reference":
            return (ReferenceChannel,)
        case "production":
            from ketascreen.channels.production.channel import ProductionChannel
            from ketascreen.channels.production.isolated import IsolatedChannel

            return ProductionChannel, IsolatedChannel
        case _:
            from ketascreen.channels.compiled.channel import CompiledChannel

            return (CompiledChannel,)


def _require_isolation(isolation: str, deadline_seconds: float) -> None:
    if isolation not in get_args(Isolation):
        words = " or ".join(f"`{word}`" for word in get_args(Isolation))
        raise RequestError([Diagnostic("isolation", "unknown isolation", f"write {words}")])
    require(deadline_seconds, (int, float), "deadline_seconds", "a number of seconds", "write 5.0", code="deadline")
    if not 0 < deadline_seconds <= MAX_DEADLINE_SECONDS:
        hint = f"write seconds, more than 0 and at most {MAX_DEADLINE_SECONDS}"
        raise RequestError([Diagnostic("deadline", "the deadline is out of range", hint)])
