"""Edits of a rulebook's files: cuts, insertions and entries in YAML text, and files written whole.

All other bytes stay as they are.
"""
