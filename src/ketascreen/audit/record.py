"""Records: canonical JSON of what happened. The parts about the patient are sealed.

The parts that may leave are a closed list. Every other part is sealed; a new part too, until somebody lists it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ketascreen import _version
from ketascreen.audit.sealing import Openings, Salts, canonical, openings_text, sealed, value_of
from ketascreen.language.quiet import Quiet
from ketascreen.language.rulebook import Rulebook
from ketascreen.screening.request import Request
from ketascreen.verdict.override import Override

FIRST, SECOND, THIRD, FORMAT = (f"ketascreen-record/{number}" for number in range(1, 5))
"""The formats of before, and the format of new records."""
FORMATS = frozenset({FIRST, SECOND, THIRD, FORMAT})
"""The formats that can be read. Only their screenings differ, and an override of the first two has fewer parts."""
WITH_STANDINGS = frozenset({THIRD, FORMAT})
"""The formats in which a decision and an override stand whole, each with its standing."""

MAY_LEAVE = frozenset(
    {
        "format", "kind", "library", "engines", "rulebook", "parameters", "stage", "channels", "agreed", "counts",
        "recommendation",
        # in the record of a rulebook
        "id", "version", "bytes_digest", "meaning_digest", "files",
        # in a ledger's records about itself
        "ledger", "segment_size", "first", "last", "head", "file_sha256",
        # in the record of an override
        "screening",
    }
)  # fmt: skip
"""The parts of a record that are not sealed, so a redacted copy shows them. All others are sealed."""


@dataclass(frozen=True, repr=False, eq=False)
class Record(Quiet):
    """One record: its body, and the openings of its sealed parts, each as canonical JSON. Its repr shows neither."""

    body: str
    opened: str

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
        """What happened: `ledger`, `rulebook`, `batch`, `screening`, `override` or `retired`."""
        return str(self.data["kind"])

    @property
    def format(self) -> str:
        """Its format, one of `FORMATS`."""
        return str(self.data["format"])

    @property
    def digest(self) -> str:
        """The sha256 of exactly the body's bytes."""
        return hashlib.sha256(self.body.encode("utf-8")).hexdigest()

    def part(self, name: str) -> Any:
        """A part by name, from the body or from its opening.

        Raises:
            KeyError: there is no such part, or its opening is missing.
        """
        return self.data[name] if name in self.data else value_of(self.openings[name])

    def parts(self, prefix: str) -> dict[str, Any]:
        """The parts whose names begin with `prefix` and a dot, by the rest of the name.

        Raises:
            KeyError: the opening of one of them is missing.
        """
        names = [name for name in self.data["sealed"] if name.startswith(f"{prefix}.")]
        return {name.removeprefix(f"{prefix}."): self.part(name) for name in names}


def record_of(kind: str, parts: Mapping[str, Any], salts: Salts, *, form: str = FORMAT) -> Record:
    """A record of a kind, in a format; every part that may not leave is sealed."""
    clear = {name: value for name, value in parts.items() if name in MAY_LEAVE}
    private = {name: value for name, value in parts.items() if name not in MAY_LEAVE}
    commitments, openings = sealed(private, salts)
    body = canonical({"format": form, "kind": kind, **clear, "sealed": commitments})
    return Record(body, openings_text(openings))


def rulebook_record(rulebook: Rulebook, salts: Salts) -> Record:
    """The record of a rulebook: exactly the text of each file, so that a screening with it can be run again."""
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


def batch_record(rulebook: Rulebook, request: Request, salts: Salts) -> Record:
    """The record of the start of a batch: what is asked of each of its patients."""
    parts = {
        "library": _version.VERSION,
        "rulebook": {"bytes_digest": rulebook.bytes_digest, "version": rulebook.identity.version},
        "stage": request.stage,
        "as_of": request.as_of.isoformat(),
        "time_zone": request.clinic.name,
        "routes_asked": list(request.routes),
    }
    return record_of("batch", parts, salts)


def key_of(record: Record) -> str:
    """The key by which a ledger finds a record: the patient reference, the digest of a rulebook's bytes, or what a
    batch asks.

    Raises:
        KeyError: the opening of the reference is missing.
    """
    match record.kind:
        case "screening" | "override":
            return str(record.part("reference"))
        case "rulebook":
            return str(record.data["bytes_digest"])
        case "batch":
            asked = [record.part(name) for name in ("as_of", "time_zone", "stage", "routes_asked")]
            return canonical([record.data["rulebook"]["bytes_digest"], *asked])
        case _:
            return ""


def override_of(record: Record, number: int) -> Override:
    """The override in a record.

    Raises:
        KeyError: the opening of a part is missing.
    """
    told = {name: record.part(name) for name in Override.model_fields if name in _parts_of(record)}
    return Override.model_validate({**told, "record": number})


def _parts_of(record: Record) -> set[str]:
    return {*record.data, *record.data["sealed"]}


def missing_openings(record: Record) -> Iterable[str]:
    """The names of the sealed parts without an opening."""
    return [name for name in record.data["sealed"] if name not in record.openings]


def differing(record: Record, other: Record) -> Iterator[str]:
    """The names of the parts in which two records differ; empty if their bytes are the same."""
    if (record.body, record.opened) == (other.body, other.opened):
        return
    mine, theirs = ({**one.data, **one.data["sealed"]} for one in (record, other))
    names = {name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)} - {"sealed"}
    yield from sorted(names) or ["the form of its bytes"]
