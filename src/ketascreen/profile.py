"""PatientProfile: what is known about one patient at one time.

Every fact may be left out or None: it is then not known, which is never "no". Facts that a rulebook adds come in
through `extra`. The sources of the codes are named in docs/facts.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from ketascreen.diagnostic import Diagnostic, ProfileError, did_you_mean
from ketascreen.observation import (
    AnyObservation,
    Instant,
    ListObservation,
    Observation,
    Refused,
    as_mapping,
    dump_observation,
    read_instant,
    read_observation,
)
from ketascreen.quantity import UNITS, decimal_text
from ketascreen.vocabulary import Code, Fact, Kind, Vocabulary

Answer = Observation | None
ListAnswer = ListObservation | None

MAX_FACTS = 1_000

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")

SEVERE_HEART_CONDITIONS = (
    "unstable_angina", "decompensated_heart_failure", "severe_valve_disease", "severe_arrhythmia",
    "severe_unspecified", "aneurysm", "arteriovenous_malformation", "intracerebral_hemorrhage",
)  # fmt: skip
OTHER_HEART_CONDITIONS = (
    "heart_failure", "coronary_artery_disease", "arrhythmia", "valve_disease", "congenital_heart_disease",
    "pacemaker", "myocardial_infarction", "stroke", "unspecified",
)  # fmt: skip


def _codes(text: str) -> tuple[Code, ...]:
    """Codes from `system code` or `choice=system code`, separated by commas."""
    codes = []
    for item in filter(None, (part.strip() for part in text.split(","))):
        choice, _, rest = item.rpartition("=")
        system, _, code = rest.partition(" ")
        codes.append(Code(system, code, choice or None))
    return tuple(codes)


def _fact(label: str, domain: str, *, codes: str = "", note: str = "", **given: Any) -> Any:
    extra = {"label": label, "domain": domain, "codes": _codes(codes), "note": note, **given}
    return Field(default=None, repr=False, json_schema_extra={"ketascreen": extra})


def choice(label: str, domain: str, *choices: str, codes: str = "", note: str = "", changeable: bool = True) -> Any:
    """A fact answered by one word of a closed list."""
    return _fact(label, domain, codes=codes, note=note, kind=Kind.CHOICE, choices=choices, changeable=changeable)


def words(label: str, domain: str, *choices: str, codes: str = "", note: str = "") -> Any:
    """A fact answered by the words of a closed list that are present."""
    return _fact(label, domain, codes=codes, note=note, kind=Kind.LIST, choices=choices)


def number(label: str, domain: str, unit: str, low: int, high: int, *, codes: str = "", note: str = "") -> Any:
    """A fact answered by a quantity in `unit`, from `low` to `high`."""
    ends: dict[str, Any] = {"minimum": Decimal(low), "maximum": Decimal(high), "unit": UNITS[unit]}
    return _fact(label, domain, codes=codes, note=note, kind=Kind.NUMBER, **ends)


def integer(label: str, domain: str, unit: str, low: int, high: int, *, note: str = "", changeable: bool = True) -> Any:
    """A fact answered by a whole number of `unit`, from `low` to `high`."""
    ends: dict[str, Any] = {"minimum": Decimal(low), "maximum": Decimal(high), "unit": UNITS[unit]}
    return _fact(label, domain, note=note, kind=Kind.INTEGER, changeable=changeable, **ends)


class PatientProfile(BaseModel):
    """What is known about one patient. Strict and frozen; a field that is None or absent is not known.

    A field takes an answer (`139`, `"139 mmHg"`, `"never"`, `["stroke"]`) or a mapping of the answer with the time it
    was observed (`{"value": 139, "unit": "mmHg", "at": "2026-11-22"}`; for a list fact
    `{"present": [...], "complete": True, "at": ...}`).
    A number without a unit is in the fact's own unit. Its repr shows no answer.

    Raises:
        ProfileError: names each fact that was refused, why, and the mend, never a value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)

    # Whether any of this can be given
    setting: Answer = choice("Where it would be given", "plan", "clinic", "home")
    product_source: Answer = choice("Where the product comes from", "plan", "pharmacy_or_clinic", "unregulated")
    birth_date: date | None = Field(default=None, repr=False, description="Date of birth; gives the age on the day.")
    age: Answer = integer("Age", "person", "years", 0, 120, changeable=False)

    # Heart and circulation
    systolic_bp: Answer = number(
        "Systolic blood pressure at rest", "circulation", "mmHg", 30, 350, codes="loinc 8480-6"
    )
    diastolic_bp: Answer = number(
        "Diastolic blood pressure at rest", "circulation", "mmHg", 10, 250, codes="loinc 8462-4"
    )
    hypertension: Answer = choice(
        "Diagnosis of hypertension", "circulation", "none", "diagnosed",
        codes="diagnosed=snomed 38341003, diagnosed=icd-10-cm I10",
    )  # fmt: skip
    antihypertensive_treatment: Answer = choice(
        "Treatment of hypertension", "circulation", "not_needed", "treated", "not_treated"
    )
    heart_conditions: ListAnswer = words(
        "Heart and vessel conditions", "circulation", *SEVERE_HEART_CONDITIONS, *OTHER_HEART_CONDITIONS,
        codes="unstable_angina=icd-10-cm I20.0, heart_failure=snomed 84114007, heart_failure=icd-10-cm I50.9,"
        "myocardial_infarction=snomed 22298006, myocardial_infarction=icd-10-cm I21.9, aneurysm=icd-10-cm I72.9,"
        "arteriovenous_malformation=icd-10-cm Q28.2, intracerebral_hemorrhage=snomed 274100004,"
        "intracerebral_hemorrhage=icd-10-cm I61.9",
        note="Gone through to its end with the patient and the record before it is marked complete.",
    )  # fmt: skip
    months_since_heart_attack_or_stroke: Answer = number(
        "Time since the last heart attack or stroke", "circulation", "months", 0, 1200
    )

    # Mind
    psychosis: Answer = choice(
        "Psychosis of any cause", "mind", "never", "past", "active",
        codes="active=snomed 69322001, active=icd-10-cm F29", note="Substance-induced and postpartum psychosis count.",
    )  # fmt: skip
    schizophrenia: Answer = choice(
        "Schizophrenia or schizoaffective disorder", "mind", "none", "diagnosed",
        codes="diagnosed=snomed 58214004, diagnosed=icd-10-cm F20.9, diagnosed=snomed 68890003,"
        "diagnosed=icd-10-cm F25.9",
    )  # fmt: skip
    bipolar: Answer = choice(
        "Bipolar disorder", "mind", "none", "bipolar_i", "bipolar_ii", "unspecified",
        codes="unspecified=snomed 13746004, unspecified=icd-10-cm F31.9, bipolar_i=snomed 371596008,"
        "bipolar_ii=snomed 83225003, bipolar_ii=icd-10-cm F31.81",
    )  # fmt: skip
    mood_state: Answer = choice(
        "Present mood state", "mind", "euthymic", "depressed", "manic", "hypomanic", "mixed",
        codes="manic=snomed 231494001, manic=icd-10-cm F30.9",
    )  # fmt: skip
    suicidality: Answer = choice(
        "Suicidal thoughts or behaviour, as screened", "mind", "none", "thoughts", "intent_or_plan", "recent_attempt",
        codes="loinc 93373-9, thoughts=snomed 6471006, thoughts=icd-10-cm R45.851, recent_attempt=snomed 82313006,"
        "recent_attempt=icd-10-cm T14.91XA",
        note="Screened, not assumed.",
    )  # fmt: skip
    current_diagnoses: ListAnswer = words(
        "Diagnoses present now that ketamine is considered for", "mind",
        "major_depression", "bipolar_depression", "ptsd", "ocd", "generalized_anxiety", "social_anxiety",
        "other_anxiety", "chronic_pain", "other",
        codes="major_depression=snomed 370143000, major_depression=icd-10-cm F32.9, ptsd=snomed 47505003,"
        "ptsd=icd-10-cm F43.10, ocd=snomed 191736004, ocd=icd-10-cm F42.9, generalized_anxiety=snomed 21897009,"
        "generalized_anxiety=icd-10-cm F41.1, social_anxiety=icd-10-cm F40.10, chronic_pain=icd-10-cm G89.4,"
        "chronic_pain=icd-10-cm G89.29, bipolar_depression=snomed 191627008, bipolar_depression=icd-10-cm F31.30",
    )  # fmt: skip
    failed_antidepressant_trials: Answer = integer(
        "Antidepressant trials that failed", "mind", "trials", 0, 50,
        note="Adequate dose and length as recorded; psychotherapy is not counted.", changeable=False,
    )  # fmt: skip

    # Substances
    substance_use_disorder: Answer = choice(
        "Substance use disorder", "substances", "never", "remission", "on_maintenance", "active",
        note="The worst of all substances; nicotine and caffeine are left out.",
    )  # fmt: skip
    verified_abstinence_months: Answer = number(
        "Abstinence confirmed by a test and a clinician", "substances", "months", 0, 1200,
        note="The shortest of all substances; a self-report is not an answer.",
    )  # fmt: skip
    ketamine_use_disorder: Answer = choice(
        "Ketamine or phencyclidine use disorder", "substances", "never", "past", "active",
        codes="active=snomed 724715004",
    )  # fmt: skip

    # Pregnancy and nursing
    pregnancy: Answer = choice(
        "Pregnancy", "reproduction", "not_pregnant", "pregnant", "not_possible",
        codes="loinc 82810-3, pregnant=snomed 77386006, pregnant=icd-10-cm Z33.1",
        note="Recorded by the clinic; never inferred from sex or age.",
    )  # fmt: skip
    breastfeeding: Answer = choice(
        "Breast-feeding", "reproduction", "not_breastfeeding", "breastfeeding",
        codes="loinc 63895-7, breastfeeding=snomed 413712001, breastfeeding=icd-10-cm Z39.1",
    )  # fmt: skip

    # Evaluations
    interaction_review: Answer = choice(
        "Review of interactions", "evaluation", "no_concern", "concern", "not_done",
        note="Prescription medicines, medicines over the counter, supplements.",
    )  # fmt: skip
    medical_evaluation: Answer = choice(
        "Medical evaluation", "evaluation", "done", "not_done", note="History, check-up and physical exam."
    )
    psychiatric_evaluation: Answer = choice(
        "Psychiatric evaluation", "evaluation", "by_psychiatrist", "by_other", "not_done"
    )
    older_adult_checkup: Answer = choice(
        "Check-up of an older adult", "evaluation", "complete", "incomplete",
        note="Electrocardiogram, blood pressure, cognition, review of medicines.",
    )  # fmt: skip

    # Use at home
    screening_complete: Answer = choice("Screening for use at home", "home", "complete", "incomplete")
    home_protocol: Answer = choice("Protocol for use at home", "home", "written", "none")
    home_adult_present: Answer = choice("Named adult at home during use", "home", "present", "absent")
    home_bp_monitor: Answer = choice("Blood pressure monitor at home", "home", "present", "absent")
    emergency_contact: Answer = choice("Emergency contact", "home", "given", "none")

    # The day of a session
    informed_consent: Answer = choice("Informed consent", "session", "signed", "not_signed")
    off_label_consent: Answer = choice("Consent to off-label use", "session", "signed", "not_signed")
    predose_systolic_bp: Answer = number(
        "Systolic blood pressure before the dose", "session", "mmHg", 30, 350, codes="loinc 8480-6"
    )
    predose_diastolic_bp: Answer = number(
        "Diastolic blood pressure before the dose", "session", "mmHg", 10, 250, codes="loinc 8462-4"
    )
    pregnancy_test: Answer = choice(
        "Pregnancy test", "session", "negative", "positive", "not_done", codes="loinc 2106-3, loinc 2118-8"
    )
    change_since_screening: Answer = choice(
        "Change since screening", "session", "unchanged", "changed", note="Mood, new symptoms, new medicines."
    )
    medications_reconciled: Answer = choice("Medicines reconciled", "session", "reconciled", "not_reconciled")
    preparation_instructions: Answer = choice("Instructions to prepare", "session", "given", "not_given")
    ride_home: Answer = choice("Ride home", "session", "arranged", "not_arranged")
    companion: Answer = choice("Adult companion", "session", "named", "none")
    driving_restriction: Answer = choice(
        "Restriction on driving until the next day", "session", "acknowledged", "not_acknowledged"
    )
    supervising_prescriber: Answer = choice("Licensed supervising prescriber", "session", "present", "absent")
    trained_practitioner: Answer = choice("Practitioner trained in ketamine", "session", "present", "absent")
    clinic_licensed: Answer = choice("License of the clinic", "session", "licensed", "not_licensed")
    vital_signs_monitoring: Answer = choice("Monitoring of vital signs", "session", "ready", "not_ready")
    emergency_plan: Answer = choice("Written emergency plan", "session", "in_place", "lacking")
    rescue_medication: Answer = choice("Rescue medication", "session", "on_hand", "lacking")
    planned_observation_minutes: Answer = number("Observation planned after the dose", "session", "minutes", 0, 1440)
    treatment_plan: Answer = choice(
        "Treatment plan", "session", "recorded", "not_recorded", note="Route, dose and frequency."
    )
    rest_place: Answer = choice("Quiet place to rest", "session", "arranged", "lacking")
    follow_up: Answer = choice("Follow-up appointment", "session", "scheduled", "not_scheduled")
    sessions_given: Answer = integer("Sessions given in this course", "session", "sessions", 0, 1000)
    response_review: Answer = choice("Review of the response", "session", "done", "not_done")
    nasal_product: Answer = choice("Nasal product", "session", "esketamine", "other")

    extra: Mapping[str, Any] = Field(
        default_factory=dict,
        repr=False,
        description="Facts that the rulebook adds; checked when screening begins.",
    )

    if TYPE_CHECKING:

        def __init__(self, /, **facts: Any) -> None:
            """Takes every form of answer, not only what a field holds afterwards."""

    @field_validator("*", mode="wrap")
    @classmethod
    def _read(cls, raw: Any, _handler: Any, info: Any) -> Any:
        name = info.field_name
        if raw is None:
            return {} if name == "extra" else None
        try:
            if name == "extra":
                return _read_extra(raw)
            if name == "birth_date":
                return _read_birth_date(raw)
            return read_observation(BUILT_IN[name], raw)
        except Refused as refused:
            problem = _problem(name, refused)
        raise PydanticCustomError("ketascreen", "refused", {"problem": problem})

    @model_validator(mode="wrap")
    @classmethod
    def _speak_plainly(cls, raw: Any, handler: Any, info: ValidationInfo) -> Self:
        problems: list[Diagnostic]
        _refuse_unread(raw, info.mode)
        try:
            profile: Self = handler(raw)
            problems = _contradictions(profile)
        except ValidationError as error:
            problems = [_plainly(detail, cls.model_fields) for detail in error.errors(include_input=False)]
        if problems:
            raise ProfileError(problems)
        return profile

    @field_serializer("*", mode="plain")
    def _write(self, value: Any, info: Any) -> Any:
        if isinstance(value, Observation | ListObservation):
            return dump_observation(BUILT_IN[info.field_name], value)
        if isinstance(value, date):
            return value.isoformat()
        return _plain(value, info.mode) if isinstance(value, Mapping) else value

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **_: Any) -> Self:
        """Reads JSON with exact decimals, refusing duplicate keys and what `loading.profiles.read_profile` refuses."""
        from ketascreen.loading.profiles import parse_json

        data = json_data.encode("utf-8", "surrogatepass") if isinstance(json_data, str) else bytes(json_data)
        return cls.model_validate(parse_json(data))

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **_: Any) -> Self:
        """Refused: a profile is always checked when it is built."""
        raise ProfileError([Diagnostic("unchecked", "a profile is always checked", "use PatientProfile(...)")])

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """The profile with some facts replaced (None: not known), checked like a new one."""
        return type(self)(**{**dict(self), **(update or {})})

    def copy(self, **given: Any) -> Self:  # Pydantic's own copies without a check
        """The older name of `model_copy`."""
        return self.model_copy(**given)

    @classmethod
    def parse_raw(cls, b: str | bytes, **_: Any) -> Self:  # Pydantic's own keeps one of two equal keys
        """The older name of `model_validate_json`."""
        return cls.model_validate_json(b)

    def __setattr__(self, name: str, value: Any) -> None:
        raise ProfileError([Diagnostic("frozen", "a profile does not change", "use model_copy(update=...)")])

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> dict[str, Any]:
        from ketascreen.schemas import profile_schema

        return profile_schema()

    def observations(self) -> Iterator[tuple[str, AnyObservation]]:
        """Each built-in fact that is known, with its observation."""
        for name in BUILT_IN:
            observation = getattr(self, name)
            if observation is not None:
                yield name, observation

    def __reduce__(self) -> tuple[Any, ...]:
        known = {name: answer for name, answer in self.model_dump().items() if answer is not None}
        return type(self).model_validate, (known,)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return self

    def __repr__(self) -> str:
        return f"PatientProfile({sum(1 for _ in self.observations())} facts)"

    __str__ = __repr__


