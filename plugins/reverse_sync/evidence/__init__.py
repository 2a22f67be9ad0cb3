"""What a run found, changed, left alone and proved: one JSON document a run.

`python -m reverse_sync.evidence FILE` prints one as a report.
"""
