"""Everything that would fail tonight, said before anything is touched.

`run` gives the findings; `python -m reverse_sync.preflight` prints them.
"""

from reverse_sync.preflight.finding import Finding, Group, Severity
from reverse_sync.preflight.runner import run

__all__ = ["Finding", "Group", "Severity", "run"]
