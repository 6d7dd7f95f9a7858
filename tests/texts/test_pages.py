"""No text of a page goes past the catalogue: in a made-up locale without Latin letters, none is left on it.

The values of the verdict are written in other letters too, except the words of closed lists, which have labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from itertools import cycle
from string import Formatter, ascii_letters, ascii_lowercase, ascii_uppercase
from typing import Any

import pytest

from ketascreen import PatientProfile, Screener, read_profile
from ketascreen.cli.show import context_of
from ketascreen.language.terms import BUILT_IN_ROUTES
from ketascreen.language.vocabulary import Freshness, Window
from ketascreen.rendering.page import Line
from ketascreen.rendering.rule import render_rule
from ketascreen.rendering.verdict import render
from ketascreen.texts.catalogue import Catalogue
from ketascreen.texts.english import TEXTS
from ketascreen.verdict.override import OverrideReason
from ketascreen.verdict.standing import Standing
from ketascreen.verdict.verdict import Verdict
from tests.helpers.places import EXAMPLES
from tests.helpers.screening import AS_OF, baseline, profile_of, shipped, shipped_screener

OTHER_LETTERS = str.maketrans(
    {letter: chr(0x430 + place) for place, letter in enumerate(ascii_lowercase)}
    | {letter: chr(0x410 + place) for place, letter in enumerate(ascii_uppercase)}
)
KEPT = {
    *(
        "effect",
        "outcome",
        "stage",
        "weight",
        "routes",
        "route",
        "decision",
        "decided_by",
        "readiness",
        "why",
        "kind",
        "standing",
        "reason",
    ),
    *("unit", "as_of", "at", "until", "observed_at", "outcomes", "counts", "earliest", "latest", "counts_through"),
}
"""The fields of a verdict whose words have labels, and times."""
NOT_WORDS = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z?|" + "|".join(rf"\b{route}\b" for route in BUILT_IN_ROUTES))
"""Times, and the names of routes, which are the same in every language."""


def made_up(template: str) -> str:
    """A template in other letters; its placeholders stay."""
    parts = Formatter().parse(template)
    said = ((text.translate(OTHER_LETTERS), name) for text, name, *_ in parts)
    braces = str.maketrans({"{": "{{", "}": "}}"})
    return "".join(text.translate(braces) + (f"{{{name}}}" if name is not None else "") for text, name in said)


LOCALE = Catalogue({text_id: made_up(template) for text_id, template in TEXTS.items()})


def in_other_letters(data: Any) -> Any:
    """The plain data of a verdict, everything but closed lists and times in other letters."""
    if isinstance(data, dict):
        return {key: value if _kept(key, value) else in_other_letters(value) for key, value in data.items()}
    if isinstance(data, list):
        return [in_other_letters(one) for one in data]
    return data.translate(OTHER_LETTERS) if isinstance(data, str) else data


def _kept(key: str, value: Any) -> bool:
    return key in KEPT and not (isinstance(value, dict) and key in ("routes", "decision"))


def odd_verdict(
    profile: PatientProfile, *, faulty: bool = False, alone: bool = False, screener: Screener | None = None
) -> Verdict:
    """The verdict on a session with an override of every kind; with a fault and a disagreement, or of one channel."""
    verdict = (screener or shipped_screener()).screen(profile, as_of=AS_OF, stage="session")
    data = verdict.model_dump(mode="json")
    rules = cycle([finding.rule for finding in verdict.findings])
    data["overrides"] = [
        {
            "override": {
                "rule": rule,
                "rule_digest": "d",
                "effect": "review",
                "outcome": "met",
                "rests_on": [],
                "reason": reason,
                "text": text,
                "by": "Dr B",
                "at": AS_OF,
                "screening": 3,
                "record": 4,
                "until": AS_OF if text else None,
            },
            "kind": kind,
            "standing": standing,
        }
        for rule, reason, standing, text, kind in zip(
            rules, OverrideReason, cycle(Standing), cycle(("", "known")), cycle(("override", "decision")), strict=False
        )
    ]
    data["decisions"] = [
        {"decision": {"rule": next(rules), "by": "Dr A", "at": AS_OF, "until": until}, "standing": standing}
        for standing, until in zip(Standing, cycle((None, AS_OF.isoformat())), strict=False)
    ]
    data["read_as"] = [{"kind": "choice", "was": "slight", "now": "mild", "fact": "liver"}]
    data["receipt"] = {"ledger": "abcdef", "record": 7, "digest": "abcdef"}
    if alone:
        data["agreement"]["channels"] = ["reference"]
    if faulty:
        data["faults"] = [{"where": "somewhere", "message": "something"}]
        data["agreement"]["agreed"] = False
        outcomes = {"1": "met", "2": "not_met", "3": "unknown"}
        data["agreement"]["disagreements"] = [{"rule": next(rules), "outcomes": outcomes}]
    return Verdict.model_validate(data)


def other_windows() -> Screener:
    """A screener of a clinic in Berlin with windows in minutes and of one day."""
    short = {
        "systolic_bp": Freshness(Window(minutes=1)),
        "diastolic_bp": Freshness(Window(minutes=120)),
        "hypertension": Freshness(Window(1)),
    }
    rulebook = replace(shipped(), vocabulary=shipped().vocabulary.extended((), short))
    return Screener(rulebook, channels=["reference"], time_zone="Europe/Berlin")


def ago(value: object, **time: int) -> dict[str, object]:
    return {"value": value, "at": AS_OF - timedelta(**time)}


OLD = AS_OF - timedelta(days=20000)
PARTIAL = {"present": ["zephyr"], "complete": False}
PROFILES = {path.name: read_profile(path) for path in sorted(EXAMPLES.iterdir()) if path.suffix in (".json", ".yaml")}
VERDICTS = {
    **{name: odd_verdict(profile) for name, profile in PROFILES.items()},
    "nothing is known and something failed": odd_verdict(profile_of({}), faulty=True),
    "everything is known to one channel": odd_verdict(profile_of(baseline()), alone=True),
    "an alert from an answer without a date": odd_verdict(
        profile_of({**baseline(), "suicidality": {"value": "thoughts"}})
    ),
    "an alert from an answer that is too old": odd_verdict(
        profile_of({**baseline(), "suicidality": {"value": "thoughts", "at": OLD}})
    ),
    "answers too old by a minute, two days, and known by a month": odd_verdict(
        profile_of(
            {
                **baseline(),
                "systolic_bp": ago(118, minutes=3),
                "diastolic_bp": ago(76, minutes=121),
                "hypertension": ago("none", days=2),
                "last_stroke": {"value": f"{AS_OF - timedelta(days=214):%Y-%m}", "at": AS_OF},
                "heart_conditions": {"present": ["stroke"], "complete": True, "at": AS_OF},
            }
        ),
        screener=other_windows(),
    ),
    "an answer a minute too old": odd_verdict(
        profile_of({**baseline(), "systolic_bp": ago(118, minutes=2), "ride_home": ago("arranged", days=1)}),
        screener=other_windows(),
    ),
    "answers too old, not whole, or with an entry that is not known": odd_verdict(
        profile_of(
            {
                **baseline(),
                "suicidality": {"value": "none", "at": OLD},
                "heart_conditions": PARTIAL,
                "current_diagnoses": {"present": [], "complete": False, "at": AS_OF},
            }
        )
    ),
    "a key has signed the rulebook": odd_verdict(
        profile_of(baseline()), screener=Screener(replace(shipped(), release_key="f" * 64), channels=("reference",))
    ),
}


def latin(lines: list[Line]) -> set[str]:
    """The words in Latin letters on a page."""
    return set(re.findall(f"[{ascii_letters}]+", NOT_WORDS.sub("", "\n".join(line.text for line in lines))))


@pytest.mark.parametrize("by_clock", [True, False])
@pytest.mark.parametrize("name", VERDICTS)
def test_every_word_on_the_page_of_a_verdict_is_a_value_or_of_the_catalogue(name: str, by_clock: bool) -> None:
    verdict = Verdict.model_validate(in_other_letters(VERDICTS[name].model_dump(mode="json")))
    page = render(verdict, by_clock=by_clock, everything=True, texts=LOCALE)
    assert len(page) > 300
    assert latin(page) == set()


OF_A_VERDICT = {
    *("verdict", "finding", "grounds", "override", "decision", "meaning", "readiness", "effect", "outcome", "want"),
    *("standing", "override_reason"),
}
"""What the ids of the texts begin with that stand on the page of a verdict alone."""


class Recording(dict[str, str]):
    """Templates that remember which of them were asked for."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        super().__init__(templates)
        self.asked_for: set[str] = set()

    def __getitem__(self, text_id: str) -> str:
        self.asked_for.add(text_id)
        return super().__getitem__(text_id)


