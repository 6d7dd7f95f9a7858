"""vocabulary.yaml: the facts that a rulebook adds, and how long answers stay fresh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ketascreen.diagnostic import Place, did_you_mean
from ketascreen.language.quantity import UNITS, QuantityError, parse_quantity
from ketascreen.language.vocabulary import UNRECOGNISED, Code, Fact, Freshness, Kind, Vocabulary
from ketascreen.loading import file_models
from ketascreen.loading.conditions import KEYWORDS
from ketascreen.loading.validate import read_model
from ketascreen.patient.profile import BUILT_IN, PatientProfile
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Node, place_of
from ketascreen.syntax.yaml_tree import WORD

_FORBIDDEN_CHOICES = frozenset({"yes", "no", "on", "off", "true", "false", "y", "n", "null", "always", UNRECOGNISED})


@dataclass(frozen=True, slots=True)
class VocabularyReader:
    """Reads a vocabulary; every problem is reported."""

    problems: Problems

    def _problem(self, code: str, message: str, hint: str, place: Place) -> None:
        self.problems.report(code, message, hint, place)

    def read(self, node: Node | None) -> Vocabulary:
        """The built-in facts with the additions of vocabulary.yaml."""
        model = read_model(file_models.VocabularyModel, node, self.problems) if node is not None else None
        if model is None or node is None:
            return BUILT_IN
        added = [self._fact(name, given, place_of(node, ("facts", name))) for name, given in model.facts.items()]
        vocabulary = BUILT_IN.extended(filter(None, added), {})
        windows = {}
        for name, given in model.freshness.items():
            place = place_of(node, ("freshness", name))
            if name not in vocabulary:
                hint = did_you_mean(name, vocabulary, otherwise="`ketascreen facts` lists them")
                self._problem("unknown-fact", f"unknown fact `{name}`", hint, place)
            else:
                windows[name] = self._freshness(vocabulary[name], given, place)
        return vocabulary.extended((), windows)

    def _fact(self, name: str, model: file_models.FactModel, place: Place) -> Fact | None:
        before = len(self.problems.found)
        kind = Kind(model.type)
        if name in PatientProfile.model_fields or name in (*KEYWORDS, UNRECOGNISED):
            self._problem("name-taken", f"`{name}` is built in", "choose another name", place)
        for word in model.opaque:
            self._check_word(name, model.choices, word, place)
        if kind in (Kind.CHOICE, Kind.LIST):
            self._check_choices(name, model, place)
        elif (
            model.unit not in UNITS or model.minimum is None or model.maximum is None or model.minimum >= model.maximum
        ):
            units = ", ".join(dict.fromkeys(unit.name for unit in UNITS.values()))
            self._problem(
                "fact",
                f"`{name}` needs `unit`, `minimum` and `maximum`, the lower first",
                f"the units are {units}",
                place,
            )
        if len(self.problems.found) > before:
            return None
        low, high = (None if end is None else Decimal(end) for end in (model.minimum, model.maximum))
        return Fact(
            name=name,
            kind=kind,
            label=model.label,
            domain=model.domain,
            unit=UNITS[model.unit] if model.unit else None,
            minimum=low,
            maximum=high,
            choices=tuple(model.choices),
            own_codes=tuple(Code(code.system, code.code, code.choice) for code in model.codes),
            changeable=model.changeable,
            note=model.note,
            opaque=frozenset(model.opaque),
            is_added=True,
        )

    def _check_choices(self, name: str, model: file_models.FactModel, place: Place) -> None:
        bad = [word for word in model.choices if word in _FORBIDDEN_CHOICES or not WORD.fullmatch(word)]
        if bad or len(set(model.choices)) < max(2, len(model.choices)):
            hint = "write at least two different lower-case words; not yes, no, on, off, true or false"
            self._problem("fact", f"the choices of `{name}` cannot be used", hint, place)
        if model.unit or model.minimum is not None or model.maximum is not None:
            self._problem("fact", f"`{name}` has choices, so it has no unit or range", "delete these", place)

    def _freshness(self, fact: Fact, model: file_models.FreshnessModel, place: Place) -> Freshness:
        days = 0
        if model.fresh_for != "same day":
            try:
                quantity = parse_quantity(model.fresh_for).to(UNITS["days"]).value
                days = int(quantity)
                if days != quantity or days < 1:
                    raise QuantityError("write whole days, at least one")
            except QuantityError as error:
                self._problem("quantity", "`fresh_for` is `same day` or a number of days", str(error), place)
        for word in (*model.lasting, *model.permanent):
            self._check_word(fact.name, fact.choices, word, place)
        return Freshness(days, frozenset(model.lasting), frozenset(model.permanent), model.reason)

    def _check_word(self, name: str, choices: Sequence[str], word: str, place: Place) -> None:
        if word not in choices:
            has = f"its choices are {', '.join(choices)}" if choices else "it has no choices"
            hint = did_you_mean(word, choices, otherwise=has)
            self._problem("unknown-choice", f"`{name}` has no choice `{word}`", hint, place)
