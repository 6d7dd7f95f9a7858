"""Writes and reads the record of a screening: the lean form of its verdict, with the profile.

The titles, sources and attributes of routes are not in it: they are in the record of the rulebook, found by its digest.
Each fact is a part of its own, so that one can be opened without the others. Records of the formats before can be read
too, and written again to the same bytes: `ketascreen-record/1` sealed each finding by itself, in the first two a
decision stood without its standing, and the first three said whether all rules were signed off, in place of `approved`
and `release_key`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ketascreen import _version
from ketascreen.audit.record import FIRST, FORMAT, WITH_STANDINGS, Record, record_of
from ketascreen.audit.sealing import Salts, canonical
from ketascreen.language.clinic_time import ClinicTime
from ketascreen.language.iso_time import read_iso_time
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Outcome
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.patient.facts import known_facts
from ketascreen.patient.former_names import as_given_before, named_today
from ketascreen.patient.observation import dump_observation, read_observation
from ketascreen.patient.profile import PatientProfile
from ketascreen.screening.explanation import findings_of as explained
from ketascreen.screening.recorder import Screening
from ketascreen.screening.request import Request
from ketascreen.verdict.finding import Finding
from ketascreen.verdict.lean import LeanFinding, LeanVerdict
from ketascreen.verdict.read_as import ReadAs, formerly
from ketascreen.verdict.verdict import RouteVerdict, RulebookUsed, Verdict
from ketascreen.verdict.wording import Wording

_ELSEWHERE = {
    *("facts", "last_answers", "too_old", "unrecognised"),
    *("rulebook", "stage", "counts", "agreement", "library_version", "receipt"),
}
"""The fields of the lean form with another form in the record: the facts as they were given, all others not sealed."""


READ_AS = "read_as"
"""The part of a record with what was given under a name of before."""


def screening_record(
    screening: Screening, salts: Salts, *, form: str = FORMAT, lean: LeanVerdict | None = None
) -> Record:
    """The record of a screening, in the format `form`, one of `FORMATS`. `lean` is the lean form of its
    verdict, if the caller has it."""
    rulebook = screening.rulebook
    parts: dict[str, Any] = {
        "library": _version.VERSION,
        "engines": dict(screening.engines),
        "parameters": {name: str(parameter.value) for name, parameter in sorted(rulebook.parameters.items())},
        "reference": screening.reference,
        **{f"facts.{name}": fact for name, fact in _facts(screening.profile, rulebook.vocabulary)},
        **_said(screening.verdict, form, lean, rulebook=rulebook),
    }
    return record_of("screening", parts, salts, form=form)


def asked_alike(profile: PatientProfile, request: Request, rulebook: Rulebook) -> Callable[[Record], bool]:
    """Whether a record is of these answers and this request, by this rulebook. No rule is evaluated.

    It raises a KeyError if the opening of a part is missing.

    Raises:
        ProfileError: the rulebook's vocabulary cannot read the profile.
    """
    facts = {f"facts.{name}": canonical(fact) for name, fact in _facts(profile, rulebook.vocabulary)}

    def of(record: Record) -> bool:
        return (
            record.format == FORMAT
            and record.data["stage"] == request.stage
            and record.data["rulebook"]["bytes_digest"] == rulebook.bytes_digest
            and read_iso_time(record.part("as_of")) == request.as_of
            and zone_in(record) == request.clinic.name
            and record.part("routes").keys() == set(request.routes)
            and all(canonical(record.part(name)) == fact for name, fact in facts.items())
        )

    return of


def holds_verdict(record: Record, verdict: Verdict, rulebook: Rulebook) -> bool:
    """Whether a record holds exactly this verdict, which `rulebook` made. Each finding is made again from the record.

    Raises:
        KeyError: a part whose opening is not available.
        ProfileError: the rulebook's vocabulary cannot read the recorded profile.
    """
    said = _said(verdict, record.format, rulebook=rulebook)
    same = all(canonical(record.part(name)) == canonical(part) for name, part in said.items())
    return same and _findings_again(record, rulebook) == verdict.findings


def _findings_again(record: Record, rulebook: Rulebook) -> tuple[Finding, ...]:
    clinic = clinic_of(record)
    facts = known_facts(profile_of(record), rulebook.vocabulary, clinic)
    outcomes = {rule: finding.outcome for rule, finding in findings_of(record).items()}
    rules = [rule for rule in rulebook.rules if rule.id in outcomes]
    findings, _ = explained(rules, outcomes, Wording(rulebook), rulebook.vocabulary, facts, clinic)
    return findings


def zone_in(record: Record) -> str | None:
    """The clinic's time zone in the record of a screening; None if it was not known, or in a record of before.

    Raises:
        KeyError: its opening is missing.
    """
    zone: str | None = record.part("time_zone") if "time_zone" in {*record.data, *record.data["sealed"]} else None
    return zone


def release_key_in(record: Record) -> str | None:
    """The fingerprint of the key that was proved to have signed the rulebook; None if nobody asked, or before."""
    told: dict[str, str | None] = dict(record.data["rulebook"])
    return told.get("release_key")


def clinic_of(record: Record) -> ClinicTime:
    """The time of a recorded screening.

    Raises:
        KeyError: the opening of a part is missing.
    """
    return ClinicTime.at(read_iso_time(record.part("as_of")), zone_in(record))


def profile_of(record: Record) -> PatientProfile:
    """The profile of a recorded screening.

    Raises:
        KeyError: the opening of a part is missing.
    """
    known = {name: answer for name, answer in record.parts("facts").items() if answer is not None}
    built_in = {name: known.pop(name) for name in list(known) if name in PatientProfile.model_fields}
    return PatientProfile.model_validate({**built_in, "extra": as_given_before(known, formerly(read_as_in(record)))})


def read_as_in(record: Record) -> tuple[ReadAs, ...]:
    """What a recorded screening was given under a name of before.

    Raises:
        KeyError: the opening of the part is missing.
    """
    return tuple(map(ReadAs.model_validate, record.part(READ_AS) if READ_AS in record.data["sealed"] else ()))


def findings_of(record: Record) -> dict[str, LeanFinding]:
    """The outcome of each rule that was in scope, with what it rests on and lacks.

    Raises:
        KeyError: the opening of a part is missing.
    """
    told: Mapping[str, Any] = record.parts("findings") if record.format == FIRST else record.part("findings")
    return {
        rule: LeanFinding(Outcome(one["outcome"]), tuple(one.get("rests_on", ())), one.get("lacks", {}))
        for rule, one in told.items()
    }


def reasons_of(record: Record, route: str) -> frozenset[str]:
    """The rules that were reasons for the recommendation for a route, or for its readiness.

    Raises:
        KeyError: the opening of a part is missing.
    """
    told = record.part(f"routes.{route}") if record.format == FIRST else record.part("routes")[route]
    return frozenset((*told["reasons"], *told["readiness_reasons"]))


def decisions_of(record: Record) -> list[Any]:
    """The decisions that were given with a screening, as plain data.

    Raises:
        KeyError: the opening of the part is missing.
    """
    return [one.get("decision", one) for one in record.part("decisions")]


def _said(verdict: Verdict, form: str, lean: LeanVerdict | None = None, *, rulebook: Rulebook) -> dict[str, Any]:
    clear = {
        "rulebook": _rulebook(verdict.rulebook, form),
        "stage": verdict.stage,
        "channels": list(verdict.agreement.channels),
        "agreed": verdict.agreement.agreed,
        "counts": verdict.counts.model_dump(mode="json"),
        "recommendation": {
            route: {"decision": one.decision, "readiness": one.readiness} for route, one in verdict.routes.items()
        },
        "disagreements": [one.model_dump(mode="json") for one in verdict.agreement.disagreements],
    }
    said = {**clear, **(_part_by_part(verdict) if form == FIRST else _lean(lean or LeanVerdict.of(verdict)))}
    if not _has_former_names(rulebook):
        said.pop(READ_AS, None)
    return said if form in WITH_STANDINGS else {**said, **_decided_before(verdict)}


def _has_former_names(rulebook: Rulebook) -> bool:
    """Whether anything can be given under a name of before: only then is it on record whether it was.

    So a record by a rulebook without former names is as it was before there were any, and that the part is there says
    nothing of a patient.
    """
    vocabulary = rulebook.vocabulary
    return bool(vocabulary.renamed or rulebook.renamed_rules or any(one.was_choices for one in vocabulary.values()))


def _rulebook(used: RulebookUsed, form: str) -> dict[str, Any]:
    if form == FORMAT:
        return used.model_dump(mode="json", exclude={"title"})
    # A sign-off of before is an approval that is bound to nothing; `signed` said that each rule has one.
    said = used.model_dump(mode="json", exclude={"title", "approved", "release_key"})
    return {**said, "signed": used.approved is not None and used.approved.unbound == used.approved.of}


def _lean(lean: LeanVerdict) -> dict[str, Any]:
    """The lean form by field. A field that is added to the lean form later is on record, and sealed, at once."""
    findings = lean.model_dump(mode="json", include={"findings"}, exclude_defaults=True)
    return {**lean.model_dump(mode="json", exclude=_ELSEWHERE | {"findings"}), **findings}


def _part_by_part(verdict: Verdict) -> dict[str, Any]:
    """The parts of `ketascreen-record/1`: each route and each finding is a part of its own."""
    rest = verdict.model_dump(mode="json", include={"as_of", "decisions", "faults", "overrides"})
    routes = {f"routes.{route}": _route(one) for route, one in verdict.routes.items()}
    findings = {
        f"findings.{finding.rule}": {
            "effect": finding.effect,
            "outcome": finding.outcome,
            "rests_on": [fact.fact for fact in finding.rests_on],
            "lacks": {lacking.fact: lacking.why for lacking in finding.lacks},
        }
        for finding in verdict.findings
    }
    return {**routes, **findings, **rest}


def _decided_before(verdict: Verdict) -> dict[str, Any]:
    """The decisions and overrides as the formats before have them."""
    used = {"__all__": {"earliest", "latest"}}
    later: Any = {"override": {"decided_by": True, "birth_date": True, "rests_on": used}}
    overrides = [one.model_dump(mode="json", exclude=later) for one in verdict.overrides]
    return {
        "decisions": [one.decision.model_dump(mode="json") for one in verdict.decisions],
        "overrides": overrides,
    }


def _route(route: RouteVerdict) -> dict[str, Any]:
    return {
        "reasons": list(route.reasons),
        "readiness_reasons": list(route.readiness_reasons),
        "alerts": list(route.alerts),
        "alerts_not_ruled_out": list(route.alerts_not_ruled_out),
        "asks": [ask.fact for ask in route.asks],
        "advice": list(route.advice),
    }


def _facts(profile: PatientProfile, vocabulary: Vocabulary) -> Iterator[tuple[str, Any]]:
    """Every fact of the vocabulary, null if it is not known, so that the names of the parts reveal nothing."""
    known, own = profile.observations(), named_today(profile.extra, vocabulary).answers
    for name, fact in vocabulary.items():
        if name in known:
            yield name, dump_observation(fact, known[name])
        else:
            raw = own.get(name)
            yield name, None if raw is None else dump_observation(fact, read_observation(fact, raw))
    yield "birth_date", str(profile.birth_date) if profile.birth_date else None
