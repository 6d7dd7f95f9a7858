"""What `PatientProfile.<field>` and `help(PatientProfile)` say about a field: what it is, its unit, range and choices.

The words are in given.py, where editors read them too: the windows in them are the built-in rulebook's, which the facts
here do not know. They are read when somebody asks, not when a program starts.
"""

from __future__ import annotations

import inspect
import pkgutil
import re
import sys
import textwrap
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ketascreen.diagnostic import Diagnostic, ProfileError
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
        name, fact = getattr(self, "name", ""), getattr(self, "fact", None)
        return f"ToldField({name}: {fact.label}; {fact.describe()})" if fact else f"ToldField({name})"


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
        """A model whose class says what its fields are. A subclass may add fields, and defines none of these again."""

        def __init_subclass__(cls, **given: Any) -> None:
            super().__init_subclass__(**given)
            fields = {name for base in cls.__bases__ if issubclass(base, BaseModel) for name in base.model_fields}
            anew = sorted(fields & {*_annotated(cls), *vars(cls)})
            if anew:  # a fact is read by the table of facts, whatever a subclass says of it
                hint = "give it another name, or put a fact of your own under `extra`"
                raise ProfileError(
                    Diagnostic("unchecked", f"a subclass cannot define `{name}` again", hint) for name in anew
                )


def _told_field(model: type[BaseModel], name: str) -> ToldField:
    field = model.model_fields[name]
    fact = next(facts_of({name: field}), None)
    short = f"{fact.label}: {fact.describe()}." if fact else field.description or ""
    return ToldField(name, fact, _written().get(name, short))


def _annotated(model: type) -> Iterable[str]:
    """The names that the body of a class annotates."""
    if sys.version_info >= (3, 14):
        from annotationlib import Format, get_annotations

        return get_annotations(model, format=Format.FORWARDREF)
    return inspect.get_annotations(model)


_DOCUMENTED = re.compile(r'^    (\w+): [^\n]+\n    """(.+?)"""$', re.MULTILINE | re.DOTALL)


@cache
def _written() -> Mapping[str, str]:
    """The docstrings of the fields in given.py; none where the library is installed without its source."""
    try:
        source = pkgutil.get_data("ketascreen.patient", "given.py") or b""
    except OSError:
        return {}
    _, _, listed = source.decode("utf-8").partition("class GivenFacts(")
    return {name: inspect.cleandoc(text) for name, text in _DOCUMENTED.findall(listed)}
