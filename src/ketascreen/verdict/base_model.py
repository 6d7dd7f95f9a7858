"""The root of everything in a verdict: frozen models with nothing beside what is named."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

EXACT = ConfigDict(extra="forbid")
"""Refuses a field that is not named; for dataclasses that are read back from JSON too."""


class Reported(BaseModel):
    """A frozen model that refuses fields it does not name."""

    model_config = ConfigDict(frozen=True, **EXACT)
