"""The licences of what ketascreen needs: writes docs/licences.md, or checks it against what is installed.

`python -m tools.licences` writes the page from the environment that the lock made; `--check` compares, and fails on a
licence that is not allowed. It reads the metadata of the installed distributions, and nothing else.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "licences.md"
RUNTIME, DEVELOPMENT = "ketascreen", "its development"
_LOCKS = {DEVELOPMENT: ROOT / "requirements" / "dev.txt", RUNTIME: ROOT / "requirements" / "runtime.txt"}

ALLOWED: Mapping[str, frozenset[str]] = {
    RUNTIME: frozenset({"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "MIT-0", "PSF-2.0"}),
    # A tool that is neither shipped nor loaded by a screening may have a licence that binds changes to its own files.
    DEVELOPMENT: frozenset({"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0"}),
}
"""The licences, by their SPDX names, that a distribution may have, by who needs it."""

_SPELLINGS = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd 2-clause license": "BSD-2-Clause",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
}
"""Licences that older metadata spell out."""
_NOT_EVERYWHERE = {"colorama": "BSD-3-Clause", "ruamel-yaml-clib": "MIT"}
"""Locked distributions that are installed on some systems or Pythons alone, with the licences that they state."""
_BY_ITS_TEXT = {"nodeenv": "BSD-3-Clause"}
"""Distributions that state less than a licence ("BSD"), with the licence whose text they hold."""
_HEAD = """# Licences

ketascreen has the licence Apache-2.0. It needs the distributions below: those for `ketascreen` are installed with it or
with its extras, those for its development are not. Versions and hashes are in `requirements/`.

A distribution may have one of these licences, or a choice that holds one of them:

{allowed}

`make licences` compares this page with what is installed, and fails on any other licence. `python -m tools.licences`
writes it. The tool that lists the parts of a wheel (`requirements/release.txt`) has an environment of its own.

| distribution | licence | needed for |
|---|---|---|
"""


@dataclass(frozen=True, order=True)
class Licensed:
    """A distribution with its licence, by its SPDX name, and who needs it."""

    name: str
    licence: str
    needed_for: str

    @property
    def is_allowed(self) -> bool:
        """Whether it may be used: one of the licences to choose from is allowed, or all that hold together are."""
        allowed = ALLOWED[self.needed_for]
        return any(all(one in allowed for one in both.split(" AND ")) for both in self.licence.split(" OR "))


def normal(name: str) -> str:
    """The name of a distribution as all tools compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_of(one: Distribution) -> str:
    """The licence that a distribution states, by its SPDX name; what it says itself where that has none."""
    stated = one.metadata.get_all("License-Expression") or []
    classified = [
        line.rpartition(" :: ")[2] for line in one.metadata.get_all("Classifier") or [] if "License ::" in line
    ]
    stated = [*stated, *(one.metadata.get_all("License") or []), *classified]
    names = [_SPELLINGS.get(text.strip().casefold(), text.strip()) for text in stated if "\n" not in text.strip()]
    return next(filter(None, names), "not stated")


def locked(text: str) -> Iterator[str]:
    """The names of the distributions in a lock."""
    return (normal(found) for found in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE))


def needed() -> dict[str, str]:
    """Who needs each locked distribution, by its name."""
    return {name: who for who, lock in _LOCKS.items() for name in locked(lock.read_text(encoding="utf-8"))}


def licensed(installed: Iterable[Distribution]) -> list[Licensed]:
    """Each locked distribution with its licence, by name; one that is not installed here states none."""
    stated = {normal(one.metadata["Name"]): licence_of(one) for one in installed} | _BY_ITS_TEXT
    return sorted(
        Licensed(name, stated.get(name) or _NOT_EVERYWHERE.get(name, "not stated"), who)
        for name, who in needed().items()
    )


def page_of(all_licensed: Iterable[Licensed]) -> str:
    """The text of the page."""
    allowed = "\n".join(f"- for {who}: {', '.join(sorted(names))}" for who, names in ALLOWED.items())
    rows = [f"| {one.name} | {one.licence} | {one.needed_for} |\n" for one in all_licensed]
    return _HEAD.format(allowed=allowed) + "".join(rows)


def main() -> None:
    """Writes the page. With `--check` compares it; ends with 1 if it differs, or on a licence that is not allowed."""
    found = licensed(distributions())
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(page_of(found), encoding="utf-8")
    wrong = [f"{one.name}: `{one.licence}` is not allowed for {one.needed_for}" for one in found if not one.is_allowed]
    if PAGE.read_text(encoding="utf-8") != page_of(found):
        wrong.append(
            "docs/licences.md is not what is installed; run `python -m tools.licences`, and look at the change"
        )
    print("\n".join(wrong) or f"{len(found)} distributions: all licences are allowed.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
