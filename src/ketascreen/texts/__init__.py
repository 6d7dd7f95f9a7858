"""The fixed texts of verdicts and their pages, by id, in English. They say nothing about patients or rules.

It may import no other wing.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.texts.catalogue import Catalogue
    from ketascreen.texts.english import ENGLISH

__all__ = ["ENGLISH", "Catalogue"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(__name__, {"catalogue": ["Catalogue"], "english": ["ENGLISH"]})
