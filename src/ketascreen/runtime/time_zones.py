"""Time zones by name, from the `tzdata` package and never from the system: the same zone data give the same verdict."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from zoneinfo import ZoneInfo

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")


@cache
def time_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name, such as `America/Los_Angeles`.

    Raises:
        LookupError: there is no such zone.
    """
    if not _NAME.fullmatch(name):
        raise LookupError("no such time zone")
    try:
        with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
            return ZoneInfo.from_file(file, name)
    except (OSError, ValueError, ModuleNotFoundError):
        raise LookupError("no such time zone") from None


@cache
def zone_data(zone: str | None) -> tuple[tuple[str, str], ...]:
    """The package that a zone comes from, with its version; nothing without a zone."""
    return () if zone is None else (("tzdata", version("tzdata")),)
