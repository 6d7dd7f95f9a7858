"""Records: canonical JSON of what happened, with what is the patient's sealed.

What may leave is a closed list. Every other part is sealed, a new one too, until somebody lists it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ketascreen import _version
from ketascreen.audit.sealing import Openings, Salts, canonical, openings_text, sealed, value_of
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.patient.observation import dump_observation, read_observation
from ketascreen.patient.profile import PatientProfile
from ketascreen.screening.recorder import Screening
from ketascreen.verdict.override import Override
from ketascreen.verdict.verdict import RouteVerdict, Verdict

FORMAT = "ketascreen-record/1"

MAY_LEAVE = frozenset(
    {
        "format", "kind", "library", "engines", "rulebook", "parameters", "stage", "channels", "agreed", "counts",
        "recommendation",
        # of a rulebook's record
        "id", "version", "bytes_digest", "meaning_digest", "files",
        # of a ledger's own records
        "ledger", "segment_size", "first", "last", "head", "file_sha256",
        # of an override's record
        "screening",
    }
)  # fmt: skip
"""The parts of a record that stand in the clear, and so leave with a redacted copy. All others are sealed."""

_BUILT_FROM_PARTS = {"notice", "stage", "routes", "findings", "rulebook", "agreement", "counts", "library_version"}
_NOT_OF_THE_RECORD = {"receipt"}


@dataclass(frozen=True)
class Record:
    """One record: its body, and the openings of its sealed parts, each as canonical JSON. Its repr shows neither."""

    body: str = field(repr=False)
    opened: str = field(repr=False)

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """The body as plain data.

        Raises:
            ValueError: it is not JSON.
        """
        data: Mapping[str, Any] = json.loads(self.body)
        return data

    @cached_property
    def openings(self) -> Openings:
        """The texts that open sealed parts, by name.

        Raises:
            ValueError: it is not JSON.
        """
        openings: Openings = json.loads(self.opened)
        return openings

    @property
    def kind(self) -> str:
        """What happened: `ledger`, `rulebook`, `screening`, `override` or `retired`."""
        return str(self.data["kind"])

    @property
    def digest(self) -> str:
        """The sha256 of the body's very bytes."""
        return hashlib.sha256(self.body.encode("utf-8")).hexdigest()

    def part(self, name: str) -> Any:
        """A part by name, from the clear or out of its opening.

        Raises:
            KeyError: no such part, or its opening is not at hand.
        """
        return self.data[name] if name in self.data else value_of(self.openings[name])

    def parts(self, prefix: str) -> dict[str, Any]:
        """The parts whose names begin with `prefix` and a dot, by the rest of the name.

        Raises:
            KeyError: the opening of one is not at hand.
        """
        names = [name for name in self.data["sealed"] if name.startswith(f"{prefix}.")]
        return {name.removeprefix(f"{prefix}."): self.part(name) for name in names}


def record_of(kind: str, parts: Mapping[str, Any], salts: Salts) -> Record:
    """The record of a kind, with every part sealed that may not leave."""
    clear = {name: value for name, value in parts.items() if name in MAY_LEAVE}
    private = {name: value for name, value in parts.items() if name not in MAY_LEAVE}
    commitments, openings = sealed(private, salts)
    body = canonical({"format": FORMAT, "kind": kind, **clear, "sealed": commitments})
    return Record(body, openings_text(openings))


def screening_record(screening: Screening, salts: Salts) -> Record:
    """The record of a screening.

    Its words (titles, sources, what the routes are like) are the rulebook's, which is on record by its digest.
    """
    rulebook = screening.rulebook
    parts: dict[str, Any] = {
        "library": _version.VERSION,
        "engines": dict(screening.engines),
        "parameters": {name: str(parameter.value) for name, parameter in sorted(rulebook.parameters.items())},
        "reference": screening.reference,
        **dict(_facts(screening.profile, rulebook.vocabulary)),
        **_of_verdict(screening.verdict),
    }
    return record_of("screening", parts, salts)


def tells_of(record: Record, verdict: Verdict) -> bool:
    """Whether a record is of this very verdict.

    Raises:
        KeyError: a part whose opening is not at hand.
    """
    return all(canonical(record.part(name)) == canonical(told) for name, told in _of_verdict(verdict).items())


def rulebook_record(rulebook: Rulebook, salts: Salts) -> Record:
    """The record of a rulebook: the very text of each file, so that a screening by it can be run again."""
    parts = {
        "id": rulebook.identity.id,
        "version": rulebook.identity.version,
        "bytes_digest": rulebook.bytes_digest,
        "meaning_digest": rulebook.meaning_digest,
        "files": {path: data.decode("utf-8") for path, data in sorted(rulebook.files.items())},
    }
    return record_of("rulebook", parts, salts)


