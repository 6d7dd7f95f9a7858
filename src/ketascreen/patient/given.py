"""What a caller may give for each fact of a profile. `make docs` writes this file; do not edit it.

Type checkers and editors read it: they complete the names and the choices, and mark a name or a choice that a fact does
not have. `PatientProfile.<fact>` and `help(PatientProfile)` show its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

from ketascreen.patient.answers import At, Chosen, Happened, Measured, Number, Words, WrittenDay
from ketascreen.patient.observation import ListObservation

HeartConditions: TypeAlias = Literal[
    "unstable_angina",
    "decompensated_heart_failure",
    "severe_valve_disease",
    "severe_arrhythmia",
    "severe_unspecified",
    "aneurysm",
    "arteriovenous_malformation",
    "intracerebral_hemorrhage",
    "heart_failure",
    "coronary_artery_disease",
    "arrhythmia",
    "valve_disease",
    "congenital_heart_disease",
    "pacemaker",
    "myocardial_infarction",
    "stroke",
    "unspecified",
]
CurrentDiagnoses: TypeAlias = Literal[
    "major_depression",
    "bipolar_depression",
    "ptsd",
    "ocd",
    "generalized_anxiety",
    "social_anxiety",
    "other_anxiety",
    "chronic_pain",
    "other",
]


class CalendarTimeAt(TypedDict):
    """A number with its unit of calendar time, and its time; without a unit it is in the fact's own."""

    value: Number
    unit: NotRequired[Literal["months", "month", "years", "year", "mo", "a"] | None]
    at: NotRequired[At]


class PressureAt(TypedDict):
    """A number with its unit of pressure, and its time; without a unit it is in the fact's own."""

    value: Number
    unit: NotRequired[Literal["mmHg", "mm[Hg]"] | None]
    at: NotRequired[At]


class TrialsAt(TypedDict):
    """A number with its unit of trials, and its time; without a unit it is in the fact's own."""

    value: Number
    unit: NotRequired[Literal["trials", "trial", "{trial}"] | None]
    at: NotRequired[At]


class TimeAt(TypedDict):
    """A number with its unit of time, and its time; without a unit it is in the fact's own."""

    value: Number
    unit: NotRequired[
        Literal[
            "minutes",
            "minute",
            "seconds",
            "second",
            "hours",
            "hour",
            "days",
            "day",
            "weeks",
            "week",
            "min",
            "s",
            "h",
            "d",
            "wk",
        ]
        | None
    ]
    at: NotRequired[At]


class SessionsAt(TypedDict):
    """A number with its unit of sessions, and its time; without a unit it is in the fact's own."""

    value: Number
    unit: NotRequired[Literal["sessions", "session", "{session}"] | None]
    at: NotRequired[At]


class HeartConditionsAt(TypedDict):
    """The words of `heart_conditions` that are present, whether the list is complete, and when it was gone through."""

    present: Words[HeartConditions]
    complete: NotRequired[bool]
    at: NotRequired[At]


class CurrentDiagnosesAt(TypedDict):
    """The words of `current_diagnoses` that are present, whether the list is complete, and when it was gone through."""

    present: Words[CurrentDiagnoses]
    complete: NotRequired[bool]
    at: NotRequired[At]


