"""The face of a package: names that it gives out, each loaded from its home when it is first asked for (PEP 562)."""

from __future__ import annotations

import sys
from importlib import import_module

TYPE_CHECKING = False  # as in typing, whose loading would take longer than all else here
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def face(package: str, homes: Mapping[str, Sequence[str]]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` for a package whose `homes` say which module below it each name comes from.

    So a program pays for what it uses: `ketascreen routes` needs no profile. A type checker must not see them, so that
    it goes on refusing names that there are not.

    Raises:
        AttributeError: (the first function) a name that the package does not give out.
    """
    home_of = {name: home for home, names in homes.items() for name in names}

    def find(name: str) -> object:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{package}.{home_of[name]}"), name)
        setattr(sys.modules[package], name, found)
        return found

    def shown() -> list[str]:
        return sorted({*(name for name in vars(sys.modules[package]) if name.startswith("__")), *home_of})

    return find, shown
