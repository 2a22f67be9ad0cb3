"""A run of the decommission DAG, and the person who answers its question."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from rehearsal.rehearse import DAG_ID
from tests.support.records import written_record
from tests.support.wait import ASKS_AIRFLOW_S, eventually

if TYPE_CHECKING:
    from rehearsal.airflow.client import Client
    from rehearsal.layout import Layout

_READING_S = 2.0
DECOMMISSION = f"{DAG_ID}_decommission"


@dataclass(frozen=True)
class Decommission:
    """One run."""

    airflow: Client
    layout: Layout
    run_id: str

    @classmethod
    def begin(cls, airflow: Client, layout: Layout) -> Self:
        """Trigger a run."""
        airflow.patch(f"dags/{DECOMMISSION}", {"is_paused": False})
        begun = airflow.post(f"dags/{DECOMMISSION}/dagRuns", {"logical_date": None, "conf": {}})
        return cls(airflow, layout, str(begun["dag_run_id"]))

    @property
    def state(self) -> str:
        """The run's state."""
        return str(self.airflow.get(self._path)["state"])

    @property
    def tasks(self) -> dict[str, str]:
        """The tasks' states."""
        found = self.airflow.get(f"{self._path}/taskInstances", limit=1000)["task_instances"]
        return {task["task_id"]: task["state"] for task in found}

    @property
    def asks(self) -> bool:
        """Whether a person has to answer now."""
        return self.tasks.get("approve") in ("deferred", "awaiting_input")

    @property
    def record(self) -> dict[str, Any]:
        """The run's evidence."""
        name = self.run_id.replace(":", "-").replace("+", "-")
        files = sorted(self.layout.evidence.glob(f"{DECOMMISSION}/{name}*.json"), key=lambda file: file.stat().st_mtime)
        return written_record(files[-1])

    def ask_again(self) -> None:
        """Clear the question, and with it what follows."""
        body = {"dag_run_id": self.run_id, "task_ids": ["approve"], "dry_run": False}
        body |= {"include_downstream": True, "reset_dag_runs": True, "only_failed": False}
        self.airflow.post(f"dags/{DECOMMISSION}/clearTaskInstances", body)

    def stop(self) -> None:
        """Mark the run as failed."""
        self.airflow.patch(self._path, {"state": "failed"})

    def end(self, choice: str, timeout_s: float = 180) -> str:
        """How the run ends once a person has answered so in the UI.

        The person takes a moment to read, and answers as often as the task asks: Airflow runs a task again, a minute
        or two later, whose answer came before the executor had told the scheduler that the question was asked.
        """
        assert eventually(lambda: self._ended(choice), timeout_s, ASKS_AIRFLOW_S), self.tasks
        return self.state

    def _ended(self, choice: str) -> bool:
        details = f"{self._path}/taskInstances/approve/-1/hitlDetails"
        question = self.airflow.get(details) if self.asks else None
        if question and not question["response_received"]:
            assert "replication slot" in question["body"]
            time.sleep(_READING_S)
            self.airflow.patch(details, {"chosen_options": [choice], "params_input": {}})
        return self.state in ("success", "failed")

    @property
    def _path(self) -> str:
        return f"dags/{DECOMMISSION}/dagRuns/{self.run_id}"
