"""The face of each wing: the names that it gives out, and none that is not there."""

from __future__ import annotations

import ast
import pickle
import re
import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules

import pytest

import ketascreen
from tests.helpers.places import ROOT

SOURCE = ROOT / "src"
FACES = sorted(path for path in (SOURCE / "ketascreen").rglob("__init__.py") if "__all__" in path.read_text("utf-8"))


def package_of(face: str) -> str:
    return ".".join((SOURCE / face).relative_to(SOURCE).parent.parts)


each_face = pytest.mark.parametrize("package", [package_of(str(face.relative_to(SOURCE))) for face in FACES])


@each_face
def test_each_name_that_a_wing_gives_out_is_there(package: str) -> None:
    wing = import_module(package)
    assert [name for name in wing.__all__ if not hasattr(wing, name)] == []
    assert set(wing.__all__) <= set(dir(wing))


@each_face
def test_no_name_that_a_wing_gives_out_is_also_a_file_of_it(package: str) -> None:
    wing = import_module(package)
    assert {module.name for module in iter_modules(wing.__path__)} & set(wing.__all__) == set()


@each_face
def test_a_type_checker_sees_the_names_that_a_program_gets(package: str) -> None:
    wing = import_module(package)
    tree = ast.parse((SOURCE / package.replace(".", "/") / "__init__.py").read_text("utf-8"))
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    for node in imported:
        for name in node.names:
            if name.name in wing.__all__:
                assert getattr(import_module(str(node.module)), name.name) is getattr(wing, name.name)
    seen = {name.asname or name.name for node in imported for name in node.names}
    assert set(wing.__all__) <= seen


@each_face
def test_a_wing_lists_its_public_names_alone_also_once_it_was_used(package: str) -> None:
    wing = import_module(package)
    if not hasattr(wing, "__getattr__"):
        return  # a wing that holds its names itself
    for name in wing.__all__:
        getattr(wing, name)
    listed = {name for name in dir(wing) if not name.startswith("__")}
    assert listed == {name for name in wing.__all__ if not name.startswith("__")}


def test_every_error_of_the_library_has_its_problems_with_their_codes() -> None:
    errors = [
        ketascreen.LedgerError("ledger-missing", "there is no ledger; check its name"),
        ketascreen.SignatureError("signature", "is missing"),
        ketascreen.ChannelFault("the production channel failed"),
        ketascreen.EngineMissing(),
        ketascreen.ProfileError([ketascreen.Diagnostic("fact", "no", pointer="/age")]),
    ]
    for error in errors:
        again = pickle.loads(pickle.dumps(error))
        assert isinstance(error, ketascreen.KetascreenError)
        assert [(one.code, one.message) for one in again.diagnostics] == [
            (one.code, one.message) for one in error.diagnostics
        ]
        assert [problem.code for problem in error.diagnostics] != []
    assert [error.diagnostics[0].code for error in errors] == [
        *("ledger-missing", "signature", "channel-fault", "not-installed", "fact")
    ]


def test_the_root_gives_out_every_name_that_the_documents_import_from_it() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    shown = [
        line
        for page in pages
        for line in re.findall(r"^(?:>>> )?(from ketascreen import .*)$", page.read_text("utf-8"), re.M)
    ]
    assert len(shown) > 8
    names = {name.strip() for line in shown for name in line.partition(" import ")[2].strip("(").split(",")} - {""}
    assert names <= set(ketascreen.__all__)


def test_a_name_that_a_wing_does_not_give_out_is_refused_by_name() -> None:
    with pytest.raises(AttributeError, match="module 'ketascreen' has no attribute 'screner'"):
        ketascreen.screner  # type: ignore[attr-defined]  # noqa: B018


def test_the_library_loads_nothing_before_a_name_is_asked_for() -> None:
    code = "import ketascreen, sys; print(sorted(name for name in sys.modules if name.startswith('ketascreen.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['ketascreen._face', 'ketascreen._version']\n"


WINGS = sorted(path for path in FACES if path.parent.parent == SOURCE / "ketascreen")


def imported_wings(wing: str) -> set[str]:
    """The wings and files at the root that the modules of a wing import, inside functions too."""
    found = set()
    for file in (SOURCE / "ketascreen" / wing).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("ketascreen"):
                parts = node.module.split(".")
                found |= {parts[1]} if len(parts) > 1 else {name.name for name in node.names}
    return found - {wing, "_face"}


@pytest.mark.parametrize("wing", [path.parent.name for path in WINGS])
def test_a_face_names_the_wings_that_its_wing_imports(wing: str) -> None:
    said = str(import_module(f"ketascreen.{wing}").__doc__).partition("It may import ")[2].partition(".\n")[0]
    assert said
    allowed = said.partition(";")[0]
    if "everything below" not in allowed:
        assert imported_wings(wing) <= set(allowed.split(", "))
