"""The options that commands share, for the rulebook and for JSON, and what they do."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from ketascreen.channels.registry import CHANNELS, DEFAULT_CHANNELS
from ketascreen.diagnostic import Diagnostic, Place, ProfileError, RequestError, did_you_mean, printable, refused
from ketascreen.language.condition import AllOf, Always, AnyOf, Compare, DefinitionRef, Not, as_data
from ketascreen.language.iso_time import read_iso_date
from ketascreen.language.quantity import Quantity, Unit, decimal_text
from ketascreen.language.retired import retired_in_words
from ketascreen.language.rule import Rule
from ketascreen.language.rulebook import Rulebook
from ketascreen.language.terms import Route, in_order
from ketascreen.language.vocabulary import Freshness
from ketascreen.loading.built_in import built_in_rules
from ketascreen.loading.load import load_rulebook
from ketascreen.patient.profile import PatientProfile
from ketascreen.patient.reader import in_words_of, read_profile
from ketascreen.screening.request import read_time as time_of
from ketascreen.syntax.utf8 import MAX_BYTES
from ketascreen.texts.catalogue import Catalogue
from ketascreen.texts.english import ENGLISH

if TYPE_CHECKING:
    from ketascreen.signing import VerifyKey

CACHE = "KETASCREEN_CACHE"
"""The environment variable that names a folder of rulebooks read before; without it, nothing is kept."""

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


def rules_option(command: CommandT) -> CommandT:
    """`--rules DIR` and `--trust KEY`, as `rules` and `keys`."""
    text = "A rulebook's folder, instead of the built-in one."
    option = click.option("--rules", "rules", type=click.Path(path_type=Path), metavar="DIR", help=text)
    return option(trust_option(command))


def dir_option(command: CommandT) -> CommandT:
    """`--dir DIR`, as `folder`: the folder of a rulebook that a command writes into."""
    kind = click.Path(path_type=Path)
    text = "The rulebook's folder.  [the current folder]"
    return click.option("--dir", "folder", metavar="DIR", type=kind, default=Path(), help=text)(command)


def json_option(command: CommandT) -> CommandT:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")(command)


def channel_option(command: CommandT) -> CommandT:
    """`--channel NAME`, as `channels`: None where none is named."""
    text = f"Only this channel.  [{' and '.join(DEFAULT_CHANNELS)}]"
    return click.option(
        *("--channel", "channels"),
        multiple=True,
        type=click.Choice(CHANNELS),
        help=text,
        callback=lambda _context, _option, named: named or None,
    )(command)


def trust_option(command: CommandT) -> CommandT:
    """`--trust KEY`, as `keys`: a rulebook without a signature by one of them is refused."""
    text = "Require a signature by this public key; with several, by any of them."
    return click.option(
        "--trust", "keys", type=click.Path(path_type=Path), metavar="KEY", multiple=True, help=text, callback=_keys
    )(command)


def _keys(_context: object, _option: object, paths: tuple[Path, ...]) -> tuple[VerifyKey, ...]:
    if not paths:
        return ()
    from ketascreen.signing import read_verify_key

    return tuple(map(read_verify_key, paths))


def now() -> datetime:
    """The present time in this machine's offset, if the command line names no time."""
    return datetime.now(UTC).astimezone()


def read_time(text: str, option: str) -> datetime:
    """The time that an option names."""
    try:
        return time_of(text)
    except RequestError as error:
        (problem,) = error.diagnostics
    raise click.BadParameter(f"{problem.message}; {problem.hint}", param_hint=option)


def day_of(text: str | None, option: str) -> date:
    """The day that an option names; without a text, today, by this machine's clock and offset.

    Raises:
        BadParameter: it is not a date.
    """
    if text is None:
        return now().date()
    try:
        return read_iso_date(text)
    except ValueError:
        raise click.BadParameter("not a date; write 2026-11-22", param_hint=option) from None


def past_day_of(text: str | None, option: str) -> date:
    """The day that an option names, as `day_of`; today, or earlier.

    Raises:
        BadParameter: it is not a date, or a day that has not come.
    """
    day = day_of(text, option)
    if day > (today := now().date()):
        raise click.BadParameter(f"{day} has not come: today is {today}", param_hint=option)
    return day


def rulebook_of(folder: Path | None, keys: tuple[VerifyKey, ...] = (), *, from_files: bool = False) -> Rulebook:
    """The rulebook of a folder, or the built-in one; with `keys`, one that they have signed.

    `from_files`: no cache is asked. A record needs it.

    Raises:
        RulebookError: it does not load, or lacks a required signature.
    """
    cache = None if from_files else cache_folder()
    return load_rulebook(folder or built_in_rules(), keys=keys or None, cache=cache)


