"""JSON or YAML to a PatientProfile; each problem has its place, and a message holds no value."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ketascreen.arguments import path_of, require
from ketascreen.diagnostic import Diagnostic, Place, ProfileError, did_you_mean
from ketascreen.language.vocabulary import Kind, Vocabulary
from ketascreen.patient.errors import problem_of
from ketascreen.patient.observation import read_observation
from ketascreen.patient.profile import BUILT_IN, PatientProfile
from ketascreen.patient.refused import Refused
from ketascreen.runtime.plain_file import NotPlain, open_plain
from ketascreen.spelling import near
from ketascreen.syntax.json_text import parse_json
from ketascreen.syntax.utf8 import MAX_BYTES

if TYPE_CHECKING:
    from ketascreen.syntax.tree import Node

_CHECK = "check its name and permissions"
_SOURCE = "give the path of a file, or the bytes of its text; a mapping goes to PatientProfile.model_validate"


def read_profile(source: str | os.PathLike[str] | bytes, *, name: str = "profile") -> PatientProfile:
    """The profile of a JSON or YAML file, or of its bytes (JSON where they begin with a brace or bracket).

    Raises:
        ProfileError: everything that is wrong with it, by place and JSON pointer, without any value.
    """
    require(name, str, "name", "text", 'write how messages name it, such as "profile"', error=ProfileError)
    if isinstance(source, bytearray | memoryview):
        source = bytes(source)
    if isinstance(source, bytes):
        data, is_json = source, source.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[", b'"')
    else:
        path = path_of(source, "source", "a path, or bytes", _SOURCE, error=ProfileError)
        data, name, is_json = _bytes(path), str(source), path.suffix.lower() == ".json"
    return _read_json(data, name) if is_json else _read_yaml(data, name)


def in_words_of(vocabulary: Vocabulary, error: ProfileError, *, has_extra: bool = True) -> ProfileError:
    """A profile's error once the rulebook is known: which unknown facts are its own, or near its own in spelling.

    `has_extra` is false where a rulebook's own facts are written with the others, as in a case.
    """
    return ProfileError([_in_words_of(vocabulary, problem, has_extra) for problem in error.diagnostics])


def _in_words_of(vocabulary: Vocabulary, problem: Diagnostic, has_extra: bool) -> Diagnostic:
    above, _, name = (problem.pointer or "").rpartition("/")
    if problem.code != "unknown-fact" or above or not name:
        return problem
    under = "put it under `extra`"
    if name in vocabulary:
        return replace(problem, message=f"`{name}` is a fact of this rulebook", hint=under)
    if name in vocabulary.renamed:
        now = vocabulary.renamed[name]
        message = f"`{name}` is a fact of this rulebook, which is called `{now}` now"
        return replace(problem, message=message, hint=f"{under}, as `{now}`" if has_extra else f"write `{now}`")
    hint = did_you_mean(name, vocabulary, otherwise="`ketascreen facts` lists the facts")
    if has_extra and any(one not in BUILT_IN for one in near(name, vocabulary)):
        hint = f"{hint} As a fact of this rulebook, {under}"
    return replace(problem, hint=hint)


def open_file(path: Path) -> IO[bytes]:
    """A plain file, opened for reading.

    Raises:
        ProfileError: it does not exist, or cannot be read.
    """
    hint = _CHECK
    try:
        return open_plain(path)
    except FileNotFoundError:
        reason = "no such file"
    except NotPlain as error:
        reason, hint = str(error.strerror), f"{error.hint}, and `-` reads standard input"
    except OSError as error:
        reason = error.strerror or "an error of the system"
    raise ProfileError([_unreadable(path, reason, hint)])


def _bytes(path: Path) -> bytes:
    with open_file(path) as file:
        try:
            return file.read(MAX_BYTES + 1)
        except OSError as error:
            reason = error.strerror or "an error of the system"
    raise ProfileError([_unreadable(path, reason)])


def _unreadable(path: Path, reason: str, hint: str = _CHECK) -> Diagnostic:
    return Diagnostic("unreadable", f"cannot be read ({reason})", hint, Place(str(path)))


def _read_json(data: bytes, name: str) -> PatientProfile:
    parsed = parse_json(data, name)
    try:
        return PatientProfile.model_validate(parsed)
    except ProfileError as error:
        problems = [replace(problem, place=Place(name)) for problem in error.diagnostics]
    raise ProfileError(problems)


def _read_yaml(data: bytes, name: str) -> PatientProfile:
    from ketascreen.syntax.tree import plain  # with PyYAML, which a profile in JSON does not need
    from ketascreen.syntax.yaml_tree import read_yaml

    tree, found = read_yaml(data, name)
    if found or tree is None:
        raise ProfileError(_of_profile(_of_a_choice(problem, tree)) for problem in found)
    try:
        return PatientProfile.model_validate(plain(tree))
    except ProfileError as error:
        problems = [_placed(problem, tree) for problem in error.diagnostics]
    raise ProfileError(problems)


def _of_profile(problem: Diagnostic) -> Diagnostic:
    """The problem without the line, and with what to do in a profile, where no fact is needed."""
    hint = "write one, or delete the key" if problem.code == "no-value" else problem.hint
    return replace(problem, text=None, hint=hint)


def _of_a_choice(problem: Diagnostic, tree: Node | None) -> Diagnostic:
    """A problem of YAML; where it is `yes` or `no` for a choice, the choices are named, since no quotes would help."""
    from ketascreen.syntax.tree import Mapping, plain

    for name, node in tree.items.items() if isinstance(tree, Mapping) and problem.code == "ambiguous" else ():
        answers = (node, *node.items.values()) if isinstance(node, Mapping) else (node,)
        fact = BUILT_IN.get(name)
        if fact is None or fact.kind is not Kind.CHOICE or problem.place not in [one.place for one in answers]:
            continue
        try:
            read_observation(fact, plain(node))
        except Refused as refused:
            return replace(problem_of(name, refused), place=problem.place)
    return problem


def _placed(problem: Diagnostic, tree: Node) -> Diagnostic:
    from ketascreen.syntax.tree import place_of

    path = [int(step) if step.isdecimal() else step for step in (problem.pointer or "").split("/")[1:]]
    return replace(problem, place=place_of(tree, path)._replace(length=1))
