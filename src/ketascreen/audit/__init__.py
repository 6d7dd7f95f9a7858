"""The ledger: every verdict on record, in a chain that shows each change and that others can check.

It may import everything below, but not authoring.
"""

from typing import TYPE_CHECKING

from ketascreen._face import face

if TYPE_CHECKING:
    from ketascreen.audit.errors import LedgerError
    from ketascreen.audit.heads import KeptHead
    from ketascreen.audit.ledger import Ledger

__all__ = ["KeptHead", "Ledger", "LedgerError"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = face(__name__, {"errors": ["LedgerError"], "heads": ["KeptHead"], "ledger": ["Ledger"]})
