"""Screening from asyncio: one screener for all threads, and each screening in a thread, so that the loop goes on."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from ketascreen import PatientProfile, ProfileError, Screener, Verdict

screener = Screener.default(time_zone="Europe/Berlin")


async def screen(profile: PatientProfile, as_of: datetime) -> Verdict | ProfileError:
    """The verdict, or why the profile is refused at that time: of many, one that is refused ends nothing."""
    try:
        return await asyncio.to_thread(screener.screen, profile, as_of=as_of)
    except ProfileError as error:
        return error


async def screen_all(profiles: Iterable[PatientProfile], as_of: datetime) -> list[Verdict | ProfileError]:
    return await asyncio.gather(*(screen(profile, as_of) for profile in profiles))
