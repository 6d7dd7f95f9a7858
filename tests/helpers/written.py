"""Random rulebooks as plain data by file, and single edits of them, each with the rules that it concerns.

What an edit concerns is worked out of the data alone, by names: nothing here knows how a sheet is made.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import yaml

from ketascreen import Rulebook
from ketascreen._version import VERSION
from ketascreen.loading.load import rulebook_of_files

Files = dict[str, Any]
"""The data of each file, by path."""

_WORDS = ("amber", "birch", "cedar", "delta")
_TEXTS = ("title", "say", "do", "interpretation")
CITED = {"document": "leaflet.txt", "line": 2, "phrase": "above 180", "says": "exclude"}
_ROUTES = ("iv", "im", "oral", "sublingual")
NOT_RULES = frozenset(
    {"rulebook.yaml", "documents.yaml", "routes.yaml", "parameters.yaml", "definitions.yaml", "vocabulary.yaml"}
    | {"conflicts.yaml", "not-encoded.yaml", "approvals.yaml"}
)


@dataclass(frozen=True)
class Edit:
    """One edit: what was done, the files after it, and the rules of which a half is another one by it."""

    what: str
    files: Files
    decides: frozenset[str] = frozenset()
    says: frozenset[str] = frozenset()


def load(files: Files) -> Rulebook:
    """The rulebook of these files.

    Raises:
        RulebookError: as the loader.
    """
    return rulebook_of_files(as_bytes(files))


def as_bytes(files: Files) -> dict[str, bytes]:
    return {path: text(data).encode() for path, data in files.items()}


def text(data: Any) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)


def written(rng: Random) -> Files:
    """A rulebook with facts, windows, marks, contradictions, parameters and definitions of its own."""
    routes = sorted(rng.sample(_ROUTES, rng.randint(2, 3)))
    files: Files = {
        "rulebook.yaml": {
            "id": "small", "title": "A small rulebook", "version": "1.0.0", "format": 2, "effective": "2026-11-22",
            "requires": f">={VERSION}", "responsible": "Nobody.", "intended_use": "Tests.", "limits": "No patients.",
        },
        "documents.yaml": {
            "documents": {
                "leaflet.txt": {
                    "title": "A leaflet", "kind": "made up", "trust": "none", "why": "It does not exist.",
                    "sha256": "0" * 64, "lines": 9,
                }
            },
            "outside_sources": {
                "B1-01": {"title": "A guideline", "where": "example.org", "phrase": "made up", "read": "copy"}
            },
        },
        "routes.yaml": {route: _route(route) for route in routes},
        "parameters.yaml": {f"bar_{n}": _parameter(rng, n) for n in range(4)},
        "vocabulary.yaml": {
            "facts": {
                **{f"level_{n}": _number(n) for n in range(4)},
                **{f"word_{n}": _choice(rng, n) for n in range(4)},
            },
            "freshness": _freshness(rng),
            "contradictions": {
                "level_and_word": {
                    "when": {"all": [{"level_0": {"at_least": "bar_3"}}, {"word_1": {"is": "delta"}}]},
                    "about": "level_0", "say": "A level that this word excludes.",
                },
                "level_and_level": {"not_below": ["level_2", "level_3"], "about": "level_2", "say": "One is higher."},
            },
        },
        "conflicts.yaml": {
            "C1": {
                "topic": "Levels", "statements": [CITED, {"outside": "B1-01", "says": "avoid"}],
                "resolution": "Exclude.", "rules": ["rule-0"],
            }
        },
        "not-encoded.yaml": [{"document": "leaflet.txt", "line": 9, "phrase": "our prices", "reason": "price"}],
    }  # fmt: skip
    files["definitions.yaml"] = {
        "first": {"title": "The first", "when": _both(rng, "level_1", "word_2"), "sources": [dict(CITED)]},
        "second": {"title": "The second", "when": {"any": [{"meets": "first"}, _leaf(rng, "level_3")]}},
    }
    files["exclusions/lasting.yaml"] = _rule(rng, "lasting", "exclude", "all", {"word_0": {"is": "amber"}})
    files["reviews/stands.yaml"] = _rule(rng, "stands", "review", "all", {"word_3": {"is": "amber"}})
    for number in range(rng.randint(2, 5)):
        effect = rng.choice(("exclude", "review", "caution", "hold", "advise")) if number else "exclude"
        on = rng.choice(("all", rng.sample(routes, rng.randint(1, len(routes)))))
        rule = _rule(rng, f"rule-{number}", effect, on, _when(rng) if number else _both(rng, "level_0", "level_2"))
        if number == 0:
            rule["conflicts"] = ["C1"]
        files[f"{effect}/rule-{number}.yaml"] = rule
    return files


def _route(route: str) -> Any:
    return {"title": f"By {route}", "attributes": {"onset": [{"says": "minutes", "sources": [dict(CITED)]}]}}


def _parameter(rng: Random, number: int) -> Any:
    value = f"{rng.randint(10, 60) + 10 * number} mL/min"
    return {"value": value, "stricter": "lower", "basis": "policy", "reason": "Made up.", "sources": [dict(CITED)]}


def _number(number: int) -> Any:
    return {
        "type": "number", "unit": "mL/min", "minimum": 0, "maximum": 200, "label": f"Level {number}", "domain": "renal",
        "note": "Without food.",
    }  # fmt: skip


def _choice(rng: Random, number: int) -> Any:
    fact = {"type": "choice", "choices": list(_WORDS), "label": f"Word {number}", "domain": "other"}
    return {**fact, "opaque": ["cedar"]} if rng.random() < 0.5 else fact


def _freshness(rng: Random) -> Any:
    fresh = {"fresh_for": "30 days", "reason": "Made up."}
    windows: dict[str, Any] = {
        "word_0": {**fresh, "lasting": ["amber"]},
        "word_1": {**fresh, "permanent": ["birch"]},
        "word_3": {**fresh, "stands": ["amber"]},
        "level_0": {"fresh_for": "12 hours", "reason": "It moves."},
        "level_1": fresh,
        "systolic_bp": fresh,
    }
    return {name: dict(windows[name]) for name in windows if name != "level_1" or rng.random() < 0.5}


def _leaf(rng: Random, fact: str) -> Any:
    if fact.startswith("word"):
        words = rng.sample(_WORDS[1:], 2)
        return {fact: rng.choice(({"is": words[0]}, {"one_of": words}))}
    if fact.startswith("level"):
        bar = rng.choice((f"bar_{rng.randrange(4)}", f"{rng.randint(10, 190)} mL/min"))
        return {fact: {rng.choice(("at_least", "below", "above", "at_most")): bar}}
    return {fact: {"at_least": f"{rng.randint(100, 200)} mmHg"}}


def _both(rng: Random, *facts: str) -> Any:
    return {rng.choice(("all", "any")): [_leaf(rng, fact) for fact in facts]}


def _when(rng: Random) -> Any:
    facts = rng.sample(["level_0", "level_2", "word_1", "systolic_bp"], rng.randint(1, 3))
    leaves = [_leaf(rng, fact) for fact in facts]
    if rng.random() < 0.5:
        name = rng.choice(("first", "second"))
        leaves.append(rng.choice(({"meets": name}, {"not": {"meets": name}})))
    return leaves[0] if len(leaves) == 1 else {rng.choice(("all", "any")): leaves}


def _rule(rng: Random, name: str, effect: str, routes: Any, when: Any) -> Any:
    named = f" (bar {{bar_{rng.randrange(4)}}})" if rng.random() < 0.5 else ""
    stage = "session" if effect == "hold" else "candidacy"
    return {
        "id": name, "title": f"A title of {name}", "stage": stage, "effect": effect, "routes": routes, "when": when,
        "say": f"Say so{named}.", "do": "Do so.", "interpretation": "Read so.", "sources": [dict(CITED)],
    }  # fmt: skip


def rules_of(files: Files) -> dict[str, str]:
    """The path of each rule, by id."""
    return {data["id"]: path for path, data in files.items() if path not in NOT_RULES}


def asked_by(files: Files, when: Any) -> set[str]:
    """The names of the facts that a condition asks, in definitions too."""
    return {name for name in _keys(files, when) if name in _facts(files)}


def _keys(files: Files, when: Any) -> Iterator[str]:
    for key, value in when.items():
        if key in ("all", "any"):
            for member in value:
                yield from _keys(files, member)
        elif key == "not":
            yield from _keys(files, value)
        elif key == "meets":
            yield value
            yield from _keys(files, files["definitions.yaml"][value]["when"])
        else:
            yield key
            yield from (word for word in _flat(value.values()) if word in files["parameters.yaml"])


def _flat(values: Any) -> Iterator[str]:
    for value in values:
        yield from map(str, value) if isinstance(value, list) else (str(value),)


def _facts(files: Files) -> set[str]:
    return {*files["vocabulary.yaml"]["facts"], "systolic_bp"}


def _contradicting(files: Files, rule: Any) -> Iterator[Mapping[str, Any]]:
    asked = asked_by(files, rule["when"])
    for one in files["vocabulary.yaml"]["contradictions"].values():
        if asked & (set(one["not_below"]) if "not_below" in one else asked_by(files, one["when"])):
            yield one


def names_of(files: Files, rule: Any) -> set[str]:
    """All names that a rule rests on: facts, parameters, definitions; those of contradictions of its facts too."""
    names = {*_keys(files, rule["when"])}
    for one in _contradicting(files, rule):
        names.update(one["not_below"] if "not_below" in one else _keys(files, one["when"]))
    return names


def resting_on(files: Files, name: str) -> frozenset[str]:
    """The rules that ask a fact, a definition or a parameter, by id."""
    return frozenset(rule for rule, path in rules_of(files).items() if name in names_of(files, files[path]))


def naming(files: Files, parameter: str) -> frozenset[str]:
    """The rules whose texts name a parameter, by id."""
    braced = re.compile(rf"\{{{parameter}\}}")
    rules = rules_of(files)
    return frozenset(rule for rule, path in rules.items() if any(braced.search(files[path][key]) for key in _TEXTS))


def contradicted(files: Files, name: str) -> frozenset[str]:
    """The rules that ask a fact of a contradiction, by id."""
    wanted = files["vocabulary.yaml"]["contradictions"][name]
    return frozenset(rule for rule, path in rules_of(files).items() if wanted in _contradicting(files, files[path]))


def edited(files: Files, *path: Any, to: Any) -> Files:
    """A copy with the value at a path set, or taken away if it is None."""
    after = copy.deepcopy(files)
    part: Any = after
    for step in path[:-1]:
        part = part.setdefault(step, {}) if isinstance(part, dict) else part[step]
    if to is None:
        del part[path[-1]]
    else:
        part[path[-1]] = to
    return after
