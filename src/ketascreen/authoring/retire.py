"""Retires a rule: its file gets `retired:`, and its id leaves the lists of other cases. All other bytes stay.

The files of cases are written first, and the rule's own file last: so if the writing is cut off, the rulebook still
loads, and the same call finishes the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ketascreen.authoring.case_lists import without_rule
from ketascreen.authoring.cases.case import Case
from ketascreen.authoring.cases.examination import examine
from ketascreen.authoring.cases.read import VIGNETTES, cases_in
from ketascreen.authoring.editing.entries import with_entry
from ketascreen.authoring.editing.writing import alone, write_files
from ketascreen.authoring.editing.yaml_text import flow, scalar
from ketascreen.authoring.layout.needed import layout_for
from ketascreen.authoring.scaffold import rewrite_schemas
from ketascreen.diagnostic import Diagnostic, InputError, Place, RulebookError, did_you_mean, refused
from ketascreen.language.retired import retired_in_words
from ketascreen.language.rule import Retirement, Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.formats import NEWEST, TO_NEWEST
from ketascreen.loading.load import rulebook_of_files
from ketascreen.screen import Screener
from ketascreen.syntax.folder import CASES, read_folder
from ketascreen.syntax.problems import Problems

CODE = "retire"


@dataclass(frozen=True, slots=True)
class Retiring:
    """What retires a rule.

    `writes` are the bytes of files by path in the rulebook's folder, in the order in which they are written; `had` are
    their bytes of before. `lists` counts, by path, the lists of cases that the rule leaves.
    """

    rule: Rule
    before: Rulebook
    after: Rulebook
    writes: Mapping[str, bytes]
    had: Mapping[str, bytes]
    lists: Mapping[str, int]
    cases_before: Sequence[Case]
    cases_after: Sequence[Case]

    def expecting_more(self) -> tuple[Case, ...]:
        """The whole patients whose cases held, and do not without the rule: a person has to change these."""
        with Screener(self.after) as screener:
            failing = [case for case in self.cases_after if case.rule is None and examine(case, screener).failures]
        earlier = {(case.place.path, case.name): case for case in self.cases_before}
        with Screener(self.before) as screener:
            return tuple(
                case for case in failing if not examine(earlier[case.place.path, case.name], screener).failures
            )


def retire(folder: Path, rule: str, retirement: Retirement) -> Retiring:
    """Retires a rule of the rulebook in a folder, and says what was written.

    Raises:
        InputError: there is no such rule, it is retired, the rulebook or its cases do not load or would not, or a file
            was changed meanwhile. Nothing is then written, except of what a change meanwhile cut off.
        OSError: a file could not be written; what was written before it stays.
    """
    with alone(folder, CODE):
        planned = retiring(folder, rule, retirement)
        write_files(folder, planned.writes.items(), planned.had, CODE)
        rewrite_schemas(folder)
        return planned


def retiring(folder: Path, rule_id: str, retirement: Retirement) -> Retiring:
    """What retires a rule of the rulebook in a folder; nothing is written.

    Raises:
        InputError: as `retire`.
    """
    problems = Problems()
    read = read_folder(folder, problems)
    if problems.found:
        raise RulebookError(problems.sorted())
    before = rulebook_of_files(read.files, read.ignored)
    if before.identity.format < NEWEST:
        raise refused(CODE, "in a rulebook of format 1 no rule can be retired", TO_NEWEST, Place(str(folder)))
    rule = _known(rule_id, before)
    for name in retirement.instead:
        if name == rule.id:
            raise refused(CODE, f"`{name}` cannot replace itself", "name another rule, or none")
        _known(name, before)
    cases = cases_in(read.fixtures, before)
    path = rule.place.path
    changed = with_retired(read.files[path], path, retirement)
    after = _still_loads(before, rule, {**read.files, path: changed})
    lists = {
        name: without_rule(data, name, rule.id, CODE)
        for name, data in read.fixtures.items()
        if rule.id.encode() in data and name.endswith(CASES) and not _is_own(name, rule)
    }
    writes = {**{name: data for name, (data, count) in lists.items() if count}, path: changed}
    counts = {name: count for name, (_, count) in lists.items()}
    cases_after = cases_in({**read.fixtures, **writes}, after)
    had = {**read.fixtures, **read.files}
    return Retiring(rule, before, after, writes, had, counts, cases.cases, cases_after.cases)


def _is_own(path: str, rule: Rule) -> bool:
    return not path.startswith(VIGNETTES) and path.rsplit("/", 1)[-1] == f"{rule.id}{CASES}"


def _known(name: str, rulebook: Rulebook) -> Rule:
    if (rule := rulebook.rule(name)) is not None:
        return rule
    if (retired := rulebook.retired_rule(name)) is not None:
        raise refused("retired-rule", retired_in_words(retired), f"`ketascreen show {retired.id}` says why")
    rules, otherwise = [rule.id for rule in rulebook.rules], "`ketascreen rules` lists them"
    hint = did_you_mean(name, rules, otherwise=otherwise, renamed=rulebook.renamed_rules)
    raise refused("unknown-rule", f"no rule `{name}`", hint)


def _still_loads(before: Rulebook, rule: Rule, files: Mapping[str, bytes]) -> Rulebook:
    """The rulebook with the rule retired.

    Raises:
        InputError: it would not load.
    """
    try:
        after = rulebook_of_files(files, before.ignored)
    except RulebookError as error:
        message = f"without `{rule.id}` the rulebook does not load; nothing is written"
        first = Diagnostic(CODE, message, "correct what follows first", Place(rule.place.path))
        raise InputError([first, *error.diagnostics]) from None
    without = replace(before, rules=tuple(one for one in before.rules if one is not rule))
    if without.meaning_digest != after.meaning_digest:
        raise RuntimeError("a rulebook would mean something else than without the rule")
    return after


def with_retired(data: bytes, path: str, retirement: Retirement) -> bytes:
    """A rule's bytes with `retired:` at its end. A file that had the layout of `ketascreen fmt` keeps it.

    Raises:
        InputError: it cannot be written at the end of this file.
    """
    try:
        added = with_entry(data, path, "", "\n".join(_block(retirement)) + "\n")
    except InputError:
        hint = "write each key on a line of its own; `ketascreen fmt` does it"
        raise refused(CODE, "`retired:` cannot be written at the end of this file", hint, Place(path)) from None
    if not data.endswith(b"\n"):
        added = added.removesuffix(b"\n").removesuffix(b"\r")
    return _laid_out(data, added, path)


def _block(retirement: Retirement) -> Iterator[str]:
    yield "retired:"
    yield f"  date: {retirement.day.isoformat()}"
    yield f"  by: {scalar(retirement.by)}"
    yield f"  reason: {scalar(retirement.reason)}"
    if retirement.instead:
        yield f"  instead: {flow(retirement.instead)}"


def _laid_out(before: bytes, after: bytes, path: str) -> bytes:
    try:
        laid_out = layout_for(CODE)
        laid = [laid_out(one, path).encode("utf-8") for one in (before, after)]
    except InputError:
        return after  # it cannot be laid out, or what lays it out is not installed
    return laid[1] if laid[0] == before and laid[1].startswith(before) else after
