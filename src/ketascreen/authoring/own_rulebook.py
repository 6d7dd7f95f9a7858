"""Whether a folder has a rulebook of ketascreen, however broken, or files of the same names."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ketascreen.loading.build import NAMED
from ketascreen.loading.file_models import RulebookModel
from ketascreen.runtime.plain_file import read_plain
from ketascreen.syntax.utf8 import MAX_BYTES

RULEBOOK = "rulebook.yaml"

_EVERYBODYS = {"id", "title", "version"}
_KEY = re.compile(
    rf"(?:^|[{{,]\s*)['\"]?({'|'.join(sorted(RulebookModel.model_fields.keys() - _EVERYBODYS))})['\"]?[ \t]*:", re.M
)
_ENOUGH = 2


def own_rulebook_of(file: Path, known: dict[Path, bool]) -> Path | None:
    """The nearest folder above a file that has a rulebook of ketascreen; `known` is filled with what was found."""
    for folder in file.parents:
        if folder not in known:
            known[folder] = is_own_rulebook(folder)
        if known[folder]:
            return folder
    return None


def is_own_rulebook(folder: Path) -> bool:
    """Whether it has two signs of a rulebook of ketascreen.

    A sign is a key of our rulebook.yaml beside `id`, `title` and `version`, which others have too, or another file that
    the format names, such as routes.yaml. So a rulebook.yaml that is empty, does not parse, is missing, or is not a
    file, is still ours beside its other files. One that cannot be read is taken for ours: what reads it says why.
    """
    beside = sum(os.path.lexists(folder / f"{name}.yaml") for name in NAMED if f"{name}.yaml" != RULEBOOK)
    if beside >= _ENOUGH:
        return True
    try:
        if not (folder / RULEBOOK).is_file():
            return False
        data = read_plain(folder / RULEBOOK, MAX_BYTES)
    except OSError:
        return True
    # Without zeros UTF-16 is as plain as it has to be here.
    keys = set(_KEY.findall(data.replace(b"\0", b"").decode("latin-1")))
    return len(keys) + beside >= _ENOUGH
