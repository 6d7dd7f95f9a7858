"""The root of everything in a verdict: frozen models with nothing beside what is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, ClassVar, NoReturn, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, ValidationError

from ketascreen.arguments import refuse
from ketascreen.language.clinic_time import at_fixed_offset
from ketascreen.language.iso_time import read_iso_time

EXACT = ConfigDict(extra="forbid", hide_input_in_errors=True)
"""Refuses a field that is not named, and shows no value in an error; for dataclasses that are read from JSON too."""


def _time_of(raw: object) -> object:
    """Reads the text of a time as everything else does; Pydantic alone also reads numbers, as seconds since 1970."""
    if isinstance(raw, str):
        return read_iso_time(raw)
    if not isinstance(raw, datetime):
        raise ValueError("not a time; write 2026-11-22T09:00:00+01:00")
    return raw


WrittenTime = Annotated[AwareDatetime, BeforeValidator(_time_of), AfterValidator(at_fixed_offset)]
"""A time with its offset, in whole minutes, as JSON writes it. Text is read by `read_iso_time`."""


def refuse_other_version() -> NoReturn:
    """Refuses a pickle that lacks a field: what it holds could not be used, or would be read as another field.

    Raises:
        RequestError: always.
    """
    hint = "screen again; keep verdicts as JSON, which later versions read (`Verdict.model_validate_json`)"
    refuse("pickle", "one that this version of ketascreen wrote", hint)


class Reported(BaseModel):
    """A frozen model that refuses fields it does not name, and a pickle that lacks one.

    `SHOWN` names the fields that its repr and str show; all others may hold what is the patient's. So a log, a failed
    assert and a traceback show these alone. Pydantic, rich and devtools ask `__repr_args__`. One that is not built yet
    shows those that it has: a tool that shows local variables must not fail on it.
    """

    model_config = ConfigDict(frozen=True, **EXACT)

    SHOWN: ClassVar[tuple[str, ...]] = ()

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        for name in self.SHOWN:
            if hasattr(self, name):
                value = getattr(self, name)
                yield name, str(value) if isinstance(value, Enum) else value

    def __str__(self) -> str:
        return repr(self)

    def __setstate__(self, state: dict[Any, Any]) -> None:
        if not type(self).model_fields.keys() <= state["__dict__"].keys():
            refuse_other_version()
        super().__setstate__(state)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **given: Any) -> Self:
        """Reads the JSON of it.

        Raises:
            RequestError: another text. It names the fields that are wrong, and no value.
        """
        try:
            return super().model_validate_json(json_data, **given)
        except ValidationError as error:
            found = dict.fromkeys(
                str(detail["loc"][0]) for detail in error.errors(include_input=False) if detail["loc"]
            )
        where = ", ".join(f"`{name}`" for name in found if name in cls.model_fields)
        hint = f"give the text that was written, unchanged{where and f'; look at {where}'}"
        return refuse("json_data", f"the JSON of a {cls.__name__}", hint)
