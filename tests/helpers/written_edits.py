"""Every single edit of a written rulebook, each with the rules that it concerns (`written` works these out)."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from tests.helpers.written import (
    CITED,
    Edit,
    Files,
    contradicted,
    edited,
    naming,
    resting_on,
    rules_of,
)

_ADDED = "bar_added"


def edits(files: Files) -> Iterator[Edit]:
    """Each edit by itself; what it decides or says otherwise, and for which rules."""
    for rule, path in rules_of(files).items():
        yield from _of_rule(files, rule, path)
    for name in files["parameters.yaml"]:
        yield from _of_parameter(files, name)
    for name in files["definitions.yaml"]:
        yield from _of_definition(files, name)
    for name in files["vocabulary.yaml"]["facts"]:
        yield from _of_fact(files, name)
    for name in files["vocabulary.yaml"]["freshness"]:
        yield from _of_window(files, name)
    for name in files["vocabulary.yaml"]["contradictions"]:
        yield from _of_contradiction(files, name)
    yield from _of_the_rest(files)


def _decides(what: str, files: Files, rules: frozenset[str]) -> Edit:
    return Edit(what, files, decides=rules)


def _says(what: str, files: Files, rules: frozenset[str]) -> Edit:
    return Edit(what, files, says=rules)


def _of_rule(files: Files, rule: str, path: str) -> Iterator[Edit]:
    alone, data = frozenset({rule}), files[path]
    for key in ("title", "say", "do", "interpretation"):
        yield _says(f"{key} of {rule}", edited(files, path, key, to=f"{data[key]} More."), alone)
        yield Edit(f"spaces in {key} of {rule}", edited(files, path, key, to=data[key].replace(" ", "\n   ")))
    for key in ("do", "interpretation"):
        yield _says(f"no {key} of {rule}", edited(files, path, key, to=None), alone)
    yield from _of_citation(files, f"sources of {rule}", alone, path, "sources", 0)
    more = [*data["sources"], {"outside": "B1-01", "says": "avoid"}]
    yield _says(f"one more source of {rule}", edited(files, path, "sources", to=more), alone)
    if data["effect"] != "hold":
        effect = "caution" if data["effect"] == "review" else "review"
        yield _decides(f"effect of {rule}", edited(files, path, "effect", to=effect), alone)
    if data["effect"] == "advise":
        yield _decides(f"stage of {rule}", edited(files, path, "stage", to="session"), alone)
    if data["effect"] in ("review", "hold"):
        decider = "clinician" if data["effect"] == "hold" else "nobody"
        yield _decides(f"decided_by of {rule}", edited(files, path, "decided_by", to=decider), alone)
    every = list(files["routes.yaml"])
    if data["routes"] == "all":
        yield _decides(f"routes of {rule}", edited(files, path, "routes", to=every[1:]), alone)
        yield Edit(f"routes of {rule}, written out", edited(files, path, "routes", to=every[::-1]))
    yield _decides(f"not of {rule}", edited(files, path, "when", to={"not": data["when"]}), alone)
    for place, other in _other_conditions(data["when"]):
        yield _decides(f"{place} in {rule}", edited(files, path, "when", *place, to=other), alone)
    yield Edit(f"order in {rule}", edited(files, path, "when", to=turned(data["when"])))
    yield Edit(f"order of keys in {rule}", {**files, path: dict(reversed(data.items()))})
    allow = [{"check": "shadowed", "reason": "It is meant so."}]
    yield Edit(f"allow of {rule}", edited(files, path, "allow", to=allow))
    moved = {place: content for place, content in files.items() if place != path}
    yield Edit(f"file of {rule}", {f"elsewhere/{rule}.yaml": data, **moved})


def _other_conditions(when: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The place of each constant and each `all` or `any`, with another that decides otherwise."""
    for key, value in when.items():
        if key in ("all", "any"):
            for index, member in enumerate(value):
                yield from (((key, index, *place), other) for place, other in _other_conditions(member))
        elif key == "not":
            yield from (((key, *place), other) for place, other in _other_conditions(value))
        elif key != "meets":
            ((comparison, constant),) = value.items()
            if comparison == "one_of":
                yield (key, comparison), constant[:1]
            elif comparison == "is":
                yield (key, comparison), "birch" if constant == "cedar" else "cedar"
            elif str(constant)[0].isdigit():
                number, unit = str(constant).split(" ", 1)
                yield (key, comparison), f"{int(number) + 1} {unit}"


def turned(when: Any) -> Any:
    """The same condition with its members and words in the reverse order."""
    if isinstance(when, list):
        return [turned(one) for one in reversed(when)]
    return {key: turned(value) for key, value in when.items()} if isinstance(when, dict) else when


def _of_citation(files: Files, what: str, rules: frozenset[str], *place: Any) -> Iterator[Edit]:
    yield _says(f"phrase in {what}", edited(files, *place, "phrase", to="above that"), rules)
    yield _says(f"says in {what}", edited(files, *place, "says", to="beware"), rules)
    yield Edit(f"line in {what}", edited(files, *place, "line", to=3))


