"""The kinds of file in a rulebook: the model of each kind, and the kind of each file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ketascreen.authoring.cases import case_models
from ketascreen.loading import file_models
from ketascreen.loading.approvals import ApprovalModel
from ketascreen.loading.build import is_named
from ketascreen.syntax.folder import CASES, START

KINDS: Mapping[str, Any] = {
    "rule": file_models.RuleModel,
    "cases": list[case_models.CaseModel] | case_models.CasesModel,
    "vignettes": list[case_models.CaseModel] | case_models.CasesModel,
    "start": case_models.StartModel,
    "parameters": dict[str, file_models.ParameterModel],
    "definitions": dict[str, file_models.DefinitionModel],
    "vocabulary": file_models.VocabularyModel,
    "routes": dict[str, file_models.RouteModel],
    "documents": file_models.DocumentsModel,
    "conflicts": dict[str, file_models.ConflictModel],
    "not-encoded": list[file_models.NotEncodedModel],
    "rulebook": file_models.RulebookModel,
    "approvals": list[ApprovalModel],
}
"""Each kind of file with its content: one model, a list of models, a list or a model that holds it, or a model under
each name."""


def kind_of(path: str) -> str:
    """The kind of the file at `path`, by its name and its folder."""
    above, _, name = path.replace("\\", "/").rpartition("/")
    if name.endswith(CASES):
        return "vignettes" if above.rpartition("/")[2] == "vignettes" else "cases"
    if name.endswith(START):
        return "start"
    return name.casefold().removesuffix(".yaml") if is_named(name) else "rule"
