"""Runs an operator as a worker would, and its deferred part as the triggerer would."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import TaskDeferred

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.sdk import BaseOperator
    from airflow.triggers.base import BaseTrigger


def context(
    run_id: str = "manual__1",
    run_after: datetime | None = None,
    times_cleared: int = 0,
    states: dict[str, str] | None = None,
    **params: Any,
) -> dict[str, Any]:
    """As much of Airflow's context as the operators read; ``states`` are those of the run's tasks."""
    dag_run = SimpleNamespace(
        run_id=run_id, run_after=run_after or datetime.now(UTC), clear_number=times_cleared, run_type="manual"
    )
    pushed: dict[str, Any] = {}
    ti = SimpleNamespace(
        dag_id="flightspecials_reverse_sync",
        run_id=run_id,
        try_number=1,
        max_tries=0,
        pushed=pushed,
        xcom_push=lambda key, value: pushed.update({key: value}),
        get_task_states=lambda run_ids, **_: {run_id: states or {} for run_id in run_ids},
    )
    return {"dag_run": dag_run, "ti": ti, "params": params}


class Store(dict[str, Any]):
    """Airflow's task state store, as far as it is used."""

    def set(self, key: str, value: str, retention: object = None) -> None:
        """Keep a value."""
        self[key] = value

    def delete(self, key: str) -> None:
        """Forget it, if it is there."""
        self.pop(key, None)


def run(operator: BaseOperator, values: dict[str, Any] | None = None) -> Any:
    """What the task returns, after however many looks from the triggerer."""
    values = values or context()
    step: Callable[[], Any] = partial(operator.execute, values)  # type: ignore[arg-type]
    while True:
        try:
            return step()
        except TaskDeferred as deferred:
            event = asyncio.run(_event(rebuilt(deferred.trigger)))
            step = partial(getattr(operator, deferred.method_name), values, event, **(deferred.kwargs or {}))


def rebuilt(trigger: BaseTrigger) -> BaseTrigger:
    """The trigger as the triggerer makes it again from what the metadata database keeps."""
    arguments = trigger.serialize()[1]
    return type(trigger)(**arguments)


async def _event(trigger: BaseTrigger) -> Any:
    async for event in trigger.run():
        return event.payload
    raise AssertionError("the trigger ended without an event")
