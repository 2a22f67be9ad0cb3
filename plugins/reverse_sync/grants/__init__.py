"""What each login of the two databases needs for a pipeline, and no more, as SQL that their owners run.

`python -m reverse_sync.grants PIPELINE` prints it.
"""
