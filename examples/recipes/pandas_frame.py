"""Profiles from a frame of pandas. NaN, NaT, NA and None are not known, never "no"; True and False need a word each."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from ketascreen import PatientProfile

CLINIC = ZoneInfo("Europe/Berlin")
FACTS = {"systolic": "systolic_bp", "diastolic": "diastolic_bp", "trials": "failed_antidepressant_trials"}
WORDS = {"pregnant": ("pregnancy", {True: "pregnant", False: "not_pregnant"})}


def answer(cell: Any) -> Any:
    """A cell as Python has it: NumPy's numbers become Python's, and what is missing becomes None."""
    if pd.isna(cell):
        return None
    return cell.item() if isinstance(cell, np.generic) else cell


def profiles(frame: pd.DataFrame) -> Iterator[PatientProfile]:
    """A profile for each row; `seen` has the clinic's time, without an offset, of all answers in the row."""
    for row in frame.to_dict("records"):
        answers = {fact: answer(row[column]) for column, fact in FACTS.items()}
        for column, (fact, words) in WORDS.items():
            known = answer(row[column])
            answers[fact] = None if known is None else words[known]
        seen = None if pd.isna(row["seen"]) else row["seen"].tz_localize(CLINIC).to_pydatetime()
        yield PatientProfile(observed_at=seen, **answers)
