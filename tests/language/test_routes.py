"""A route is text that keeps its form: it is written, read, copied, matched and ordered as such."""

from __future__ import annotations

import copy
import json
import pickle
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ketascreen import Route
from ketascreen.language.terms import BUILT_IN_ROUTES, MAX_ROUTE, in_order
from tests.helpers.route_names import ODD_ROUTES

words = st.from_regex(rf"[a-z][a-z0-9_]{{0,{MAX_ROUTE - 1}}}", fullmatch=True)
NO_ROUTES = ("", "IV", "i v", "1a", "_a", "a-b", "iv\n", "é", "a" * (MAX_ROUTE + 1), "__proto__", None, 1, b"iv")


class Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)

    one: Route
    several: tuple[Route, ...]
    by_route: dict[Route, int]


@given(words)
def test_a_route_is_its_word_in_every_use(word: str) -> None:
    route = Route(word)
    assert route == word
    assert hash(route) == hash(word)
    assert {word: 1}[route] == 1
    assert word in {route}
    assert (str(route), f"{route}", route.value, f"{route:>50}".strip()) == (word, word, word, word)
    assert type(str(route)) is type(route.value) is str
    assert json.loads(json.dumps({route: [route]})) == {word: [word]}
    assert eval(repr(route), {"Route": Route}) == route


@given(words)
def test_copies_and_pickles_are_routes_again(word: str) -> None:
    route = Route(word)
    copies = [copy.copy(route), copy.deepcopy([route])[0], Route(route)]
    copies += [pickle.loads(pickle.dumps(route, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    assert all(type(one) is Route and one == route for one in copies)


@given(words, st.lists(words))
def test_a_model_reads_and_writes_it_as_text(one: str, several: list[str]) -> None:
    made = Model(one=one, several=tuple(several), by_route=dict.fromkeys(several, 1))  # type: ignore[arg-type]
    read = Model.model_validate_json(made.model_dump_json())
    assert read == made == Model.model_validate(made.model_dump())
    assert made.model_dump(mode="json") == {"one": one, "several": several, "by_route": dict.fromkeys(several, 1)}
    for model in (made, read):
        assert {type(route) for route in (model.one, *model.several, *model.by_route)} == {Route}


@pytest.mark.parametrize("word", NO_ROUTES)
def test_other_text_is_no_route(word: object) -> None:
    with pytest.raises(ValueError, match="not a route: write a word of small letters"):
        Route(word)  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="not a route"):
        TypeAdapter(Route).validate_python(word)
    if isinstance(word, str):
        with pytest.raises(ValidationError):
            TypeAdapter(Route).validate_json(json.dumps(word))


def test_it_cannot_be_changed() -> None:
    for name in ("value", "other", "__dict__"):
        with pytest.raises(AttributeError):
            setattr(Route.IV, name, "im")
    assert Route.IV == "iv"


def test_the_constants_are_the_routes_of_the_built_in_rulebook() -> None:
    constants = (Route.IV, Route.IM, Route.INTRANASAL, Route.SUBLINGUAL, Route.ORAL)
    assert constants == BUILT_IN_ROUTES == ("iv", "im", "intranasal", "sublingual", "oral")
    assert all(Route(str(route)) is route for route in constants)
    assert all(pickle.loads(pickle.dumps(route)) is copy.deepcopy(route) is route for route in constants)


def test_match_finds_it_by_constant_by_text_and_by_type() -> None:
    def found(route: Route) -> str:
        match route:
            case Route.IV:
                return "constant"
            case "alteplase":
                return "text"
            case Route():
                return "type"

    assert [found(Route(word)) for word in ("iv", "alteplase", "rectal")] == ["constant", "text", "type"]


def test_the_five_come_first_and_all_others_by_name() -> None:
    given = [*BUILT_IN_ROUTES, *ODD_ROUTES, "iv", "a"]
    Random(5).shuffle(given)
    assert in_order(given) == (*BUILT_IN_ROUTES, *sorted(ODD_ROUTES, key=str))
    assert {type(route) for route in in_order(["b", "iv"])} == {Route}
    assert in_order([]) == ()
