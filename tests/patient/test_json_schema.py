"""The JSON Schemas of the public models, alone and as a part of another document: every reference leads somewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import jsonschema
import pytest
from pydantic import BaseModel, TypeAdapter

import ketascreen
from ketascreen import PatientProfile, ProfileError, read_profile
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


TAKEN = """
{}
{"systolic_bp": null}
{"systolic_bp": 139}
{"systolic_bp": 139.0}
{"systolic_bp": "139 mmHg"}
{"systolic_bp": {"value": 139, "unit": "mmHg", "at": null}}
{"systolic_bp": {"value": 139, "unit": null}}
{"planned_observation_minutes": "2 hours"}
{"planned_observation_minutes": {"value": 1, "unit": "hour"}}
{"psychosis": {"value": "never", "at": "undated"}}
{"psychosis": {"value": "never", "at": "2026-11-22T23:59Z"}}
{"psychosis": {"value": "never", "at": "2024-02-29T00:00:00.123456-23:59"}}
{"heart_conditions": ["stroke", "a word that nobody knows"]}
{"heart_conditions": {"present": [], "complete": true}}
{"last_stroke": "none"}
{"last_stroke": 0}
{"last_stroke": 1200}
{"last_stroke": 1850}
{"last_stroke": 2020}
{"last_stroke": 2020.0}
{"last_stroke": 9000}
{"last_stroke": {"value": 2020, "unit": null, "at": "2026-11-22"}}
{"last_stroke": "2020-02"}
{"last_stroke": "5 months"}
{"last_stroke": "2 years"}
{"age": 40}
{"age": "40 years"}
{"age": 1984}
{"birth_date": "1984-03-02"}
{"birth_date": "1850"}
{"birth_date": 1984}
{"birth_date": 1984.0}
{"birth_date": null}
{"observed_at": "2026-11-22"}
{"extra": {"egfr": 60}}
"""
REFUSED = """
[]
{"sistolic_bp": 139}
{"systolic_bp": "139"}
{"systolic_bp": true}
{"systolic_bp": 29}
{"systolic_bp": "139 kPa"}
{"systolic_bp": "139 MMHG"}
{"systolic_bp": {"value": 139, "unit": "kPa"}}
{"systolic_bp": {"value": 139, "unit": 1}}
{"systolic_bp": {"value": null}}
{"systolic_bp": {"value": 139, "when": "2026-11-22"}}
{"psychosis": "Never"}
{"psychosis": {"value": "never", "unit": null, "at": "2026-02-30"}}
{"psychosis": {"value": "never", "at": "2026-13-01"}}
{"psychosis": {"value": "never", "at": "2026-11-31"}}
{"psychosis": {"value": "never", "at": "1849-12-31"}}
{"psychosis": {"value": "never", "at": "9001-01-01"}}
{"psychosis": {"value": "never", "at": "2026-11-22T24:00:00Z"}}
{"psychosis": {"value": "never", "at": "2026-11-22T09:60Z"}}
{"psychosis": {"value": "never", "at": "2026-11-22T09:00:60Z"}}
{"psychosis": {"value": "never", "at": "2026-11-22T09:00+24:00"}}
{"psychosis": {"value": "never", "at": "2026-11-22T09:00+01:75"}}
{"psychosis": {"value": "never", "at": "2026-11-22T09:00"}}
{"psychosis": {"value": "never", "at": "2026-11-22t09:00Z"}}
{"heart_conditions": "stroke"}
{"heart_conditions": {"present": [], "complete": 1}}
{"heart_conditions": {"present": [], "complete": null}}
{"heart_conditions": {"complete": true}}
{"last_stroke": 1201}
{"last_stroke": 1849}
{"last_stroke": 9001}
{"last_stroke": 2020.5}
{"last_stroke": -1}
{"last_stroke": "2020-13"}
{"last_stroke": "2020-04-31"}
{"last_stroke": "1849"}
{"age": "none"}
{"age": 121}
{"birth_date": 84}
{"birth_date": 1849}
{"birth_date": "1984-3"}
{"birth_date": "1984-03-02T00:00:00Z"}
{"birth_date": true}
{"observed_at": 20261122}
{"observed_at": "undated"}
{"extra": []}
"""


@pytest.mark.parametrize("text", TAKEN.split("\n")[1:-1])
def test_what_the_reader_takes_the_schema_takes(text: str) -> None:
    PatientProfile.model_validate_json(text)
    jsonschema.Draft202012Validator(PatientProfile.model_json_schema()).validate(json.loads(text))


@pytest.mark.parametrize("text", REFUSED.split("\n")[1:-1])
def test_what_the_schema_refuses_the_reader_refuses(text: str) -> None:
    with pytest.raises(ProfileError):
        PatientProfile.model_validate_json(text)
    assert not jsonschema.Draft202012Validator(PatientProfile.model_json_schema()).is_valid(json.loads(text))