def _of_parameter(files: Files, name: str) -> Iterator[Edit]:
    asking, told = resting_on(files, name), naming(files, name)
    number = int(files["parameters.yaml"][name]["value"].split()[0])
    value = edited(files, "parameters.yaml", name, "value", to=f"{number + 1} mL/min")
    yield Edit(f"value of {name}", value, decides=asking, says=told)
    for key, other in (("stricter", "higher"), ("basis", "source"), ("reason", "Made up again.")):
        yield _says(f"{key} of {name}", edited(files, "parameters.yaml", name, key, to=other), asking | told)
    yield from _of_citation(files, f"sources of {name}", asking | told, "parameters.yaml", name, "sources", 0)


def _of_definition(files: Files, name: str) -> Iterator[Edit]:
    asking, when = resting_on(files, name), files["definitions.yaml"][name]["when"]
    yield _says(f"title of {name}", edited(files, "definitions.yaml", name, "title", to="Another"), asking)
    sources = [*files["definitions.yaml"][name].get("sources", ()), {"outside": "B1-01", "says": "avoid"}]
    yield _says(f"sources of {name}", edited(files, "definitions.yaml", name, "sources", to=sources), asking)
    for place, other in _other_conditions(when):
        yield _decides(f"{place} in {name}", edited(files, "definitions.yaml", name, "when", *place, to=other), asking)
    yield Edit(f"order in {name}", edited(files, "definitions.yaml", name, "when", to=turned(when)))


def _of_fact(files: Files, name: str) -> Iterator[Edit]:
    asking, data = resting_on(files, name), files["vocabulary.yaml"]["facts"][name]
    deciding: dict[str, Any] = {"label": "Another label", "note": "Read with care.", "changeable": False}
    deciding["codes"] = [{"system": "loinc", "code": "1234-5"}]
    if data["type"] == "number":
        deciding |= {"maximum": 300, "minimum": -1, "type": "integer"}
    else:
        deciding |= {"choices": [*data["choices"], "ember"], "opaque": ["birch"]}
    for key, other in deciding.items():
        yield _decides(f"{key} of {name}", edited(files, "vocabulary.yaml", "facts", name, key, to=other), asking)
    yield _says(f"domain of {name}", edited(files, "vocabulary.yaml", "facts", name, "domain", to="heart"), asking)


def _of_window(files: Files, name: str) -> Iterator[Edit]:
    asking, data = resting_on(files, name), files["vocabulary.yaml"]["freshness"][name]
    place = "vocabulary.yaml", "freshness", name
    windows = ("60 days", "same day", "30 minutes", *(() if len(data) > 2 else ("any age",)))
    for window in windows:
        yield _decides(f"window of {name}: {window}", edited(files, *place, "fresh_for", to=window), asking)
    if name.startswith("word"):
        for mark in ("permanent", "stands", "lasting"):
            other = None if mark in data else ["delta"]
            yield _decides(f"{mark} of {name}", edited(files, *place, mark, to=other), asking)
    yield _says(f"reason of the window of {name}", edited(files, *place, "reason", to="Read again."), asking)
    yield Edit(f"no window of {name}", edited(files, *place, to=None), decides=asking, says=asking)


def _of_contradiction(files: Files, name: str) -> Iterator[Edit]:
    asking, place = contradicted(files, name), ("vocabulary.yaml", "contradictions", name)
    data = files["vocabulary.yaml"]["contradictions"][name]
    yield _says(f"say of {name}", edited(files, *place, "say", to="Both cannot be."), asking)
    other = "word_1" if "when" in data else "level_3"
    yield _decides(f"about of {name}", edited(files, *place, "about", to=other), asking)
    yield _decides(f"newer of {name}", edited(files, *place, "newer", to=other), asking)
    if "when" in data:
        for where, condition in _other_conditions(data["when"]):
            yield _decides(f"{where} in {name}", edited(files, *place, "when", *where, to=condition), asking)
        members = data["when"]["all"][::-1]
        yield Edit(f"order in {name}", edited(files, *place, "when", "all", to=members))


def _of_the_rest(files: Files) -> Iterator[Edit]:
    for key, other in (
        ("title", "Another"), ("version", "1.0.1"), ("effective", "2026-11-23"), ("responsible", "Somebody."),
        ("limits", "None."), ("not_asked", ["The weather."]), ("time_zone", "Europe/Berlin"),
    ):  # fmt: skip
        yield Edit(f"{key} of the rulebook", edited(files, "rulebook.yaml", key, to=other))
    everywhere = frozenset(rule for rule, path in rules_of(files).items() if files[path]["routes"] == "all")
    intranasal = {"title": "By nose", "attributes": {}}
    yield _decides("one more route", edited(files, "routes.yaml", "intranasal", to=intranasal), everywhere)
    route = next(iter(files["routes.yaml"]))
    yield Edit("title of a route", edited(files, "routes.yaml", route, "title", to="Another way"))
    yield Edit("title of a document", edited(files, "documents.yaml", "documents", "leaflet.txt", "title", to="Paper"))
    yield Edit("a conflict", edited(files, "conflicts.yaml", "C1", "reason", to="It is safer."))
    yield Edit("one more parameter", edited(files, "parameters.yaml", _ADDED, to=files["parameters.yaml"]["bar_0"]))
    yield Edit("not encoded", edited(files, "not-encoded.yaml", 0, "reason", to="another"))
    last = copy.deepcopy(files["not-encoded.yaml"])
    yield Edit("one more not encoded", {**files, "not-encoded.yaml": [*last, {**last[0], "line": CITED["line"]}]})
    yield Edit("order of files and rules", dict(sorted(files.items(), reverse=True)))
