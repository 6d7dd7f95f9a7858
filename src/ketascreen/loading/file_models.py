"""What each file of a rulebook may hold, as strict Pydantic models."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ketascreen.language.terms import DecidedBy, Effect, Weight
from ketascreen.loading.text_forms import (
    Credit,
    IsoDate,
    Name,
    OneLine,
    OptionWord,
    PartialDateText,
    Phrase,
    QuantityOrNumber,
    QuantityText,
    RuleId,
    Text,
    Url,
    UseWord,
    Word,
)


class FileModel(BaseModel):
    """The root of the models: strict and frozen; it allows only the named keys."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class CitationModel(FileModel):
    """A citation of a document's line, or of an outside source."""

    says: Text
    document: Text | None = None
    line: int | None = Field(default=None, ge=1)
    phrase: Phrase | None = None
    outside: Text | None = None


class SignOffModel(FileModel):
    """Who approved a rule, or that nobody did."""

    status: Literal["draft", "approved"]
    by: Text | None = None
    date: IsoDate | None = None  # not `on`, which some read as true
    review_by: IsoDate | None = None


class AllowModel(FileModel):
    """A check finding that is accepted, with the reason."""

    check: Text
    reason: Text


class AllowAboutModel(AllowModel):
    """The same for a check finding that is not about a rule: `about` names the fact, parameter or conflict."""

    about: Text


class RetiredModel(FileModel):
    """That a rule is not asked any more."""

    date: IsoDate
    by: Name
    reason: OneLine
    instead: list[Text] = []


class RuleModel(FileModel):
    """A rule's file. `when` is read by `conditions`."""

    id: RuleId
    title: Text
    stage: Literal["candidacy", "session", "both"]
    effect: Literal[tuple(effect.value for effect in Effect)]  # type: ignore[valid-type]
    weight: Literal[tuple(one.value for one in Weight)] = Weight.USUAL.value  # type: ignore[valid-type]
    decided_by: Literal[tuple(one.value for one in DecidedBy)] | None = None  # type: ignore[valid-type]
    routes: Literal["all"] | list[Text]
    when: Any
    say: Text
    do: Text = ""
    do_if_old: Text = ""
    sources: list[CitationModel] = Field(min_length=1)
    conflicts: list[Text] = []
    interpretation: Text = ""
    sign_off: SignOffModel | None = None
    allow: list[AllowModel] = []
    was: list[RuleId] = []
    retired: RetiredModel | None = None


class ParameterModel(FileModel):
    """A named threshold."""

    value: QuantityOrNumber
    stricter: Literal["lower", "higher"]
    basis: Literal["source", "policy"]
    reason: Text = ""
    sources: list[CitationModel] = []
    was: list[Word] = []


class DefinitionModel(FileModel):
    """A named condition. `when` is read by `conditions`."""

    title: Text
    when: Any
    sources: list[CitationModel] = []
    was: list[Word] = []


class CodeModel(FileModel):
    """A code of a terminology, for the fact or for one of its choices."""

    system: Text
    code: Text
    choice: Text | None = None


class FactModel(FileModel):
    """A fact that the rulebook adds."""

    type: Literal["number", "integer", "since", "choice", "list"]
    label: Text
    domain: Text
    unit: Text | None = None
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    choices: list[Text] = []
    opaque: list[Text] = []
    codes: list[CodeModel] = []
    changeable: bool = True
    uses: list[UseWord] | None = None  # type: ignore[valid-type]
    note: Text = ""
    was: list[Word] = []
    was_choices: dict[str, Text] = {}


class FreshnessModel(FileModel):
    """How long an answer counts."""

    fresh_for: QuantityText
    lasting: list[Text] = []
    permanent: list[Text] = []
    stands: list[Text] = []
    reason: Text


class ContradictionModel(FileModel):
    """Answers that cannot all be right. `when` is read by `conditions`; `not_below` names two facts instead."""

    when: Any = None
    not_below: list[Text] | None = Field(default=None, min_length=2, max_length=2)
    about: Text
    newer: Text | None = None
    say: Text


class VocabularyModel(FileModel):
    """vocabulary.yaml."""

    facts: dict[str, FactModel] = {}
    freshness: dict[str, FreshnessModel] = {}
    contradictions: dict[str, ContradictionModel] = {}


class StatementModel(FileModel):
    """One statement about a route."""

    says: Text
    sources: list[CitationModel] = Field(min_length=1)


class RouteModel(FileModel):
    """One route of routes.yaml."""

    title: Text
    attributes: dict[str, list[StatementModel]] = {}


class DocumentModel(FileModel):
    """One document of documents.yaml."""

    title: Text
    kind: Text
    edition: Name = ""
    published: PartialDateText = ""
    url: Url = ""
    accessed: IsoDate = ""
    trust: Text
    why: Text
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    lines: int = Field(ge=1)


class OutsideModel(FileModel):
    """One outside source of documents.yaml."""

    title: Text
    where: Text
    edition: Name = ""
    published: PartialDateText = ""
    url: Url = ""
    accessed: IsoDate = ""
    phrase: Phrase
    read: Literal["original", "copy"]


class DocumentsModel(FileModel):
    """documents.yaml."""

    documents: dict[str, DocumentModel]
    outside_sources: dict[str, OutsideModel] = {}


class ConflictModel(FileModel):
    """One conflict of conflicts.yaml."""

    topic: Text
    statements: list[CitationModel] = Field(min_length=2)
    resolution: Text
    rules: list[Text]
    reason: Text = ""
    note: Text = ""


class NotEncodedModel(FileModel):
    """One entry of not-encoded.yaml."""

    document: Text
    line: int = Field(ge=1)
    phrase: Phrase
    reason: Text


class ApproverModel(FileModel):
    """Somebody whose approvals count."""

    name: Name
    role: Name


class OptionsModel(FileModel):
    """The words for one route, and for several."""

    one: OptionWord
    many: OptionWord


class RulebookModel(FileModel):
    """rulebook.yaml."""

    id: RuleId
    title: Text
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
    format: Literal[1, 2]
    effective: IsoDate
    released: IsoDate = ""
    revised: IsoDate = ""
    requires: Annotated[str, StringConstraints(pattern=r"^>=[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}$")]
    responsible: Text
    developer: Credit = ""
    funding: Credit = ""
    intended_use: Text
    limits: Text
    not_asked: list[Text] = []
    time_zone: Text | None = None
    approvers: list[ApproverModel] = []
    options: OptionsModel | None = None
    allow: list[AllowAboutModel] = []


ModelT = TypeVar("ModelT", bound=FileModel)
