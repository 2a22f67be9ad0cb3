"""Where tasks and DAG files stand on what Airflow does not promise to keep.

The metadata database's models are `reverse_sync.run_end`'s, whose listener needs them, and
`reverse_sync.page.runs`'s; `OracleHook`'s inside is `reverse_sync.oracle.hook_seam`'s.
`tests/unit/test_airflow_seams.py` says in a sentence what a new Airflow moved.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NoReturn, TypedDict

from airflow.sdk import DAG

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow.sdk import Context


def log_errors_only() -> None:
    """Have Airflow log errors only, for a command whose output is its answer; the caller's own setting stands.

    Airflow reads the level when it is imported, which is before any line of the command runs.
    """
    from airflow.logging_config import configure_logging

    if os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR") == "ERROR":
        configure_logging()


class EndedStep(TypedDict):
    """What Airflow knows of a task instance; `duration` is in seconds."""

    task_id: str
    map_index: int
    state: str
    duration: float | None


class RefusedDag(DAG):
    """A DAG that Airflow can't keep, so that its reason becomes an import error of another file than the DAG's own.

    Airflow keeps import errors by `relative_fileloc`, and asks for the serialized fields before it keeps a DAG.
    """

    reason: Exception
    file: str

    @property
    def relative_fileloc(self) -> str:
        """The name under which Airflow keeps the import error."""
        return self.file

    @relative_fileloc.setter
    def relative_fileloc(self, value: str | None) -> None:
        """Airflow sets the DAG file's name here; the error is not that file's."""

    def get_serialized_fields(self) -> NoReturn:  # type: ignore[override]
        """The one thing that Airflow asks before it keeps a DAG; raises the reason, always."""
        raise self.reason from None


def without_secrets(text: str) -> str:
    """The text with the secrets masked that Airflow knows of: passwords of connections, sensitive extras."""
    from airflow.sdk.log import redact  # type: ignore[attr-defined]

    return str(redact(text))


def is_secret_name(name: str) -> bool:
    """Whether Airflow masks a value of that name wherever it shows it: `password`, `api_key`, ..."""
    from airflow.sdk.log import redact  # type: ignore[attr-defined]

    return bool(redact({name: "value"}) != {name: "value"})


def states_of_tasks(context: Context) -> Mapping[str, str]:
    """The state of each task of the run; those that have not begun have none and are left out."""
    ti = context["ti"]
    states: Mapping[str, str] = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id])[ti.run_id]
    return states


def ended_steps(context: Context) -> Iterable[EndedStep]:
    """Of each task instance of the run: task_id, map_index, state, duration in seconds."""
    ti: Any = context["ti"]  # Airflow's protocol lacks this method
    crumbs: Iterable[EndedStep] = ti.get_task_breadcrumbs(dag_id=ti.dag_id, run_id=ti.run_id)
    return crumbs


def runs_under_way(context: Context, dag_id: str) -> int:
    """How many runs of another DAG have begun and not ended."""
    ti = context["ti"]
    return int(ti.get_dr_count(dag_id=dag_id, states=["running"]))
