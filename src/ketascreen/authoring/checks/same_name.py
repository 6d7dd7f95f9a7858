"""A rulebook that has the id and the version of the built-in one, and means something else."""

from __future__ import annotations

from collections.abc import Iterator

from ketascreen.authoring.checks.subject import Concern, Subject
from ketascreen.diagnostic import Diagnostic
from ketascreen.loading.built_in import built_in_rules
from ketascreen.loading.digest import bytes_digest
from ketascreen.loading.load import load_rulebook
from ketascreen.syntax.folder import read_folder
from ketascreen.syntax.problems import Problems
from ketascreen.syntax.tree import plain
from ketascreen.syntax.yaml_tree import read_yaml

CODE = "same-name"
FILE = "rulebook.yaml"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """That verdicts by this rulebook name the built-in one, whose rules it does not have."""
    identity, built_in = subject.rulebook.identity, built_in_rules()
    files = read_folder(built_in, Problems(), fixtures=False).files
    tree = read_yaml(files.get(FILE, b""), FILE)[0]
    named = plain(tree) if tree else {}
    if (identity.id, identity.version) != (named.get("id"), named.get("version")):
        return
    if subject.rulebook.bytes_digest == bytes_digest(files):
        return  # it is the built-in one, which need not be loaded again
    if subject.rulebook.meaning_digest != load_rulebook(built_in, cache=subject.cache).meaning_digest:
        name = f"{identity.id} {identity.version}"
        message = f"this is not {name}: its meaning differs from the built-in rulebook of that name"
        hint = f"give it an id of its own in {FILE}"
        yield Concern(CODE, message, hint, subject.place(FILE, "id"), about=identity.id)
