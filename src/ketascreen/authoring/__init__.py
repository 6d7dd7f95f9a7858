"""What the authors of rules work with: cases, checks, coverage, mutation, editor, layout. Data, never text.

It may import everything below, but not audit.
"""
