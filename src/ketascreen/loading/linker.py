"""Turns models into the rulebook's parts: parameters, definitions, routes, rules. Every problem is reported."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ketascreen.diagnostic import Place, did_you_mean, is_plain_name
from ketascreen.language.approval import Approval
from ketascreen.language.condition import Condition
from ketascreen.language.effects import DECIDABLE, EFFECTS, MAY_BE_ALWAYS, usual_decider
from ketascreen.language.iso_time import read_iso_date
from ketascreen.language.rule import (
    Allowance,
    Definition,
    Parameter,
    Retirement,
    RouteSheet,
    Rule,
    RuleStage,
    Statement,
    renamed_in,
)
from ketascreen.language.rulebook import USUAL_WORDS, OptionWords
from ketascreen.language.terms import MAX_ROUTE, MAX_ROUTES, DecidedBy, Effect, Route, Weight, in_order
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.loading import file_models, meant
from ketascreen.loading.approvals import unbound
from ketascreen.loading.conditions import KEYWORDS, ConditionReader
from ketascreen.loading.contradictions import ContradictionReader
from ketascreen.loading.meant import ALL
from ketascreen.loading.parameter_uses import ParameterUses
from ketascreen.loading.sources import SourceReader, entries
from ketascreen.loading.validate import read_model
from ketascreen.spelling import near
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, key_place, place_of, place_of_key

TEXTS = ("title", "say", "do", "do_if_old", "interpretation")
"""The texts of a rule that can name a parameter."""
_PARAMETER = re.compile(r"\{([^{}]*)\}|[{}]")
"""A parameter in a text, or a brace that is left over."""


@dataclass
class Linker:
    """Builds the parts of a rulebook from located trees. Call the readers in an order in which each finds its names."""

    problems: Problems
    vocabulary: Vocabulary
    sources: SourceReader
    called: OptionWords = USUAL_WORDS
    parameters: dict[str, Parameter] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    routes: dict[Route, RouteSheet] = field(default_factory=dict)
    approvals: list[Approval] = field(default_factory=list)
    _pending: dict[str, tuple[file_models.DefinitionModel, Node]] = field(default_factory=dict)
    _uses: ParameterUses = field(default_factory=ParameterUses)
    _values: dict[str, Place] = field(default_factory=dict)
    _renamed_definitions: dict[str, str] = field(default_factory=dict)
    _opened: list[str] = field(default_factory=list)
    _failed: set[str] = field(default_factory=set)

    def _problem(self, code: str, message: str, hint: str, place: Place) -> None:
        self.problems.report(code, message, hint, place)

    def read_parameters(self, node: Node | None) -> None:
        """parameters.yaml."""
        choices = {word for fact in self.vocabulary.values() for word in fact.choices}
        for name, model, item in entries(file_models.ParameterModel, node, self.problems):
            place = place_of(node, (name,)) if node else item.place
            if name in choices or name in self.vocabulary or name in KEYWORDS:
                self._problem("name-taken", f"`{name}` is a fact or a choice", "choose another name", place)
            if (model.basis == "policy" and not model.reason) or (model.basis == "source" and not model.sources):
                missing = "reason" if model.basis == "policy" else "sources"
                self._problem(
                    "missing-key", f"a `{model.basis}` parameter needs `{missing}`", f"add `{missing}:`", place
                )
            self._values[name] = place_of(item, ("value",))
            quantity = self._uses.read(name, model.value)
            if quantity is None:
                continue
            sources = self.sources.citations(model.sources, item, "sources")
            self.parameters[name] = Parameter(
                name, quantity, model.stricter, model.basis, place, model.reason, sources, tuple(model.was)
            )

    def read_definitions(self, node: Node | None) -> None:
        """definitions.yaml."""
        self._pending = {
            name: (model, item) for name, model, item in entries(file_models.DefinitionModel, node, self.problems)
        }
        self._renamed_definitions = {old: name for name, (model, _) in self._pending.items() for old in model.was}
        for name in self._pending:
            if name in self.vocabulary or name in self.parameters or name in KEYWORDS:
                place = place_of(node, (name,)) if node else Place("definitions.yaml")
                self._problem("name-taken", f"`{name}` is a fact or a parameter", "choose another name", place)
            self._define(name)

    def _define(self, name: str, level: int = 0) -> Condition | None:
        if name in self.definitions:
            return self.definitions[name].when
        if name in self._failed:
            return None
        model, item = self._pending[name]
        place = place_of(item, ("when",))
        if name in self._opened:
            circle = " -> ".join([*self._opened[self._opened.index(name) :], name])
            self._problem("circle", f"definitions use each other in a circle: {circle}", "remove one use", place)
            return None
        self._opened.append(name)
        condition = self._reader(level).read(item.items["when"]) if isinstance(item, MappingNode) else None
        self._opened.pop()
        if condition is None:
            self._failed.add(name)
        else:
            sources = self.sources.citations(model.sources, item, "sources")
            self.definitions[name] = Definition(name, model.title, condition, place, sources, tuple(model.was))
        return condition

    def _reader(self, level: int = 0) -> ConditionReader:
        names = frozenset(self._pending)
        return ConditionReader(
            self.vocabulary, self.parameters, self._define, names, self.problems, level, uses=self._uses,
            routes=self.routes, called=self.called, renamed_definitions=self._renamed_definitions,
        )  # fmt: skip

    def check_parameters(self) -> None:
        """Reports each parameter that does not fit what it is compared with, once all conditions are read."""
        self._uses.report(self.parameters, self._values, self.problems)

    def read_contradictions(self, vocabulary: Node | None) -> None:
        """The contradictions of vocabulary.yaml."""
        found = ContradictionReader(self.vocabulary, self._reader, self.problems).read(vocabulary)
        self.vocabulary = self.vocabulary.extended((), {}, tuple(found))

    def read_routes(self, node: Node) -> None:
        """routes.yaml."""
        for name, model, item in entries(file_models.RouteModel, node, self.problems):
            if not self._may_be_route(name, place_of_key(node, (name,))):
                continue
            attributes = tuple(
                (
                    attribute,
                    tuple(self._statement(said, item, attribute, index) for index, said in enumerate(listed)),
                )
                for attribute, listed in model.attributes.items()
            )
            self.routes[Route(name)] = RouteSheet(Route(name), model.title, attributes)
        self.routes = {route: self.routes[route] for route in in_order(self.routes)}
        if len(self.routes) > MAX_ROUTES:
            limit = f"more than {MAX_ROUTES} {self.called.many}"
            self._problem("over-limit", limit, "split the rulebook", node.place)

    def _may_be_route(self, name: str, place: Place) -> bool:
        """Whether a plain key can be the name of a route; if not, this is reported."""
        if name == ALL:
            hint = "choose another name"
            self._problem("name-taken", f"`{ALL}` in a rule means each {self.called.one}", hint, place)
        elif len(name) > MAX_ROUTE:
            limit = f"the name of a {self.called.one} has more than {MAX_ROUTE} letters"
            self._problem("over-limit", limit, "shorten it", place)
        else:
            return True
        return False

    def _statement(self, model: file_models.StatementModel, node: Node, attribute: str, index: int) -> Statement:
        return Statement(
            model.says, self.sources.citations(model.sources, node, "attributes", attribute, index, "sources")
        )

    def rule(self, path: str, node: Node) -> Rule | None:
        """A rule's file."""
        self._check_form_of_routes(node)
        model: Any = read_model(file_models.RuleModel, node, self.problems)
        if model is None or not isinstance(node, MappingNode):
            return None
        effect, stage = Effect(model.effect), RuleStage(model.stage)
        when = self._reader().read(node.items["when"], may_be_always=effect in MAY_BE_ALWAYS)
        self._check_rule(path, model, node)
        routes = tuple(route for route in self.routes if model.routes in (ALL, []) or route in model.routes)
        if when is None:
            return None
        sources = self.sources.citations(model.sources, node, "sources")
        place = key_place(node, "when")
        if model.sign_off is not None:
            self.approvals += unbound(model.id, model.sign_off, place_of(node, ("sign_off",)), self.problems)
        named: dict[str, None] = {}
        title, say, do, do_if_old, interpretation = (
            self._worded(node, key, getattr(model, key), named) for key in TEXTS
        )
        return Rule(
            model.id, title, stage, effect, routes, when, say, sources, place, do,
            tuple(model.conflicts), interpretation,
            tuple(Allowance(**dict(allowed)) for allowed in model.allow),
            DecidedBy(model.decided_by) if model.decided_by else usual_decider(effect), do_if_old, tuple(named),
            Weight(model.weight), tuple(model.was), _retirement(model.retired),
        )  # fmt: skip

    def _worded(self, node: MappingNode, key: str, text: str, named: dict[str, None]) -> str:
        """A rule's text with each `{parameter}` replaced by its value; `named` gets the names."""

        def value(found: re.Match[str]) -> str:
            name = found[1] or ""
            if name not in self.parameters:
                otherwise, renamed = "write {name} of a parameter, or no braces", renamed_in(self.parameters)
                hint = did_you_mean(name, self.parameters, otherwise=otherwise, renamed=renamed)
                what = f"unknown parameter `{name}`" if name else "a brace without its other half, or without a name"
                self._problem("unknown-parameter", what, hint, place_of(node, (key,)))
                return found[0]
            named[name] = None
            return str(self.parameters[name].value)

        return _PARAMETER.sub(value, text)

    def _check_form_of_routes(self, node: Node) -> None:
        """Reports what a rule writes for its routes if it is not a list of them, with the list that is meant."""
        routes = node.items.get("routes") if isinstance(node, MappingNode) else None
        hint = meant.routes(routes, self.routes, self.called) if routes is not None else None
        if hint is not None and not self.problems.is_reported(place_of(node, ("routes",))):
            message = f"`routes` must be `{ALL}`, or a list of {self.called.many}"
            self._problem("unknown-route", message, hint, place_of(node, ("routes",)))

    def _known_routes(self) -> str:
        listed = ", ".join(self.routes)
        return f"the {self.called.many} are the keys of routes.yaml: {listed}; `{ALL}` is all of them"

    def _check_rule(self, path: str, model: Any, node: MappingNode) -> None:
        stem = path.rsplit("/", 1)[-1].removesuffix(".yaml")
        if model.id != stem:
            self._problem(
                "rule-id",
                f"the id is not the file's name `{stem}`",
                "make them the same",
                place_of(node, ("id",)),
            )
        allowed = EFFECTS[Effect(model.effect)].stages
        if model.stage not in allowed:
            article = "an" if model.effect.startswith(("a", "e")) else "a"
            message = f"{article} `{model.effect}` rule cannot have stage `{model.stage}`"
            hint = f"write {' or '.join(f'`{stage}`' for stage in allowed)}, or choose another effect"
            self._problem("stage", message, hint, place_of(node, ("stage",)))
        if model.do_if_old and not EFFECTS[Effect(model.effect)].last_answers:
            message = f"a rule with effect `{model.effect}` has no `do_if_old`"
            self._problem("key", message, "delete it; only an alert has it", key_place(node, "do_if_old"))
        if model.decided_by and EFFECTS[Effect(model.effect)].decided_by is None:
            message = f"nobody can decide on a rule with effect `{model.effect}`, so it has no `decided_by`"
            hint = f"delete it, or choose another effect: {' or '.join(DECIDABLE)}"
            self._problem("decided-by", message, hint, place_of(node, ("decided_by",)))
        listed = [] if model.routes == ALL else model.routes
        unknown = next((index for index, route in enumerate(listed) if route not in self.routes), None)
        if self.problems.is_reported(place_of(node, ("routes",))):
            unknown, listed = None, []
        if unknown is not None or len(set(listed)) < len(listed) or model.routes == []:
            said = "is empty" if model.routes == [] else f"names one {self.called.one} twice"
            message, at = f"`routes` {said}", place_of(node, ("routes",))
            if unknown is not None:
                named = f"`{listed[unknown]}`" if is_plain_name(listed[unknown]) else "of this name"
                message, at = f"the rulebook has no {self.called.one} {named}", place_of(node, ("routes", unknown))
            self._problem("unknown-route", message, self._known_routes(), at)
        for index, name in enumerate(model.conflicts):
            if name not in self.sources.conflicts:
                hint = did_you_mean(name, self.sources.conflicts, otherwise="conflicts.yaml does not have it")
                self._problem("conflict", f"unknown conflict `{name}`", hint, place_of(node, ("conflicts", index)))
            elif model.id not in self.sources.conflicts[name].rules:
                listed = self.sources.conflicts[name].rules
                hint = f"add it to the `rules:` of {name} in conflicts.yaml, or delete it here"
                if former := [old for old in model.was if old in listed]:
                    hint = f"`{former[0]}` there is called `{model.id}` now"
                elif slip := near(model.id, listed):
                    hint = f"`{slip[0]}` there may be a slip; {hint}"
                self._problem(
                    "conflict",
                    f"`{name}` does not name this rule",
                    hint,
                    place_of(node, ("conflicts", index)),
                )


def _retirement(model: file_models.RetiredModel | None) -> Retirement | None:
    if model is None:
        return None
    return Retirement(read_iso_date(model.date), model.by, model.reason, tuple(model.instead))
