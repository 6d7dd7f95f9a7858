"""PatientProfile: what is known about one patient at one time.

A fact that is absent or None is not known, which is never "no". Facts that a rulebook adds are in `extra`. The codes
of the built-in facts are in codes/*.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self, Unpack

from pydantic import (
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from ketascreen.arguments import path_of, refuse, require
from ketascreen.diagnostic import Diagnostic, ProfileError
from ketascreen.language.partial_date import PartialDate
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.patient.contradictions import BUILT_IN_CONTRADICTIONS
from ketascreen.patient.errors import plainly, problem_of, refuse_unread
from ketascreen.patient.extra_facts import as_read, plain_extra, read_extra
from ketascreen.patient.field_kinds import Answer, ListAnswer, choice, facts_of, integer, number, since, words
from ketascreen.patient.observation import (
    AnyObservation,
    ListObservation,
    Observation,
    dated,
    dump_observation,
    exact_text,
    is_a_year,
    read_observation,
)
from ketascreen.patient.refused import Refused
from ketascreen.patient.times import is_nearly_a_time, read_instant, read_partial_date
from ketascreen.patient.told import ToldModel
from ketascreen.runtime.plain_file import read_plain

if TYPE_CHECKING:
    from ketascreen.patient.given import GivenFacts

SEVERE_HEART_CONDITIONS = (
    "unstable_angina", "decompensated_heart_failure", "severe_valve_disease", "severe_arrhythmia",
    "severe_unspecified", "aneurysm", "arteriovenous_malformation", "intracerebral_hemorrhage",
)  # fmt: skip
OTHER_HEART_CONDITIONS = (
    "heart_failure", "coronary_artery_disease", "arrhythmia", "valve_disease", "congenital_heart_disease",
    "pacemaker", "myocardial_infarction", "stroke", "unspecified",
)  # fmt: skip

_NO_EXTRA: Mapping[str, Any] = MappingProxyType({})


class PatientProfile(ToldModel):
    """What is known about one patient. Strict and frozen; a field that is None or absent is not known.

    A field takes an answer (`139`, `"139 mmHg"`, `"never"`, `["stroke"]`) or a mapping of the answer with the time it
    was observed (`{"value": 139, "unit": "mmHg", "at": "2026-11-22"}`; for a list fact
    `{"present": [...], "complete": True, "at": ...}`).
    A number without a unit is in the fact's own unit. Its repr shows no answer.

    Raises:
        ProfileError: it names each refused fact, why, and what to do, never a value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)

    # Whether any of this can be given
    setting: Answer = choice("Where it would be given", "plan", "clinic", "home")
    product_source: Answer = choice("Where the product comes from", "plan", "pharmacy_or_clinic", "unregulated")
    observed_at: date | datetime | None = Field(
        default=None, repr=False, description="When each answer was observed that does not have its own `at`."
    )
    birth_date: date | PartialDate | None = Field(
        default=None, repr=False, description="Date of birth, or its month or year; gives the age on the day."
    )
    age: Answer = since(
        "Age", "person", "years", 120, once=True,
        note="Counts only with its date, or with the date of birth, since it grows.",
    )  # fmt: skip

    # Heart and circulation. A pressure written in kPa is below these ranges, up to 225 over 150 mmHg.
    systolic_bp: Answer = number("Systolic blood pressure at rest", "circulation", "mmHg", 30, 350)
    diastolic_bp: Answer = number("Diastolic blood pressure at rest", "circulation", "mmHg", 20, 250)
    hypertension: Answer = choice("Diagnosis of hypertension", "circulation", "none", "diagnosed")
    antihypertensive_treatment: Answer = choice(
        "Treatment of hypertension", "circulation", "not_needed", "treated", "not_treated"
    )
    heart_conditions: ListAnswer = words(
        "Heart and vessel conditions", "circulation", *SEVERE_HEART_CONDITIONS, *OTHER_HEART_CONDITIONS,
        note="Gone through to its end with the patient and the record before it is marked complete.",
        opaque=("severe_unspecified", "unspecified"),
    )  # fmt: skip
    last_heart_attack: Answer = since(
        "Last heart attack", "circulation", "months", 1200,
        note="The latest date that it can be; `none` if there was none.",
    )  # fmt: skip
    last_stroke: Answer = since(
        "Last stroke", "circulation", "months", 1200,
        note="The latest date that it can be; `none` if there was none.",
    )  # fmt: skip
    months_since_heart_attack_or_stroke: Answer = number(
        "Time since the last heart attack or stroke", "circulation", "months", 0, 1200,
        replaced_by=("last_heart_attack", "last_stroke"),
    )  # fmt: skip

    # Mind
    psychosis: Answer = choice(
        "Psychosis of any cause", "mind", "never", "past", "active",
        note="Substance-induced and postpartum psychosis count.",
    )  # fmt: skip
    schizophrenia: Answer = choice("Schizophrenia or schizoaffective disorder", "mind", "none", "diagnosed")
    bipolar: Answer = choice(
        "Bipolar disorder", "mind", "none", "bipolar_i", "bipolar_ii", "unspecified", opaque=("unspecified",)
    )  # fmt: skip
    mood_state: Answer = choice("Present mood state", "mind", "euthymic", "depressed", "manic", "hypomanic", "mixed")
    suicidality: Answer = choice(
        "Suicidal thoughts or behaviour, as screened", "mind", "none", "thoughts", "intent_or_plan", "recent_attempt",
        note="Screened, not assumed. Intent or a plan: in the past month (C-SSRS items 4 and 5). Recent attempt: any "
        "suicidal behaviour in the past 3 months, preparations and interrupted attempts included.",
    )  # fmt: skip
    current_diagnoses: ListAnswer = words(
        "Diagnoses present now that ketamine is considered for", "mind",
        "major_depression", "bipolar_depression", "ptsd", "ocd", "generalized_anxiety", "social_anxiety",
        "other_anxiety", "chronic_pain", "other", opaque=("other", "other_anxiety"),
        note="Other: a mental disorder without a word or a fact of its own, for example a personality, eating, "
        "dissociative or neurocognitive disorder, or delirium. What has a fact of its own is not repeated here.",
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
    substance_use: Answer = choice(
        "Substance use, in the past or now", "substances", "none", "past", "current_without_disorder",
        note="Drugs, medicines misused, and harmful drinking; nicotine and caffeine are left out. A disorder has its "
        "own fact; use as part of one that is active is not repeated here.",
    )  # fmt: skip
    verified_abstinence_months: Answer = number(
        "Abstinence confirmed by a test and a clinician", "substances", "months", 0, 1200,
        note="The shortest of all substances; nicotine, caffeine and the medicine of a maintenance treatment are left "
        "out. A self-report is not an answer.",
    )  # fmt: skip
    ketamine_use_disorder: Answer = choice(
        "Ketamine or phencyclidine use disorder", "substances", "never", "past", "active"
    )

    # Pregnancy and nursing
    pregnancy: Answer = choice(
        "Pregnancy", "reproduction", "not_pregnant", "pregnant", "not_possible",
        note="Recorded by the clinic; never inferred from sex or age. Not possible: physically and permanently, for "
        "example without a uterus; not by contraception, a tubal ligation or a partner's vasectomy.",
    )  # fmt: skip
    breastfeeding: Answer = choice(
        "Breast-feeding", "reproduction", "not_breastfeeding", "breastfeeding", "not_possible",
        note="Recorded by the clinic. Not possible: physically and permanently, for example in a man; the answer on "
        "pregnancy does not settle it.",
    )  # fmt: skip

    # Evaluations
    interaction_review: Answer = choice(
        "Review of interactions", "evaluation", "no_concern", "concern", "not_done",
        note="Prescription medicines, medicines over the counter, supplements.", opaque=("concern",),
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
    off_label_consent: Answer = choice(
        "Consent to off-label use", "session", "signed", "not_signed", "not_needed",
        note="Not needed: the label in force in the clinic's country covers this use, and somebody has checked it.",
    )  # fmt: skip
    predose_systolic_bp: Answer = number("Systolic blood pressure before the dose", "session", "mmHg", 30, 350)
    predose_diastolic_bp: Answer = number("Diastolic blood pressure before the dose", "session", "mmHg", 20, 250)
    pregnancy_test: Answer = choice("Pregnancy test", "session", "negative", "positive", "not_done")
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
    planned_observation_minutes: Answer = number(
        "Observation planned after the dose", "session", "minutes", 0, 1440,
        note="Counted from the end of the infusion, spray or injection; by mouth, from taking the dose.",
    )  # fmt: skip
    treatment_plan: Answer = choice(
        "Treatment plan", "session", "recorded", "not_recorded", note="Route, dose and frequency."
    )
    rest_place: Answer = choice("Quiet place to rest", "session", "arranged", "lacking")
    follow_up: Answer = choice("Follow-up appointment", "session", "scheduled", "not_scheduled")
    sessions_given: Answer = integer("Sessions given in this course", "session", "sessions", 0, 1000)
    response_review: Answer = choice("Review of the response", "session", "done", "not_done")
    nasal_product: Answer = choice("Nasal product", "session", "esketamine", "other")

    extra: Mapping[str, Any] = Field(
        default_factory=lambda: _NO_EXTRA,
        repr=False,
        description="Facts that the rulebook adds; checked when screening begins.",
    )

    if TYPE_CHECKING:

        def __init__(self, /, **facts: Unpack[GivenFacts]) -> None:
            """Takes every form of answer, not only the form that a field keeps; given.py types them."""

    else:

        def __new__(cls, /, *positional: object, **facts: object) -> Self:
            if positional:
                hint = "write PatientProfile(age=...), PatientProfile.model_validate(answers), or read_profile(path)"
                refuse("PatientProfile", "given each fact by its name", hint, error=ProfileError)
            return super().__new__(cls)

    @classmethod
    def __pydantic_init_subclass__(cls, **given: Any) -> None:
        super().__pydantic_init_subclass__(**given)
        if any(cls.model_config.get(name) != kept for name, kept in PatientProfile.model_config.items()):
            message = f"`{cls.__name__}` changes how PatientProfile is read"
            raise ProfileError([Diagnostic("argument", message, "leave `model_config` as it is")])

    @field_validator("*", mode="wrap")
    @classmethod
    def _read(cls, raw: Any, handler: Any, info: Any) -> Any:
        name = info.field_name
        if name not in _FIELDS:
            return handler(raw)  # a subclass adds it
        if raw is None:
            return _NO_EXTRA if name == "extra" else None
        try:
            if name == "extra":
                return read_extra(raw, BUILT_IN)
            if name == "birth_date":
                return _read_birth_date(raw)
            if name == "observed_at":
                return read_instant(raw, "")
            return read_observation(BUILT_IN[name], raw)
        except Refused as refused:
            problem = problem_of(name, refused)
        raise PydanticCustomError("ketascreen", "refused", {"problem": problem})

    @model_validator(mode="wrap")
    @classmethod
    def _speak_plainly(cls, raw: Any, handler: Any, info: ValidationInfo) -> Self:
        problems: list[Diagnostic]
        refuse_unread(raw, info.mode)
        try:
            profile: Self = handler(_dated(raw))
        except ValidationError as error:
            problems = [plainly(detail, _SUGGESTED) for detail in error.errors(include_input=False)]
        else:
            return profile
        del raw  # a tool that shows local variables would show its values
        raise ProfileError(problems)

    @field_serializer("*", mode="plain")
    def _write(self, value: Any, info: Any) -> Any:
        if isinstance(value, Observation | ListObservation):
            return dump_observation(BUILT_IN[info.field_name], value, undated=self.observed_at is not None)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, PartialDate):
            return str(value)
        if isinstance(value, Mapping):
            undated = self.observed_at is not None  # an answer without a time says so, as above
            return plain_extra({n: dated(one, None) for n, one in value.items()} if undated else value, info.mode)
        return value

    @classmethod
    def model_validate(cls, obj: Any, **_: Any) -> Self:
        """Reads a mapping of facts; no option makes it laxer."""
        return super().model_validate(obj)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **_: Any) -> Self:
        """Reads JSON with exact decimals, refusing duplicate keys and what `patient.reader.read_profile` refuses."""
        from ketascreen.syntax.json_text import parse_json

        hint = "give text or bytes; a mapping goes to PatientProfile.model_validate"
        require(json_data, (str, bytes, bytearray), "json_data", "the text of JSON", hint, error=ProfileError)
        data = json_data.encode("utf-8", "surrogatepass") if isinstance(json_data, str) else bytes(json_data)
        return cls.model_validate(parse_json(data))

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **_: Any) -> Self:
        """Refused: a profile is always checked when it is built."""
        raise ProfileError([Diagnostic("unchecked", "a profile is always checked", "use PatientProfile(...)")])

    def model_copy(self, *, update: GivenFacts | Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """The profile with some facts replaced (None: not known), checked like a new one."""
        if update is not None:
            hint = "write model_copy(update={name: answer})"
            require(update, Mapping, "update", "a mapping of facts", hint, error=ProfileError)
        return self.model_validate({**dict(self), **(update or {})})

    def copy(self, **given: Any) -> Self:  # Pydantic's own copies without a check
        """The older name of `model_copy`."""
        return self.model_copy(**given)

    @classmethod
    def parse_raw(cls, b: str | bytes, **_: Any) -> Self:  # Pydantic's own keeps one of two equal keys
        """The older name of `model_validate_json`."""
        return cls.model_validate_json(b)

    @classmethod
    def parse_file(cls, path: str | Path, **_: Any) -> Self:  # Pydantic's own keeps one of two equal keys
        """The older name for a file of JSON."""
        return cls.model_validate_json(read_plain(path_of(path, "path", error=ProfileError)))

    def __setattr__(self, name: str, value: Any) -> None:
        raise ProfileError([Diagnostic("frozen", "a profile does not change", "use model_copy(update=...)")])

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> dict[str, Any]:
        from ketascreen.patient.schema import nested_profile_schema

        return nested_profile_schema(BUILT_IN)

    def observations(self) -> dict[str, AnyObservation]:
        """The observation of each built-in fact that is known, by name."""
        fields = self.__dict__
        return {name: observation for name in _NAMES if (observation := fields[name]) is not None}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PatientProfile) or type(self) is not type(other):
            return NotImplemented
        return self._as_read() == other._as_read() and self.__pydantic_private__ == other.__pydantic_private__

    def __hash__(self) -> int:
        # Of `extra` the names alone: they are equal where the answers are, which may be of any type.
        return hash((tuple(self.observations().items()), self.birth_date, tuple(self.extra)))

    def _as_read(self) -> tuple[Any, ...]:
        """What a verdict can depend on: equal profiles have equal verdicts. To Python alone, True is 1."""
        known = self.observations()
        times = {name: as_read(observation.at) for name, observation in known.items()}
        own = [value for name, value in self.__dict__.items() if name not in PatientProfile.model_fields]
        return known, times, self.birth_date, as_read(self.observed_at), as_read(self.extra), own

    def __reduce__(self) -> tuple[Any, ...]:
        said = self.model_dump(include=set(type(self).model_fields))
        unsaid = {name for name, answer in said.items() if answer is None} & PatientProfile.model_fields.keys()
        return type(self).model_validate, ({name: said[name] for name in said if name not in unsaid},)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return self

    def __repr__(self) -> str:
        known = sum(self.__dict__.get(name) is not None for name in _NAMES)  # one that is not built yet has none
        return f"PatientProfile({known} facts)"

    __str__ = __repr__


