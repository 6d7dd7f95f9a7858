"""The kinds of file that a rulebook holds: the model of each, and which file is of which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ketascreen.authoring.cases import case_models
from ketascreen.loading import file_models
from ketascreen.loading.build import NAMED
from ketascreen.syntax.folder import CASES, START

KINDS: Mapping[str, Any] = {
    "rule": file_models.RuleModel,
    "cases": list[case_models.CaseModel],
    "vignettes": list[case_models.CaseModel],
    "start": case_models.StartModel,
    "parameters": dict[str, file_models.ParameterModel],
    "definitions": dict[str, file_models.DefinitionModel],
    "vocabulary": file_models.VocabularyModel,
    "routes": dict[str, file_models.RouteModel],
    "documents": file_models.DocumentsModel,
    "conflicts": dict[str, file_models.ConflictModel],
    "not-encoded": list[file_models.NotEncodedModel],
    "rulebook": file_models.RulebookModel,
}
"""Each kind of file with what it holds: one model, a list of them, or one under each name."""


def kind_of(path: str) -> str:
    """The kind of the file at `path`, by its name and the folder that it stands in."""
    above, _, name = path.replace("\\", "/").rpartition("/")
    if name.endswith(CASES):
        return "vignettes" if above.rpartition("/")[2] == "vignettes" else "cases"
    if name.endswith(START):
        return "start"
    stem = name.removesuffix(".yaml")
    return stem if stem in NAMED else "rule"
