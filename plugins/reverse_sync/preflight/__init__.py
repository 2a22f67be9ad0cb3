"""Everything that would fail tonight, said before anything is touched.

`run` gives the findings, `look` the tables on their way too; `python -m reverse_sync.preflight` prints them.
"""

from reverse_sync.preflight.finding import Finding, Group, Severity
from reverse_sync.preflight.runner import look, run

__all__ = ["Finding", "Group", "Severity", "look", "run"]
