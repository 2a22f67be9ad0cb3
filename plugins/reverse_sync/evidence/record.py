"""The record of a run, collected from what its tasks returned."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from reverse_sync.airflow_seams import ended_steps
from reverse_sync.errors import reason_of
from reverse_sync.evidence.marks import MARKED, RUN_MARKED
from reverse_sync.evidence.notes import ATTEMPTS, FAILURE
from reverse_sync.evidence.verdict import ROW, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context
    from airflow.sdk.types import RuntimeTaskInstanceProtocol

    from reverse_sync.airflow_seams import EndedStep
    from reverse_sync.evidence.marks import Mark
    from reverse_sync.evidence.shapes import Record, RecordedStep
    from reverse_sync.evidence.verdict import Proof
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import Json

FORMAT = 2
PACKAGES = (
    "apache-airflow",
    "apache-airflow-providers-amazon",
    "apache-airflow-providers-oracle",
    "apache-airflow-providers-postgres",
    "oracledb",
)


def collect(context: Context, pipeline: Pipeline, task_ids: Sequence[str], proof: Proof = ROW) -> Record:
    """The whole record.

    :param pipeline: the pipeline; the record begins with its file and its mapping
    :param task_ids: the tasks of the DAG, in the order of the procedure
    :param proof: what the run is for
    """
    ti = context["ti"]
    dag_run = context["dag_run"]
    states = {(crumb["task_id"], crumb["map_index"]): crumb for crumb in ended_steps(context)}
    steps = [_step(ti, states[key]) for task_id in task_ids for key in sorted(states) if key[0] == task_id]
    run_mark = _run_mark(ti, task_ids[0], dag_run.clear_number or 0)
    return {
        "format": FORMAT,
        "pipeline_file": pipeline.file,
        "mapping_file": pipeline.dms.task.mapping,
        "mapping_sha256": pipeline.mapping_fingerprint,
        "dag_id": ti.dag_id,
        "run_id": ti.run_id,
        "run_type": str(getattr(dag_run.run_type, "value", dag_run.run_type)),
        "triggered_by": dag_run.triggering_user_name or "the schedule",
        "due_at": dag_run.run_after.astimezone(UTC).isoformat(),
        "started_at": dag_run.start_date.astimezone(UTC).isoformat() if dag_run.start_date else None,
        "written_at": datetime.now(UTC).isoformat(),
        "times_cleared": dag_run.clear_number or 0,
        "parameters": dict(context["params"]),
        "defaults": context["dag"].params.dump(),
        "settings": pipeline.settings,
        "versions": {"python": platform.python_version(), **{package: version(package) for package in PACKAGES}},
        "marked": run_mark,
        "verdict": verdict(steps, proof, run_mark),
        "steps": steps,
    }


def _run_mark(ti: RuntimeTaskInstanceProtocol, first_task: str, times_cleared: int) -> Mark | None:
    """Who marked the run while it was under way, if that was since its last clear."""
    mark: Mark | None = ti.xcom_pull(task_ids=first_task, key=RUN_MARKED)
    return mark if mark and mark["times_cleared"] == times_cleared else None


def _step(ti: RuntimeTaskInstanceProtocol, crumb: EndedStep) -> RecordedStep:
    def pulled(key: str) -> Json:
        return ti.xcom_pull(task_ids=crumb["task_id"], key=key, map_indexes=crumb["map_index"])

    step: RecordedStep = {
        "task": crumb["task_id"],
        "map_index": crumb["map_index"],
        "state": str(getattr(crumb["state"], "value", crumb["state"])),
        "duration_s": round(crumb["duration"], 3) if crumb["duration"] is not None else None,
        "attempts": pulled(ATTEMPTS) or 1,
        "result": pulled("return_value"),
    }
    if step["state"] != "success":
        step["failure"] = failure = pulled(FAILURE)
        if failure:
            step["reason"] = reason_of(failure, step["task"])
    # Marking a task takes away what it returned, so one that returned something and is successful was not marked.
    if (step["state"] != "success" or step["result"] is None) and (mark := pulled(MARKED)):
        step["marked"] = mark
    return step
