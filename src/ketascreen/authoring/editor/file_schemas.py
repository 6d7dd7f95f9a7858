"""JSON Schemas of a rulebook's files, with the rulebook's own names in them, for editors to complete and explain.

They are draft-07, which YAML language servers know best. They are made from the models that read the files, so both
stay the same. Conditions and answers are made from the vocabulary. `ketascreen check` finds what a schema cannot say (a
phrase on its line, a rule that can never be met).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import UnionType
from typing import Any, get_args, get_origin

from ketascreen.authoring.cases.case_models import OF_A_PATIENT, OF_A_RULE, REFUSED
from ketascreen.authoring.editor.conditions import DATE, Schema, answers, condition, instant, one_of, partial_date
from ketascreen.authoring.editor.of_format import of_format
from ketascreen.authoring.editor.texts import KEYS
from ketascreen.authoring.editor.together import TOGETHER, if_then
from ketascreen.authoring.editor.vocabulary_schema import WORD, named, ref, vocabulary_keys
from ketascreen.authoring.file_kinds import KINDS, kind_of
from ketascreen.authoring.names import RulebookNames
from ketascreen.language.effects import DECIDABLE, EFFECTS, MAY_BE_ALWAYS
from ketascreen.language.json_schema import SteadySchema
from ketascreen.language.quantity import NAMES, NO_UNIT
from ketascreen.language.source_attributes import USES
from ketascreen.language.terms import ROUTE_PATTERN, DecidedBy, Decision, Effect, Readiness, Weight
from ketascreen.language.vocabulary import DataKind, Kind
from ketascreen.loading import file_models
from ketascreen.loading.meant import ALL
from ketascreen.texts.english import ENGLISH

DIALECT = "http://json-schema.org/draft-07/schema#"
FOLDER = "schema"
"""The folder of the schemas, within the folder of a site's rulebook."""


def schemas(names: RulebookNames) -> dict[str, Schema]:
    """The schema of each kind of file, by the name of the schema's own file."""
    made = {kind: _whole(kind, names) for kind in KINDS}
    made["rule"]["definitions"]["RuleModel"].update(_rule(names))
    for kind, keys in (("cases", OF_A_RULE), ("vignettes", OF_A_PATIENT)):
        expect = made[kind]["definitions"]["ExpectModel"]
        expect["properties"] = {key: expect["properties"][key] for key in keys}
        expect |= _REFUSED_OR_SCREENED if REFUSED in keys else {"required": [keys[0]]}
    made["vocabulary"]["definitions"]["VocabularyModel"]["properties"] |= vocabulary_keys(names)
    return {f"{kind}.schema.json": schema for kind, schema in made.items()}


def schema_text(schema: Schema) -> str:
    """A schema as the text of its file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def schema_for(path: str) -> str:
    """The schema's file name for a file at `path` within a rulebook."""
    return f"{kind_of(path)}.schema.json"


def reference(path: str, folder: str) -> str:
    """The line that names the schema of a file at `path` within a rulebook, for an editor.

    `folder` is the folder of the schemas, relative to the rulebook's folder.
    """
    return f"# yaml-language-server: $schema={'../' * path.count('/')}{folder}/{schema_for(path)}"


_KEYS = {"routes": f"^(?!{ALL}$){ROUTE_PATTERN[1:]}", "conflicts": "^([a-z][a-z0-9_]*|[A-Z][0-9]+)$"}
"""The form of the names in files whose names are not plain words."""


def _model_and_shape(kind: str) -> tuple[type[file_models.FileModel], Schema]:
    """The model that a kind of file holds, and the schema of a whole file of it."""
    held = KINDS[kind]
    model = get_args(held)[-1] if get_args(held) else held
    if get_origin(held) is UnionType:
        listed, _ = get_args(held)
        return model, {"if": {"type": "array"}, "then": _list_of(get_args(listed)[0]), "else": ref(model)}
    if get_origin(held) is list:
        return model, _list_of(model)
    if get_origin(held) is dict:
        return model, named(_KEYS.get(kind, WORD), ref(model))
    return model, {"allOf": [ref(model)]}


def _list_of(model: type[file_models.FileModel]) -> Schema:
    return {"type": "array", "minItems": 1, "items": ref(model)}


