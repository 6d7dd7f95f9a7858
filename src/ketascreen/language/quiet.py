"""What holds a patient's values shows none of them to somebody who did not ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any


class Quiet:
    """The base of a frozen dataclass of a patient's values, made with `repr=False, eq=False`.

    Its repr has its name alone. `==` and `hash` are as in a dataclass, written here: where pytest finds the
    generated `==`, it lists the fields that differ, whatever the repr shows. devtools lists the fields of every
    dataclass without `__pretty__`.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def __eq__(self, other: object) -> bool:
        return _values(self) == _values(other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(_values(self))

    def __pretty__(self, _fmt: Any, **_: Any) -> Iterator[str]:
        yield repr(self)


def _values(one: Any) -> tuple[Any, ...]:
    return tuple([getattr(one, field.name) for field in fields(one)])
