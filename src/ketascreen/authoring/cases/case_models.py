"""What a file of cases, or of a start that cases change, may hold, as strict Pydantic models."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ketascreen.language.terms import Decision, Outcome, Readiness, Stage
from ketascreen.loading.file_models import FileModel
from ketascreen.loading.text_forms import Text

DecisionWord = Literal[tuple(decision.value for decision in Decision)]  # type: ignore[valid-type]
ReadinessWord = Literal[tuple(readiness.value for readiness in Readiness)]  # type: ignore[valid-type]
StageWord = Literal[tuple(stage.value for stage in Stage)]  # type: ignore[valid-type]


FindingWord = Literal[(*(outcome.value for outcome in Outcome), "not_asked")]  # type: ignore[valid-type]


OF_A_RULE = ("finding", "because", "asks", "gives")
"""What a rule's own case may expect; the first is required."""
REFUSED = "refused"
"""What the case of a whole patient who is refused expects, instead of all else."""
OF_A_PATIENT = ("decisions", "readiness", "not_decidable", "alerts", "met", "unknown", "asks", REFUSED)
"""What the case of a whole patient may expect; the first is required, except of one who is refused."""


OF_A_ROUTE = ("gives", "decisions", "readiness")
"""What has a word for each route that it names."""


class ExpectModel(FileModel):
    """What a case expects of a rule (`finding`, `because`, `gives`) or of a whole patient.

    `refused` names the contradiction for which the patient is refused.
    """

    finding: FindingWord | None = None  # type: ignore[valid-type]
    because: list[Text] | None = None
    asks: list[Text] | None = None
    gives: dict[str, Text] | None = None
    decisions: dict[str, DecisionWord] | None = None  # type: ignore[valid-type]
    readiness: dict[str, ReadinessWord] | None = None  # type: ignore[valid-type]
    not_decidable: list[Text] | None = None
    alerts: list[Text] | None = None
    met: list[Text] | None = None
    unknown: list[Text] | None = None
    refused: Text | None = None


class CaseModel(FileModel):
    """One case: a profile, and the expected results."""

    name: Text
    as_of: Text | None = None
    observed_at: Text | None = None
    start: Text | None = None
    given: dict[str, Any] = Field(default_factory=dict)
    without: list[Text] = Field(default_factory=list)
    stage: StageWord = Stage.CANDIDACY.value  # type: ignore[valid-type]
    decisions: list[Text] = Field(default_factory=list)
    expect: ExpectModel


class CasesModel(FileModel):
    """A file of cases that says its times once; a file may also be the list alone."""

    as_of: Text | None = None
    observed_at: Text | None = None
    cases: list[CaseModel]


class StartModel(FileModel):
    """A start that cases change."""

    as_of: Text
    observed_at: Text
    given: dict[str, Any]
