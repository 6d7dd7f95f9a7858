"""The names that the files of a rulebook may use; a problem in a rule does not stop the reading.

An editor needs the names while the rules are being written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ketascreen.diagnostic import RulebookError
from ketascreen.language.documents import Conflict, Document, OutsideSource
from ketascreen.language.rule import Parameter
from ketascreen.language.rulebook import OptionWords
from ketascreen.language.terms import Route
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.loading import file_models
from ketascreen.loading.build import NAMED, is_named, option_words, read_trees
from ketascreen.loading.formats import NEWEST, format_of
from ketascreen.loading.linker import Linker
from ketascreen.loading.sources import SourceReader, entries
from ketascreen.loading.validate import read_model
from ketascreen.loading.vocabulary import VocabularyReader
from ketascreen.patient.contradictions import BUILT_IN_SAYS
from ketascreen.syntax.folder import START, read_folder
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, Scalar, Sequence


@dataclass(frozen=True, slots=True)
class RulebookNames:
    """What the files of one rulebook may refer to. `definitions`, `rules` and `retired` hold the title of each.

    `former` has the id of today of each id that a rule had before, a retired one among them.

    `contradictions` holds what each says, the built-in ones included. `format` is the newest if the rulebook says none.
    """

    vocabulary: Vocabulary
    parameters: Mapping[str, Parameter]
    definitions: Mapping[str, str]
    contradictions: Mapping[str, str]
    format: int
    documents: Mapping[str, Document]
    outside_sources: Mapping[str, OutsideSource]
    conflicts: Mapping[str, Conflict]
    routes: tuple[Route, ...]
    called: OptionWords
    rules: Mapping[str, str]
    retired: Mapping[str, str]
    former: Mapping[str, str]
    starts: tuple[str, ...]


def read_names(folder: str | Path) -> RulebookNames:
    """The names of a rulebook's folder.

    Raises:
        RulebookError: every problem of the folder, or of the files that hold names.
    """
    problems = Problems()
    read = read_folder(Path(folder), problems)
    if problems.found:
        raise RulebookError(problems.sorted())
    return names_of(read.files, read.fixtures)


def names_of(files: Mapping[str, bytes], fixtures: Iterable[str]) -> RulebookNames:
    """The names in the files of a rulebook by their paths; `fixtures` are the paths of its cases and starts.

    Raises:
        RulebookError: every problem of the files that hold names.
    """
    problems = Problems()
    trees = read_trees(files, problems)
    named = {name: trees.get(f"{name}.yaml") for name in NAMED}
    sources = SourceReader(problems)
    if named["documents"]:
        sources.read_documents(named["documents"])
    sources.read_conflicts(named["conflicts"])
    linker = Linker(problems, VocabularyReader(problems).read(named["vocabulary"]), sources)
    if named["routes"]:
        linker.read_routes(named["routes"])
    linker.read_parameters(named["parameters"])
    defined = {
        name: model.title for name, model, _ in entries(file_models.DefinitionModel, named["definitions"], problems)
    }
    linker.check_parameters()
    if found := [problem for problem in problems.sorted() if problem.place and is_named(problem.place.path)]:
        raise RulebookError(found)
    every = {path: trees.get(path) for path in sorted(files) if not is_named(path)}
    retired = {path for path, tree in every.items() if isinstance(tree, MappingNode) and "retired" in tree.items}
    return RulebookNames(
        vocabulary=linker.vocabulary,
        parameters=linker.parameters,
        definitions=defined,
        contradictions={**BUILT_IN_SAYS, **_contradictions(named["vocabulary"])},
        format=format_of(named["rulebook"]) or NEWEST,
        documents=sources.documents,
        outside_sources=sources.outside,
        conflicts=sources.conflicts,
        routes=tuple(linker.routes),
        called=_called(named["rulebook"]),
        rules={_stem(path): _title(tree) for path, tree in every.items() if path not in retired},
        retired={_stem(path): _title(tree) for path, tree in every.items() if path in retired},
        former={old: _stem(path) for path, tree in every.items() for old in _was(tree)},
        starts=tuple(sorted(_stem(path).removesuffix(".start") for path in fixtures if path.endswith(START))),
    )


def _called(rulebook: Node | None) -> OptionWords:
    model = rulebook and read_model(file_models.RulebookModel, rulebook, Problems())
    return option_words(model.options if model else None)


def _contradictions(vocabulary: Node | None) -> Mapping[str, str]:
    model = vocabulary and read_model(file_models.VocabularyModel, vocabulary, Problems())
    return {name: one.say for name, one in model.contradictions.items()} if model else {}


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(".yaml")


def _was(node: Node | None) -> Iterator[str]:
    was = node.items.get("was") if isinstance(node, MappingNode) else None
    for one in was.items if isinstance(was, Sequence) else ():
        if isinstance(one, Scalar) and isinstance(one.value, str):
            yield one.value


def _title(node: Node | None) -> str:
    title = node.items.get("title") if isinstance(node, MappingNode) else None
    return title.value if isinstance(title, Scalar) and isinstance(title.value, str) else ""
