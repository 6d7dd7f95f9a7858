"""Whether a folder with a rulebook.yaml has a rulebook of ketascreen, however broken, or a file of the same name."""

from __future__ import annotations

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


def is_own_rulebook(folder: Path) -> bool:
    """Whether it has two signs of a rulebook of ketascreen.

    A sign is a key of our rulebook.yaml beside `id`, `title` and `version`, which others have too, or another file that
    the format names, such as routes.yaml. So a rulebook.yaml that is empty, or does not parse, is still ours beside its
    other files. A rulebook.yaml that cannot be read is taken for ours: what reads it says why it cannot.
    """
    try:
        data = read_plain(folder / RULEBOOK, MAX_BYTES)
    except OSError:
        return True
    # Without zeros UTF-16 is as plain as it has to be here.
    keys = set(_KEY.findall(data.replace(b"\0", b"").decode("latin-1")))
    beside = [name for name in NAMED if f"{name}.yaml" != RULEBOOK and (folder / f"{name}.yaml").exists()]
    return len(keys) + len(beside) >= _ENOUGH