def test_these_verdicts_ask_for_every_text_that_the_page_of_a_verdict_has() -> None:
    templates = Recording(TEXTS)
    for verdict in VERDICTS.values():
        for by_clock in (True, False):
            render(verdict, by_clock=by_clock, everything=True, texts=Catalogue(templates))
    of_the_page = {text_id for text_id in TEXTS if text_id.partition(".")[0] in OF_A_VERDICT}
    assert of_the_page - templates.asked_for == set()


def test_columns_stay_apart_where_words_are_longer() -> None:
    longer = {text_id: f"{text} {text}" if text_id.startswith("decision.") else text for text_id, text in TEXTS.items()}
    page = render(VERDICTS["nothing is known and something failed"], texts=Catalogue(longer))
    row = next(line.text for line in page if line.text.startswith("iv  "))
    assert re.split(r" {2,}", row)[:3] == ["iv", "insufficient data insufficient data", "insufficient data"]


NAMED = {"effect", "stage", "basis", "stricter", "status", "read", "unit"}
"""The fields of a rule and what it is made with whose words have labels."""


def words_of(data: object) -> Iterator[str]:
    """Every word in the values of a rule and what it is made with, but for those that have labels."""
    if isinstance(data, str):
        yield from re.findall(f"[{ascii_letters}]+", data)
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from (*words_of(key), *words_of(value))
    elif isinstance(data, (list, tuple, frozenset)):
        for one in data:
            yield from words_of(one)
    elif is_dataclass(data):
        for field in fields(data):
            if field.name not in NAMED:
                yield from words_of(getattr(data, field.name))


@pytest.mark.parametrize("rule", shipped().rules, ids=lambda rule: rule.id)
def test_every_word_on_the_page_of_a_rule_is_a_value_or_of_the_catalogue(rule: Any) -> None:
    context = context_of(rule, shipped(), date(2026, 11, 22))
    made_with = (rule, context.parameters, context.definitions, context.conflicts, shipped().outside_sources)
    assert latin(list(render_rule(context, LOCALE))) <= set(words_of(made_with))
