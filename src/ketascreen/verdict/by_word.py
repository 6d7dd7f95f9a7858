"""A mapping from the words of a list, such as routes, that takes a word as text too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args, overload

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from ketascreen.diagnostic import is_plain_name

WordT = TypeVar("WordT", bound=str)
ValueT = TypeVar("ValueT")
OtherT = TypeVar("OtherT")


class ByWord(dict[WordT, ValueT], Generic[WordT, ValueT]):
    """What there is for each word: `verdict.routes["iv"]`. Its keys are members of the list, which are text as well.

    A word that it does not have raises a KeyError that names those it has.
    """

    if TYPE_CHECKING:  # A word as text finds the same, since a member equals its text.

        def __getitem__(self, word: WordT | str, /) -> ValueT: ...

        @overload
        def get(self, word: WordT | str, default: None = None, /) -> ValueT | None: ...

        @overload
        def get(self, word: WordT | str, default: ValueT, /) -> ValueT: ...

        @overload
        def get(self, word: WordT | str, default: OtherT, /) -> ValueT | OtherT: ...

        def get(self, word: WordT | str, default: object = None, /) -> object: ...

    def __missing__(self, word: object) -> ValueT:
        asked = f" `{word}`" if isinstance(word, str) and is_plain_name(word) else ""
        raise KeyError(f"nothing for{asked or ' this'}; it has {', '.join(self) or 'nothing'}")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        word, value = get_args(source)
        plain = handler.generate_schema(dict[word, value])  # type: ignore[valid-type]
        return core_schema.no_info_after_validator_function(cls, plain)
