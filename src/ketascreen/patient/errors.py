"""Why a profile is refused: it names facts, never a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ketascreen.diagnostic import Diagnostic, ProfileError, did_you_mean, is_plain_name
from ketascreen.patient.extra_facts import MAX_FACTS
from ketascreen.patient.refused import Refused


def problem_of(name: str, refused: Refused) -> Diagnostic:
    """What is wrong with the answer to a fact."""
    return Diagnostic(refused.code, message_of(name, refused), refused.hint, pointer=f"/{name}{refused.pointer}")


def message_of(name: str, refused: Refused) -> str:
    """A message about the answer to a fact, as a sentence about the fact if it can be one."""
    verb = refused.message.startswith(("has ", "holds ", "must "))
    return f"`{name}` {refused.message}" if verb else f"`{name}`: {refused.message}"


def plainly(detail: Any, fields: Iterable[str]) -> Diagnostic:
    """A detail of Pydantic's error in words of facts."""
    problem = detail.get("ctx", {}).get("problem")
    if isinstance(problem, Diagnostic):
        return problem
    name = str(detail["loc"][0]) if detail["loc"] else ""
    if detail["type"] == "extra_forbidden":
        near, own = did_you_mean(name, fields), "it is a fact of the rulebook, put it under `extra`"
        return unknown_fact(name, f"{near} If {own}" if near else f"if {own}; `ketascreen facts` lists the facts")
    if name:
        hint = "look at the class that adds it"
        return Diagnostic("wrong-type", f"`{name}` is missing, or of another type", hint, pointer=f"/{name}")
    return Diagnostic("wrong-type", "a profile is one object of facts", "send one object, as in examples/", pointer="")


def unknown_fact(name: str, hint: str, below: str = "") -> Diagnostic:
    """An unknown fact; a name that is not a plain word is not repeated."""
    plain = is_plain_name(name)
    message = f"unknown fact `{name}`" if plain else "an unknown fact, with a name that is not a plain word"
    return Diagnostic("unknown-fact", message, hint, pointer=f"{below}/{name}" if plain else below)


def refuse_unread(raw: object, mode: str) -> None:
    """Refuses JSON that another reader has already parsed, and more keys than there are facts."""
    if mode == "json":
        hint = "use read_profile or PatientProfile.model_validate_json"
        raise ProfileError([Diagnostic("unchecked", "only the reader of profiles may read JSON", hint, pointer="")])
    if isinstance(raw, Mapping) and len(raw) > MAX_FACTS:
        raise ProfileError([Diagnostic("too-many", f"more than {MAX_FACTS:,} facts", "send one patient's", pointer="")])
