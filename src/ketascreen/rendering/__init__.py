"""Reports as text, HTML, SARIF and JUnit: one module for each kind of report.

It may import everything below.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.rendering.page import Line, show

__all__ = ["Line", "show"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(__name__, {"page": ["Line", "show"]})
