"""Audit: every verdict on record, in a chain that shows what was altered, and that others can check."""

from ketascreen.audit.ledger import Ledger
from ketascreen.audit.problems import LedgerError

__all__ = ["Ledger", "LedgerError"]
