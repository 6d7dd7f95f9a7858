"""The licences of what ketascreen needs: writes docs/licences.md, or checks it against what is installed.

`python -m tools.licences ENVIRONMENT...` writes the page from what is installed beside it and in other environments,
which the locks made; `--check` compares, and fails on a licence that is not allowed and on what no lock names. It reads
the metadata of the installed distributions, and nothing else.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "licences.md"
RUNTIME, DEVELOPMENT = "ketascreen", "its development"
LOCKS = {"dev.txt": DEVELOPMENT, "recipes.txt": DEVELOPMENT, "release.txt": DEVELOPMENT, "runtime.txt": RUNTIME}
"""Who needs what a lock holds; where two hold it, the later counts. `build.txt` is a part of `dev.txt`."""

_ALL = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "MIT-0", "PSF-2.0"}
ALLOWED: Mapping[str, frozenset[str]] = {
    RUNTIME: frozenset(_ALL),
    # A tool that is neither shipped nor loaded by a screening may have a licence that binds changes to its own files.
    DEVELOPMENT: frozenset(_ALL | {"0BSD", "CC0-1.0", "ISC", "MPL-2.0", "Zlib"}),
}
"""The licences, by their SPDX names, that a distribution may have, by who needs it."""

_SPELLINGS = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd license": "BSD",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "unknown": "",  # what older tools write where nothing is stated
}
"""Licences that older metadata spell out. `BSD` says less than a licence."""
NOT_EVERYWHERE = {"colorama": "BSD-3-Clause", "httpx2-jsfetch": "BSD-3-Clause"}
"""Locked distributions that are installed on some systems alone, with the licences whose text they hold."""
BY_THEIR_TEXT = {
    ("itsdangerous", "BSD"): "BSD-3-Clause",
    ("jinja2", "BSD"): "BSD-3-Clause",
    ("nodeenv", "BSD"): "BSD-3-Clause",
    ("rfc3987-syntax", "MIT; Apache-2.0"): "MIT",
}
"""Distributions that state too little or two things, with what they state, and the licence whose text they hold."""
NO_PART = frozenset({"ketascreen", "pip", "setuptools"})
"""What an environment has that no lock brings: ketascreen itself, and what `venv` puts there."""
_EXPRESSION = re.compile(r"[\w.+-]+( (AND|OR) [\w.+-]+)*")
_HEAD = """# Licences

ketascreen has the licence Apache-2.0. It needs the distributions below: those for `ketascreen` are installed with it or
with its extras, those for its development are not. Versions and hashes are in `requirements/`.

A distribution may have one of these licences, or a choice that holds one of them:

{allowed}

`make licences` compares this page with what is installed by `requirements/` (all but `oldest.txt`), and fails on any
other licence, on statements that contradict each other, and on what no lock names. `make licences WRITE=1` writes it.
The rule engines that `make bench` compares are not checked: they are neither locked nor shipped.

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
        return _EXPRESSION.fullmatch(self.licence) is not None and any(
            all(one in allowed for one in both.split(" AND ")) for both in self.licence.split(" OR ")
        )


def normal(name: str) -> str:
    """The name of a distribution as all tools compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def stated_by(one: Distribution) -> str:
    """What a distribution states: the SPDX name of its licence. What does not agree follows, after `;`."""
    found = [
        *(one.metadata.get_all("License-Expression") or []),
        *(text.strip().partition("\n")[0] for text in one.metadata.get_all("License") or []),
        *(
            line.rpartition(" :: ")[2]
            for line in one.metadata.get_all("Classifier") or []
            if line.startswith("License ::") and not line.endswith(":: OSI Approved")
        ),
    ]
    names = list(dict.fromkeys(filter(None, (_SPELLINGS.get(text.strip().casefold(), text.strip()) for text in found))))
    if any("BSD-" in name for name in names):
        names = [name for name in names if name != "BSD"]
    return "; ".join(names) or "not stated"


def licence_of(one: Distribution) -> str:
    """The licence of a distribution: what it states, or what its text is, if somebody has read that."""
    stated = stated_by(one)
    return BY_THEIR_TEXT.get((normal(one.metadata["Name"]), stated), stated)


def locked(text: str) -> Iterator[str]:
    """The names of the distributions in a lock."""
    return (normal(found) for found in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE))


def needed() -> dict[str, str]:
    """Who needs each locked distribution, by its name."""
    folder = ROOT / "requirements"
    return {name: who for lock, who in LOCKS.items() for name in locked((folder / lock).read_text(encoding="utf-8"))}


def licensed(installed: Iterable[Distribution]) -> list[Licensed]:
    """Each locked distribution with its licence, by name; one that is not installed here states none.

    One that is installed twice, under two licences, is there twice.
    """
    stated: dict[str, set[str]] = {}
    for one in installed:
        stated.setdefault(normal(one.metadata["Name"]), set()).add(licence_of(one))
    return sorted(
        Licensed(name, licence, who)
        for name, who in needed().items()
        for licence in stated.get(name) or {NOT_EVERYWHERE.get(name, "not stated")}
    )


def unlocked(installed: Iterable[Distribution]) -> list[str]:
    """The names of what is installed and in no lock."""
    return sorted({normal(one.metadata["Name"]) for one in installed} - needed().keys() - NO_PART)


def page_of(all_licensed: Iterable[Licensed]) -> str:
    """The text of the page."""
    allowed = "\n".join(f"- for {who}: {', '.join(sorted(names))}" for who, names in ALLOWED.items())
    rows = [f"| {one.name} | {one.licence} | {one.needed_for} |\n" for one in all_licensed]
    return _HEAD.format(allowed=allowed) + "".join(rows)


def main() -> None:
    """Writes the page. With `--check` compares it; ends with 1 if anything is wrong."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--check", action="store_true")
    asked.add_argument("environments", nargs="*", type=Path)
    given = asked.parse_args()
    folders = [str(folder) for one in given.environments for folder in one.glob("lib/python*/site-packages")]
    installed = [*distributions(), *distributions(path=folders)]
    found = licensed(installed)
    if not given.check:
        PAGE.write_text(page_of(found), encoding="utf-8")
    wrong = [f"{one.name}: `{one.licence}` is not allowed for {one.needed_for}" for one in found if not one.is_allowed]
    wrong += [f"{name}: installed, but no file in requirements/ names it" for name in unlocked(installed)]
    if PAGE.read_text(encoding="utf-8") != page_of(found):
        wrong.append("docs/licences.md is not what is installed; run `make licences WRITE=1`, and look at the change")
    print("\n".join(wrong) or f"{len(found)} distributions: all licences are allowed.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