def _built_in(fields: Mapping[str, FieldInfo]) -> Iterator[Fact]:
    for name, field in fields.items():
        given = field.json_schema_extra
        if isinstance(given, dict) and "ketascreen" in given:
            yield Fact(name=name, **given["ketascreen"])  # type: ignore[arg-type]


BUILT_IN = Vocabulary(_built_in(PatientProfile.model_fields))
"""The built-in facts: the fields of `PatientProfile`."""


def _problem(name: str, refused: Refused) -> Diagnostic:
    message = f"`{name}` {refused.message}" if refused.message.startswith("has ") else f"`{name}`: {refused.message}"
    return Diagnostic(refused.code, message, refused.mend, pointer=f"/{name}{refused.pointer}")


def _plainly(detail: Any, fields: Mapping[str, FieldInfo]) -> Diagnostic:
    problem = detail.get("ctx", {}).get("problem")
    if isinstance(problem, Diagnostic):
        return problem
    name = str(detail["loc"][0]) if detail["loc"] else ""
    if detail["type"] == "extra_forbidden":
        mend = did_you_mean(
            name, fields, otherwise="`ketascreen facts` lists the facts; a rulebook's own go into `extra`"
        )
        return unknown_fact(name, mend)
    return Diagnostic("wrong-type", "a profile is one object of facts", "send one object, as in examples/", pointer="")


