"""The slips in the contradictions that a rulebook adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ketascreen.authoring.mutation.line_edits import EditedLine, SourceFile, dropped, line_added, put, span
from ketascreen.authoring.mutation.operators import Slips
from ketascreen.language.contradiction import Contradiction, NotBelow
from ketascreen.language.vocabulary import Vocabulary
from ketascreen.syntax.tree import Mapping as MappingNode
from ketascreen.syntax.tree import Sequence, key_place

REFUSED = "it needs two facts or more, and `about` and `newer` among them"


@dataclass(frozen=True, slots=True)
class ContradictionSlip:
    """A contradiction after a slip (None: it is dropped), the kind of the slip, what it does, and its line."""

    after: Contradiction | None
    kind: str
    what: str
    line: EditedLine
    refused: str = ""


def slips_in(
    found: Mapping[str, Contradiction], source: SourceFile, vocabulary: Vocabulary
) -> Iterator[tuple[Contradiction, ContradictionSlip]]:
    """Each contradiction of vocabulary.yaml with each of its slips."""
    tree = source.tree.items.get("contradictions")
    for name, entry in tree.items.items() if isinstance(tree, MappingNode) else ():
        if name in found and isinstance(tree, MappingNode) and isinstance(entry, MappingNode):
            gone = dropped(source, key_place(tree, name))
            yield found[name], ContradictionSlip(None, "contradiction", "it is dropped", gone)
            for slip in slips(found[name], source, entry, vocabulary):
                yield found[name], replace(slip, refused=slip.refused or _refused(slip.after))


def _refused(after: Contradiction | None) -> str:
    if after is None:
        return ""
    named = {after.about, after.newer or after.about}
    return "" if named <= after.facts and len(after.facts) > 1 else REFUSED


def slips(
    one: Contradiction, source: SourceFile, entry: MappingNode, vocabulary: Vocabulary
) -> Iterator[ContradictionSlip]:
    """Each slip within a contradiction."""
    yield from _newer(one, source, entry)
    if isinstance(one.when, NotBelow):
        pair = entry.items["not_below"]
        assert isinstance(pair, Sequence)
        line = put(source, span(pair.items[0]), one.when.other)
        swapped = NotBelow(one.when.other, one.when.fact)
        yield ContradictionSlip(replace(one, when=swapped), "branches", "the two facts are swapped", line)
        return
    for other in one.against:  # of two numbers that both count, it only says where the problem is
        what = f"`about: {one.about}` becomes `about: {other}`"
        yield ContradictionSlip(
            replace(one, about=other), "about", what, put(source, span(entry.items["about"]), other)
        )
    for slip in Slips(source, vocabulary).of(one.when, entry.items["when"]):
        changed = replace(one, when=slip.condition)
        yield ContradictionSlip(changed, slip.kind, slip.what, slip.line, slip.refused)


def _newer(one: Contradiction, source: SourceFile, entry: MappingNode) -> Iterator[ContradictionSlip]:
    if one.newer is not None:
        gone = dropped(source, key_place(entry, "newer"))
        yield ContradictionSlip(replace(one, newer=None), "newer", "`newer` is dropped", gone)
    for fact in sorted(one.facts - {one.newer}):
        if one.newer is None:
            line = line_added(source, key_place(entry, "about"), f"newer: {fact}")
            what = f"`newer: {fact}` is added"
        else:
            line = put(source, span(entry.items["newer"]), fact)
            what = f"`newer: {one.newer}` becomes `newer: {fact}`"
        yield ContradictionSlip(replace(one, newer=fact), "newer", what, line)
