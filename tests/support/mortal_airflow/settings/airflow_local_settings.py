"""Airflow's own hook for local policies, used to kill tasks: https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/cluster-policies.html

The folder named by REVERSE_SYNC_KILLS holds `plan.json`, a point by task id, and gets a file for each kill.
"""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

from airflow.sdk.exceptions import TaskDeferred

__all__ = ["task_policy"]


def task_policy(task: Any) -> None:
    """Let the task kill its own process, once, at the point that the plan names.

    `before` its `execute`, `after` it (before the result is told), `deferring` (at its end, where it would be
    deferred), `resumed` (when the trigger has called it back), `kept` (right after it has kept a state in Airflow's task
    state store).
    """
    folder = Path(os.environ["REVERSE_SYNC_KILLS"])
    deferred = folder / f"{task.task_id}.deferred"

    def begin(context: Any) -> None:
        die("resumed" if deferred.exists() else "before")
        store = context["task_state_store"]
        keep = store.set

        def keep_and_die(*arguments: Any, **more: Any) -> None:
            keep(*arguments, **more)
            die("kept")

        store.set = keep_and_die

    def end(_context: Any, _result: Any) -> None:
        die("after")

    def leave(**arguments: Any) -> None:
        deferred.touch()
        die("deferring")
        raise TaskDeferred(**arguments)

    def die(point: str) -> None:
        plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        if plan.get(task.task_id) != point:
            return
        try:
            (folder / f"{task.task_id}.killed").touch(exist_ok=False)
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    if task.is_mapped:
        task.partial_kwargs |= {"pre_execute": begin, "post_execute": end}
    else:
        task._pre_execute_hook, task._post_execute_hook, task.defer = begin, end, leave
