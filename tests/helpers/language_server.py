"""A small client of the language servers that editors run: opens a text, and asks them what an editor would ask."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.helpers.places import ROOT

PACKAGE = "yaml-language-server@1.25.0"
PYRIGHT = "pyright@1.1.414"
_SECONDS = 20
_INSTALLING = 600
"""Seconds that npm may take: a slow network is not a failure."""
_SETTINGS = {"yaml": {"schemaStore": {"enable": False}, "validate": True, "hover": True, "completion": True}}


def installed(folder: Path) -> Path | str:
    """The language server below `folder`; else a sentence that says why not."""
    return from_npm(folder, PACKAGE, "yaml-language-server")


def from_npm(folder: Path, package: str, name: str) -> Path | str:
    """A program of a package (`name@version`), installed where it is not; else a sentence that says why not.

    Each version has a folder of its own below `folder`, so that another one is installed when the pin changes.
    """
    folder /= package
    program = folder / "node_modules" / ".bin" / name
    if program.exists():
        return program
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return "npm is not installed"
    command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", package]
    try:
        ran = subprocess.run(command, capture_output=True, check=False, timeout=_INSTALLING)
    except subprocess.TimeoutExpired:
        return "npm took too long"
    return program if ran.returncode == 0 and program.exists() else f"npm could not install {package}"


def cache() -> Path:
    """Where what npm installs is kept between runs."""
    return ROOT / ".cache" / "npm"


@dataclass(frozen=True)
class Marked:
    """What the server underlines: the line and the columns, counted from 1, and what it says."""

    line: int
    column: int
    end: int
    message: str


@dataclass
class LanguageServer:
    """A running server. Use it in a `with` block."""

    program: Path
    language: str = "yaml"
    settings: Mapping[str, Any] = field(default_factory=lambda: _SETTINGS)
    _process: subprocess.Popen[bytes] = field(init=False)
    _heard: queue.Queue[dict[str, Any]] = field(init=False, default_factory=queue.Queue)
    _asked: int = 0

    def __enter__(self) -> Self:
        pipe = subprocess.PIPE
        command = [str(self.program), "--stdio"]
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        threading.Thread(target=self._listen, daemon=True).start()
        capabilities = {
            "workspace": {"configuration": True},
            "textDocument": {"completion": {"completionItem": {"documentationFormat": ["markdown"]}}},
        }
        self._ask("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": self.settings})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def opened(self, path: Path, text: str) -> list[Marked]:
        """What the server underlines in a text that an editor has opened as the file at `path`."""
        document = {"uri": path.as_uri(), "languageId": self.language, "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        heard = self._wait(
            lambda said: (
                said.get("method") == "textDocument/publishDiagnostics" and said["params"]["uri"] == path.as_uri()
            )
        )
        return [_marked(found) for found in heard["params"]["diagnostics"]]

    def completed(self, path: Path, line: int, column: int) -> dict[str, dict[str, Any]]:
        """What it offers at a place (counted from 1), by label."""
        answer = self._ask("textDocument/completion", _at(path, line, column))
        items = answer["items"] if isinstance(answer, dict) else answer
        return {item["label"]: item for item in items or []}

    def hovered(self, path: Path, line: int, column: int) -> str:
        """What it explains at a place."""
        answer = self._ask("textDocument/hover", _at(path, line, column))
        return str(answer["contents"]["value"]) if answer else ""

    def _ask(self, method: str, params: Mapping[str, Any]) -> Any:
        self._asked += 1
        number = self._asked
        self._send({"id": number, "method": method, "params": params})
        return self._wait(lambda said: said.get("id") == number and "method" not in said)["result"]

    def _tell(self, method: str, params: Mapping[str, Any]) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _wait(self, wanted: Any) -> dict[str, Any]:
        """The next message that is wanted; what the server asks meanwhile is answered."""
        while True:
            said = self._heard.get(timeout=_SECONDS)
            if "id" in said and "method" in said:
                self._send({"id": said["id"], "result": self._answer(said)})
            elif wanted(said):
                return said

    def _answer(self, asked: Mapping[str, Any]) -> Any:
        if asked["method"] != "workspace/configuration":
            return None
        return [self.settings.get(item.get("section")) for item in asked["params"]["items"]]

    def _listen(self) -> None:
        out = self._process.stdout
        assert out is not None
        while header := out.readline():
            length = int(header.split(b":")[1])
            while out.readline().strip():
                pass
            self._heard.put(json.loads(out.read(length)))


def _at(path: Path, line: int, column: int) -> dict[str, Any]:
    return {"textDocument": {"uri": path.as_uri()}, "position": {"line": line - 1, "character": column - 1}}


def _marked(found: Mapping[str, Any]) -> Marked:
    start, end = found["range"]["start"], found["range"]["end"]
    return Marked(start["line"] + 1, start["character"] + 1, end["character"] + 1, found["message"])
