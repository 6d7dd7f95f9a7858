"""The sources of a rulebook: documents, citations of them, conflicts, and what was not encoded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ketascreen.diagnostic import Place, did_you_mean
from ketascreen.language.documents import Citation, Conflict, Document, NotEncoded, OutsideSource
from ketascreen.loading import file_models
from ketascreen.loading.validate import POLICY, read_model
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, Scalar, Sequence, place_of


def entries(
    model: type[file_models.ModelT], node: Node | None, problems: Problems
) -> Iterable[tuple[str, file_models.ModelT, Node]]:
    """Each key of a mapping with its model and node; a node that does not fit the model is reported."""
    if node is not None and not isinstance(node, MappingNode):
        problems.report("wrong-value", "must be keys with values", "docs/rule-format.md shows the form", node.place)
        return
    for name, item in node.items.items() if node is not None else ():
        if node is not None and isinstance(item, Scalar) and problems.is_below("wrong-value", node, name):
            continue
        read = read_model(model, item, problems)
        if read is not None:
            yield name, read, item


def _missing(model: file_models.CitationModel) -> str:
    """The hint for a citation that lacks keys."""
    keys = ("document", "line", "phrase")
    lacks = [f"`{key}:`" for key in keys if getattr(model, key) is None]
    if len(lacks) == len(keys):
        return f"add them; {POLICY}"
    return f"add {' and '.join(lacks)}"


@dataclass
class SourceReader:
    """Reads what the rules cite; every problem is reported."""

    problems: Problems
    documents: dict[str, Document] = field(default_factory=dict)
    outside: dict[str, OutsideSource] = field(default_factory=dict)
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    named_at: dict[tuple[str, str], Place] = field(default_factory=dict)
    """Where a conflict names a rule, by both ids."""

    def _problem(self, code: str, message: str, hint: str, place: Place) -> None:
        self.problems.report(code, message, hint, place)

    def read_documents(self, node: Node) -> None:
        """documents.yaml."""
        read = read_model(file_models.DocumentsModel, node, self.problems)
        if read is not None:
            self.documents = {name: Document(name, **dict(model)) for name, model in read.documents.items()}
            self.outside = {name: OutsideSource(name, **dict(model)) for name, model in read.outside_sources.items()}

    def citation(self, model: file_models.CitationModel, place: Place) -> Citation:
        """A citation whose document, line and outside source exist."""
        if model.outside is not None:
            if model.outside not in self.outside:
                hint = did_you_mean(model.outside, self.outside, otherwise="documents.yaml does not have it")
                self._problem("unknown-source", f"unknown outside source `{model.outside}`", hint, place)
            if model.document or model.line or model.phrase:
                self._problem("citation", "both a document and an outside source", "cite each in its own entry", place)
            return Citation(model.says, outside=model.outside, place=place)
        if model.document is None or model.line is None or model.phrase is None:
            message = "a citation needs `document`, `line` and `phrase`, or `outside`"
            self._problem("citation", message, _missing(model), place)
            return Citation(model.says, place=place)
        document = self.documents.get(model.document)
        if document is None:
            hint = did_you_mean(model.document, self.documents, otherwise="documents.yaml does not have it")
            self._problem("unknown-source", f"unknown document `{model.document}`", hint, place)
        elif model.line > document.lines:
            self._problem(
                "citation",
                f"line {model.line} is past the end of `{model.document}`",
                f"it has {document.lines} lines",
                place,
            )
        return Citation(model.says, model.document, model.line, model.phrase, place=place)

    def citations(self, listed: list[file_models.CitationModel], node: Node, *path: str | int) -> tuple[Citation, ...]:
        """The citations of the list at `path` of a node."""
        return tuple(self.citation(model, place_of(node, (*path, index))) for index, model in enumerate(listed))

    def read_conflicts(self, node: Node | None) -> None:
        """conflicts.yaml; whether its rules carry it is checked after they are read."""
        for name, model, item in entries(file_models.ConflictModel, node, self.problems):
            statements = self.citations(model.statements, item, "statements")
            if not model.rules and not model.reason:
                self._problem(
                    "conflict",
                    f"no rule carries `{name}`, and no `reason` says why",
                    "add `reason:`",
                    item.place,
                )
            self.named_at |= {(name, rule): place_of(item, ("rules", at)) for at, rule in enumerate(model.rules)}
            self.conflicts[name] = Conflict(
                name, model.topic, statements, model.resolution, tuple(model.rules), model.reason
            )

    def not_encoded(self, node: Node | None) -> tuple[NotEncoded, ...]:
        """not-encoded.yaml."""
        if node is None:
            return ()
        entries = []
        if not isinstance(node, Sequence):
            self._problem("wrong-value", "must be a list", "write each entry after `- `", node.place)
        for item in node.items if isinstance(node, Sequence) else ():
            model = read_model(file_models.NotEncodedModel, item, self.problems)
            if model is not None:
                cited = file_models.CitationModel(
                    says="not encoded", document=model.document, line=model.line, phrase=model.phrase
                )
                entries.append(NotEncoded(self.citation(cited, item.place), model.reason))
        return tuple(entries)
