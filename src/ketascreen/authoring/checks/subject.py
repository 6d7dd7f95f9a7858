"""What a check gets, and what it gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from ketascreen.authoring.approving.subjects import JudgedApproval, Subjects
from ketascreen.authoring.cases.read import Case
from ketascreen.diagnostic import Diagnostic, Place
from ketascreen.language.approval import SubjectKind
from ketascreen.language.condition import Condition
from ketascreen.language.contradiction import NotBelow
from ketascreen.language.rulebook import Rulebook
from ketascreen.patient.contradictions import added
from ketascreen.syntax.tree import Node, place_of
from ketascreen.syntax.yaml_tree import read_yaml


@dataclass(frozen=True)
class Subject:
    """A rulebook that loads, with its cases: what the checks read.

    `documents` is the folder of the source documents, if there is one. `texts` holds the rulebook's files by path.
    `cache`: as for `load_rulebook`.
    """

    rulebook: Rulebook
    cases: tuple[Case, ...]
    today: date
    documents: Path | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    cache: str | Path | None = None

    @cached_property
    def approvals(self) -> tuple[JudgedApproval, ...]:
        """Each approval of the rulebook, with its state today."""
        rulebook = self.rulebook
        patients = any(one.kind is SubjectKind.PATIENT for one in rulebook.approvals)
        return tuple(Subjects(rulebook, self.cases if patients else ()).judged(self.today))

    def place(self, path: str, *keys: str | int) -> Place:
        """The place of the value under `keys` in a file, as in `place("vocabulary.yaml", "facts", "egfr")`.

        If there is no such value, the place of the nearest key above; if the file was not read, the whole file.
        """
        tree = _tree(path, self.texts.get(path, ""))
        return Place(path) if tree is None else place_of(tree, keys)


def conditions_of(rulebook: Rulebook) -> Iterator[Condition]:
    """Every condition of a rulebook: of its rules, its definitions, and the contradictions that it adds.

    Cases of retired rules are among them: their files load only with what they name.
    """
    yield from (rule.when for rule in (*rulebook.rules, *rulebook.retired))
    yield from (one.when for one in rulebook.definitions.values())
    whens = (one.when for one in added(rulebook.vocabulary.contradictions))
    yield from (when for when in whens if not isinstance(when, NotBelow))


@dataclass(frozen=True, slots=True)
class Concern(Diagnostic):
    """A check finding that is about something else than the rule whose file it is placed in.

    `about` names it, as `allow` in rulebook.yaml does: a fact, a parameter, a definition, a conflict, a document, an
    attribute of a route (`iv course`), or a rule. A plain `Diagnostic` is about the rule in whose file, or in whose
    file of cases, it is placed. A check need not give the text of the line.

    `cause` names, in backticks, what findings about several rules have in common, as a parameter; `brief` is the
    message in a few words, for a list of such findings.
    """

    about: str = ""
    cause: str = ""
    brief: str = ""


_ANY_KEY = re.compile(r".+")


@lru_cache(maxsize=64)
def _tree(path: str, text: str) -> Node | None:
    return read_yaml(text.encode(), path, _ANY_KEY)[0]