class GivenFacts(TypedDict, total=False):
    """The facts of one patient by name; one that is absent or None is not known.

    How long an answer counts is a policy of the built-in rulebook; another rulebook may have other windows.
    """

    setting: Chosen[Literal["clinic", "home"]]
    """Where it would be given.

    Answer: one of clinic, home.
    Counts for 30 days after its day, the last one whole.
    """

    product_source: Chosen[Literal["pharmacy_or_clinic", "unregulated"]]
    """Where the product comes from.

    Answer: one of pharmacy_or_clinic, unregulated.
    Counts for 30 days after its day, the last one whole.
    """

    observed_at: At
    """When each answer was observed that does not have its own `at`."""

    birth_date: WrittenDay | None
    """Date of birth, or its month or year; gives the age on the day."""

    age: Happened[CalendarTimeAt]
    """Age.

    Answer: 0 to 120 years, with the date of the answer.
    Counts at any age, if it is dated.
    Note: Counts only with its date, or with the date of birth, since it grows.
    """

    systolic_bp: Measured[PressureAt]
    """Systolic blood pressure at rest.

    Answer: number, 30 to 350 mmHg.
    Counts for 30 days after its day, the last one whole.
    """

    diastolic_bp: Measured[PressureAt]
    """Diastolic blood pressure at rest.

    Answer: number, 20 to 250 mmHg.
    Counts for 30 days after its day, the last one whole.
    """

    hypertension: Chosen[Literal["none", "diagnosed"]]
    """Diagnosis of hypertension.

    Answer: one of none, diagnosed.
    Counts for 365 days after its day, the last one whole; diagnosed can still meet rules after that.
    """

    antihypertensive_treatment: Chosen[Literal["not_needed", "treated", "not_treated"]]
    """Treatment of hypertension.

    Answer: one of not_needed, treated, not_treated.
    Counts for 30 days after its day, the last one whole.
    """

    heart_conditions: Words[HeartConditions] | HeartConditionsAt | ListObservation | None
    """Heart and vessel conditions.

    Answer: any of unstable_angina, decompensated_heart_failure, severe_valve_disease, severe_arrhythmia,
      severe_unspecified, aneurysm, arteriovenous_malformation, intracerebral_hemorrhage, heart_failure,
      coronary_artery_disease, arrhythmia, valve_disease, congenital_heart_disease, pacemaker,
      myocardial_infarction, stroke, unspecified.
    Counts for 365 days after its day, the last one whole; unstable_angina until it is replaced;
      decompensated_heart_failure until it is replaced; severe_valve_disease until it is replaced; severe_arrhythmia
      until it is replaced; severe_unspecified until it is replaced; aneurysm until it is replaced;
      arteriovenous_malformation until it is replaced; intracerebral_hemorrhage until it is replaced; heart_failure
      can still meet rules after that; coronary_artery_disease can still meet rules after that; valve_disease can
      still meet rules after that; congenital_heart_disease can still meet rules after that; pacemaker can still
      meet rules after that; myocardial_infarction can still meet rules after that; stroke can still meet rules
      after that.
    Note: Gone through to its end with the patient and the record before it is marked complete.
    """

    last_heart_attack: Happened[CalendarTimeAt]
    """Last heart attack.

    Answer: the date of the event (2026-03-04, 2026-03 or 2026), or 0 to 1200 months since then; `none` if there was
      none.
    Counts for 30 days after its day, the last one whole.
    Note: The latest date that it can be; `none` if there was none.
    """

    last_stroke: Happened[CalendarTimeAt]
    """Last stroke.

    Answer: the date of the event (2026-03-04, 2026-03 or 2026), or 0 to 1200 months since then; `none` if there was
      none.
    Counts for 30 days after its day, the last one whole.
    Note: The latest date that it can be; `none` if there was none.
    """

    months_since_heart_attack_or_stroke: Measured[CalendarTimeAt]
    """Time since the last heart attack or stroke.

    Answer: number, 0 to 1200 months.
    Counts at any age, dated or not.
    Replaced by last_heart_attack and last_stroke.
    """

    psychosis: Chosen[Literal["never", "past", "active"]]
    """Psychosis of any cause.

    Answer: one of never, past, active.
    Counts for 30 days after its day, the last one whole; active until it is replaced.
    Note: Substance-induced and postpartum psychosis count.
    """

    schizophrenia: Chosen[Literal["none", "diagnosed"]]
    """Schizophrenia or schizoaffective disorder.

    Answer: one of none, diagnosed.
    Counts for 365 days after its day, the last one whole; diagnosed until it is replaced.
    """

    bipolar: Chosen[Literal["none", "bipolar_i", "bipolar_ii", "unspecified"]]
    """Bipolar disorder.

    Answer: one of none, bipolar_i, bipolar_ii, unspecified.
    Counts for 365 days after its day, the last one whole; bipolar_i can still meet rules after that; bipolar_ii can
      still meet rules after that; unspecified can still meet rules after that.
    """

    mood_state: Chosen[Literal["euthymic", "depressed", "manic", "hypomanic", "mixed"]]
    """Present mood state.

    Answer: one of euthymic, depressed, manic, hypomanic, mixed.
    Counts for 14 days after its day, the last one whole; manic until it is replaced; hypomanic until it is
      replaced; mixed until it is replaced.
    """

    suicidality: Chosen[Literal["none", "thoughts", "intent_or_plan", "recent_attempt"]]
    """Suicidal thoughts or behaviour, as screened.

    Answer: one of none, thoughts, intent_or_plan, recent_attempt.
    Counts for 7 days after its day, the last one whole.
    Note: Screened, not assumed. Intent or a plan: in the past month (C-SSRS items 4 and 5). Recent attempt: any
      suicidal behaviour in the past 3 months, preparations and interrupted attempts included.
    """

    current_diagnoses: Words[CurrentDiagnoses] | CurrentDiagnosesAt | ListObservation | None
    """Diagnoses present now that ketamine is considered for.

    Answer: any of major_depression, bipolar_depression, ptsd, ocd, generalized_anxiety, social_anxiety,
      other_anxiety, chronic_pain, other.
    Counts for 90 days after its day, the last one whole.
    Note: Other: a mental disorder without a word or a fact of its own, for example a personality, eating,
      dissociative or neurocognitive disorder, or delirium. What has a fact of its own is not repeated here.
    """

    failed_antidepressant_trials: Measured[TrialsAt]
    """Antidepressant trials that failed.

    Answer: integer, 0 to 50 trials.
    Counts at any age, dated or not.
    Note: Adequate dose and length as recorded; psychotherapy is not counted.
    """

    substance_use_disorder: Chosen[Literal["never", "remission", "on_maintenance", "active"]]
    """Substance use disorder.

    Answer: one of never, remission, on_maintenance, active.
    Counts for 30 days after its day, the last one whole; active until it is replaced.
    Note: The worst of all substances; nicotine and caffeine are left out.
    """

    substance_use: Chosen[Literal["none", "past", "current_without_disorder"]]
    """Substance use, in the past or now.

    Answer: one of none, past, current_without_disorder.
    Counts for 30 days after its day, the last one whole.
    Note: Drugs, medicines misused, and harmful drinking; nicotine and caffeine are left out. A disorder has its own
      fact; use as part of one that is active is not repeated here.
    """

    verified_abstinence_months: Measured[CalendarTimeAt]
    """Abstinence confirmed by a test and a clinician.

    Answer: number, 0 to 1200 months.
    Counts for 30 days after its day, the last one whole.
    Note: The shortest of all substances; nicotine, caffeine and the medicine of a maintenance treatment are left
      out. A self-report is not an answer.
    """

    ketamine_use_disorder: Chosen[Literal["never", "past", "active"]]
    """Ketamine or phencyclidine use disorder.

    Answer: one of never, past, active.
    Counts for 30 days after its day, the last one whole; past until it is replaced; active until it is replaced.
    """

    pregnancy: Chosen[Literal["not_pregnant", "pregnant", "not_possible"]]
    """Pregnancy.

    Answer: one of not_pregnant, pregnant, not_possible.
    Counts for 30 days after its day, the last one whole; pregnant until it is replaced; not_possible permanently.
    Note: Recorded by the clinic; never inferred from sex or age. Not possible: physically and permanently, for
      example without a uterus; not by contraception, a tubal ligation or a partner's vasectomy.
    """

    breastfeeding: Chosen[Literal["not_breastfeeding", "breastfeeding", "not_possible"]]
    """Breast-feeding.

    Answer: one of not_breastfeeding, breastfeeding, not_possible.
    Counts for 30 days after its day, the last one whole; breastfeeding until it is replaced; not_possible
      permanently.
    Note: Recorded by the clinic. Not possible: physically and permanently, for example in a man; the answer on
      pregnancy does not settle it.
    """

    interaction_review: Chosen[Literal["no_concern", "concern", "not_done"]]
    """Review of interactions.

    Answer: one of no_concern, concern, not_done.
    Counts for 30 days after its day, the last one whole.
    Note: Prescription medicines, medicines over the counter, supplements.
    """

    medical_evaluation: Chosen[Literal["done", "not_done"]]
    """Medical evaluation.

    Answer: one of done, not_done.
    Counts for 180 days after its day, the last one whole.
    Note: History, check-up and physical exam.
    """

    psychiatric_evaluation: Chosen[Literal["by_psychiatrist", "by_other", "not_done"]]
    """Psychiatric evaluation.

    Answer: one of by_psychiatrist, by_other, not_done.
    Counts for 180 days after its day, the last one whole.
    """

    older_adult_checkup: Chosen[Literal["complete", "incomplete"]]
    """Check-up of an older adult.

    Answer: one of complete, incomplete.
    Counts for 180 days after its day, the last one whole.
    Note: Electrocardiogram, blood pressure, cognition, review of medicines.
    """

    screening_complete: Chosen[Literal["complete", "incomplete"]]
    """Screening for use at home.

    Answer: one of complete, incomplete.
    Counts for 30 days after its day, the last one whole.
    """

    home_protocol: Chosen[Literal["written", "none"]]
    """Protocol for use at home.

    Answer: one of written, none.
    Counts for 30 days after its day, the last one whole.
    """

    home_adult_present: Chosen[Literal["present", "absent"]]
    """Named adult at home during use.

    Answer: one of present, absent.
    Counts for 30 days after its day, the last one whole.
    """

    home_bp_monitor: Chosen[Literal["present", "absent"]]
    """Blood pressure monitor at home.

    Answer: one of present, absent.
    Counts for 30 days after its day, the last one whole.
    """

    emergency_contact: Chosen[Literal["given", "none"]]
    """Emergency contact.

    Answer: one of given, none.
    Counts for 180 days after its day, the last one whole.
    """

    informed_consent: Chosen[Literal["signed", "not_signed"]]
    """Informed consent.

    Answer: one of signed, not_signed.
    Counts for 365 days after its day, the last one whole.
    """

    off_label_consent: Chosen[Literal["signed", "not_signed", "not_needed"]]
    """Consent to off-label use.

    Answer: one of signed, not_signed, not_needed.
    Counts for 365 days after its day, the last one whole.
    Note: Not needed: the label in force in the clinic's country covers this use, and somebody has checked it.
    """

    predose_systolic_bp: Measured[PressureAt]
    """Systolic blood pressure before the dose.

    Answer: number, 30 to 350 mmHg.
    Counts on the same day.
    """

    predose_diastolic_bp: Measured[PressureAt]
    """Diastolic blood pressure before the dose.

    Answer: number, 20 to 250 mmHg.
    Counts on the same day.
    """

    pregnancy_test: Chosen[Literal["negative", "positive", "not_done"]]
    """Pregnancy test.

    Answer: one of negative, positive, not_done.
    Counts for 7 days after its day, the last one whole.
    """

    change_since_screening: Chosen[Literal["unchanged", "changed"]]
    """Change since screening.

    Answer: one of unchanged, changed.
    Counts on the same day.
    Note: Mood, new symptoms, new medicines.
    """

    medications_reconciled: Chosen[Literal["reconciled", "not_reconciled"]]
    """Medicines reconciled.

    Answer: one of reconciled, not_reconciled.
    Counts on the same day.
    """

    preparation_instructions: Chosen[Literal["given", "not_given"]]
    """Instructions to prepare.

    Answer: one of given, not_given.
    Counts for 30 days after its day, the last one whole.
    """

    ride_home: Chosen[Literal["arranged", "not_arranged"]]
    """Ride home.

    Answer: one of arranged, not_arranged.
    Counts on the same day.
    """

    companion: Chosen[Literal["named", "none"]]
    """Adult companion.

    Answer: one of named, none.
    Counts on the same day.
    """

    driving_restriction: Chosen[Literal["acknowledged", "not_acknowledged"]]
    """Restriction on driving until the next day.

    Answer: one of acknowledged, not_acknowledged.
    Counts for 30 days after its day, the last one whole.
    """

    supervising_prescriber: Chosen[Literal["present", "absent"]]
    """Licensed supervising prescriber.

    Answer: one of present, absent.
    Counts on the same day.
    """

    trained_practitioner: Chosen[Literal["present", "absent"]]
    """Practitioner trained in ketamine.

    Answer: one of present, absent.
    Counts on the same day.
    """

    clinic_licensed: Chosen[Literal["licensed", "not_licensed"]]
    """License of the clinic.

    Answer: one of licensed, not_licensed.
    Counts for 365 days after its day, the last one whole.
    """

    vital_signs_monitoring: Chosen[Literal["ready", "not_ready"]]
    """Monitoring of vital signs.

    Answer: one of ready, not_ready.
    Counts on the same day.
    """

    emergency_plan: Chosen[Literal["in_place", "lacking"]]
    """Written emergency plan.

    Answer: one of in_place, lacking.
    Counts for 365 days after its day, the last one whole.
    """

    rescue_medication: Chosen[Literal["on_hand", "lacking"]]
    """Rescue medication.

    Answer: one of on_hand, lacking.
    Counts on the same day.
    """

    planned_observation_minutes: Measured[TimeAt]
    """Observation planned after the dose.

    Answer: number, 0 to 1440 minutes.
    Counts on the same day.
    Note: Counted from the end of the infusion, spray or injection; by mouth, from taking the dose.
    """

    treatment_plan: Chosen[Literal["recorded", "not_recorded"]]
    """Treatment plan.

    Answer: one of recorded, not_recorded.
    Counts for 180 days after its day, the last one whole.
    Note: Route, dose and frequency.
    """

    rest_place: Chosen[Literal["arranged", "lacking"]]
    """Quiet place to rest.

    Answer: one of arranged, lacking.
    Counts on the same day.
    """

    follow_up: Chosen[Literal["scheduled", "not_scheduled"]]
    """Follow-up appointment.

    Answer: one of scheduled, not_scheduled.
    Counts on the same day.
    """

    sessions_given: Measured[SessionsAt]
    """Sessions given in this course.

    Answer: integer, 0 to 1000 sessions.
    Counts on the same day.
    """

    response_review: Chosen[Literal["done", "not_done"]]
    """Review of the response.

    Answer: one of done, not_done.
    Counts for 90 days after its day, the last one whole.
    """

    nasal_product: Chosen[Literal["esketamine", "other"]]
    """Nasal product.

    Answer: one of esketamine, other.
    Counts on the same day.
    """

    extra: Mapping[str, Any] | None
    """Facts that the rulebook adds; checked when screening begins."""
