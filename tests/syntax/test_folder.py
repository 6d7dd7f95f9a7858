"""The folder of a rulebook: what is read, what is passed over, what is refused unread."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ketascreen import RulebookError, load_rulebook
from ketascreen.syntax.folder import meant_name, names_yaml
from tests.helpers.rulebook_files import GOOD, RULE, copied, problems, text_of, where, with_files


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", tmp_path / ("a" * 300), tmp_path / ("a/" * 3000)):
        (problem,) = problems(folder)
        assert problem.code == "no-folder"
    with pytest.raises(RulebookError, match="no such folder"):
        load_rulebook(GOOD / "rulebook.yaml")


@pytest.mark.parametrize("names", [[], [".hidden.yaml"], ["notes.txt", "x.md", ".x.yaml.swp"]])
def test_a_folder_without_rules_is_named(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("id: x\n")
    (problem,) = problems(tmp_path)
    assert (problem.code, problem.place and problem.place.path) == ("no-rules", str(tmp_path))


def test_what_is_no_rule_file_is_passed_over_and_listed(tmp_path: Path) -> None:
    ignored = {".x.yaml.swp": "", "exclusions/notes.txt": "", ".git/config.yaml": "a: no", "rule.yam": ""}
    folders = {"schema/a.json": "", "schema/more/b.json": "", "schema/more/c.json": ""}
    folder = with_files(tmp_path, ignored | folders)
    (folder / "empty").mkdir()
    rulebook = load_rulebook(folder)
    assert sorted(rulebook.ignored) == [".git", ".x.yaml.swp", "exclusions/notes.txt", "rule.yam", "schema/"]


YAML_BY_NAME = (
    *("x.YAML", "x.Yaml", "x.yml", "x.YML", "x.yaml.txt", "x.yaml~", "x.yml~", "x.yaml.bak", "#x.yaml#", "x.yaml "),
    *(
        "x.cases.YAML",
        "x.yaml.swp",
        "x.ymlx",
        "x.y\u0430ml",
        "x\uff0eyaml",
        "x.YAM\u0131L.yaml.old",
        "x.ya\u200bml",
        "x.\u00adyml",
    ),
)


@pytest.mark.parametrize("folder", ["", "exclusions/", "new/folder/"])
@pytest.mark.parametrize("name", YAML_BY_NAME)
def test_a_file_that_is_yaml_by_its_name_is_a_rule_or_refused(tmp_path: Path, name: str, folder: str) -> None:
    """Notepad writes x.yaml.txt: the rule in it was passed over without a word, and nobody was excluded by it."""
    path = f"{folder}{name}"
    (problem,) = problems(with_files(tmp_path, {path: "id: x\n"}))
    assert (problem.place and problem.place.path, problem.code) == (path, "not-a-file")
    assert problem.message == "is not read, since its name does not end in .yaml"
    meant = re.match("rename it `(.*)`; if it holds no rule and no cases, move it away", problem.hint)
    assert meant
    assert meant[1].endswith(".yaml")
    assert len(meant[1]) > len(".yaml")


def test_a_copy_beside_the_rule_itself_is_not_to_be_renamed_to_it(tmp_path: Path) -> None:
    (problem,) = problems(with_files(tmp_path, {f"{RULE}~": "id: x\n"}))
    assert problem.hint == "`high-pressure.yaml` is there too; move it away, or begin its name with a dot"


@pytest.mark.parametrize(
    ("name", "meant"),
    [("x.yaml.txt", "x.yaml"), ("x.yml", "x.yaml"), ("x.cases.YAML", "x.cases.yaml"), ("#x.yaml#", "x.yaml")],
)
def test_the_name_that_is_meant_is_the_one_with_its_right_ending(name: str, meant: str) -> None:
    assert meant_name(name) == meant


def test_what_follows_from_a_file_of_names_that_is_not_read_is_left_out(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    for name in ("parameters", "routes"):
        (rulebook / f"{name}.yaml").rename(rulebook / f"{name}.yaml.txt")
    assert [where(problem) for problem in problems(rulebook)] == [
        "parameters.yaml.txt not-a-file",
        "routes.yaml.txt not-a-file",
    ]


@pytest.mark.parametrize("name", ["x.yam", "yaml", "x-yaml.txt", "x.ym", "x.txt", "x.json", "x.y aml"])
def test_a_name_that_does_not_hold_the_ending_is_not_yaml(name: str) -> None:
    assert not names_yaml(name)


def test_a_folder_that_is_named_like_a_file_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(with_files(tmp_path, {"old.YAML.d/x.yaml": "id: x\n"}))
    assert (problem.place and problem.place.path, problem.code) == ("old.YAML.d", "not-a-file")


def test_links_folders_and_other_endings_are_refused_unread(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    (tmp_path / "outside.yaml").write_text("id: &x outside\n")
    (rulebook / "a.yaml").symlink_to(tmp_path / "outside.yaml")
    (rulebook / "b.yaml").symlink_to(rulebook / "b.yaml")
    (rulebook / "c.yaml").mkdir()
    (rulebook / "d.yml").write_text("id: &x another\n")
    (rulebook / "loop").symlink_to(rulebook)
    found = problems(rulebook)
    assert [(problem.place and problem.place.path, problem.code, problem.message) for problem in found] == [
        ("a.yaml", "not-a-file", "a link"),
        ("b.yaml", "not-a-file", "a link"),
        ("c.yaml", "not-a-file", "not a plain file"),
        ("d.yml", "not-a-file", "is not read, since its name does not end in .yaml"),
        ("loop", "not-a-file", "a link"),
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    os.mkfifo(rulebook / "exclusions" / "pipe.yaml")
    began = time.process_time()
    assert [where(problem) for problem in problems(rulebook)] == ["exclusions/pipe.yaml not-a-file"]
    assert time.process_time() - began < 1


@contextmanager
def not_as_root() -> Iterator[None]:
    """For root, who reads every file, another user meanwhile."""
    user = os.geteuid()
    os.seteuid(user or 65534)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system knows no owners of files")
def test_an_unreadable_file_fails_the_whole_load() -> None:
    with TemporaryDirectory() as folder:  # the folders of pytest are closed to every other user
        rulebook = copied(Path(folder))
        (rulebook / RULE).chmod(0)
        Path(folder).chmod(0o755)
        with not_as_root():
            (problem,) = problems(rulebook)
    assert where(problem) == f"{RULE} unreadable"


def test_a_file_that_the_system_will_not_open_fails_the_whole_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rulebook, opened = copied(tmp_path), os.open

    def refuse(path: str, *args: int) -> int:
        if path.endswith("heart.yaml"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *args)

    monkeypatch.setattr(os, "open", refuse)
    (problem,) = problems(rulebook)
    assert (where(problem), problem.message) == (
        "exclusions/heart.yaml unreadable",
        "cannot be read (Permission denied)",
    )


@pytest.mark.parametrize("name", ["a\nb.yaml", "a\x1b[2Jb.yaml", "a\u202eb.yaml", "a\udcffb.yaml"])
def test_a_file_name_that_could_mislead_is_shown_escaped(tmp_path: Path, name: str) -> None:
    try:
        rulebook = with_files(tmp_path, {f"exclusions/{name}": text_of("exclusions/pregnancy.yaml")})
    except (OSError, UnicodeError):
        pytest.skip("this system does not take such a name")
    shown = [str(problem) for problem in problems(rulebook)]
    assert any(problem.startswith("exclusions/a\\") for problem in shown)
    assert all(line.isprintable() for problem in shown for line in problem.split("\n"))


def test_folders_too_deep_are_refused_by_the_limit(tmp_path: Path) -> None:
    rulebook = copied(tmp_path)
    (rulebook / ("a/" * 40)).mkdir(parents=True)
    (problem,) = problems(rulebook)
    assert (problem.code, problem.message) == ("over-limit", "folders more than 20 deep")


def test_a_file_is_never_read_past_the_limit(tmp_path: Path) -> None:
    (problem,) = problems(with_files(tmp_path, {"exclusions/big.yaml": b"a" * 3_000_000}))
    assert where(problem) == "exclusions/big.yaml too-large"


def test_a_folder_of_more_files_than_the_limit_is_refused_at_the_first_one_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = with_files(tmp_path, {})
    paths = sorted(path.relative_to(rules).as_posix() for path in rules.rglob("*.yaml"))
    monkeypatch.setattr("ketascreen.syntax.folder.MAX_FILES", len(paths))
    assert load_rulebook(rules)
    monkeypatch.setattr("ketascreen.syntax.folder.MAX_FILES", len(paths) - 1)
    found = [problem for problem in problems(rules) if problem.code == "over-limit"]
    assert [(problem.message, problem.hint) for problem in found] == [
        (f"more than {len(paths) - 1:,} files", "split the rulebook")
    ]


def test_a_folder_of_more_bytes_than_the_limit_is_read_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = with_files(tmp_path, {})
    size = sum(path.stat().st_size for path in rules.rglob("*.yaml") if not path.name.endswith(".cases.yaml"))
    monkeypatch.setattr("ketascreen.syntax.folder.MAX_TOTAL_BYTES", size)
    assert load_rulebook(rules)
    monkeypatch.setattr("ketascreen.syntax.folder.MAX_TOTAL_BYTES", size - 1)
    found = [problem for problem in problems(rules) if problem.code == "over-limit"]
    assert [(problem.message, problem.hint) for problem in found] == [
        (f"more than {size - 1:,} bytes in all", "split the rulebook")
    ]


def swapped(path: Path, other: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts something else in the place of a file, after it was looked at and before it is opened."""
    opened = os.open

    def late(name: str, *flags: int) -> int:
        if name == str(path) and path.is_file() and not path.is_symlink():
            path.rename(path.parent.parent / "elsewhere.txt")
            other(path)
        return opened(name, *flags)

    monkeypatch.setattr(os, "open", late)


def _link(path: Path) -> None:
    path.symlink_to(path.parent.parent / "elsewhere.txt")


OTHERS = [_link, os.mkfifo, Path.mkdir] if hasattr(os, "mkfifo") else [_link, Path.mkdir]


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_swapped_in_between_looking_and_opening_is_not_read_and_not_waited_for(
    tmp_path: Path, other: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = copied(tmp_path)
    swapped(rules / RULE, other, monkeypatch)
    began = time.monotonic()
    (problem,) = problems(rules)
    assert where(problem) == f"{RULE} not-a-file"
    assert time.monotonic() - began < 5
