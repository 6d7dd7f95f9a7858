"""Reads one patient of a batch from JSON: a profile, or an object that has the profile with the caller's tokens.

`{"id": "row-1", "reference": "p-17", "profile": {...}}`: `id` names the line in what is said about it, and `reference`
the patient in a ledger. One of the two is enough for both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeGuard

from ketascreen.diagnostic import Diagnostic, ProfileError, did_you_mean
from ketascreen.patient.profile import PatientProfile
from ketascreen.screening.recorder import REFERENCE, TOKEN_FORM
from ketascreen.syntax.json_text import parse_json
from ketascreen.syntax.utf8 import MAX_BYTES

_KEYS = ("id", "reference", "profile")
FORM = 'write {"reference": ..., "profile": {...}}'
"""What to do about a line whose profile or reference is not where it must be."""


class Tokens(NamedTuple):
    """The caller's tokens of a line: what names the line, and what names the patient in a ledger."""

    id: str | None = None
    reference: str | None = None


def profile_in(data: bytes) -> PatientProfile:
    """The profile in the JSON of one patient.

    Raises:
        ProfileError: what is wrong with it, with pointers from the profile on, and never a value.
    """
    parsed = parse_json(data)
    if not _is_around(parsed):
        return PatientProfile.model_validate(parsed)
    problems = list(_around(parsed))
    if problems:
        raise ProfileError(problems)
    return PatientProfile.model_validate(parsed["profile"])


def tokens_in(data: bytes) -> Tokens:
    """The tokens of a line that is not checked yet; none where they cannot be read. `profile_in` refuses the line."""
    try:
        read = json.loads(data) if len(data) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        return Tokens()
    if not _is_around(read):
        return Tokens()
    name, reference = (token if _is_token(token := read.get(key)) else None for key in ("id", "reference"))
    return Tokens(name or reference, reference or (None if "reference" in read else name))


def _is_around(parsed: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether it is an object around a profile, or must be: no fact has the name of a token."""
    return isinstance(parsed, Mapping) and any(key.casefold() in _KEYS for key in parsed)


def _around(parsed: Mapping[str, Any]) -> Iterator[Diagnostic]:
    known = {*_KEYS} if "profile" in parsed else {*_KEYS, *PatientProfile.model_fields}
    for key in parsed.keys() - known:
        hint = did_you_mean(key, _KEYS, otherwise=f"the keys are {', '.join(_KEYS)}")
        yield Diagnostic("unknown-key", "has a key that a patient of a batch does not have", hint)
    if "profile" not in parsed:
        yield Diagnostic("missing-key", "`profile` is missing", FORM)
    for key in ("id", "reference"):
        if key in parsed and not _is_token(parsed[key]):
            yield Diagnostic("reference", f"`{key}` does not have the form of a token", TOKEN_FORM)


def _is_token(given: object) -> bool:
    return isinstance(given, str) and REFERENCE.fullmatch(given) is not None
