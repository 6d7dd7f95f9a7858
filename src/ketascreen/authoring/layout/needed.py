"""Gives the one layout to the commands that need it; the package that it is made with is an extra."""

from __future__ import annotations

from collections.abc import Callable

from ketascreen.diagnostic import refused


def layout_for(command: str) -> Callable[[bytes, str], str]:
    """What lays out a file (`laid_out`).

    Raises:
        InputError: ruamel.yaml is not installed.
    """
    try:
        from ketascreen.authoring.layout.lay_out import laid_out
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("ruamel"):
            raise
        message, hint = f"`{command}` needs the package ruamel.yaml", "pip install 'ketascreen[authoring]'"
        raise refused("not-installed", message, f"install it with: {hint}") from None
    return laid_out
