"""What `PatientProfile.<field>` and `help(PatientProfile)` say about a field: what it is, its unit, range and choices.

The words are in given.py, where editors read them too. They are read when somebody asks, not when a program starts.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ketascreen.language.vocabulary import Fact
from ketascreen.patient.field_kinds import facts_of


class ToldField:
    """A field of `PatientProfile`. Its own docstring tells its answer, and how long an answer counts.

    `fact` has the same as data, without the windows, which are the rulebook's; None for a field that is not a fact.
    """

    def __init__(self, name: str, fact: Fact | None, told: str) -> None:
        self.name, self.fact = name, fact
        self.__doc__ = told

    def __repr__(self) -> str:
        return f"<{self.name}: {self.fact.label}; {self.fact.describe()}>" if self.fact else f"<{self.name}>"


if TYPE_CHECKING:
    ToldModel = BaseModel
else:

    class _Telling(type(BaseModel)):
        @property
        def __doc__(cls) -> str:
            """The docstring as it is written, and what each field is."""
            fields = [f"{name}\n{textwrap.indent(_told_field(cls, name).__doc__, '    ')}" for name in cls.model_fields]
            written = inspect.cleandoc(vars(cls).get("__doc__") or "")
            return "\n\n".join([written, "Fields:", *fields]) if fields else written

        def __getattr__(cls, name: str) -> Any:
            # While Pydantic makes a class it looks for defaults under these names.
            if vars(cls).get("__pydantic_complete__") and name in cls.model_fields:
                return _told_field(cls, name)
            return super().__getattr__(name)

    class ToldModel(BaseModel, metaclass=_Telling):
        """A model whose class says what its fields are."""


def _told_field(model: type[BaseModel], name: str) -> ToldField:
    field = model.model_fields[name]
    fact = next(facts_of({name: field}), None)
    short = f"{fact.label}: {fact.describe()}." if fact else field.description or ""
    return ToldField(name, fact, _written().get(name, short))


@cache
def _written() -> Mapping[str, str]:
    """The docstrings of the fields in given.py; none where the library is installed without its source."""
    from ketascreen.patient import given

    def documented(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
        for pair in pairwise(body):
            match pair:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ):
                    yield name, inspect.cleandoc(text)

    try:
        source = inspect.getsource(given.GivenFacts)
    except (OSError, TypeError):
        return {}
    (listed,) = ast.parse(source).body
    assert isinstance(listed, ast.ClassDef)
    return dict(documented(listed.body))