def unknown_fact(name: str, mend: str, below: str = "") -> Diagnostic:
    """An unknown fact; a name that is no plain word could be anything, and is not repeated."""
    # More digits than a fact's name has could be a number of the patient's.
    plain = _PLAIN_NAME.fullmatch(name) is not None and sum(map(str.isdigit, name)) <= 3
    message = f"unknown fact `{name}`" if plain else "an unknown fact, with a name that is no plain word"
    return Diagnostic("unknown-fact", message, mend, pointer=f"{below}/{name}" if plain else below)


def _refuse_unread(raw: object, mode: str) -> None:
    """Refuses what would make a profile of JSON that another reader went over, or of more keys than there are facts."""
    if mode == "json":
        mend = "use read_profile or PatientProfile.model_validate_json"
        raise ProfileError([Diagnostic("unchecked", "JSON is read by the reader of profiles alone", mend, pointer="")])
    if isinstance(raw, Mapping) and len(raw) > MAX_FACTS:
        raise ProfileError([Diagnostic("too-many", f"more than {MAX_FACTS:,} facts", "send one patient's", pointer="")])


def _contradictions(profile: PatientProfile) -> list[Diagnostic]:
    found = []
    for prefix in ("", "predose_"):
        systolic, diastolic = (getattr(profile, f"{prefix}{end}_bp") for end in ("systolic", "diastolic"))
        if systolic and diastolic and diastolic.value >= systolic.value:
            message = f"`{prefix}diastolic_bp` is not below `{prefix}systolic_bp`"
            found.append(Diagnostic("contradiction", message, "check both", pointer=f"/{prefix}diastolic_bp"))
    return found


