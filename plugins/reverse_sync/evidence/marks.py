"""What a person does to a run or a task from outside ("mark as failed", "mark as success"), as the evidence reads it.

Airflow keeps such a mark as a state only. The listener of :mod:`reverse_sync.run_end` notes it as an XCom beside the
task; an XCom of a task goes away when the task runs again, and so does the mark.
"""

from __future__ import annotations

from typing_extensions import TypedDict

# Of the task that was marked.
MARKED = "marked"
# Of the run's first task, when the whole run was marked.
RUN_MARKED = "run_marked"


class Mark(TypedDict):
    """One mark: the state that was chosen, by whom, when (UTC), and after how many clears of the run."""

    state: str
    by: str
    at: str
    times_cleared: int
