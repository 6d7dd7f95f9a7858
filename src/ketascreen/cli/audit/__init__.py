"""`ketascreen audit`: a file for each command of a ledger.

It may import what cli may.
"""

from ketascreen.cli.audit.group import command

__all__ = ["command"]
