"""Installs wheel and sdist on several Pythons, with and without the rule engine, and compares what they say.

`python -m tests.campaigns.installs --pythons python3.11 python3.13 --debian trixie sid`. Each Debian release is
unpacked into a folder (mmdebstrap, as root), with its own Python and compiler; `--debian` takes such a folder too.
`PIP_CERT` and `SSL_CERT_FILE` are handed on.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ketascreen.channels.production.engine import ENGINE_FLAGS
from tests.helpers.places import ROOT

SILENCED = "-O2 -Wno-implicit-function-declaration -Wno-int-conversion"
"""The other flags that let the engine compile. They leave a function undefined, so that it must be loaded lazily."""
WITH_ENGINE, WITHOUT = "Channels: reference and production", "Channels: reference and compiled"
_INSTALLED = Path(__file__).parent / "installed.sh"
_EXAMPLE = ROOT / "examples" / "resistant-depression.json"
_PACKAGES = "python3,python3-venv,python3-dev,gcc,libc6-dev,ca-certificates"
_CERTIFICATES = ("PIP_CERT", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Place:
    """Where to install: a command that is a Python, in a folder that is the root of a system (None: this one)."""

    name: str
    python: str
    root: Path | None = None

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a command there; what it prints on both streams is its output."""
        inside = ["chroot", str(self.root)] if self.root else []
        return subprocess.run([*inside, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def version(self) -> tuple[int, int]:
        """The version of its Python."""
        told = self.run(self.python, "-c", "import sys; print(*sys.version_info[:2])")
        if told.returncode:
            raise SystemExit(f"{self.python} is not here; name those that are with --pythons")
        major, minor = told.stdout.split()
        return int(major), int(minor)


@dataclass(frozen=True)
class Try:
    """One installation: which distribution, with the engine or plain, and the flags of the compiler."""

    distribution: Path
    how: str
    flags: str
    channels: str

    def __str__(self) -> str:
        flags = f", CPPFLAGS={self.flags!r}" if self.flags else ""
        return f"{self.distribution.name}, {self.how}{flags}"


def tries(version: tuple[int, int], distributions: list[Path], *, plain: bool) -> Iterator[Try]:
    """What is tried on a Python; with `plain` only what needs no flags."""
    for distribution in distributions:
        # Without flags nothing may fail: the engine comes below Python 3.13, and from there on only as an extra.
        yield Try(distribution, "plain", "", WITH_ENGINE if version < (3, 13) else WITHOUT)
        if not plain:
            yield Try(distribution, "engine", ENGINE_FLAGS, WITH_ENGINE)
    if version >= (3, 13) and not plain:
        yield Try(distributions[0], "engine", SILENCED, WITH_ENGINE)


def unpacked(release: str, root: Path) -> Place:
    """A Debian release in a folder, with a Python and a compiler of its own; a path is such a folder that is there."""
    if "/" in release:
        return Place(f"Debian in {Path(release).name}", "python3", Path(release))
    options = ["--variant=apt", "--quiet", f"--include={_PACKAGES}"]
    # A release that is still made is signed for a week; whoever reads an older copy of it would be refused.
    options += ['--aptopt=Acquire::Check-Valid-Until "false"']
    subprocess.run(["mmdebstrap", *options, release, str(root)], check=True)
    for name in _CERTIFICATES:
        if file := os.environ.get(name):
            (root / file.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, root / file.lstrip("/"))
    place = Place(f"Debian {release}", "python3", root)
    print(place.name, place.run("gcc", "--version").stdout.splitlines()[0], flush=True)
    return place


def tried(place: Place, one: Try, number: int, work: Path) -> dict[str, bytes]:
    """What one installation says: the bytes of its verdicts, by name. It ends the run if it fails."""
    base = work if place.root is None else place.root / "tmp" / "ketascreen"
    inside = base if place.root is None else Path("/tmp/ketascreen")
    base.mkdir(parents=True, exist_ok=True)
    for file in (_INSTALLED, _EXAMPLE, one.distribution):
        shutil.copyfile(file, base / file.name)
    files = [str(inside / file.name) for file in (one.distribution, _EXAMPLE)]
    out = f"{place.name.replace(' ', '-').replace('/', '-')}-{number}"
    ran = place.run("sh", str(inside / _INSTALLED.name), place.python, *files, str(inside / out), one.how, one.flags)
    print(f"== {place.name}: {one}\n{ran.stdout}", flush=True)
    if ran.returncode:
        raise SystemExit(f"{place.name}: {one}: failed with status {ran.returncode}")
    page, told = (base / out / "page.txt").read_text("utf-8"), (base / out / "page.err").read_text("utf-8")
    if one.channels not in page:
        raise SystemExit(f"{place.name}: {one}: the page does not say `{one.channels}`")
    if ("durable-rules did not take part" in page, ENGINE_FLAGS in told) != (one.channels == WITHOUT,) * 2:
        raise SystemExit(f"{place.name}: {one}: it does not say as it should whether the engine took part")
    verdicts = {file.name: file.read_bytes() for file in (base / out).glob("*.json")}
    shutil.rmtree(base / out)
    return verdicts


def built(work: Path) -> list[Path]:
    """The wheel and the sdist."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(work / "dist"), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return sorted((work / "dist").iterdir(), key=lambda file: file.suffix != ".whl")


def main() -> None:
    """Tries each, and compares the verdicts to the byte."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pythons", nargs="*", default=[sys.executable])
    asked.add_argument("--debian", nargs="*", default=[])
    asked.add_argument("--plain-wheel", action="store_true", help="the wheel alone, without extra and flags")
    given = asked.parse_args()
    if given.debian and not shutil.which("mmdebstrap"):
        raise SystemExit(
            "mmdebstrap is not here (Debian and Ubuntu: apt-get install mmdebstrap); or leave out --debian"
        )
    with TemporaryDirectory() as folder:
        work = Path(folder)
        distributions = built(work)[: 1 if given.plain_wheel else 2]
        places = [Place(python, python) for python in given.pythons]
        places += [unpacked(release, work / f"root-{release}") for release in given.debian]
        seen: dict[str, set[bytes]] = {}
        count = 0
        for place in places:
            for one in tries(place.version(), distributions, plain=given.plain_wheel):
                count += 1
                for name, text in tried(place, one, count, work).items():
                    seen.setdefault(name, set()).add(text)
        differing = sorted(name for name, texts in seen.items() if len(texts) > 1)
        if differing:
            raise SystemExit(f"the Pythons do not write the same bytes: {', '.join(differing)}")
        print(
            f"{count} installations on {len(places)} Pythons: all cases hold; {len(seen)} verdicts have the same bytes."
        )


if __name__ == "__main__":
    main()
