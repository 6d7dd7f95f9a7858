"""The root of everything in a verdict: frozen models with nothing beside what is named."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

from ketascreen.language.clinic_time import at_fixed_offset

EXACT = ConfigDict(extra="forbid", hide_input_in_errors=True)
"""Refuses a field that is not named, and shows no value in an error; for dataclasses that are read from JSON too."""
WrittenTime = Annotated[AwareDatetime, AfterValidator(at_fixed_offset)]
"""A time with its offset, in whole minutes, as JSON writes it."""


class Reported(BaseModel):
    """A frozen model that refuses fields it does not name."""

    model_config = ConfigDict(frozen=True, **EXACT)
