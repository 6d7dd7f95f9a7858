"""A profile from rows of a database: exact numbers, the clinic's times, and codes. NULL is not known, never "no"."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Numeric
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ketascreen import CodeTable, PatientProfile, Rulebook

CLINIC = ZoneInfo("Europe/Berlin")


class Base(DeclarativeBase):
    pass


class Visit(Base):
    __tablename__ = "visits"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]  # by the clinic's clock, without an offset
    systolic: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))  # Numeric gives Decimal; Float would not be exact
    pregnancy: Mapped[str | None]
    conditions_checked: Mapped[bool | None]  # whether somebody went through the whole list of heart conditions


class Diagnosis(Base):
    __tablename__ = "diagnoses"
    id: Mapped[int] = mapped_column(primary_key=True)
    visit: Mapped[int]
    system: Mapped[str]
    code: Mapped[str]


def profile_of(
    visit: Visit, diagnoses: Iterable[Diagnosis], rulebook: Rulebook
) -> tuple[PatientProfile, list[Diagnosis]]:
    """The profile, and the diagnoses that it does not hold: somebody must look at each of these."""
    at = visit.at.replace(tzinfo=CLINIC)
    table = CodeTable(rulebook.vocabulary)
    found: dict[str, list[tuple[str, Diagnosis]]] = {"heart_conditions": []}
    left = []
    for diagnosis in diagnoses:
        meanings = table.meanings(diagnosis.system, diagnosis.code)
        if len(meanings) == 1 and (choice := meanings[0].choice):
            found.setdefault(meanings[0].fact, []).append((choice, diagnosis))
        else:  # no fact has this code, or two have it, or it names a fact without its answer
            left.append(diagnosis)
    answers: dict[str, object] = {"systolic_bp": visit.systolic, "pregnancy": visit.pregnancy}
    checked = visit.conditions_checked is True and not left  # what nobody could place may belong there
    for fact, said in found.items():
        words = sorted({choice for choice, _ in said})
        if rulebook.vocabulary[fact].kind == "list":
            answers[fact] = {"present": words, "complete": checked and fact == "heart_conditions"}
        elif len(words) == 1:
            answers[fact] = words[0]
        else:  # two codes contradict each other: not known, until somebody looks
            left += [diagnosis for _, diagnosis in said]
    return PatientProfile.model_validate({"observed_at": at, **answers}), left
