"""A run that takes longer than the pipeline file's `deadline_s`: somebody is told, and the run goes on."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

from airflow.sdk import AsyncCallback, DeadlineAlert, DeadlineReference  # type: ignore[attr-defined]

from reverse_sync.notices import run_link, tell
from reverse_sync.pipeline import usable_pipelines

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline


def deadline_of(pipeline: Pipeline) -> DeadlineAlert | None:
    """The deadline of both DAGs, counted from when a run was queued; None where the file has none.

    https://airflow.apache.org/docs/apache-airflow/stable/howto/deadline-alerts.html
    """
    if pipeline.deadline_s is None:
        return None
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(seconds=pipeline.deadline_s),
        callback=AsyncCallback(tell_overdue),
        name=f"{pipeline.name}: deadline_s",
    )


class DagRunTold(TypedDict):
    """A run as Airflow's REST API has it, of which only this is read."""

    dag_id: str
    dag_run_id: str


class OverdueContext(TypedDict):
    """What Airflow tells a deadline's callback: the run, and the deadline."""

    dag_run: DagRunTold
    deadline: object


async def tell_overdue(context: OverdueContext) -> None:
    """Callback in the triggerer, once the deadline of a run has passed while it was under way.

    :param context: what Airflow knows there
    """
    await asyncio.to_thread(_tell, context)  # notifiers and the reading of the pipeline file block


def _tell(context: OverdueContext) -> None:
    run = context["dag_run"]
    dag_id, run_id = run["dag_id"], run["dag_run_id"]
    for pipeline in usable_pipelines():
        if dag_id in (pipeline.dag_id, pipeline.decommission_dag_id):
            tell(
                pipeline,
                context,
                {
                    "pipeline": pipeline.name,
                    "events": ["overdue"],
                    "subject": f"{dag_id}: a run takes too long",
                    "reason": f"The run {run_id} should have ended within {pipeline.deadline_s:g} s (deadline_s), but "
                    "is under way; it goes on.",
                    "next_step": "See on its page what it waits for and until when.",
                    "link": run_link(dag_id, run_id),
                },
            )
