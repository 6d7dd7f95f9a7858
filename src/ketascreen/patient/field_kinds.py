"""How the fields of a profile are annotated as facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from pydantic import Field
from pydantic.fields import FieldInfo

from ketascreen.language.quantity import UNITS
from ketascreen.language.vocabulary import Fact, Kind
from ketascreen.patient.fact_uses import uses_of
from ketascreen.patient.observation import ListObservation, Observation

Answer = Observation | None
ListAnswer = ListObservation | None


def facts_of(fields: Mapping[str, FieldInfo]) -> Iterator[Fact]:
    """The facts that the annotations of a model's fields describe."""
    for name, field in fields.items():
        given = field.json_schema_extra
        if isinstance(given, dict) and "ketascreen" in given:
            yield Fact(name=name, uses=uses_of(name), **given["ketascreen"])  # type: ignore[arg-type]


def _fact(label: str, domain: str, *, note: str = "", **given: Any) -> Any:
    extra = {"label": label, "domain": domain, "note": note, **given}
    return Field(default=None, repr=False, json_schema_extra={"ketascreen": extra})


def choice(
    label: str, domain: str, *choices: str, note: str = "", changeable: bool = True, opaque: Iterable[str] = ()
) -> Any:
    """A fact answered by one word of a closed list; an `opaque` word stands for more than one thing."""
    given: dict[str, Any] = {"choices": choices, "changeable": changeable, "opaque": frozenset(opaque)}
    return _fact(label, domain, note=note, kind=Kind.CHOICE, **given)


def words(label: str, domain: str, *choices: str, note: str = "", opaque: Iterable[str] = ()) -> Any:
    """A fact answered by the words of a closed list that are present; an `opaque` word stands for more than one."""
    return _fact(label, domain, note=note, kind=Kind.LIST, choices=choices, opaque=frozenset(opaque))


def number(
    label: str, domain: str, unit: str, low: int, high: int, *, note: str = "", replaced_by: tuple[str, ...] = ()
) -> Any:
    """A fact answered by a quantity in `unit`, from `low` to `high`."""
    ends: dict[str, Any] = {"minimum": Decimal(low), "maximum": Decimal(high), "unit": UNITS[unit]}
    return _fact(label, domain, note=note, kind=Kind.NUMBER, replaced_by=replaced_by, **ends)


def integer(label: str, domain: str, unit: str, low: int, high: int, *, note: str = "", changeable: bool = True) -> Any:
    """A fact answered by a whole number of `unit`, from `low` to `high`."""
    ends: dict[str, Any] = {"minimum": Decimal(low), "maximum": Decimal(high), "unit": UNITS[unit]}
    return _fact(label, domain, note=note, kind=Kind.INTEGER, changeable=changeable, **ends)


def since(label: str, domain: str, unit: str, high: int, *, note: str = "", once: bool = False) -> Any:
    """A fact answered by the date of an event, or by the whole `unit` (months, years) since then, at most `high`.

    An event that happens `once` cannot have happened again after the answer.
    """
    ends: dict[str, Any] = {"minimum": Decimal(0), "maximum": Decimal(high), "unit": UNITS[unit]}
    return _fact(label, domain, note=note, kind=Kind.SINCE, changeable=not once, **ends)