def _whole(kind: str, names: RulebookNames) -> Schema:
    model, shape = _model_and_shape(kind)
    raw = model.model_json_schema(ref_template="#/definitions/{model}", schema_generator=SteadySchema)
    found = {**raw.pop("$defs", {}), model.__name__: raw}
    definitions = {name: _described(name, _plain(found[name]), names) for name in sorted(found)}
    definitions = of_format(names.format, kind, model.__name__, definitions)
    if any("when" in one["properties"] for one in definitions.values()):
        definitions["condition"] = {"title": "A condition", **condition(names)}
    return {"$schema": DIALECT, "title": f"ketascreen: {kind}", **shape, "definitions": definitions}


def _plain(node: Any) -> Any:
    """Pydantic's schema without null (which no file may hold), and without the titles and defaults that it adds."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: {name: _plain(item) for name, item in value.items()} if key == "properties" else _plain(value)
        for key, value in node.items()
        if key not in ("title", "default")
    }
    if "anyOf" in kept:
        kept["anyOf"] = [item for item in kept["anyOf"] if item != {"type": "null"}]
        if len(kept["anyOf"]) == 1:
            kept |= kept.pop("anyOf")[0]
    return kept


def _described(model: str, schema: Schema, names: RulebookNames) -> Schema:
    """A model's schema, narrowed to the rulebook's names, with what an editor shows for each key."""
    narrowed = _NARROWED.get(model, {})
    schema["properties"] = {
        key: {**(narrowed[key](names) if key in narrowed else inner), "description": KEYS[model][key]}
        if "$ref" not in inner
        else {"allOf": [inner], "description": KEYS[model][key]}
        for key, inner in schema["properties"].items()
    }
    return schema | TOGETHER.get(model, {})


_REFUSED_OR_SCREENED: Schema = {
    "if": {"required": [REFUSED]},
    "then": {"maxProperties": 1},
    "else": {"required": [OF_A_PATIENT[0]]},
}
"""A patient who is refused has no verdict."""


def _several(words: Callable[[RulebookNames], Schema]) -> Callable[[RulebookNames], Schema]:
    return lambda names: {"type": "array", "uniqueItems": True, "items": words(names)}


def _rules(names: RulebookNames) -> Schema:
    return one_of(names.rules, names.rules)


def _every_rule(names: RulebookNames) -> Schema:
    """The rules, and those that are retired: what is kept may name these."""
    every = {**names.rules, **names.retired}
    return one_of(every, every)


def _facts(names: RulebookNames) -> Schema:
    offered = names.vocabulary.offered
    replaced = one_of(name for name in names.vocabulary if name not in offered)
    shown = one_of(offered, {name: fact.label for name, fact in offered.items()})
    return {"anyOf": [shown, {**replaced, "doNotSuggest": True}]}


def _measured(names: RulebookNames) -> Schema:
    facts = [fact for fact in names.vocabulary.offered.values() if fact.is_number and fact.kind is not Kind.SINCE]
    return one_of((fact.name for fact in facts), {fact.name: fact.label for fact in facts})


def _cited(names: RulebookNames) -> Schema:
    return one_of(names.documents, {name: document.title for name, document in names.documents.items()})


def _outside(names: RulebookNames) -> Schema:
    return one_of(names.outside_sources, {name: source.title for name, source in names.outside_sources.items()})


def _conflicts(names: RulebookNames) -> Schema:
    return one_of(names.conflicts, {name: conflict.topic for name, conflict in names.conflicts.items()})


def _date(_names: RulebookNames) -> Schema:
    return {"type": "string", "pattern": DATE, "patternErrorMessage": "Write a date as 2026-11-22."}


def _partial_date(_names: RulebookNames) -> Schema:
    return partial_date()


def _instant(_names: RulebookNames) -> Schema:
    return instant()


_NARROWED: Mapping[str, Mapping[str, Callable[[RulebookNames], Schema]]] = {
    "RuleModel": {
        "effect": lambda _names: one_of(Effect, {effect: row.says for effect, row in EFFECTS.items()}),
        "weight": lambda _names: one_of(Weight, {one: ENGLISH.label("weight", one) for one in Weight}),
        "decided_by": lambda _names: one_of(DecidedBy, {one: ENGLISH.label("decided_by", one) for one in DecidedBy}),
        "routes": lambda names: {
            "anyOf": [{"const": ALL}, {"type": "array", "minItems": 1, "uniqueItems": True, "items": _routes(names)}]
        },
        "when": lambda _names: {"anyOf": [{"$ref": "#/definitions/condition"}, {"const": "always"}]},
        "conflicts": _several(_conflicts),
    },
    "ParameterModel": {"value": lambda _names: {"type": ["string", "number"], "minLength": 1}},
    "DefinitionModel": {"when": lambda _names: {"allOf": [{"$ref": "#/definitions/condition"}]}},
    "ContradictionModel": {
        "when": lambda _names: {"allOf": [{"$ref": "#/definitions/condition"}]},
        "not_below": lambda names: {
            "type": "array",
            "minItems": 2,
            "maxItems": 2,
            "items": _measured(names),
        },
        "about": _facts,
        "newer": _facts,
    },
    "CitationModel": {"document": _cited, "outside": _outside},
    "NotEncodedModel": {"document": _cited},
    "ConflictModel": {"rules": _several(_every_rule)},
    "SignOffModel": {"date": _date, "review_by": _date},
    "ApprovalModel": {
        "rule": _every_rule,
        "route": lambda names: _routes(names),
        "date": _date,
        "until": _date,
    },
    "WithdrawnModel": {"date": _date},
    "RetiredModel": {"date": _date},  # no rules: each new one would make this schema stale
    "RulebookModel": dict.fromkeys(("effective", "released", "revised"), _date),
    "DocumentModel": {"accessed": _date, "published": _partial_date},
    "OutsideModel": {"accessed": _date, "published": _partial_date},
    "FactModel": {
        "uses": _several(lambda _names: one_of(DataKind, USES)),
        "unit": lambda _names: one_of((*NAMES, NO_UNIT.name)),
        "minimum": lambda _names: {"type": "number"},
        "maximum": lambda _names: {"type": "number"},
    },
    "CasesModel": {"as_of": _instant, "observed_at": _instant},
    "CaseModel": {
        "as_of": _instant,
        "observed_at": _instant,
        "start": lambda names: one_of(names.starts),
        "given": answers,
        "without": _several(_facts),
        "decisions": _several(_rules),
    },
    "StartModel": {"as_of": _instant, "observed_at": _instant, "given": answers},
    "ExpectModel": {
        REFUSED: lambda names: one_of(names.contradictions, names.contradictions),
        "gives": lambda names: _by_route(names, {"minLength": 1, "type": "string"}),
        "decisions": lambda names: _by_route(names, {"enum": list(Decision), "type": "string"}),
        "readiness": lambda names: _by_route(names, {"enum": list(Readiness), "type": "string"}),
        "because": _several(_facts),
        "asks": _several(_facts),
        "alerts": _several(_rules),
        "not_decidable": _several(_rules),
        "met": _several(_rules),
        "unknown": _several(_rules),
    },
}
"""Keys that hold names of the rulebook, or text of one form."""


def _routes(names: RulebookNames) -> Schema:
    return one_of(names.routes)


def _by_route(names: RulebookNames, item: Schema) -> Schema:
    """A key for each route, so that an editor completes them."""
    return {"type": "object", "properties": dict.fromkeys(names.routes, item), "additionalProperties": False}


def _rule(names: RulebookNames) -> Schema:
    """What an effect allows: the stages, whether `when` may be `always`, and whether a rule may say who decides."""
    stages = [
        if_then("effect", [str(effect)], {"properties": {"stage": {"enum": list(row.stages)}}})
        for effect, row in EFFECTS.items()
    ]
    others = [str(effect) for effect in Effect if effect not in MAY_BE_ALWAYS]
    undecided = [str(effect) for effect in Effect if effect not in DECIDABLE]
    return {
        "allOf": [
            *stages,
            if_then("effect", others, {"properties": {"when": {"not": {"const": "always"}}}}),
            if_then("effect", undecided, {"not": {"required": ["decided_by"]}}),
        ]
    }
