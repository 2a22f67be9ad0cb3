"""The record of a run, collected from what its tasks returned."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

from reverse_sync.evidence.notes import ATTEMPTS, FAILURE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow.sdk import Context

FORMAT = 1
PACKAGES = (
    "apache-airflow",
    "apache-airflow-providers-amazon",
    "apache-airflow-providers-oracle",
    "apache-airflow-providers-postgres",
    "oracledb",
)


class Proof(NamedTuple):
    """The task whose success is what a run is for, and how that and its lack are said."""

    task: str
    proved: str
    not_proved: str


ROW = Proof(
    "verify.compare_row",
    "Proved: a row changed through the API holds the same values in Oracle",
    "Not proved: no changed row was found in Oracle",
)
NOTHING_LEFT = Proof(
    "nothing_left", "Taken down: nothing of the pipeline is left", "Not taken down: something may be left"
)


def collect(context: Context, task_ids: Iterable[str], proof: Proof = ROW) -> dict[str, Any]:
    """The whole record.

    :param task_ids: the tasks of the DAG, in the order of the procedure
    :param proof: what the run is for
    """
    ti: Any = context["ti"]
    dag_run = context["dag_run"]
    states = {
        (crumb["task_id"], crumb["map_index"]): crumb
        for crumb in ti.get_task_breadcrumbs(dag_id=ti.dag_id, run_id=ti.run_id)
    }
    steps = [_step(ti, states[key]) for task_id in task_ids for key in sorted(states) if key[0] == task_id]
    return {
        "format": FORMAT,
        "dag_id": ti.dag_id,
        "run_id": ti.run_id,
        "run_type": str(getattr(dag_run.run_type, "value", dag_run.run_type)),
        "triggered_by": dag_run.triggering_user_name or "the schedule",
        "due_at": dag_run.run_after.astimezone(UTC).isoformat(),
        "started_at": dag_run.start_date.astimezone(UTC).isoformat() if dag_run.start_date else None,
        "written_at": datetime.now(UTC).isoformat(),
        "times_cleared": dag_run.clear_number or 0,
        "parameters": dict(context["params"]),
        "versions": {"python": platform.python_version(), **{package: version(package) for package in PACKAGES}},
        "verdict": verdict(steps, proof),
        "steps": steps,
    }


def _step(ti: Any, crumb: Mapping[str, Any]) -> dict[str, Any]:
    def pulled(key: str) -> Any:
        return ti.xcom_pull(task_ids=crumb["task_id"], key=key, map_indexes=crumb["map_index"])

    step = {
        "task": crumb["task_id"],
        "map_index": crumb["map_index"],
        "state": str(getattr(crumb["state"], "value", crumb["state"])),
        "duration_s": round(crumb["duration"], 3) if crumb["duration"] is not None else None,
        "attempts": pulled(ATTEMPTS) or 1,
        "result": pulled("return_value"),
    }
    if step["state"] != "success":
        step["failure"] = pulled(FAILURE)
    return step


def verdict(steps: Iterable[Mapping[str, Any]], proof: Proof = ROW) -> dict[str, Any]:
    """Whether the run proved what it is for, and what is wrong with it."""
    steps = list(steps)
    by_task = {step["task"]: step for step in steps}
    failed = list(dict.fromkeys(step["task"] for step in steps if step["state"] == "failed"))
    proved = by_task.get(proof.task, {}).get("state") == "success"
    wrong = [f"{', '.join(failed)} failed"] if failed else []
    if _changed_after_restore(by_task):
        wrong.append(
            "the row was changed again after verify.restore_canary had put the old text back: clear that task too"
        )
    return {
        "proved": proved,
        "succeeded": proved and not wrong,
        "failed_tasks": failed,
        "sentence": _sentence(proved, proof, wrong),
    }


def _changed_after_restore(by_task: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a cleared run changed the row again, but its teardown, being successful before, was not cleared."""
    changed = (by_task.get("verify.change_row", {}).get("result") or {}).get("answered_at")
    looked = (by_task.get("verify.restore_canary", {}).get("result") or {}).get("looked_at")
    return bool(changed and looked and datetime.fromisoformat(looked) < datetime.fromisoformat(changed))


def _sentence(proved: bool, proof: Proof, wrong: list[str]) -> str:
    if not proved:
        return f"{proof.not_proved}; {'; '.join(wrong) or 'the run did not get that far'}."
    return f"{proof.proved}; but {'; '.join(wrong)}." if wrong else f"{proof.proved}."
