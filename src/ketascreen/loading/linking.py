"""Forms to the rulebook's parts: vocabulary, parameters, definitions, rules, sources. Every problem is reported."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ketascreen.condition import Condition
from ketascreen.diagnostic import Place, did_you_mean
from ketascreen.documents import Citation, Conflict, Document, NotEncoded, OutsideSource
from ketascreen.loading import forms
from ketascreen.loading.conditions import KEYWORDS, ConditionReader
from ketascreen.loading.report import Report
from ketascreen.loading.tree import Mapping as MappingNode
from ketascreen.loading.tree import Node, Sequence, place_of
from ketascreen.profile import BUILT_IN
from ketascreen.quantity import UNITS, QuantityError, parse_quantity
from ketascreen.rule import Definition, Parameter, RouteSheet, Rule, RuleStage, SignOff, Statement
from ketascreen.terms import Effect, Route
from ketascreen.vocabulary import UNRECOGNISED, Code, Fact, Freshness, Kind, Vocabulary

WORD = re.compile(r"[a-z][a-z0-9_]*")
_FORBIDDEN_CHOICES = frozenset({"yes", "no", "on", "off", "true", "false", "y", "n", "null", "always", UNRECOGNISED})


@dataclass
class Linker:
    """Builds the parts of a rulebook out of located trees, in an order in which each finds what it refers to."""

    report: Report
    vocabulary: Vocabulary = field(default_factory=lambda: BUILT_IN)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    outside: dict[str, OutsideSource] = field(default_factory=dict)
    routes: dict[Route, RouteSheet] = field(default_factory=dict)
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    _pending: dict[str, tuple[forms.DefinitionForm, Node]] = field(default_factory=dict)
    _opened: list[str] = field(default_factory=list)

    def _problem(self, code: str, message: str, mend: str, place: Place) -> None:
        self.report.problem(code, message, mend, place)

    def entries(self, form: type[forms.FormT], node: Node | None) -> Iterable[tuple[str, forms.FormT, Node]]:
        """Each key of a mapping with its form and node."""
        if node is not None and not isinstance(node, MappingNode):
            self._problem("wrong-value", "keys with values are wanted", "docs/rule-format.md shows the form", node.place)
            return
        for name, item in node.items.items() if node is not None else ():
            read = forms.read_form(form, item, self.report)
            if read is not None:
                yield name, read, item

    # Sources

    def read_documents(self, node: Node) -> None:
        """documents.yaml."""
        read = forms.read_form(forms.DocumentsForm, node, self.report)
        if read is not None:
            self.documents = {name: Document(name, **dict(form)) for name, form in read.documents.items()}
            self.outside = {name: OutsideSource(name, **dict(form)) for name, form in read.outside_sources.items()}

    def citation(self, form: forms.CitationForm, place: Place) -> Citation:
        """A citation whose document, line and outside source exist."""
        if form.outside is not None:
            if form.outside not in self.outside:
                mend = did_you_mean(form.outside, self.outside, otherwise="documents.yaml does not have it")
                self._problem("unknown-source", f"unknown outside source `{form.outside}`", mend, place)
            if form.document or form.line or form.phrase:
                self._problem("citation", "both a document and an outside source", "cite each by itself", place)
            return Citation(form.says, outside=form.outside, place=place)
        if form.document is None or form.line is None or form.phrase is None:
            self._problem("citation", "a citation needs `document`, `line` and `phrase`, or `outside`", "add what is missing", place)
            return Citation(form.says, place=place)
        document = self.documents.get(form.document)
        if document is None:
            mend = did_you_mean(form.document, self.documents, otherwise="documents.yaml does not have it")
            self._problem("unknown-source", f"unknown document `{form.document}`", mend, place)
        elif form.line > document.lines:
            self._problem("citation", f"line {form.line} is past the end of `{form.document}`", f"it has {document.lines} lines", place)
        return Citation(form.says, form.document, form.line, form.phrase, place=place)

    def citations(self, listed: list[forms.CitationForm], node: Node, *path: str | int) -> tuple[Citation, ...]:
        """The citations of the list at `path` of a node."""
        return tuple(self.citation(form, place_of(node, (*path, index))) for index, form in enumerate(listed))

    def read_conflicts(self, node: Node | None) -> None:
        """conflicts.yaml; that its rules carry it is checked once they are read."""
        for name, form, item in self.entries(forms.ConflictForm, node):
            statements = self.citations(form.statements, item, "statements")
            if not form.rules and not form.reason:
                self._problem("conflict", f"`{name}` is carried by no rule, and no `reason` says why", "add `reason:`", item.place)
            self.conflicts[name] = Conflict(name, form.topic, statements, form.resolution, tuple(form.rules), form.reason)

    def not_encoded(self, node: Node | None) -> tuple[NotEncoded, ...]:
        """not-encoded.yaml."""
        if node is None:
            return ()
        entries = []
        for item in node.items if isinstance(node, Sequence) else ():
            form = forms.read_form(forms.NotEncodedForm, item, self.report)
            if form is not None:
                cited = forms.CitationForm(says="not encoded", document=form.document, line=form.line, phrase=form.phrase)
                entries.append(NotEncoded(self.citation(cited, item.place), form.reason))
        return tuple(entries)

    # Facts

    def read_vocabulary(self, node: Node | None) -> None:
        """vocabulary.yaml."""
        form = forms.read_form(forms.VocabularyForm, node, self.report) if node is not None else None
        if form is None or node is None:
            return
        added = [self._fact(name, given, place_of(node, ("facts", name))) for name, given in form.facts.items()]
        self.vocabulary = BUILT_IN.extended(filter(None, added), {})
        windows = {}
        for name, given in form.freshness.items():
            place = place_of(node, ("freshness", name))
            if name not in self.vocabulary:
                mend = did_you_mean(name, self.vocabulary, otherwise="`ketascreen facts` lists them")
                self._problem("unknown-fact", f"unknown fact `{name}`", mend, place)
            else:
                windows[name] = self._freshness(self.vocabulary[name], given, place)
        self.vocabulary = self.vocabulary.extended((), windows)

    def _fact(self, name: str, form: forms.FactForm, place: Place) -> Fact | None:
        before = len(self.report.found)
        kind = Kind(form.type)
        if name in BUILT_IN or name in KEYWORDS:
            self._problem("name-taken", f"`{name}` is built in", "choose another name", place)
        if kind in (Kind.CHOICE, Kind.LIST):
            self._check_choices(name, form, place)
        elif form.unit not in UNITS or form.minimum is None or form.maximum is None or form.minimum >= form.maximum:
            units = ", ".join(dict.fromkeys(unit.name for unit in UNITS.values()))
            self._problem("fact", f"`{name}` needs `unit`, `minimum` and `maximum`, the lower first", f"the units are {units}", place)
        if len(self.report.found) > before:
            return None
        ends = [None if end is None else Decimal(end) for end in (form.minimum, form.maximum)]
        unit = UNITS[form.unit] if form.unit else None
        codes = tuple(Code(code.system, code.code, code.choice) for code in form.codes)
        return Fact(name, kind, form.label, form.domain, unit, *ends, tuple(form.choices), codes, form.changeable, form.note)

    def _check_choices(self, name: str, form: forms.FactForm, place: Place) -> None:
        bad = [word for word in form.choices if word in _FORBIDDEN_CHOICES or not WORD.fullmatch(word)]
        if bad or len(set(form.choices)) < max(2, len(form.choices)):
            mend = "at least two different lower-case words; not yes, no, on, off, true or false"
            self._problem("fact", f"the choices of `{name}` are not fit", mend, place)
        if form.unit or form.minimum is not None or form.maximum is not None:
            self._problem("fact", f"`{name}` has choices, so it has no unit or range", "delete these", place)

    def _freshness(self, fact: Fact, form: forms.FreshnessForm, place: Place) -> Freshness:
        days = 0
        if form.fresh_for != "same day":
            try:
                quantity = parse_quantity(form.fresh_for).to(UNITS["days"]).value
                days = int(quantity)
                if days != quantity or days < 1:
                    raise QuantityError("write whole days, at least one")
            except QuantityError as error:
                self._problem("quantity", "`fresh_for` is `same day` or a number of days", str(error), place)
        for word in (*form.lasting, *form.permanent):
            if word not in fact.choices:
                mend = did_you_mean(word, fact.choices, otherwise=f"its choices are {', '.join(fact.choices)}")
                self._problem("unknown-choice", f"`{fact.name}` has no choice `{word}`", mend, place)
        return Freshness(days, frozenset(form.lasting), frozenset(form.permanent), form.reason)

    # Parameters and definitions

    def read_parameters(self, node: Node | None) -> None:
        """parameters.yaml."""
        choices = {word for fact in self.vocabulary.values() for word in fact.choices}
        for name, form, item in self.entries(forms.ParameterForm, node):
            place = place_of(node, (name,)) if node else item.place
            if name in choices or name in self.vocabulary or name in KEYWORDS:
                self._problem("name-taken", f"`{name}` is a fact or a choice", "choose another name", place)
            if (form.basis == "policy" and not form.reason) or (form.basis == "source" and not form.sources):
                missing = "reason" if form.basis == "policy" else "sources"
                self._problem("missing-key", f"a `{form.basis}` parameter needs `{missing}`", f"add `{missing}:`", place)
            try:
                quantity = parse_quantity(form.value)
            except QuantityError as error:
                self._problem("quantity", "a quantity is wanted", str(error), place_of(item, ("value",)))
                continue
            sources = self.citations(form.sources, item, "sources")
            self.parameters[name] = Parameter(name, quantity, form.stricter, form.basis, place, form.reason, sources)

    def read_definitions(self, node: Node | None) -> None:
        """definitions.yaml."""
        self._pending = {name: (form, item) for name, form, item in self.entries(forms.DefinitionForm, node)}
        for name in self._pending:
            if name in self.vocabulary or name in self.parameters or name in KEYWORDS:
                place = place_of(node, (name,)) if node else Place("definitions.yaml")
                self._problem("name-taken", f"`{name}` is a fact or a parameter", "choose another name", place)
            self._define(name)

    def _define(self, name: str) -> Condition | None:
        if name in self.definitions:
            return self.definitions[name].when
        form, item = self._pending[name]
        place = place_of(item, ("when",))
        if name in self._opened:
            circle = " -> ".join([*self._opened[self._opened.index(name) :], name])
            self._problem("circle", f"definitions that ask each other in a circle: {circle}", "take one out", place)
            return None
        self._opened.append(name)
        condition = self._reader().read(item.items["when"]) if isinstance(item, MappingNode) else None
        self._opened.pop()
        if condition is not None:
            sources = self.citations(form.sources, item, "sources")
            self.definitions[name] = Definition(name, form.title, condition, place, sources)
        return condition

    def _reader(self) -> ConditionReader:
        return ConditionReader(self.vocabulary, self.parameters, self._define, frozenset(self._pending), self.report)

    # Routes and rules

    def read_routes(self, node: Node) -> None:
        """routes.yaml."""
        for name, form, item in self.entries(forms.RouteForm, node):
            if name not in Route.__members__.values():
                mend = did_you_mean(name, list(Route), otherwise=f"the routes are {', '.join(Route)}")
                self._problem("unknown-route", f"unknown route `{name}`", mend, place_of(node, (name,)))
                continue
            attributes = tuple(
                (attribute, tuple(self._statement(said, item, attribute, index) for index, said in enumerate(listed)))
                for attribute, listed in form.attributes.items()
            )
            self.routes[Route(name)] = RouteSheet(Route(name), form.title, attributes)

    def _statement(self, form: forms.StatementForm, node: Node, attribute: str, index: int) -> Statement:
        return Statement(form.says, self.citations(form.sources, node, "attributes", attribute, index, "sources"))

    def rule(self, path: str, node: Node) -> Rule | None:
        """A rule's file."""
        form: Any = forms.read_form(forms.RuleForm, node, self.report)
        if form is None or not isinstance(node, MappingNode):
            return None
        effect, stage = Effect(form.effect), RuleStage(form.stage)
        may_be_always = effect in (Effect.REVIEW, Effect.CAUTION, Effect.ADVISE)
        when = self._reader().read(node.items["when"], may_be_always=may_be_always)
        self._check_rule(path, form, node)
        routes = tuple(route for route in Route if route in self.routes and form.routes in ("all", [])) or tuple(
            route for route in Route if form.routes != "all" and route in form.routes
        )
        if when is None:
            return None
        sources = self.citations(form.sources, node, "sources")
        place, sign_off = node.keys["when"], SignOff(**dict(form.sign_off))
        return Rule(
            form.id, form.title, stage, effect, routes, when, form.say, sources, place, form.do,
            tuple(form.conflicts), form.interpretation, sign_off,
        )  # fmt: skip

    def _check_rule(self, path: str, form: Any, node: MappingNode) -> None:
        stem = path.rsplit("/", 1)[-1].removesuffix(".yaml")
        if form.id != stem:
            self._problem("rule-id", f"the id is not the file's name `{stem}`", "make them the same", place_of(node, ("id",)))
        allowed = _STAGES[Effect(form.effect)]
        if form.stage not in allowed:
            mend = f"`{form.effect}` stands at {' or '.join(allowed)}"
            self._problem("stage", f"`{form.effect}` does not stand at `{form.stage}`", mend, place_of(node, ("stage",)))
        listed = [] if form.routes == "all" else form.routes
        absent = [route for route in listed if Route(route) not in self.routes]
        if absent or len(set(listed)) < len(listed) or form.routes == []:
            message = f"`{absent[0]}` is no route of this rulebook" if absent else "`routes` is empty or names one twice"
            self._problem("unknown-route", message, "routes.yaml lists the routes; `all` is all of them", place_of(node, ("routes",)))
        if form.sign_off.status == "approved" and not (form.sign_off.by and form.sign_off.on):
            self._problem("sign-off", "approved by nobody, or on no day", "add `by:` and `on:`", place_of(node, ("sign_off",)))
        for index, name in enumerate(form.conflicts):
            if name not in self.conflicts:
                mend = did_you_mean(name, self.conflicts, otherwise="conflicts.yaml does not have it")
                self._problem("conflict", f"unknown conflict `{name}`", mend, place_of(node, ("conflicts", index)))
            elif form.id not in self.conflicts[name].rules:
                mend = f"add it to the rules of {name} in conflicts.yaml, or delete it here"
                self._problem("conflict", f"`{name}` does not name this rule", mend, place_of(node, ("conflicts", index)))


_STAGES: Mapping[Effect, tuple[str, ...]] = {
    Effect.EXCLUDE: ("candidacy",),
    Effect.REVIEW: ("candidacy",),
    Effect.CAUTION: ("candidacy",),
    Effect.HOLD: ("session",),
    Effect.ADVISE: ("candidacy", "session"),
    Effect.ALERT: ("candidacy", "session", "both"),
}
