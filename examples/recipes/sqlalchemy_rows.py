"""A profile from rows of a database: exact numbers, the clinic's times, and codes. NULL is not known, never "no"."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Numeric
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ketascreen import CodeTable, Meaning, PatientProfile, RequestError, Rulebook

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


def meanings(table: CodeTable, diagnosis: Diagnosis) -> tuple[Meaning, ...]:
    """What a row's code means; nothing for a system or a code that the library does not know."""
    try:
        return table.meanings(diagnosis.system, diagnosis.code)
    except RequestError:
        return ()


def profile_of(
    visit: Visit, diagnoses: Iterable[Diagnosis], rulebook: Rulebook
) -> tuple[PatientProfile, list[Diagnosis]]:
    """The profile, and the diagnoses that it does not hold: somebody must look at each of these."""
    at = visit.at.replace(tzinfo=CLINIC)
    table = CodeTable(rulebook.vocabulary)
    found: dict[str, list[tuple[str, Diagnosis]]] = {"heart_conditions": []}
    left = []
    for diagnosis in diagnoses:
        meant = meanings(table, diagnosis)
        if len(meant) == 1 and (choice := meant[0].choice):
            found.setdefault(meant[0].fact, []).append((choice, diagnosis))
        else:  # no fact has this code, or two have it, or it names a fact without its answer
            left.append(diagnosis)
    answers: dict[str, object] = {"systolic_bp": visit.systolic, "pregnancy": visit.pregnancy}
    checked = visit.conditions_checked is True and not left  # what nobody could place may belong there
    for fact, said in found.items():
        words = sorted({choice for choice, _ in said})
        if rulebook.vocabulary[fact].kind == "list":
            answers[fact] = {"present": words, "complete": checked and fact == "heart_conditions"}
        elif len({*words, answers.get(fact) or words[0]}) == 1:
            answers[fact] = words[0]
        else:  # codes, or a code and a column, contradict each other: not known, until somebody looks
            answers[fact] = None
            left += [diagnosis for _, diagnosis in said]
    return PatientProfile.model_validate({"observed_at": at, **answers}), left
