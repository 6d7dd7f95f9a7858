"""The root of everything in a verdict: frozen models, built without validating again what we made ourselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

_FIELDS = BaseModel.__dict__["__dict__"]
"""Reads and writes the fields of a model as they stand."""
_set_fields = _FIELDS.__set__
_set_named, _set_extra, _set_private = (
    BaseModel.__dict__[f"__pydantic_{name}__"].__set__ for name in ("fields_set", "extra", "private")
)


class Reported(BaseModel):
    """The root of everything in a verdict: frozen, nothing beside what is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    if TYPE_CHECKING:  # older versions of Pydantic take an annotation that is text for a private attribute
        _named: ClassVar[set[str]]

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        cls._named = set(cls.model_fields)

    @classmethod
    def made(cls, fields: dict[str, Any]) -> Self:
        """One of exactly these fields, which the caller gives away and vouches for: nothing is checked or copied."""
        new = cls.__new__(cls)
        _set_fields(new, fields)
        _set_named(new, cls._named)
        _set_extra(new, None)
        _set_private(new, None)
        return new


class Deferring(Reported):
    """Some of its fields may be worked out when they are first asked for.

    `rest` has a method for each of these, named as the field. Whatever reads the whole (comparing, copying, pickling,
    writing as JSON) goes by its dictionary of fields, and asking for that works out all of them.
    """

    __slots__ = ("_rest",)

    @classmethod
    def deferred(cls, fields: dict[str, Any], rest: object) -> Self:
        """One of which these fields are known, and `rest` works out all others."""
        new = cls.made(fields)
        object.__setattr__(new, "_rest", rest)
        return new

    if not TYPE_CHECKING:  # to a type checker the fields are there from the beginning, as they are to a reader

        def __getattr__(self, name: str) -> Any:
            if name in type(self)._named and (rest := _rest(self)) is not None:
                found = _FIELDS.__get__(self)[name] = getattr(rest, name)()
                return found
            return super().__getattr__(name)

        @property
        def __dict__(self) -> dict[str, Any]:
            fields = _FIELDS.__get__(self)
            if (rest := _rest(self)) is not None:
                # In the order of the class, whatever was asked for first: JSON is written in it.
                every = type(self).model_fields
                fields = {name: fields[name] if name in fields else getattr(rest, name)() for name in every}
                _set_fields(self, fields)
                object.__setattr__(self, "_rest", None)
            return fields

        @__dict__.setter
        def __dict__(self, fields: dict[str, Any]) -> None:
            _set_fields(self, fields)


def _rest(model: Deferring) -> object | None:
    try:
        rest: object | None = object.__getattribute__(model, "_rest")
    except AttributeError:  # read or validated, with all of its fields
        return None
    return rest
