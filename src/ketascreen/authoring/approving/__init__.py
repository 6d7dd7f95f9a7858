"""Approving: what there is to approve, what was approved before, and the file that says so."""
