"""Runs recorded screenings again: to the same bytes, or by another rulebook, to see which decisions would differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ketascreen import _version
from ketascreen.audit.entry import Entry
from ketascreen.audit.errors import LedgerError
from ketascreen.audit.ledger import Ledger
from ketascreen.audit.record import FORMATS, Record, differing, missing_openings
from ketascreen.audit.screening_record import (
    decisions_of,
    findings_of,
    profile_of,
    reasons_of,
    release_key_in,
    screening_record,
    zone_in,
)
from ketascreen.audit.sealing import salts_of
from ketascreen.channels.production.engine import HOW_TO_GET_IT, EngineMissing
from ketascreen.channels.registry import CHANNELS
from ketascreen.diagnostic import InputError, ProfileError, printable
from ketascreen.language.iso_time import read_iso_time
from ketascreen.language.rulebook import Rulebook
from ketascreen.screen import Screener
from ketascreen.screening.recorder import Screening
from ketascreen.verdict.decided import ClinicianDecision
from ketascreen.verdict.override import Override
from ketascreen.verdict.verdict import Receipt, Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """A route with another decision or readiness than then, and the rules that cause the difference."""

    route: str
    then: str
    now: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """The result of running one recorded screening again.

    `refused` says why it could not be run; `refused_now` are the codes of the reasons if this version, or the other
    rulebook, refuses the recorded profile, or lacks a recorded route. With its own rulebook and library (`own`),
    `differs` names the parts of its record that differ; if it is empty, the bytes are identical. With others, `changes`
    are the routes that differ.
    """

    number: int
    reference: str = ""
    own: bool = True
    refused: str = ""
    refused_now: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


class Replay:
    """Runs the screenings of a ledger again; `rulebook` replaces their own rulebooks."""

    def __init__(self, ledger: Ledger, rulebook: Rulebook | None = None) -> None:
        self._ledger = ledger
        self._rulebook = rulebook
        self._screeners: dict[tuple[str, tuple[str, ...], str | None, str | None], Screener] = {}

    def run(self, *, first: int = 1, last: int | None = None) -> Iterator[Replayed]:
        """Each screening from entry `first` to `last`, in order.

        Raises:
            LedgerError: the ledger could not be read.
        """
        for entry in self._ledger.entries(first=first, last=last):
            if _kind(entry) == "screening":
                yield self.one(entry)

    def one(self, entry: Entry) -> Replayed:
        """One recorded screening, run again."""
        record, reference = entry.record, ""
        codes: tuple[str, ...] = ()
        try:
            _require_whole(record)
            reference = str(record.part("reference"))
            screener = self._screener(record)
            return self._compared(entry, reference, screener, _screened_again(screener, record))
        except EngineMissing:
            refused = f"it rests on the rule engine durable-rules, which is not here: {HOW_TO_GET_IT}"
        except (LedgerError, InputError) as error:
            refused = str(error)
            codes = tuple(dict.fromkeys(_codes_of(error)))
        except (LookupError, ValueError, TypeError):
            refused = "its record cannot be read; verify the ledger"
        return Replayed(entry.number, reference, refused=refused, refused_now=codes)

    def verdict(self, entry: Entry) -> Verdict:
        """The verdict of a recorded screening, with its receipt; the screening is run again, to the same bytes.

        Raises:
            LedgerError: it cannot be run again, or the result is not the same.
        """
        if (kind := _kind(entry)) != "screening":
            message = (
                f"entry {entry.number} is not a screening but has the kind `{kind}`; name the entry of a screening"
            )
            raise LedgerError("ledger-refused", message)
        replayed = self.one(entry)
        if replayed.refused or replayed.differs or not replayed.own:
            why = replayed.refused or "with this version the result is not the same"
            raise LedgerError("ledger-refused", f"entry {entry.number} cannot be replayed ({why}); screen again")
        verdict = _screened_again(self._screener(entry.record), entry.record)
        receipt = Receipt(ledger=self._ledger.id, record=entry.number, digest=entry.record.digest)
        return verdict.model_copy(update={"receipt": receipt})

    def close(self) -> None:
        """Closes the screeners."""
        for screener in self._screeners.values():
            screener.close()

    def _compared(self, entry: Entry, reference: str, screener: Screener, verdict: Verdict) -> Replayed:
        record = entry.record
        own = self._rulebook is None and record.data["library"] == _version.VERSION
        own = own and record.data["engines"] == dict(screener.engines)
        if not own:
            return Replayed(entry.number, reference, own, changes=tuple(_changes(record, verdict, screener.rulebook)))
        screening = Screening(reference, profile_of(record), verdict, screener.rulebook, screener.engines)
        again = screening_record(screening, salts_of(record.openings), form=record.format)
        return Replayed(entry.number, reference, own, differs=tuple(differing(record, again)))

    def _screener(self, record: Record) -> Screener:
        rulebook = self._rulebook or self._ledger.rulebook(record.data["rulebook"]["bytes_digest"])
        channels = tuple(record.data["channels"])
        for channel in channels:
            if channel not in CHANNELS:
                raise LedgerError("ledger-not-there", f"this version does not have its channel `{channel}`")
        zone = zone_in(record)
        # The key is not on record with the rulebook: it was proved when the rulebook was loaded.
        signed_by = rulebook.release_key if self._rulebook else release_key_in(record)
        key = rulebook.bytes_digest, channels, zone, signed_by
        if key not in self._screeners:
            signed = replace(_in_zone(rulebook, zone), release_key=signed_by)
            self._screeners[key] = Screener(signed, channels=channels, time_zone=zone)
        return self._screeners[key]


def _in_zone(rulebook: Rulebook, zone: str | None) -> Rulebook:
    """The rulebook in the time zone of the recorded screening, which the screener may have said."""
    if rulebook.identity.time_zone in (None, zone):
        return rulebook
    return replace(rulebook, identity=replace(rulebook.identity, time_zone=zone))


def _kind(entry: Entry) -> str:
    try:
        return entry.record.kind
    except (KeyError, ValueError, TypeError):
        return "screening"  # it was altered: it is refused by number, not ignored


def _codes_of(error: LedgerError | InputError) -> Iterator[str]:
    """The codes of what is refused today: the profile, or a route that the rulebook does not have."""
    for problem in error.diagnostics:
        if isinstance(error, ProfileError) or problem.code == "route":
            yield problem.code


def _require_whole(record: Record) -> None:
    if record.format not in FORMATS:
        raise LedgerError("ledger-newer", f"this version does not know the format `{printable(record.format)}`")
    missing = sorted(missing_openings(record))
    if missing:
        more = f" and {len(missing) - 1} more" if missing[1:] else ""
        raise LedgerError("ledger-not-there", f"the opening of its part `{missing[0]}`{more} is missing")


def _screened_again(screener: Screener, record: Record) -> Verdict:
    """The screening again. A decision on a rule that another rulebook has retired decides nothing there."""
    given = [ClinicianDecision.model_validate(one) for one in decisions_of(record)]
    return screener.screen(
        profile_of(record),
        as_of=read_iso_time(record.part("as_of")),
        stage=record.data["stage"],
        routes=list(record.data["recommendation"]),
        decisions=[one for one in given if screener.rulebook.retired_rule(one.rule) is None],
        overrides=[Override.model_validate(one["override"]) for one in record.part("overrides")],
    )


def _changes(record: Record, verdict: Verdict, rulebook: Rulebook) -> Iterator[Change]:
    """The routes that differ. A rule that has another id now is compared with what it was."""
    today = rulebook.id_of_today
    then_found = {today(rule): finding.outcome for rule, finding in findings_of(record).items()}
    now_found = {finding.rule: finding.outcome for finding in verdict.findings}
    for route, then in record.data["recommendation"].items():
        now = verdict.routes[route]
        if (then["decision"], then["readiness"]) == (now.decision, now.readiness):
            continue
        reasons = {*map(today, reasons_of(record, route)), *now.reasons, *now.readiness_reasons}
        by = tuple(sorted(rule for rule in reasons if then_found.get(rule) != now_found.get(rule)))
        yield Change(
            route,
            _said(then["decision"], then["readiness"]),
            _said(now.decision, now.readiness),
            by or tuple(sorted(reasons)),
        )


def _said(decision: str, readiness: str | None) -> str:
    return decision if readiness is None else f"{decision}, {readiness}"
