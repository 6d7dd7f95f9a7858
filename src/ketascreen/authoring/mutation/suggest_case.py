"""The missing case: it distinguishes a mutant from the original, ready to paste as YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ketascreen.authoring.cases.case import NOTHING, CaseForm, free_name
from ketascreen.authoring.cases.case_models import REFUSED
from ketascreen.authoring.cases.results import PatientResult, RuleResult, gives
from ketascreen.authoring.editing.yaml_text import lines_of
from ketascreen.authoring.mutation.given import Given, facts_given, written_time
from ketascreen.diagnostic import ProfileError
from ketascreen.language.iso_time import read_iso_time
from ketascreen.language.rule import Rule, RuleStage
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import OUTCOME, Outcome, Stage
from ketascreen.patient.contradictions import Contradicted
from ketascreen.patient.facts import grounds_of
from ketascreen.patient.observation import UNDATED


def written(
    rule: Rule,
    given: Given,
    rulebook: Rulebook,
    as_of: datetime,
    taken: Iterable[str] = (),
    only_its_routes: bool = False,
    name: str = "",
) -> str:
    """A case of `rule` as YAML, with the outcome of the rule as it is now.

    `taken` are names of other cases; without a `name`, it is made of the answers. With `only_its_routes` the case says
    that all other routes get nothing.
    """
    facts = facts_given(given, rulebook, as_of)
    grounds = grounds_of(rule, facts)
    outcome = OUTCOME[grounds.truth]
    expect: dict[str, Any] = {"finding": outcome.value}
    if outcome is Outcome.UNKNOWN:
        expect["asks"] = sorted(grounds.lacks)
    elif grounds.rests_on:
        expect["because"] = sorted(grounds.rests_on)
    expect["gives"] = {route.value: gives(rule.effect, outcome).value for route in rule.routes}
    others = [route for route in rulebook.routes if only_its_routes and route not in rule.routes]
    expect["gives"].update({route.value: NOTHING for route in others})
    name = free_name(name or _name(given, expect, as_of, bool(others)), frozenset(taken))
    return _case(name, given, expect, as_of, ["  stage: session"] if rule.stage is RuleStage.SESSION else [])


def in_form(text: str, form: CaseForm) -> str:
    """A case as its file writes cases: as far to the right, and without the times that the file says once."""
    said = [
        f"  {key}: {time}"
        for key, time in (("as_of", form.as_of), ("observed_at", form.observed_at))
        if time is not None
    ]
    lines = [line for line in text.splitlines() if line not in said]
    return "".join(f"{' ' * form.indent}{line}\n" for line in lines)


CONTRADICTIONS = "vignettes/contradictions"
"""The file, without its ending, for the cases of contradictions."""


def written_for_patient(given: Given, rulebook: Rulebook, as_of: datetime, taken: Iterable[str] = ()) -> str:
    """A case of a whole patient as YAML, who is refused or has the decision for the rulebook's first route."""
    expect: dict[str, Any]
    said = " and ".join(_said(name, raw) for name, raw in given.items())
    try:
        facts = facts_given(given, rulebook, as_of)
    except ProfileError as error:
        problem = error.diagnostics[0]
        assert isinstance(problem, Contradicted)
        name, expect = f"{said} contradict each other", {REFUSED: problem.name}
    else:
        rules = [RuleResult.of_facts(rule, facts) for rule in rulebook.asked_at(Stage.CANDIDACY)]
        result = PatientResult.of_rules(rules, rulebook.routes, Stage.CANDIDACY, (), frozenset())
        route, one = next(iter(result.routes.items()))
        name, expect = f"{said} do not contradict each other", {"decisions": {route.value: one.decision.value}}
    return _case(free_name(name, frozenset(taken)), given, expect, as_of)


def _case(name: str, given: Given, expect: Mapping[str, Any], as_of: datetime, more: Iterable[str] = ()) -> str:
    day = as_of.date().isoformat()
    shown = {fact: _answer(raw, day) for fact, raw in given.items()}
    head = [f"- name: {name}", *more, f"  as_of: {written_time(as_of)}", f"  observed_at: {day}"]
    return "\n".join([*head, *lines_of("given", shown, 2), *lines_of("expect", expect, 2)]) + "\n"


def _answer(raw: Mapping[str, Any], day: str) -> Any:
    rest = {key: value for key, value in raw.items() if key != "at" or value != day}
    rest |= {"at": UNDATED} if raw.get("at", day) is None else {}
    return rest["value"] if rest.keys() == {"value"} else rest


def _name(given: Given, expect: Mapping[str, Any], as_of: datetime, not_for: bool) -> str:
    """A sentence from the answers; the person who pastes it can write a better one."""
    where = " on its routes only" if not_for else ""
    if not given:
        return f"nothing recorded is {_spoken(expect['finding'])}{where}"
    said = " and ".join(_said(name, raw) for name, raw in given.items())
    ages = [(name, days) for name, raw in given.items() if (days := _days(raw, as_of))]
    if not ages:
        return f"{said} is {_spoken(expect['finding'])}{where}"
    name, days = ages[0]
    age = "the day before" if days == 1 else f"{days} days before"
    counts = "is too old to count" if name in expect.get("asks", ()) else "still counts"
    rest = " and ".join(_said(other, raw) for other, raw in given.items() if other != name)
    return f"{_said(name, given[name])}, recorded {age}, {counts}{f', with {rest}' if rest else ''}{where}"


def _days(raw: Mapping[str, Any], as_of: datetime) -> int:
    at = raw.get("at") or ""
    return (as_of - read_iso_time(at)).days if "T" in at else 0


def _said(name: str, raw: Mapping[str, Any]) -> str:
    if "present" in raw:
        held = " and ".join(map(_spoken, raw["present"])) or "nothing"
        return f"{_spoken(name)} with {held}{'' if raw['complete'] else ' on an open list'}"
    return f"{_spoken(name)} {_spoken(raw['value'])}"


def _spoken(word: str) -> str:
    return word.replace("_", " ")
