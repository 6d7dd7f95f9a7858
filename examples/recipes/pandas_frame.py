"""Verdicts on a frame of pandas. NaN, NaT, NA and None are not known, never "no"; True and False need a word each."""

from collections.abc import Hashable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from ketascreen import PatientProfile, ProfileError, Screener, Verdict

CLINIC = ZoneInfo("Europe/Berlin")
FACTS = {"systolic": "systolic_bp", "diastolic": "diastolic_bp", "trials": "failed_antidepressant_trials"}
WORDS = {"pregnant": ("pregnancy", {True: "pregnant", False: "not_pregnant"})}


def answer(cell: Any) -> Any:
    """A cell as Python has it: NumPy's numbers become Python's, and what is missing becomes None."""
    if pd.isna(cell):
        return None
    return cell.item() if isinstance(cell, np.generic) else cell


def profile_of(row: Mapping[Hashable, Any]) -> PatientProfile:
    """The profile in a row; `seen` has the clinic's time, without an offset, of all its answers."""
    answers = {fact: answer(row[column]) for column, fact in FACTS.items()}
    for column, (fact, words) in WORDS.items():
        known = answer(row[column])
        answers[fact] = words[known] if type(known) is bool else known  # 1.0 and "no" are refused below
    seen = None if pd.isna(row["seen"]) else row["seen"].to_pydatetime().replace(tzinfo=CLINIC)
    return PatientProfile.model_validate({"observed_at": seen, **answers})


def profiles(frame: pd.DataFrame) -> Iterator[tuple[Hashable, PatientProfile | ProfileError]]:
    """The profile of each row, or why it is refused, with the label of the row."""
    for label, row in zip(frame.index, frame.to_dict("records"), strict=True):
        try:
            yield label, profile_of(row)
        except ProfileError as error:
            yield label, error


def screened(
    screener: Screener, frame: pd.DataFrame, as_of: datetime
) -> Iterator[tuple[Hashable, Verdict | ProfileError]]:
    """The verdict on each row, or why it is refused: one that is refused ends nothing."""
    for label, profile in profiles(frame):
        if isinstance(profile, ProfileError):
            yield label, profile
        else:
            (verdict,) = screener.screen_many([profile], as_of=as_of)
            yield label, verdict
