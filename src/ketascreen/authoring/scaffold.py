"""Starting points: a site's own copy of a rulebook, and a new rule with its cases to fill in."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ketascreen.authoring.editor.file_schemas import FOLDER, reference, schema_text, schemas
from ketascreen.authoring.names import RulebookNames, read_names
from ketascreen.authoring.own_rulebook import RULEBOOK
from ketascreen.authoring.traceability import verify
from ketascreen.diagnostic import InputError, Place, did_you_mean, refused
from ketascreen.language.effects import EFFECTS
from ketascreen.language.terms import Effect
from ketascreen.loading.build import NAMED, is_named
from ketascreen.loading.load import load_rulebook
from ketascreen.runtime.plain_file import read_plain
from ketascreen.syntax.folder import DOCUMENTS, read_folder
from ketascreen.syntax.problems import Problems

_HEAD = 20
"""How many lines at the head of a file may hold the line that names its schema."""
MARK = "# yaml-language-server: "
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SCHEMAS = re.compile(re.escape(f"{MARK}$schema=") + r"(\S*?)/?rulebook\.schema\.json")
KEEP_BYTES = """\
# The digest and the signature of a rulebook, and the sha256 of a document, depend on bytes; keep them as they are.
*.yaml -text
*.signature.json -text
documents/** -text
"""


def write_schemas(names: RulebookNames, folder: Path) -> tuple[str, ...]:
    """Writes the schemas of a rulebook into a folder, and makes the folder if needed; returns their file names."""
    folder.mkdir(parents=True, exist_ok=True)
    made = schemas(names)
    for name, schema in made.items():
        (folder / name).write_text(schema_text(schema), encoding="utf-8")
    return tuple(made)


def require_new(target: Path) -> None:
    """Requires that a folder does not exist, or is empty.

    Raises:
        InputError: it exists, and is not an empty folder.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise refused("not-empty", "not an empty folder", "name a new one", Place(str(target)))


def copy_rulebook(source: Path, target: Path, documents: Path | None = None) -> tuple[int, int, int]:
    """Copies a rulebook with its cases and its schemas; returns the numbers of rule files, case files and documents.

    `documents` is the folder of its source documents, which are copied too, if each is the cited one. Only one line
    differs from the source: the line that names the schema for an editor.

    Raises:
        InputError: `target` exists and is not an empty folder, or a document is not there or is not the cited one.
            Nothing is written then.
    """
    require_new(target)
    cited = _documents(source, documents) if documents is not None else {}
    problems = Problems()
    read = read_folder(source, problems)
    if problems.found:
        raise InputError(problems.sorted())
    for path, data in {**read.files, **read.fixtures}.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(referring(data, reference(path, FOLDER)))
    (target / ".gitattributes").write_text(KEEP_BYTES, encoding="utf-8")
    write_schemas(read_names(target), target / FOLDER)
    rules = sum(1 for path in read.files if not is_named(path))
    for path, data in cited.items():
        (target / path).parent.mkdir(exist_ok=True)
        (target / path).write_bytes(data)
    return rules, len(read.fixtures), len(cited)


def _documents(source: Path, folder: Path) -> dict[str, bytes]:
    """The documents of a rulebook by the paths that they have in a rulebook's folder."""
    rulebook = load_rulebook(source)
    if wrong := verify(rulebook, folder):
        raise InputError(wrong)
    return {f"{DOCUMENTS}/{name}": read_plain(folder / name) for name in rulebook.documents}


def referring(data: bytes, line: str) -> bytes:
    """A file's bytes with `line` as the first line; it replaces a line that names a schema in another folder."""
    first, _, rest = data.partition(b"\n")
    return line.encode() + b"\n" + (rest if first.startswith(MARK.encode()) else data)


def with_schema_line(text: str, path: str, folder: Path) -> str:
    """A file's text with the line that names its schema, if the comments at its head lost it and the schema is there.

    `path` is the file's, within the rulebook's folder.
    """
    head = [line for line, _ in zip(text.splitlines(), range(_HEAD), strict=False) if line.startswith("#")]
    if any(line.startswith(MARK) for line in head):
        return text
    try:
        first = read_plain(folder / RULEBOOK).partition(b"\n")[0].decode("utf-8", "replace")
    except OSError:
        return text
    line = schema_line(path, first)
    schema = folder / path / ".." / line.removeprefix(f"{MARK}$schema=")
    return f"{line}\n{text}" if Path(os.path.normpath(schema)).is_file() else text


def schema_line(path: str, head: str) -> str:
    """The first line of a new file at `path`: it names the schemas that `head` does, the text of rulebook.yaml."""
    found = _SCHEMAS.match(head)
    return reference(path, found[1] if found else FOLDER)


@dataclass(frozen=True, slots=True)
class NewRule:
    """What is known of a rule before it is written."""

    id: str
    effect: Effect
    stage: str
    routes: tuple[str, ...]


def check_new(rule: str, effect: str, stage: str | None, routes: Sequence[str], folder: Path) -> NewRule:
    """A rule that may be added to a rulebook's folder.

    Raises:
        InputError: an id that is taken or malformed, an unknown effect or route, a stage that the effect cannot have.
        RulebookError: the rulebook's names cannot be read.
    """
    if not _ID.fullmatch(rule) or len(rule) > 80:
        like = re.sub(r"[^a-z0-9]+", "-", rule.lower()).strip("-")[:80]
        raise refused(
            "rule-id",
            f"`{rule}` is not an id",
            f"write lower-case words joined by hyphens, such as `{like or 'new-rule'}`",
        )
    if effect not in list(Effect):
        hint = did_you_mean(effect, list(Effect), otherwise=f"the effects are {', '.join(Effect)}")
        raise refused("wrong-word", f"unknown effect `{effect}`", hint)
    stages = EFFECTS[Effect(effect)].stages
    if stage is not None and stage not in stages:
        raise refused(
            "stage",
            f"a rule with effect `{effect}` cannot have stage `{stage}`",
            f"its stage can be {' or '.join(stages)}",
        )
    names = read_names(folder)
    for route in routes:
        if route not in names.routes:
            hint = f"the {names.called.many} are {', '.join(names.routes)}, or all"
            raise refused("unknown-route", f"unknown {names.called.one} `{route}`", hint)
    if rule in names.rules or rule in NAMED:
        raise refused("rule-id", f"there is a `{rule}` already", "choose another id")
    return NewRule(rule, Effect(effect), stage or stages[0], tuple(dict.fromkeys(routes)))


def write_rule(rule: NewRule, folder: Path) -> tuple[Path, Path]:
    """Writes a rule with its cases to fill in, and returns the paths of both. No file is overwritten.

    Raises:
        FileExistsError: a file of that name exists.
    """
    head = (folder / "rulebook.yaml").read_text(encoding="utf-8")
    effective = re.search(r"^effective: *['\"]?([0-9-]{10})", head, re.MULTILINE)
    written = []
    for path, text in (
        (f"{EFFECTS[rule.effect].folder}/{rule.id}.yaml", _rule_text(rule)),
        (f"{EFFECTS[rule.effect].folder}/{rule.id}.cases.yaml", _cases_text(rule, effective[1] if effective else "")),
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        with (folder / path).open("x", encoding="utf-8", newline="\n") as file:
            file.write(f"{schema_line(path, head)}\n{text}")
        written.append(folder / path)
    return written[0], written[1]


def _rule_text(rule: NewRule) -> str:
    routes = f"[{', '.join(rule.routes)}]" if rule.routes else "all"
    return f"""\
# Fill in every key without a value; docs/rule-format.md says what each holds.
id: {rule.id}
# A few words.
title:
stage: {rule.stage}
effect: {rule.effect}
routes: {routes}
# A condition, such as `fact: {{is: choice}}`, or `any:` or `all:` with a list of conditions.
when:
# What the reader must know if the rule is met, in one or two sentences.
say:
# At least one: a line of a document with at most 12 words of it, or `outside:` with an id of documents.yaml.
sources:
  - document:
    line:
    phrase:
    says:
"""


def _cases_text(rule: NewRule, effective: str) -> str:
    stage = "  stage: session\n" if rule.stage == "session" else ""
    when = f"{effective}T09:00:00Z" if effective else ""
    cases = (
        ("The condition holds. For a threshold, write one case exactly on it and one on each side.", "met", "because"),
        ("The condition does not hold.", "not_met", "because"),
        ("A fact that the condition needs is not known.", "unknown", "asks"),
    )
    return "# Name each case for what it shows. docs/rule-format.md says what `given` and `expect` hold.\n" + "".join(
        f"# {comment}\n- name:\n{stage}  as_of: {when}\n  observed_at: {effective}\n  given:\n"
        f"  expect:\n    finding: {finding}\n    {why}:\n".replace(": \n", ":\n")
        for comment, finding, why in cases
    )