def require_rulebook(folder: Path, option: str = "--dir") -> None:
    """Requires a folder that has a rulebook.yaml, in whatever state the other files are.

    Raises:
        InputError: it has none.
    """
    if not (folder / "rulebook.yaml").is_file():
        hint = f"name a rulebook's folder with {option}; `ketascreen init DIR` makes one"
        raise refused("no-rulebook", "the folder has no rulebook.yaml", hint, Place(str(folder)))


def profile_of(file: str, rulebook: Rulebook) -> PatientProfile:
    """The profile of a file; `-` is standard input.

    Raises:
        ProfileError: everything that is wrong with it, in the words of the rulebook.
    """
    if file == "-" and sys.stdin is None:
        raise click.BadParameter("standard input is closed; name a file", param_hint="FILE")
    try:
        if file != "-":
            return read_profile(file)
        # One byte over the limit is enough for the reader to refuse it.
        return read_profile(sys.stdin.buffer.read(MAX_BYTES + 1), name="standard input")
    except ProfileError as error:
        raise in_words_of(rulebook.vocabulary, error) from None


def routes_of(rulebook: Rulebook, named: Iterable[str]) -> tuple[Route, ...]:
    """The routes that options name.

    Raises:
        RequestError: the rulebook lacks one of them. No other is suggested: a similar name is another route.
    """
    called = rulebook.identity.options
    for name in named:
        if name not in rulebook.routes:
            message, listed = f"the rulebook has no {called.one} `{printable(name)}`", ", ".join(rulebook.routes)
            raise RequestError([Diagnostic("route", message, f"it has {listed}")])
    return in_order(named)


def texts_of(rulebook: Rulebook) -> Catalogue:
    """The texts of pages, with the rulebook's words for its routes."""
    return ENGLISH.calling(rulebook.identity.options.one, rulebook.identity.options.many)


def cache_folder() -> str | None:
    """The folder that `KETASCREEN_CACHE` names."""
    return os.environ.get(CACHE) or None


def from_here(folder: Path) -> Path:
    """The path from the current folder, if the rulebook is below it, so that an editor can open the places shown."""
    whole, here = folder.resolve(), Path.cwd()
    return whole.relative_to(here) if whole.is_relative_to(here) else folder


def show_json(data: object) -> None:
    """Prints data as JSON in ASCII, which every terminal and pipe can carry."""
    click.echo(json.dumps(plain(data), indent=2))


def counter(what: str, *, of: int | None = None) -> Callable[[int], None]:
    """Counts on standard error if that is a terminal, and is silent if not; `of`: how many there are."""
    if not sys.stderr.isatty():
        return lambda done: None
    # Back to the beginning of the line, so that the next output replaces it.
    total = f" of {of:,}" if of is not None else ""
    return lambda done: click.echo(f"\r{done:,}{total} {what}\r", nl=False, err=True)


def unknown(
    code: str, what: str, name: str, names: Iterable[str], hint: str, renamed: Mapping[str, str] | None = None
) -> NoReturn:
    """Refuses a name of something that there is not, and suggests its name of today, or the most similar one.

    Raises:
        RequestError: always.
    """
    suggested = did_you_mean(name, list(names), otherwise=hint, renamed=renamed or {})
    raise RequestError([Diagnostic(code, f"unknown {what} `{printable(name)}`", suggested)])


def rule_of(rulebook: Rulebook, name: str) -> Rule:
    """The rule of that id.

    Raises:
        RequestError: there is no such rule, or it is retired.
    """
    if (rule := rulebook.rule(name)) is not None:
        return rule
    if (retired := rulebook.retired_rule(name)) is not None:
        raise RequestError([Diagnostic("retired-rule", retired_in_words(retired), "`ketascreen show` says why")])
    ids, hint = [rule.id for rule in rulebook.rules], "`ketascreen rules` lists them"
    return unknown("unknown-rule", "rule", name, ids, hint, rulebook.renamed_rules)


def plain(data: Any) -> Any:
    """Parts of a rulebook as plain data: decimals and quantities as text, conditions in the rule format's words."""
    match data:
        case AllOf() | AnyOf() | Not() | DefinitionRef() | Compare() | Always():
            return as_data(data)
        case Place():
            return f"{data.path}:{data.line}"
        case Quantity():
            return str(data)
        case Unit():
            return data.name
        case Freshness():
            parts = {field.name: plain(getattr(data, field.name)) for field in fields(data)}
            return {**parts, "window": str(data)}
        case Decimal():
            return decimal_text(data)
        case date():
            return data.isoformat()
        case Enum():
            return data.value
        case Mapping():
            return {str(key): plain(value) for key, value in data.items()}
        case frozenset() | set():
            return sorted(plain(item) for item in data)
        case list() | tuple():
            return [plain(item) for item in data]
        case _ if is_dataclass(data):
            return {field.name: plain(getattr(data, field.name)) for field in fields(data)}
        case _:
            return data
