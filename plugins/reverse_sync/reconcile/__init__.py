"""Whole tables compared by value: hashes in both databases find where they differ, Python says what differs there.

Nothing is written, to neither side. `docs/reconciliation.md` says what equal means, and what this can't see.
"""