def override_record(reference: str, override: Override, salts: Salts) -> Record:
    """The record of a clinician's decision to go ahead."""
    dumped = override.model_dump(mode="json", exclude={"record", "lapsed_at", "lapsed_as"})
    return record_of("override", {"library": _version.VERSION, "reference": reference, **dumped}, salts)


def key_of(record: Record) -> str:
    """What a ledger finds a record by: the caller's reference, or the digest of a rulebook's bytes.

    Raises:
        KeyError: the opening of the reference is not at hand.
    """
    match record.kind:
        case "screening" | "override":
            return str(record.part("reference"))
        case "rulebook":
            return str(record.data["bytes_digest"])
        case _:
            return ""


def override_of(record: Record, number: int) -> Override:
    """The override that a record tells of.

    Raises:
        KeyError: a part whose opening is not at hand.
    """
    told = {name: record.part(name) for name in Override.model_fields if name in _parts_of(record)}
    return Override.model_validate({**told, "record": number})


def profile_of(record: Record) -> PatientProfile:
    """The profile that a screening was of.

    Raises:
        KeyError: a part whose opening is not at hand.
    """
    known = {name: answer for name, answer in record.parts("facts").items() if answer is not None}
    built_in = {name: known.pop(name) for name in list(known) if name in PatientProfile.model_fields}
    return PatientProfile.model_validate({**built_in, "extra": known})


def _parts_of(record: Record) -> set[str]:
    return {*record.data, *record.data["sealed"]}


def _of_verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "rulebook": verdict.rulebook.model_dump(mode="json", exclude={"title"}),
        "stage": verdict.stage,
        "channels": list(verdict.agreement.channels),
        "agreed": verdict.agreement.agreed,
        "counts": verdict.counts.model_dump(mode="json"),
        "recommendation": {route: _recommendation(one) for route, one in verdict.routes.items()},
        "disagreements": [one.model_dump(mode="json") for one in verdict.agreement.disagreements],
        **{f"routes.{route}": _route(one) for route, one in verdict.routes.items()},
        **dict(_findings(verdict)),
        **_whatever_else(verdict),
    }


def _recommendation(route: RouteVerdict) -> dict[str, Any]:
    return {"decision": route.decision, "readiness": route.readiness}


def _route(route: RouteVerdict) -> dict[str, Any]:
    return {
        "reasons": list(route.reasons),
        "readiness_reasons": list(route.readiness_reasons),
        "alerts": list(route.alerts),
        "alerts_not_ruled_out": list(route.alerts_not_ruled_out),
        "asks": [ask.fact for ask in route.asks],
        "advice": list(route.advice),
    }


def _findings(verdict: Verdict) -> Iterator[tuple[str, Any]]:
    """What each rule came to, every rule in scope alike, so that the names of the parts tell nothing."""
    for finding in verdict.findings:
        told = {
            "effect": finding.effect,
            "outcome": finding.outcome,
            "rests_on": [fact.fact for fact in finding.rests_on],
            "lacks": {lacking.fact: lacking.why for lacking in finding.lacks},
        }
        yield f"findings.{finding.rule}", told


def _facts(profile: PatientProfile, vocabulary: Vocabulary) -> Iterator[tuple[str, Any]]:
    """Every fact of the vocabulary, null where it is not known, so that the names of the parts tell nothing."""
    known = profile.observations()
    for name, fact in vocabulary.items():
        raw = known.get(name, profile.extra.get(name))
        yield f"facts.{name}", None if raw is None else dump_observation(fact, read_observation(fact, raw))
    yield "facts.birth_date", profile.birth_date.isoformat() if profile.birth_date else None


def _whatever_else(verdict: Verdict) -> dict[str, Any]:
    """The rest of a verdict, by field: what is added to it later is on record, and sealed, from the first day."""
    done = _BUILT_FROM_PARTS | _NOT_OF_THE_RECORD
    return verdict.model_dump(mode="json", include=set(type(verdict).model_fields) - done)


def missing_openings(record: Record) -> Iterable[str]:
    """The names of the sealed parts whose opening is not at hand."""
    return [name for name in record.data["sealed"] if name not in record.openings]


def differing(record: Record, other: Record) -> Iterator[str]:
    """The names of the parts in which two records differ; none where their bytes are the same."""
    if (record.body, record.opened) == (other.body, other.opened):
        return
    mine, theirs = ({**one.data, **one.data["sealed"]} for one in (record, other))
    names = {name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)} - {"sealed"}
    yield from sorted(names) or ["the bytes that it is written in"]
