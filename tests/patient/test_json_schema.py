"""The JSON Schemas of the public models, alone and as a part of another document: every reference leads somewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import jsonschema
import pytest
from pydantic import BaseModel, TypeAdapter

import ketascreen
from ketascreen import PatientProfile, read_profile
from ketascreen.patient.profile import BUILT_IN
from ketascreen.patient.schema import profile_schema
from tests.helpers.places import ROOT

MODELS = [
    *("PatientProfile", "Observation", "ListObservation", "Verdict", "RouteVerdict", "LeanVerdict", "Recommendation"),
    *("RouteRecommendation", "Finding", "Fault", "FactUsed", "FactLacking", "Ask", "Source", "Agreement", "Receipt"),
    *("Override", "ClinicianDecision", "Decision", "Readiness", "Route", "Stage", "Effect", "Outcome"),
]
MODES: tuple[Literal["validation", "serialization"], ...] = ("validation", "serialization")


class Visit(BaseModel):
    """A model of a program that holds profiles."""

    before: PatientProfile
    after: list[PatientProfile] | None = None


def references(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
        for one in part.values():
            yield from references(one)
    elif isinstance(part, list):
        for one in part:
            yield from references(one)


def leads_somewhere(document: Any, reference: str) -> bool:
    assert reference.startswith("#/")
    for step in reference.removeprefix("#/").split("/"):
        if not isinstance(document, Mapping) or step not in document:
            return False
        document = document[step]
    return True


def require_whole(document: dict[str, Any]) -> None:
    assert [one for one in references(document) if not leads_somewhere(document, one)] == []
    jsonschema.Draft202012Validator.check_schema(document)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", MODELS)
def test_a_public_model_has_a_schema_that_stands_alone(name: str, mode: Literal["validation", "serialization"]) -> None:
    require_whole(TypeAdapter(getattr(ketascreen, name)).json_schema(mode=mode))


@pytest.mark.parametrize("mode", MODES)
def test_a_profile_in_another_model_has_one_too(mode: Literal["validation", "serialization"]) -> None:
    document = Visit.model_json_schema(mode=mode)
    require_whole(document)
    assert "PatientProfile" in document["$defs"]
    require_whole(TypeAdapter(dict[str, tuple[PatientProfile, Visit]]).json_schema(mode=mode))


@pytest.mark.parametrize("mode", MODES)
def test_the_schema_of_the_model_says_what_the_one_in_the_file_says(
    mode: Literal["validation", "serialization"],
) -> None:
    published = profile_schema(BUILT_IN)
    own = PatientProfile.model_json_schema(mode=mode)
    at = published.pop("$defs")["at"]
    published.pop("$schema")
    assert own == json.loads(json.dumps(published).replace('{"$ref": "#/$defs/at"}', json.dumps(at)))


def test_the_schema_of_another_model_takes_the_examples_and_refuses_slips() -> None:
    validator = jsonschema.Draft202012Validator(Visit.model_json_schema())
    for name in ("resistant-depression.json", "ptsd.yaml", "several.jsonl"):
        if not name.endswith("jsonl"):
            sent = read_profile(ROOT / "examples" / name).model_dump(mode="json")
            assert validator.is_valid({"before": sent})
    assert not validator.is_valid({"before": {"sistolic_bp": 120}})
    assert not validator.is_valid({"before": {"pregnancy": {"value": "not_pregnant", "at": "yesterday"}}})
