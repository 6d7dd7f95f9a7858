"""The contradictions that a rulebook adds in vocabulary.yaml, checked against its facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ketascreen.diagnostic import Place, did_you_mean
from ketascreen.language.condition import Condition
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.loading import file_models
from ketascreen.loading.conditions import ConditionReader
from ketascreen.loading.sources import entries
from ketascreen.patient.profile import BUILT_IN
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Node, place_of


@dataclass(frozen=True, slots=True)
class ContradictionReader:
    """Reads contradictions; every problem is reported."""

    vocabulary: Vocabulary
    reader: Callable[[], ConditionReader]
    problems: Problems

    def read(self, vocabulary: Node | None) -> Iterator[Contradiction]:
        """The contradictions of the tree of vocabulary.yaml."""
        node = vocabulary.items.get("contradictions") if isinstance(vocabulary, MappingNode) else None
        if self.vocabulary is BUILT_IN:  # the file was refused; what does not fit its model is reported
            return
        taken = {one.name for one in self.vocabulary.contradictions}
        for name, model, item in entries(file_models.ContradictionModel, node, Problems()):
            if name in taken:
                place = place_of(node, (name,)) if node else item.place
                self.problems.report("name-taken", f"`{name}` is built in", "choose another name", place)
            when = self._when(model, item)
            if when is not None:
                made = Contradiction(name, when, model.about, model.say, model.newer, item.place)
                if self._names_its_facts(made, item):
                    yield made

    def _when(self, model: file_models.ContradictionModel, item: Node) -> Condition | NotBelow | None:
        node = item.items.get("when") if isinstance(item, MappingNode) else None
        if (node is None) == (model.not_below is None):
            self.problems.report("contradiction", "needs `when` or `not_below`, one of the two", "add it", item.place)
            return None
        if node is not None:
            return self.reader().read(node)
        assert model.not_below is not None
        low, high = (self.vocabulary.get(name) for name in model.not_below)
        place = place_of(item, ("not_below",))
        if low is None or high is None or low.unit is None or low.unit != high.unit or low is high:
            self._report("`not_below` compares two numbers in one unit", "name two facts with the same unit", place)
            return None
        if self.vocabulary.since & {low.name, high.name}:
            self._report("`not_below` cannot compare times since events", "name two measured numbers", place)
            return None
        return NotBelow(low.name, high.name)

    def _names_its_facts(self, made: Contradiction, item: Node) -> bool:
        wrong = [key for key, name in (("about", made.about), ("newer", made.newer)) if name and name not in made.facts]
        for key in wrong:
            name = made.about if key == "about" else str(made.newer)
            renamed = self.vocabulary.renamed
            hint = did_you_mean(name, made.facts, otherwise=_listed(made.facts), renamed=renamed)
            self._report(f"`{key}` is not one of the facts that are compared", hint, place_of(item, (key,)))
        if len(made.facts) < 2:
            self._report("one answer cannot contradict itself", "compare two facts or more", item.place)
        return not wrong and len(made.facts) >= 2

    def _report(self, message: str, hint: str, place: Place) -> None:
        self.problems.report("contradiction", message, hint, place)


def _listed(facts: Iterable[str]) -> str:
    return f"it compares {', '.join(sorted(facts))}"
