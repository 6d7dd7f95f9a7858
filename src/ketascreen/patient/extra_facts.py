"""The facts that a rulebook adds. A profile keeps them unread until a rulebook's vocabulary is known."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ketascreen.diagnostic import is_plain_name
from ketascreen.language.partial_date import PartialDate
from ketascreen.language.quantity import QuantityError, decimal_text
from ketascreen.patient.observation import ListObservation, Observation, as_mapping, decimal_of, exact_text, is_number
from ketascreen.patient.refused import Refused

MAX_FACTS = 1_000


def read_extra(raw: object, built_in: Container[str]) -> Mapping[str, Any]:
    """The answers as they were given, read-only; the screening checks their meaning.

    Raises:
        Refused: not a mapping of names to answers, or one that holds a built-in fact.
    """
    if not isinstance(raw, Mapping) or not all(isinstance(key, str) for key in raw):
        raise Refused("wrong-type", "must be an object of facts", 'write {"name": answer}')
    if len(raw) > MAX_FACTS:
        raise Refused("too-many", f"more than {MAX_FACTS:,} facts", "send one patient's")
    for name in raw:
        if name in built_in:
            raise Refused("unknown-fact", "holds a built-in fact", f"put `{name}` beside `extra`, not into it")
    return MappingProxyType({name: _kept(name, answer) for name, answer in sorted(raw.items())})


def _kept(name: str, answer: Any) -> Any:
    try:
        return _frozen(answer)
    except Refused as refused:
        pointer = f"/{name}" if is_plain_name(name) else ""
        raise Refused(refused.code, refused.message, refused.hint, pointer) from None


def _frozen(answer: Any, depth: int = 0, *, in_list: bool = False) -> Any:
    if depth > 2 or (in_list and isinstance(answer, float)):
        hint = "write a number, a word, a list of words, or a mapping of these with `at`"
        raise Refused("wrong-type", "holds an answer in an unknown form", hint)
    if isinstance(answer, float):
        return decimal_of(answer)
    if isinstance(answer, Observation | ListObservation):
        answer = {key: part for key, part in as_mapping(answer).items() if part is not None}
    if isinstance(answer, Mapping):
        return MappingProxyType({str(key): _frozen(part, depth + 1) for key, part in answer.items()})
    if isinstance(answer, frozenset | set):
        answer = sorted(answer, key=str)
    if isinstance(answer, Sequence) and not isinstance(answer, str | bytes):
        return tuple(_frozen(part, depth + 1, in_list=True) for part in answer)
    return answer


def as_read(answer: Any) -> Any:
    """What tells an answer from another: what is equal here, every reader of a fact reads alike.

    1 and 1.0 are the same number, but True is not 1, and a time in another offset is another answer.
    """
    if isinstance(answer, Mapping):
        return {key: as_read(part) for key, part in answer.items()}
    if isinstance(answer, tuple):
        return tuple(as_read(part) for part in answer)
    if isinstance(answer, str):
        return str.__str__(answer)
    if isinstance(answer, datetime):
        return datetime, answer.isoformat()
    if is_number(answer):
        with suppress(QuantityError):
            return Decimal, exact_text(answer)
    return type(answer), str(answer) if isinstance(answer, Decimal) else answer


def plain_extra(answer: Any, mode: str) -> Any:
    """The answers as plain data that reads back to the same; `mode` is Pydantic's `python` or `json`."""
    if isinstance(answer, Mapping):
        return {key: plain_extra(value, mode) for key, value in answer.items()}
    if isinstance(answer, tuple):
        return [plain_extra(part, mode) for part in answer]
    if mode == "python":
        return answer
    if isinstance(answer, Decimal):
        return _json_number(answer)
    if isinstance(answer, PartialDate):
        return str(answer)
    return answer.isoformat() if isinstance(answer, date) else answer


def _json_number(value: Decimal) -> int | float | str:
    """The JSON number that reads back as exactly this decimal; if there is none, text, which is refused as a number."""
    if not value.is_finite() or not -12 <= value.adjusted() <= 12:
        return str(value)
    text = decimal_text(value)
    number = float(text) if "." in text else int(text)
    return number if Decimal(repr(number)) == value else text
