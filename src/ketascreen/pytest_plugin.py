"""Cases as tests of pytest: `pytest rules/` runs them, a test for each case, reported in the case's own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ketascreen.authoring.cases.examination import examine
from ketascreen.authoring.cases.read import Case, read_cases
from ketascreen.authoring.cases.run import CaseResult
from ketascreen.authoring.own_rulebook import own_rulebook_of
from ketascreen.diagnostic import ChannelFault, RulebookError
from ketascreen.language.terms import ENGINE_CHANNEL
from ketascreen.loading.load import load_rulebook
from ketascreen.rendering.cases import placed, render_failure
from ketascreen.screen import Screener
from ketascreen.texts.english import ENGLISH

_passed_over = pytest.StashKey[list[Path]]()
_own = pytest.StashKey[dict[Path, bool]]()


def collect(file: Path, parent: pytest.Collector) -> CaseFile | None:
    """The cases of a file that is below a rulebook's folder; None for any other."""
    folder = own_rulebook_of(file, parent.config.stash.setdefault(_own, {}))
    if folder is None:
        parent.config.stash.setdefault(_passed_over, []).append(file)
        return None
    collected: CaseFile = CaseFile.from_parent(parent, path=file, folder=folder)
    return collected


def told(config: pytest.Config, items: Sequence[pytest.Item]) -> list[str]:
    """What was collected and what was passed over, for the terminal: so that a run without its cases is noticed."""
    cases, over = [item for item in items if isinstance(item, CaseItem)], config.stash.get(_passed_over, [])
    lines = [f"ketascreen: {len(cases)} cases of rulebooks, {_asked(cases)}"] if cases else []
    if over:
        first = _shown(over[0], config)
        lines.append(f"ketascreen: passed over {len(over)} *.cases.yaml without a ketascreen rulebook, first {first}")
    return lines


def _asked(cases: Sequence[CaseItem]) -> str:
    """The channels that the cases ask, and that the engine is not among them."""
    names = dict.fromkeys(name for case in cases for name in case.channels)
    with_it = all(ENGINE_CHANNEL in case.channels for case in cases)
    less = "" if with_it else f", {ENGLISH.text('many.without_engine')}"
    return f"by the channels {ENGLISH.text('join.and').join(names)}{less}"


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A rulebook's screener and its cases by file."""

    screener: Screener
    cases: dict[str, list[Case]]


_rulebooks = pytest.StashKey[dict[Path, _Loaded | None]]()


def _loaded(folder: Path, config: pytest.Config) -> _Loaded | None:
    """A rulebook, read once for all its files; None where it was refused before.

    Raises:
        CollectError: it does not load, with every problem; the first time only.
    """
    known = config.stash.setdefault(_rulebooks, {})
    if folder not in known:
        known[folder] = None
        known[folder] = _load(folder, config)
    return known[folder]


def _load(folder: Path, config: pytest.Config) -> _Loaded:
    try:
        rulebook = load_rulebook(folder)
        read = read_cases(folder, rulebook)
        screener = Screener(rulebook)
    except (RulebookError, ChannelFault) as error:
        message = f"the rulebook in {_shown(folder, config)} does not load\n{error}"
    else:
        config.add_cleanup(screener.close)
        cases: dict[str, list[Case]] = {}
        for case in read:
            cases.setdefault(case.place.path, []).append(case)
        return _Loaded(screener, cases)
    raise pytest.Collector.CollectError(message)


def _shown(path: Path, config: pytest.Config) -> Path:
    return path.relative_to(config.rootpath) if path.is_relative_to(config.rootpath) else path


class CaseFile(pytest.File):
    """A file of cases."""

    def __init__(self, *, folder: Path, **given: Any) -> None:
        super().__init__(**given)
        self.folder = folder

    def collect(self) -> Iterator[CaseItem]:
        """A test for each case."""
        loaded = _loaded(self.folder, self.config)
        for case in loaded.cases.get(self.path.relative_to(self.folder).as_posix(), ()) if loaded else ():
            yield CaseItem.from_parent(self, name=case.name, case=case, loaded=loaded)


class CaseFailed(Exception):
    """A case that does not hold."""

    def __init__(self, result: CaseResult) -> None:
        self.result = result
        super().__init__("; ".join(failure.text for failure in result.examined.failures))


class CaseItem(pytest.Item):
    """A case."""

    def __init__(self, *, case: Case, loaded: _Loaded, **given: Any) -> None:
        super().__init__(**given)
        self.case = case
        self.screener = loaded.screener
        self.channels = tuple(channel.name for channel in self.screener.channels)
        self.user_properties.append(("channels", ", ".join(self.channels)))  # in the XML of `--junit-xml`

    def runtest(self) -> None:
        """Runs the case.

        Raises:
            CaseFailed: it does not hold.
        """
        examined = examine(self.case, self.screener)
        if examined.failures:
            raise CaseFailed(CaseResult(self.case, examined))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **given: Any) -> Any:
        """What was expected, what came and why, without a traceback."""
        if not isinstance(excinfo.value, CaseFailed):
            return super().repr_failure(excinfo, *args, **given)
        parent = self.parent
        assert isinstance(parent, CaseFile)
        result, below = excinfo.value.result, _shown(parent.folder, self.config)
        lines = [line.text for line in render_failure(result, self.screener.rulebook, below)]
        return "\n".join([str(placed(result, below)), *lines])

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case stands; pytest counts lines from 0."""
        return self.path, self.case.place.line - 1, self.case.name
