"""Reads a folder of YAML to a rulebook: all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING

from ketascreen.arguments import path_of
from ketascreen.language.rulebook import Rulebook
from ketascreen.loading.cache import Cache, damaged
from ketascreen.syntax.folder import read_folder
from ketascreen.syntax.problems import Problems

if TYPE_CHECKING:
    from ketascreen.signing import VerifyKey


def load_rulebook(
    folder: str | PathLike[str],
    *,
    keys: Iterable[VerifyKey] | None = None,
    cache: str | PathLike[str] | None = None,
) -> Rulebook:
    """The rulebook of a folder. If `keys` are given, one of them must have signed it (`ketascreen sign`).

    `cache` is the user's folder of rulebooks that were read before (docs/integrating.md); it is not used with `keys`,
    and a screener with a ledger works the rules out of the files again.

    Raises:
        RulebookError: every problem of every file, each as file:line:column; nothing of the folder is then active.
        SignatureError: a signature is required, and the cryptography package is not installed.
        RequestError: `folder` or `cache` is not a path, or `keys` are not keys.
    """
    path, problems = path_of(folder, "folder"), Problems()
    read = read_folder(path, problems, fixtures=False)
    if keys is not None:
        from ketascreen.loading.signature import require_release, trusted

        trusted_keys = trusted(keys)
        rulebook = _build(read.files, read.ignored, problems)
        return replace(rulebook, release_key=require_release(path, rulebook, trusted_keys))
    if cache is None or problems.found:
        return _build(read.files, read.ignored, problems)
    kept = Cache(path_of(cache, "cache"))
    found = kept.find(read.files, read.ignored)
    if found is None:
        found = _build(read.files, read.ignored, problems)
        kept.keep(found)
    return found


def of_its_files(rulebook: Rulebook) -> Rulebook:
    """The rulebook itself; or if its parts come from a cache, the one that its files give.

    A record says by which files a patient was screened, so it must not rest on a cache that somebody may have written.
    If the cache held other rules, a warning says so (`cache-damaged`).

    Raises:
        RulebookError: its files do not load.
    """
    if not rulebook.is_cached:
        return rulebook
    found = rulebook_of_files(rulebook.files, rulebook.ignored)
    if found.meaning_digest != rulebook.meaning_digest:
        what = f"the cache held other rules than the files of rulebook {rulebook.bytes_digest[:12]}"
        damaged(what, "the rules of the files are used; empty the cache, and find out what wrote it")
    return replace(found, release_key=rulebook.release_key)


def rulebook_of_files(files: Mapping[str, bytes], ignored: tuple[str, ...] = ()) -> Rulebook:
    """The rulebook of the given files, by their paths in its folder.

    Raises:
        RulebookError: every problem of every file, each as file:line:column.
    """
    return _build(files, ignored, Problems())


def _build(files: Mapping[str, bytes], ignored: tuple[str, ...], problems: Problems) -> Rulebook:
    from ketascreen.loading.build import build  # the YAML reader takes long to import, and a cache does not need it

    return build(files, ignored, problems)
