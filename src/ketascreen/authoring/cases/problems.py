"""What is wrong in a case that has the right form: what it expects too little, and names that the rulebook lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ketascreen.authoring.cases.case import NOTHING
from ketascreen.authoring.cases.case_models import (
    OF_A_PATIENT,
    OF_A_ROUTE,
    OF_A_RULE,
    REFUSED,
    CaseModel,
)
from ketascreen.diagnostic import did_you_mean
from ketascreen.language.effects import DECIDABLE
from ketascreen.language.retired import retired_in_words
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Decision, Effect, Readiness, Stage
from ketascreen.patient.contradictions import OTHER_AGE


def own_rule(rule: str | None, rulebook: Rulebook) -> Rule | None:
    """The rule whose own case it is, which may be retired; None for a whole patient, or if there is no such rule."""
    return None if rule is None else rulebook.rule(rule) or rulebook.retired_rule(rule)


def now_called(name: str, renamed: Mapping[str, str]) -> str:
    """What to write for a name of before: who writes a case also writes the new name."""
    return f"it has another name now; write `{renamed[name]}`" if name in renamed else ""


@dataclass(frozen=True, slots=True)
class CaseProblem:
    """What is wrong in a case, how to fix it, and the keys that lead there."""

    code: str
    message: str
    hint: str
    at: tuple[str | int, ...] = ()


def problems_of(model: CaseModel, rule: str | None, rulebook: Rulebook) -> Iterator[CaseProblem]:
    yield from _of_its_kind(model, rule, rulebook.identity.options.one)
    for fact in model.without:
        if fact in model.given:
            hint = "keep it under one of the two"
            yield CaseProblem("case", f"`{fact}` is under both `given` and `without`", hint, ("without",))
    yield from _unknown_names(model, rule, rulebook)
    yield from _unknown_routes(model, rulebook)
    for index, decided in enumerate(model.decisions):
        if (one := rulebook.rule(decided)) and one.effect not in DECIDABLE:
            hint = f"name a rule with the effect {' or '.join(f'`{effect}`' for effect in DECIDABLE)}, or delete it"
            yield CaseProblem("case", f"`{decided}` is not a review or a hold", hint, ("decisions", index))
    if (one := own_rule(rule, rulebook)) and model.expect.gives:
        words = Readiness if one.effect is Effect.HOLD else Decision
        for route, word in model.expect.gives.items():
            if word not in {*words, NOTHING}:
                hint = did_you_mean(word, words, otherwise=f"write one of {', '.join(words)}")
                yield CaseProblem(
                    "wrong-word", f"`{rule}` alone never gives `{word}`", hint, ("expect", "gives", route)
                )


def _of_its_kind(model: CaseModel, rule: str | None, called: str) -> Iterator[CaseProblem]:
    """Whether a case asserts enough, and what a case of its kind can assert."""
    said = {key: value for key, value in model.expect.model_dump().items() if value is not None}
    allowed = (REFUSED,) if REFUSED in said and not rule else OF_A_RULE if rule else OF_A_PATIENT
    needed = allowed[0]
    if not said.get(needed):
        yield CaseProblem("case", "the case expects too little", f"add `{needed}:` under `expect:`", ("expect",))
    for key in sorted(said.keys() - {*allowed}):
        hint = f"it may expect {', '.join(sorted(allowed))}"
        yield CaseProblem("case", f"`{key}` is not for this kind of case", hint, ("expect", key))
    for key in ("gives", "readiness"):
        if said.get(key) == {}:
            yield CaseProblem("case", f"`{key}` names no {called}", "name one, or leave it out", ("expect", key))
    if said.get("readiness") and model.stage != Stage.SESSION:
        hint = "add `stage: session`, or leave it out"
        yield CaseProblem("case", "`readiness` is asked at a session only", hint, ("expect", "readiness"))


def _unknown_routes(model: CaseModel, rulebook: Rulebook) -> Iterator[CaseProblem]:
    called, listed = rulebook.identity.options, ", ".join(rulebook.routes)
    for key in OF_A_ROUTE:
        for route in getattr(model.expect, key) or ():
            if route not in rulebook.routes:
                hint = f"the {called.many} are {listed}"
                yield CaseProblem("unknown-route", f"no {called.one} `{route}`", hint, ("expect", key, route))


def _unknown_names(model: CaseModel, own: str | None, rulebook: Rulebook) -> Iterator[CaseProblem]:
    expect, facts = model.expect, rulebook.vocabulary
    names = [*(one.name for one in facts.contradictions), OTHER_AGE]
    if expect.refused is not None and expect.refused not in names:
        hint = did_you_mean(expect.refused, names, otherwise="docs/rule-format.md says where they are")
        yield CaseProblem("case", f"no contradiction `{expect.refused}`", hint, ("expect", REFUSED))
    for at, named in {
        ("expect", "met"): expect.met,
        ("expect", "unknown"): expect.unknown,
        ("expect", "alerts"): expect.alerts,
        ("expect", "not_decidable"): expect.not_decidable,
        ("decisions",): model.decisions,
    }.items():
        for index, name in enumerate(named or ()):
            if (retired := rulebook.retired_rule(name)) and name != own:
                yield CaseProblem("retired-rule", retired_in_words(retired), "delete it here", (*at, index))
            elif not retired and rulebook.rule(name) is None:
                rules = [one.id for one in rulebook.rules]
                hint = now_called(name, rulebook.renamed_rules) or did_you_mean(
                    name, rules, otherwise="`ketascreen rules` lists them"
                )
                yield CaseProblem("unknown-rule", f"no rule `{name}`", hint, (*at, index))
    for at, named, beside in (
        (("expect", "because"), expect.because, ()),
        (("expect", "asks"), expect.asks, ()),
        (("without",), model.without, ("birth_date",)),
    ):
        for index, name in enumerate(named or ()):
            if name not in facts and name not in beside:
                hint = now_called(name, facts.renamed) or did_you_mean(
                    name, [*facts, *beside], otherwise="`ketascreen facts` lists them"
                )
                yield CaseProblem("unknown-fact", f"unknown fact `{name}`", hint, (*at, index))
