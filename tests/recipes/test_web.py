"""The recipes for FastAPI and Flask: the strict reader reads the body, and what is refused is a 422 that says why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

import pytest

pytestmark = pytest.mark.recipe

Posted = tuple[int, Any]
Post = Callable[[bytes], Posted]

EQUAL_KEYS = b'{"pregnancy": "pregnant", "suicidality": "none", "pregnancy": "not_pregnant"}'


@pytest.fixture
def fastapi_app() -> Any:
    return import_module("fastapi_app").app


def _fastapi() -> Post:
    client = import_module("fastapi.testclient").TestClient(import_module("fastapi_app").app)

    def post(body: bytes) -> Posted:
        answer = client.post("/screen", content=body, headers={"content-type": "application/json"})
        return answer.status_code, answer.json()

    return post


def _flask() -> Post:
    client = import_module("flask_app").app.test_client()

    def post(body: bytes) -> Posted:
        answer = client.post("/screen", data=body, content_type="application/json")
        return answer.status_code, answer.get_json()

    return post


@pytest.fixture(params=[_fastapi, _flask], ids=["FastAPI", "Flask"])
def post(request: pytest.FixtureRequest) -> Post:
    made: Post = request.param()
    return made


def test_a_profile_is_screened_and_the_whole_verdict_is_returned(post: Post) -> None:
    status, said = post(b'{"pregnancy": "pregnant"}')
    assert status == 200
    assert said["routes"]["iv"]["decision"] == "not_eligible"
    assert said["routes"]["iv"]["reasons"] == ["pregnancy"]
    assert {ask["why"] for ask in said["routes"]["iv"]["asks"]} == {"not_recorded"}


def test_equal_keys_are_refused_instead_of_the_last_one_winning(post: Post) -> None:
    status, said = post(EQUAL_KEYS)
    assert status == 422
    assert [problem["code"] for problem in said["problems"]] == ["duplicate-key"]


def test_what_is_refused_says_code_pointer_and_hint_and_no_value(post: Post) -> None:
    status, said = post(b'{"sistolic_bp": 131, "diastolic_bp": "131"}')
    assert status == 422
    assert [(one["code"], one["pointer"]) for one in said["problems"]] == [
        ("not-a-number", "/diastolic_bp"),
        ("unknown-fact", "/sistolic_bp"),
    ]
    assert "did you mean `systolic_bp`?" in said["problems"][1]["hint"]
    assert "131" not in json.dumps(said)


def test_a_decimal_is_read_exactly(post: Post) -> None:
    day = '"at": "2026-11-20"'
    accepted, _ = post(f'{{"systolic_bp": {{"value": 139.5, "unit": "mmHg", {day}}}}}'.encode())
    refused, said = post(f'{{"systolic_bp": {{"value": 139.99999999999999999, "unit": "mmHg", {day}}}}}'.encode())
    assert (accepted, refused) == (200, 422)  # a float would be 140 exactly
    assert said["problems"][0]["code"] == "not-a-number"


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b'"text"'])
def test_a_body_that_is_no_profile_is_a_422_and_never_a_500(post: Post, body: bytes) -> None:
    status, said = post(body)
    assert status == 422
    assert said["problems"][0]["message"]


def test_the_openapi_document_has_no_reference_that_leads_nowhere(fastapi_app: Any) -> None:
    document = fastapi_app.openapi()
    references = list(_references(document))
    assert len(references) > 20
    assert [one for one in references if not _is_there(document, one)] == []
    body = document["paths"]["/screen"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["systolic_bp"]["x-unit"] == "mmHg"


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for one in part.values():
            yield from _references(one)
    elif isinstance(part, list):
        for one in part:
            yield from _references(one)


def _is_there(document: Any, reference: str) -> bool:
    for step in reference.removeprefix("#/").split("/"):
        if step not in document:
            return False
        document = document[step]
    return True
