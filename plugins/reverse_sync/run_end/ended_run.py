"""A run as the metadata database has it: green only where its evidence says so, with a note of what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from airflow.models.taskinstance import TaskInstance, clear_task_instances
from airflow.models.xcom import XComModel
from airflow.utils.state import DagRunState, State, TaskInstanceState
from sqlalchemy import select
from sqlalchemy.orm import object_session

from reverse_sync.evidence.marks import RUN_MARKED
from reverse_sync.run_end.marking import evidence_task, new_mark, note_mark
from reverse_sync.run_end.note import write_note
from reverse_sync.steps import EVIDENCE, RESTORE_CANARY

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun
    from sqlalchemy.orm import Session

    from reverse_sync.run_end.marking import TaskKey

NO_RECORD = (
    "Not proved: the run ended without a record ({reason}), and the canary may still hold its text. Clear "
    f"{RESTORE_CANARY} and {EVIDENCE}"
)
OUTDATED = f"Not proved: {{tasks}} ended after the record was written. Clear {EVIDENCE}"


class Run(NamedTuple):
    """One run of this project."""

    session: Session
    dag_run: DagRun
    evidence: TaskInstance

    @classmethod
    def of(cls, dag_run: DagRun) -> Self | None:
        """The run; None where it is another project's."""
        session = object_session(dag_run)
        evidence = evidence_task(session, dag_run.dag_id, dag_run.run_id) if session else None
        return cls(session, dag_run, evidence) if session and evidence else None

    def end_again(self) -> None:
        """After a clear, whatever ends a run has to run again: what was left out of the clear is cleared too."""
        others = self._others()
        if all(ti.state in State.finished for ti in others):
            return
        dag = self.dag_run.get_dag()
        ended = [ti for ti in (*others, self.evidence) if dag.get_task(ti.task_id).is_teardown]
        clear_task_instances([ti for ti in ended if ti.state in State.finished], self.session, dag_run_state=False)

    def mark(self, state: str) -> None:
        """A person chose the state. Where the evidence is still to be written, it says so; a proof is not chosen."""
        mark = new_mark(self.session, self.dag_run, state)
        if self.dag_run.state in State.unfinished_dr_states:
            [first] = self.dag_run.get_dag().roots
            of_task: TaskKey = {"dag_id": self.dag_run.dag_id, "run_id": self.dag_run.run_id, "task_id": first.task_id}
            note_mark(RUN_MARKED, mark, self.session, of_task)
            return
        said = self._verdict("the run was marked")
        stays = self._stay_red()
        note = f"{said} {mark['by']} marked the run {state} at {mark['at']}"
        write_note(self.dag_run, f"{note}, which proves nothing: it stays failed." if stays else f"{note}.")

    def conclude(self, reason: str) -> None:
        """The run ended: note the verdict, and leave nothing green that is not proved.

        :param reason: Airflow's, such as `timed_out`
        """
        write_note(self.dag_run, self._verdict(reason))
        self._stay_red()

    def _stay_red(self) -> bool:
        if self.dag_run.state != DagRunState.SUCCESS or self._is_proved():
            return False
        self.dag_run.set_state(DagRunState.FAILED)
        return True

    def _is_proved(self) -> bool:
        written = self.evidence.state == TaskInstanceState.SUCCESS and self._record() is not None
        return written and not self._later()

    def _verdict(self, reason: str) -> str:
        record = self._record()
        if record is None or self.evidence.state not in (TaskInstanceState.SUCCESS, TaskInstanceState.FAILED):
            return f"{NO_RECORD.format(reason=reason)}."
        if later := self._later():
            return f"{OUTDATED.format(tasks=', '.join(later))}."
        return str(record["sentence"]) if isinstance(record, dict) else "See the record."

    def _later(self) -> list[str]:
        """What ended after the record was written."""
        written_at = self.evidence.end_date
        return sorted({ti.task_id for ti in self._others() if ti.end_date and written_at and ti.end_date > written_at})

    def _record(self) -> object:
        """What the evidence returned, where this database holds it: an XCom backend may keep it elsewhere."""
        found = self.session.scalar(
            select(XComModel).filter_by(
                dag_id=self.dag_run.dag_id,
                run_id=self.dag_run.run_id,
                task_id=self.evidence.task_id,
                key="return_value",
            )
        )
        return None if found is None else XComModel.deserialize_value(found)

    def _others(self) -> list[TaskInstance]:
        return list(
            self.session.scalars(
                select(TaskInstance).where(
                    TaskInstance.dag_id == self.dag_run.dag_id,
                    TaskInstance.run_id == self.dag_run.run_id,
                    TaskInstance.task_id != self.evidence.task_id,
                )
            )
        )
