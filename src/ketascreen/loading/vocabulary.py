"""vocabulary.yaml: the facts that a rulebook adds, and how long answers stay fresh."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ketascreen.diagnostic import Place, did_you_mean
from ketascreen.language.clinic_time import MINUTES_A_DAY
from ketascreen.language.partial_date import MONTHS_OF
from ketascreen.language.quantity import NAMES, NO_UNIT, UNITS, QuantityError, parse_quantity, unit_meant, unit_named
from ketascreen.language.vocabulary import UNRECOGNISED, Code, DataKind, Fact, Freshness, Kind, Vocabulary, Window
from ketascreen.loading import file_models
from ketascreen.loading.conditions import KEYWORDS
from ketascreen.loading.validate import read_model
from ketascreen.patient.profile import BUILT_IN, PatientProfile
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Node, place_of
from ketascreen.syntax.yaml_tree import WORD

MAX_SINCE = 1_800
"""The longest time since an event; a larger number is a year."""
_CALENDAR = re.compile(r"(?i)\b(months?|years?)\b")
_WHOLE_DAYS = "write whole days, such as `180 days`: months and years differ in length"
_LONGEST = 200 * 366 * MINUTES_A_DAY
FORBIDDEN_CHOICES = frozenset({"yes", "no", "on", "off", "true", "false", "y", "n", "null", "always", UNRECOGNISED})


@dataclass(frozen=True, slots=True)
class VocabularyReader:
    """Reads a vocabulary; every problem is reported."""

    problems: Problems

    def _problem(self, code: str, message: str, hint: str, place: Place) -> None:
        self.problems.report(code, message, hint, place)

    def read(self, node: Node | None) -> Vocabulary:
        """The built-in facts with the facts and windows of vocabulary.yaml."""
        model = read_model(file_models.VocabularyModel, node, self.problems) if node is not None else None
        if model is None or node is None:
            return BUILT_IN
        added = [self._fact(name, given, node) for name, given in model.facts.items()]
        vocabulary = BUILT_IN.extended(filter(None, added), {})
        windows = {}
        for name, given in model.freshness.items():
            place = place_of(node, ("freshness", name))
            if name in model.facts and name not in vocabulary:
                continue  # the fact itself is refused
            if name not in vocabulary:
                otherwise, renamed = "`ketascreen facts` lists them", vocabulary.renamed
                hint = did_you_mean(name, vocabulary.offered, otherwise=otherwise, renamed=renamed)
                self._problem("unknown-fact", f"unknown fact `{name}`", hint, place)
            else:
                at = place_of(node, ("freshness", name, "fresh_for"))
                windows[name] = self._freshness(vocabulary[name], given, place, at)
        return vocabulary.extended((), windows)

    def _fact(self, name: str, model: file_models.FactModel, node: Node) -> Fact | None:
        before, place = len(self.problems.found), place_of(node, ("facts", name))
        kind = Kind(model.type)
        if name in PatientProfile.model_fields or name in (*KEYWORDS, UNRECOGNISED):
            self._problem("name-taken", f"`{name}` is built in", "choose another name", place)
        for word in model.opaque:
            self._check_word(name, model.choices, word, place, model.was_choices)
        if kind in (Kind.CHOICE, Kind.LIST):
            self._check_choices(name, model, place)
        else:
            self._check_number(name, model, node)
            if kind is Kind.SINCE and len(self.problems.found) == before:
                self._check_since(name, model, place)
        if len(self.problems.found) > before:
            return None
        low, high = (None if end is None else Decimal(end) for end in (model.minimum, model.maximum))
        return Fact(
            name=name,
            kind=kind,
            label=model.label,
            domain=model.domain,
            unit=unit_named(model.unit) if model.unit else None,
            minimum=low,
            maximum=high,
            choices=tuple(model.choices),
            own_codes=tuple(Code(code.system, code.code, code.choice) for code in model.codes),
            changeable=model.changeable,
            note=model.note,
            opaque=frozenset(model.opaque),
            is_added=True,
            was=tuple(model.was),
            was_choices=tuple(model.was_choices.items()),
            uses=None if model.uses is None else frozenset(map(DataKind, model.uses)),
        )

    def _check_number(self, name: str, model: file_models.FactModel, node: Node) -> None:
        """Whether a number has a unit and both ends; each fault has its own sentence and place."""
        place = place_of(node, ("facts", name))
        units = f"the units are {', '.join(NAMES)}, and none for a plain number"
        if model.unit is None:
            self._problem("fact", f"`{name}` is a number without a unit", f"add `unit:`; {units}", place)
        elif model.unit not in (*UNITS, NO_UNIT.name):
            by_code = {unit.ucum: f"write `{unit.name}`" for unit in UNITS.values()}
            near = unit_meant(model.unit, None)
            hint = by_code.get(model.unit) or (f"did you mean `{near.name}`?" if near else units)
            self._problem("fact", f"unknown unit `{model.unit}`", hint, place_of(node, ("facts", name, "unit")))
        low, high = model.minimum, model.maximum
        for key, end in (("minimum", low), ("maximum", high)):
            if end is None:
                self._problem("fact", f"`{name}` is a number without `{key}`", f"add `{key}:`", place)
        if low is not None and high is not None and low >= high:
            hint = "write the lower end of the range as `minimum`"
            place = place_of(node, ("facts", name, "minimum"))
            self._problem("fact", f"the `minimum` of `{name}` is not below its `maximum`", hint, place)

    def _check_choices(self, name: str, model: file_models.FactModel, place: Place) -> None:
        bad = [word for word in model.choices if word in FORBIDDEN_CHOICES or not WORD.fullmatch(word)]
        if bad or len(set(model.choices)) < max(2, len(model.choices)):
            hint = "write at least two different lower-case words; not yes, no, on, off, true or false"
            self._problem("fact", f"the choices of `{name}` cannot be used", hint, place)
        if model.unit or model.minimum is not None or model.maximum is not None:
            self._problem("fact", f"`{name}` has choices, so it has no unit or range", "delete these", place)

    def _check_since(self, name: str, model: file_models.FactModel, place: Place) -> None:
        if model.unit not in MONTHS_OF or model.minimum != 0 or model.maximum not in range(1, MAX_SINCE + 1):
            hint = f"write `unit: months` or `unit: years`, `minimum: 0`, and a whole `maximum` of at most {MAX_SINCE}"
            self._problem("fact", f"`{name}` is a time since an event, with another unit or range", hint, place)

    def _freshness(self, fact: Fact, model: file_models.FreshnessModel, place: Place, at: Place) -> Freshness:
        for word in (*model.lasting, *model.permanent, *model.stands):
            self._check_word(fact.name, fact.choices, word, place, dict(fact.was_choices))
        marks = (frozenset(model.lasting), frozenset(model.permanent), frozenset(model.stands))
        window = None if model.fresh_for == "any age" else self._window(model.fresh_for, at)
        if window is None and any(marks):
            hint = "delete them, or give `fresh_for` a time"
            self._problem("fact", f"all answers to `{fact.name}` count at any age, so none is marked", hint, place)
        return Freshness(window, *marks, model.reason)

    def _check_word(
        self, name: str, choices: Sequence[str], word: str, place: Place, renamed: Mapping[str, str]
    ) -> None:
        if word not in choices:
            has = f"its choices are {', '.join(choices)}" if choices else "it has no choices"
            hint = did_you_mean(word, choices, otherwise=has, renamed=renamed)
            self._problem("unknown-choice", f"`{name}` has no choice `{word}`", hint, place)

    def _window(self, text: str, place: Place) -> Window:
        if text == "same day":
            return Window()
        try:
            quantity = parse_quantity(text, UNITS["days"])
            minutes = quantity.to(UNITS["minutes"]).value
        except QuantityError as error:
            message = "`fresh_for` must be a number of days, hours or minutes, or `same day`, or `any age`"
            hint = _WHOLE_DAYS if _CALENDAR.search(text) else str(error)
            self._problem("quantity", message, hint, place)
            return Window()
        in_days = quantity.unit.name in ("days", "weeks")
        count = minutes / MINUTES_A_DAY if in_days else minutes
        if count != int(count) or not 1 <= minutes <= _LONGEST:
            self._problem(
                "quantity",
                f"{quantity}; a window is whole days, hours or minutes",
                f"write at least 1 minute, and at most {_LONGEST // MINUTES_A_DAY:,} days",
                place,
            )
            return Window()
        return Window(days=int(count)) if in_days else Window(minutes=int(count))
