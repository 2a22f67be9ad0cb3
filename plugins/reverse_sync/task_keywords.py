"""What an operator's `**kwargs` may hold: untyped, mypy would take any name there, and Airflow refuse it later."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from datetime import timedelta

    from airflow.sdk import TriggerRule


class TaskKeywords(TypedDict, total=False):
    """The arguments of Airflow's `BaseOperator` that a task of these DAGs is given; the others are `task_defaults`."""

    task_id: str
    task_display_name: str
    trigger_rule: TriggerRule
    execution_timeout: timedelta
    multiple_outputs: bool
