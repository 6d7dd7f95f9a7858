"""What a check is given, and what it hands back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from ketascreen.authoring.cases.read import Case
from ketascreen.diagnostic import Diagnostic, Place
from ketascreen.language.rulebook import Rulebook
from ketascreen.syntax.tree import Node, place_of
from ketascreen.syntax.yaml_tree import read_yaml


@dataclass(frozen=True)
class Subject:
    """A rulebook that loads, with its cases: what the checks look at.

    `documents` is the folder of the source documents, where one was named. `texts` holds the rulebook's files by path.
    """

    rulebook: Rulebook
    cases: tuple[Case, ...]
    today: date
    documents: Path | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    def place(self, path: str, *keys: str | int) -> Place:
        """Where the value under `keys` stands in a file, as `place("vocabulary.yaml", "facts", "egfr")`.

        The nearest key above where there is no such value, and the file as a whole where it was not read.
        """
        tree = _tree(path, self.texts.get(path, ""))
        return Place(path) if tree is None else place_of(tree, keys)


@dataclass(frozen=True, slots=True)
class Concern(Diagnostic):
    """What a check found, where that is about something beside the rule whose file it stands in.

    `about` names it, as rulebook.yaml's `allow` does: a fact, a parameter, a definition, a conflict, a document, or a
    rule. A plain `Diagnostic` is about the rule in whose file, or in whose cases' file, it is placed. A check need not
    give the text of the line.
    """

    about: str = ""


_ANY_KEY = re.compile(r".+")


@lru_cache(maxsize=64)
def _tree(path: str, text: str) -> Node | None:
    return read_yaml(text.encode(), path, _ANY_KEY)[0]
