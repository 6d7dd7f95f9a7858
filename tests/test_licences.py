"""The licences of what is installed: read from what each distribution states, and refused where in doubt."""

from __future__ import annotations

from email.message import Message
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest
from tools.licences import (
    BY_THEIR_TEXT,
    DEVELOPMENT,
    NOT_EVERYWHERE,
    PAGE,
    RUNTIME,
    Licensed,
    licence_of,
    licensed,
    needed,
    unlocked,
)


class Stated(Distribution):
    """A distribution that states these lines of metadata."""

    def __init__(self, *lines: tuple[str, str], name: str = "some") -> None:
        self._message = Message()
        for key, value in (("Name", name), *lines):
            self._message[key] = value

    @property
    def metadata(self) -> Any:
        return self._message

    def read_text(self, filename: str) -> None:
        return None

    def locate_file(self, path: Any) -> Any:
        return Path(path)


def classifier(text: str) -> tuple[str, str]:
    return ("Classifier", f"License :: OSI Approved{text and f' :: {text}'}")


GPL = "GNU General Public License v3 (GPLv3)"


@pytest.mark.parametrize(
    ("lines", "licence"),
    [
        ([("License-Expression", "MIT")], "MIT"),
        ([("License-Expression", "MIT"), ("License", "MIT"), classifier("MIT License")], "MIT"),
        ([("License", "Apache 2.0"), classifier("Apache Software License")], "Apache-2.0"),
        ([("License", "MIT License\n\nthe whole text"), classifier("MIT License")], "MIT"),
        ([("License", "BSD 2-Clause License"), classifier("BSD License")], "BSD-2-Clause"),
        ([("License", "UNKNOWN"), classifier("ISC License (ISCL)")], "ISC"),
        ([("License", "MIT"), classifier("")], "MIT"),
        ([classifier(GPL)], GPL),
        ([("Classifier", "Programming Language :: Python")], "not stated"),
        ([("License", "")], "not stated"),
        ([("License", "BSD"), classifier("BSD License")], "BSD"),
    ],
)
def test_a_licence_is_read_from_what_a_distribution_states(lines: list[tuple[str, str]], licence: str) -> None:
    assert licence_of(Stated(*lines)) == licence


@pytest.mark.parametrize(
    "lines",
    [
        [("License", "MIT"), classifier(GPL)],
        [("License-Expression", "MIT"), classifier(GPL)],
        [("License-Expression", "MIT"), ("License", "BSD")],
        [("License-Expression", "MIT OR Apache-2.0"), ("License", "GPL-3.0-only")],
        [("License", "GPL-3.0-only"), ("License-Expression", "MIT OR Apache-2.0")],
        [("License", "a whole\ntext"), classifier("MIT License")],
        [classifier("MIT License"), classifier("Apache Software License")],
        [("License", "BSD")],
    ],
)
def test_statements_that_disagree_or_say_too_little_are_refused(lines: list[tuple[str, str]]) -> None:
    licence = licence_of(Stated(*lines))
    assert not Licensed("some", licence, RUNTIME).is_allowed
    assert not Licensed("some", licence, DEVELOPMENT).is_allowed


def test_what_somebody_read_counts_only_while_the_distribution_states_the_same() -> None:
    assert licence_of(Stated(("License", "BSD"), classifier("BSD License"), name="nodeenv")) == "BSD-3-Clause"
    assert licence_of(Stated(("License", "GPL-3.0-only"), name="nodeenv")) == "GPL-3.0-only"
    assert licence_of(Stated(("License", "BSD"), classifier(GPL), name="nodeenv")) == f"BSD; {GPL}"
    assert licence_of(Stated(name="nodeenv")) == "not stated"


def test_what_is_written_down_by_hand_is_about_what_is_locked() -> None:
    assert NOT_EVERYWHERE.keys() <= needed().keys()
    assert {name for name, _ in BY_THEIR_TEXT} <= needed().keys()


def test_what_is_installed_and_in_no_lock_is_named() -> None:
    names = ("pip", "setuptools", "ketascreen", "Click", "ruamel.yaml", "left_pad", "Right.Pad")
    assert unlocked(Stated(name=name) for name in names) == ["left-pad", "right-pad"]


def test_what_is_installed_twice_under_two_licences_is_listed_twice() -> None:
    two = licensed([Stated(("License", text), name="click") for text in ("BSD-3-Clause", "GPL-3.0-only")])
    assert [(one.licence, one.is_allowed) for one in two if one.name == "click"] == [
        ("BSD-3-Clause", True),
        ("GPL-3.0-only", False),
    ]
    assert {one.licence for one in two if one.name == "pyyaml"} == {"not stated"}


@pytest.mark.parametrize(
    ("licence", "for_ketascreen", "for_development"),
    [
        ("MIT", True, True),
        ("MPL-2.0", False, True),
        ("GPL-3.0-only", False, False),
        ("GPL-3.0-only OR MIT", True, True),
        ("GPL-3.0-only AND MIT", False, False),
        ("MPL-2.0 AND MIT", False, True),
        ("MIT OR Apache-2.0; GPL-3.0-only", False, False),
        ("GPL-3.0-only AND (Zlib OR MIT OR Apache-2.0)", False, False),
        ("not stated", False, False),
    ],
)
def test_a_licence_is_allowed_if_one_to_choose_from_is(
    licence: str, for_ketascreen: bool, for_development: bool
) -> None:
    assert Licensed("some", licence, RUNTIME).is_allowed is for_ketascreen
    assert Licensed("some", licence, DEVELOPMENT).is_allowed is for_development


def test_the_page_of_licences_has_a_row_for_each_locked_distribution_and_allows_each() -> None:
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")][1:]
    assert {name: who for name, _, who in rows} == needed()
    assert all(Licensed(*row).is_allowed for row in rows)
