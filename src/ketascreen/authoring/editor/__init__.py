"""JSON Schemas of a rulebook's files, so that an editor completes and explains them.

It may import what authoring may.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.authoring.editor.file_schemas import schemas

__all__ = ["schemas"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(__name__, {"file_schemas": ["schemas"]})
