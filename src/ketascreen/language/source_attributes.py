"""The 13 source attributes of 45 CFR 170.315(b)(11)(iv)(A), of a rulebook and of each rule, and where each comes from.

Attributes 1 to 4 are what the files say. Attributes 5 to 13 are worked out: a rule uses a kind of data if a fact that
decides in it does. Nothing is `not used` unless each of these facts says what it uses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ketascreen.language.condition import comparisons, definitions, facts_of
from ketascreen.language.contradiction import NotBelow
from ketascreen.language.documents import Citation, Document, OutsideSource
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.sheet import contradictions_of, deciding_facts
from ketascreen.language.vocabulary import DataKind

USES: Mapping[str, str] = {
    DataKind.RACE: "race",
    DataKind.ETHNICITY: "ethnicity",
    DataKind.LANGUAGE: "language",
    DataKind.SEXUAL_ORIENTATION: "sexual orientation",
    DataKind.GENDER_IDENTITY: "gender identity",
    DataKind.SEX: "sex",
    DataKind.DATE_OF_BIRTH: "date of birth",
    DataKind.SOCIAL_DETERMINANTS: "social determinants of health",
    DataKind.HEALTH_STATUS_ASSESSMENTS: "health status assessments",
}
"""The kinds of data of attributes 5 to 13 in words, in their order."""
_FIRST_USE = 5
_SAID_OF_EACH = ("url", "edition", "accessed")
"""The keys of documents.yaml that belong to a citation, beside what each source must say."""
_DOCUMENTS, _RULEBOOK, _VOCABULARY = "documents.yaml", "rulebook.yaml", "vocabulary.yaml"


Source = Document | OutsideSource


class AttributeState(StrEnum):
    """Whether anybody said an attribute; of a kind of data, whether it is used."""

    SAID = "said"
    NOT_SAID = "not_said"
    USED = "used"
    NOT_USED = "not_used"


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """A part of an attribute: what is said, or a fact that is used, and where it comes from."""

    text: str
    origin: str


@dataclass(frozen=True, slots=True)
class Unsaid:
    """What nobody said: the key to write, its file, and the sources or facts that lack it (none: the rulebook)."""

    key: str
    file: str
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceAttribute:
    """One of the 13: its number in the regulation, its name and title, its parts, and what nobody said of it."""

    number: int
    name: str
    title: str
    state: AttributeState
    values: tuple[AttributeValue, ...]
    unsaid: tuple[Unsaid, ...]


@dataclass(frozen=True, slots=True)
class RuleAttributes:
    """The 13 source attributes of a rule."""

    rule: str
    title: str
    attributes: tuple[SourceAttribute, ...]


@dataclass(frozen=True, slots=True)
class SourceAttributes:
    """The 13 source attributes of a rulebook, and of its rules by id."""

    id: str
    version: str
    bytes_digest: str
    attributes: tuple[SourceAttribute, ...]
    rules: tuple[RuleAttributes, ...]


def source_attributes(rulebook: Rulebook, rules: Iterable[Rule]) -> SourceAttributes:
    """The source attributes of a rulebook, and of these rules of it."""
    identity = rulebook.identity
    return SourceAttributes(
        identity.id,
        identity.version,
        rulebook.bytes_digest,
        _whole(rulebook),
        tuple(RuleAttributes(rule.id, rule.title, _of_rule(rule, rulebook)) for rule in rules),
    )


def _whole(rulebook: Rulebook) -> tuple[SourceAttribute, ...]:
    sources: tuple[Source, ...] = (*rulebook.documents.values(), *rulebook.outside_sources.values())
    cited = tuple(AttributeValue(_source(one), f"{_DOCUMENTS} `{_name(one)}`") for one in sources)
    return _all(rulebook, cited, sources, _facts_of_rulebook(rulebook))


def _of_rule(rule: Rule, rulebook: Rulebook) -> tuple[SourceAttribute, ...]:
    found = [(where, one, _of(one, rulebook)) for where, one in _citations(rule, rulebook)]
    cited = dict.fromkeys(AttributeValue(_cited(one, source), where) for where, one, source in found)
    sources = dict.fromkeys(source for _, _, source in found)
    return _all(rulebook, tuple(cited), tuple(sources), _facts_of_rule(rule, rulebook))


def _all(
    rulebook: Rulebook,
    cited: tuple[AttributeValue, ...],
    sources: tuple[Source, ...],
    facts: Mapping[str, str],
) -> tuple[SourceAttribute, ...]:
    """The 13 of a whole or of a rule: with its citations, its sources, and the facts that decide in it and how."""
    uncited = () if cited else (Unsaid("outside_sources", _DOCUMENTS, ()),)
    lacking = (*uncited, *(gap for key in _SAID_OF_EACH for gap in _lacking(key, sources)))
    return (
        _said(1, "bibliographic_citation", "Bibliographic citation", cited, lacking),
        _credit(2, "developer", "Developer", rulebook),
        _credit(3, "funding", "Funding of the technical implementation", rulebook),
        _dates(rulebook, sources),
        *(_use(number, use, facts, rulebook) for number, use in enumerate(map(str, USES), _FIRST_USE)),
    )


def _said(
    number: int, name: str, title: str, values: tuple[AttributeValue, ...], unsaid: tuple[Unsaid, ...]
) -> SourceAttribute:
    state = AttributeState.SAID if values else AttributeState.NOT_SAID
    return SourceAttribute(number, name, title, state, values, unsaid)


def _lacking(key: str, sources: tuple[Source, ...]) -> Iterator[Unsaid]:
    """What says which sources lack a key; nothing if none does."""
    without = tuple(_name(one) for one in sources if not getattr(one, key))
    if without:
        yield Unsaid(key, _DOCUMENTS, without)


def _credit(number: int, key: str, title: str, rulebook: Rulebook) -> SourceAttribute:
    said = getattr(rulebook.identity, key)
    values = (AttributeValue(said, f"{_RULEBOOK} `{key}`"),) if said else ()
    return _said(number, key, title, values, () if said else (Unsaid(key, _RULEBOOK, ()),))


def _dates(rulebook: Rulebook, sources: tuple[Source, ...]) -> SourceAttribute:
    identity = rulebook.identity
    of_rules = {key: getattr(identity, key) for key in ("released", "revised")}
    own = tuple(AttributeValue(f"{key} {day}", f"{_RULEBOOK} `{key}`") for key, day in of_rules.items() if day)
    applies = AttributeValue(f"applies from {identity.effective} on", f"{_RULEBOOK} `effective`")
    published = tuple(
        AttributeValue(f"{_name(one)} published {one.published}", f"{_DOCUMENTS} `{_name(one)}`")
        for one in sources
        if one.published
    )
    unsaid = (
        *(Unsaid(key, _RULEBOOK, ()) for key, day in of_rules.items() if not day),
        *_lacking("published", sources),
    )
    state = AttributeState.SAID if own or published else AttributeState.NOT_SAID
    title = "Release and revision dates of the rules and of their sources"
    return SourceAttribute(4, "release_and_revision_dates", title, state, (*own, applies, *published), unsaid)


def _use(number: int, use: str, facts: Mapping[str, str], rulebook: Rulebook) -> SourceAttribute:
    """Whether one of these facts tells a kind of data; each has how it decides."""
    told = {name: rulebook.vocabulary[name] for name in facts}
    using = [fact for fact in told.values() if fact.uses and use in fact.uses]
    silent = tuple(name for name, fact in told.items() if fact.uses is None)
    values = tuple(AttributeValue(fact.name, f"{_origin(fact.is_added)}; {facts[fact.name]}") for fact in using)
    unsaid = (Unsaid("uses", _VOCABULARY, silent),) if silent else ()
    without = AttributeState.NOT_SAID if silent else AttributeState.NOT_USED
    return SourceAttribute(
        number, use, f"Use of {USES[use]}", AttributeState.USED if using else without, values, unsaid
    )


def _origin(is_added: bool) -> str:
    return f"{_VOCABULARY} `facts`" if is_added else "built-in fact"


def _facts_of_rule(rule: Rule, rulebook: Rulebook) -> dict[str, str]:
    """The facts that decide in a rule, by name, each with how."""
    asked, vocabulary = facts_of(rule.when), rulebook.vocabulary
    how = {}
    for name in sorted(deciding_facts(rule.when, vocabulary)):
        against = sorted(one.name for one in contradictions_of(rule.when, vocabulary) if name in one.facts)
        how[name] = "asked by the condition" if name in asked else f"compared in {_quoted(against)}"
    return how


def _facts_of_rulebook(rulebook: Rulebook) -> dict[str, str]:
    """The facts that decide in a rulebook: in its rules, or in contradictions alone, which refuse a patient too."""
    vocabulary = rulebook.vocabulary
    asking = Counter(name for rule in rulebook.rules for name in facts_of(rule.when))
    compared = {name for one in vocabulary.contradictions for name in one.facts}
    how = {}
    for name in sorted({*asking, *compared}):
        against = sorted(one.name for one in vocabulary.contradictions if name in one.facts)
        count = f"asked by {asking[name]} rule{'s' * (asking[name] != 1)}"
        how[name] = count if asking[name] else f"compared in {_quoted(against)}"
    return how


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _citations(rule: Rule, rulebook: Rulebook) -> Iterator[tuple[str, Citation]]:
    """The citations of a rule, of the parameters that it compares with or names, and of its definitions.

    Each has where it stands.
    """
    yield from ((f"cited in {rule.place.path}", one) for one in rule.sources)
    against = [one.when for one in contradictions_of(rule.when, rulebook.vocabulary)]
    asked = (rule.when, *(when for when in against if not isinstance(when, NotBelow)))
    compared = (name for when in asked for one in comparisons(when) for name in one.parameters)
    for name in sorted({*compared, *rule.named}):
        yield from ((f"cited in parameters.yaml `{name}`", one) for one in rulebook.parameters[name].sources)
    for name in sorted({one.name for when in asked for one in definitions(when)}):
        yield from ((f"cited in definitions.yaml `{name}`", one) for one in rulebook.definitions[name].sources)


def _of(citation: Citation, rulebook: Rulebook) -> Source:
    """The source of a citation, which loading has found."""
    if citation.outside is not None:
        return rulebook.outside_sources[citation.outside]
    return rulebook.documents[citation.document or ""]


def _name(source: Source) -> str:
    return source.file if isinstance(source, Document) else source.id


def _cited(citation: Citation, source: Source) -> str:
    """A citation in full: the source, and the line and words of a document."""
    whole = _source(source)
    return whole if citation.outside is not None else f'{whole}; line {citation.line}: "{citation.phrase}"'


def _source(one: Source) -> str:
    """A source in full, with what is known of it."""
    outside = one if isinstance(one, OutsideSource) else None
    parts = (
        one.title,
        one.edition and f"edition: {one.edition}",
        one.published and f"published {one.published}",
        outside.where if outside else f"file {_name(one)}",
        one.url,
        one.accessed and f"accessed {one.accessed}",
        f'"{outside.phrase}"' if outside else "",
        "read in a copy" if outside and outside.read == "copy" else "",
    )
    return "; ".join(part for part in parts if part)
