"""The error of one answer that cannot be read."""

from __future__ import annotations


class Refused(Exception):
    """Why an answer cannot be read: a code, a message and a hint without the value, and a pointer below the fact."""

    def __init__(self, code: str, message: str, hint: str, pointer: str = "") -> None:
        super().__init__(code)
        self.code, self.message, self.hint, self.pointer = code, message, hint, pointer