BUILT_IN = Vocabulary(facts_of(PatientProfile.model_fields), BUILT_IN_CONTRADICTIONS)
"""The built-in facts: the fields of `PatientProfile`."""
_NAMES = tuple(BUILT_IN)
_FIELDS = frozenset(PatientProfile.model_fields)
_SUGGESTED = [name for name in PatientProfile.model_fields if name not in BUILT_IN or name in BUILT_IN.offered]


def _read_birth_date(raw: object) -> date | PartialDate:
    if isinstance(raw, PartialDate):
        return read_partial_date(raw, "")
    text = exact_text(raw) if is_a_year(raw) else raw
    if isinstance(text, str) and len(text) < len("1984-03-02"):
        return read_partial_date(text, "")
    instant = None if isinstance(text, str) and is_nearly_a_time(text) else read_instant(text, "")
    if type(instant) is not date:
        raise Refused("wrong-type", "must be a date without a time", "write 1984-03-02, 1984-03 or 1984")
    return instant


def _dated(raw: Any) -> Any:
    """The answers of `raw`, each with the profile's own time if it does not say when it was observed."""
    if not isinstance(raw, Mapping) or raw.get("observed_at") is None:
        return raw
    try:
        at = read_instant(raw["observed_at"], "")
    except Refused:
        return raw  # its own field refuses it
    said = {name: dated(answer, at) if name in BUILT_IN else answer for name, answer in raw.items()}
    extra = raw.get("extra")
    if isinstance(extra, Mapping) and not isinstance(extra, MappingProxyType):  # a profile's own has its times
        said["extra"] = {name: dated(answer, at) for name, answer in extra.items()}
    return said
