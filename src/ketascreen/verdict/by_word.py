"""A mapping from the words of a closed list, such as routes, that takes a word as text too."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from ketascreen.diagnostic import is_plain_name

WordT = TypeVar("WordT", bound=str)
ValueT = TypeVar("ValueT")


class ByWord(dict[str, ValueT], Generic[WordT, ValueT]):
    """What there is for each word: `verdict.routes["iv"]`. Its keys are members of the list, which are text as well.

    A word that it does not have raises a KeyError that names those it has.
    """

    def __missing__(self, word: object) -> ValueT:
        asked = f" `{word}`" if isinstance(word, str) and is_plain_name(word) else ""
        raise KeyError(f"nothing for{asked or ' this'}; it has {', '.join(self) or 'nothing'}")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        word, value = get_args(source)
        plain = handler.generate_schema(dict[word, value])  # type: ignore[valid-type]
        return core_schema.no_info_after_validator_function(cls, plain)