def _read_birth_date(raw: object) -> date:
    instant: Instant = read_instant(raw, "")
    if type(instant) is not date:
        raise Refused("wrong-type", "a date without a time is wanted", "write 1984-03-02")
    return instant


def _read_extra(raw: object) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping) or not all(isinstance(key, str) for key in raw):
        raise Refused("wrong-type", "an object of facts is wanted", 'write {"name": answer}')
    if len(raw) > MAX_FACTS:
        raise Refused("too-many", f"more than {MAX_FACTS:,} facts", "send one patient's")
    for name in raw:
        if name in BUILT_IN:
            raise Refused("unknown-fact", "holds a built-in fact", f"put `{name}` beside `extra`, not into it")
    return MappingProxyType({name: _frozen(answer) for name, answer in sorted(raw.items())})


def _frozen(answer: Any, depth: int = 0) -> Any:
    if isinstance(answer, float) or depth > 2:
        mend = "write an int, a Decimal, a word, a list, or a mapping of these with `at`"
        raise Refused("wrong-type", "holds an answer of no form that is read", mend)
    if isinstance(answer, Observation | ListObservation):
        answer = {key: part for key, part in as_mapping(answer).items() if part is not None}
    if isinstance(answer, Mapping):
        return MappingProxyType({str(key): _frozen(part, depth + 1) for key, part in answer.items()})
    if isinstance(answer, frozenset | set):
        answer = sorted(answer, key=str)
    return tuple(_frozen(part, depth + 1) for part in answer) if isinstance(answer, list | tuple) else answer


def _plain(answer: Any, mode: str) -> Any:
    if isinstance(answer, Mapping):
        return {key: _plain(value, mode) for key, value in answer.items()}
    if isinstance(answer, tuple):
        return [_plain(part, mode) for part in answer]
    if mode == "python":
        return answer
    if isinstance(answer, Decimal):
        return _json_number(answer)
    return answer.isoformat() if isinstance(answer, date) else answer


def _json_number(value: Decimal) -> int | float | str:
    """The JSON number that reads back as exactly this decimal; where there is none, text, which is refused as one."""
    if not value.is_finite() or not -12 <= value.adjusted() <= 12:
        return str(value)
    text = decimal_text(value)
    number = float(text) if "." in text else int(text)
    return number if Decimal(repr(number)) == value else text
