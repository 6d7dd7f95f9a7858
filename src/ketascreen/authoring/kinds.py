"""The kinds of file that a rulebook holds: the form of each, and which file is of which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ketascreen.authoring import case_forms
from ketascreen.loading import forms
from ketascreen.loading.building import NAMED
from ketascreen.loading.folder import CASES, START

KINDS: Mapping[str, Any] = {
    "rule": forms.RuleForm,
    "cases": list[case_forms.CaseForm],
    "vignettes": list[case_forms.CaseForm],
    "start": case_forms.StartForm,
    "parameters": dict[str, forms.ParameterForm],
    "definitions": dict[str, forms.DefinitionForm],
    "vocabulary": forms.VocabularyForm,
    "routes": dict[str, forms.RouteForm],
    "documents": forms.DocumentsForm,
    "conflicts": dict[str, forms.ConflictForm],
    "not-encoded": list[forms.NotEncodedForm],
    "rulebook": forms.RulebookForm,
}
"""Each kind of file with what it holds: one form, a list of them, or one under each name."""


def kind_of(path: str) -> str:
    """The kind of the file at `path`, by its name and the folder that it stands in."""
    above, _, name = path.replace("\\", "/").rpartition("/")
    if name.endswith(CASES):
        return "vignettes" if above.rpartition("/")[2] == "vignettes" else "cases"
    if name.endswith(START):
        return "start"
    stem = name.removesuffix(".yaml")
    return stem if stem in NAMED else "rule"
