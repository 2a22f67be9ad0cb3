"""The steps of a decommission: each looks, acts on what is left, and may be repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from reverse_sync.decommission import source, target
from reverse_sync.decommission.inventory import take_inventory
from reverse_sync.errors import NeedsPersonError
from reverse_sync.oracle.session import oracle_session
from reverse_sync.postgres.session import postgres_session

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline


class DecommissionOperator(BaseOperator):
    """What the steps share.

    :param pipeline: the pipeline
    :param tables: the selected tables; a template
    :param plan: what :class:`PlanOperator` returned; a template
    :param keep_control_objects: whether the awsdms_ objects stay; a template
    """

    template_fields: Sequence[str] = ("tables", "plan", "keep_control_objects")

    def __init__(
        self, *, pipeline: Pipeline, tables: Any, plan: Any = None, keep_control_objects: str, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline
        self.tables = tables
        self.plan = plan
        self.keep_control_objects = keep_control_objects

    @property
    def keeps(self) -> bool:
        """Whether the awsdms_ objects stay."""
        return self.keep_control_objects == "True"


class PlanOperator(DecommissionOperator):
    """Says what is there and will go; the person who approves reads it.

    :param slot_name: the task's slot, where a person had to name it; a template
    """

    template_fields: Sequence[str] = (*DecommissionOperator.template_fields, "slot_name")

    def __init__(self, *, slot_name: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.slot_name = slot_name

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """The plan.

        :raises NeedsPersonError: where the slot is not clear, or a schedule would build everything again.
        """
        if self.pipeline.schedule is not None:
            raise NeedsPersonError(
                f"{self.pipeline.dag_id} is to be taken down, but it has the schedule {self.pipeline.schedule!r} and "
                "would build everything again: set schedule to null in the pipeline file, then clear this task."
            )
        found = take_inventory(self.pipeline, self.tables, slot=None)
        slot = source.choose_slot(found.slots, task_runs=found.task_runs, wanted=self.slot_name)
        found = take_inventory(self.pipeline, self.tables, slot)
        left = list(found.left(slot, keep_control_objects=self.keeps))
        listed = "\n".join(f"- {line}" for line in left) or "- nothing: everything is gone already"
        return {
            "outcome": "found",
            "what": f"{len(left)} thing(s) to take away or put back",
            "slot": slot,
            "task_runs": found.task_runs,
            "text": f"This goes away, or is enabled again:\n{listed}\n\nAfterwards changes of PostgreSQL no longer "
            "reach Oracle. Pause the main DAG, so that nobody builds it again by mistake.",
        }


class CleanSourceOperator(DecommissionOperator):
    """Drops the slot, pglogical's sets and DMS's objects in PostgreSQL."""

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Drop what is there.

        :raises ReverseSyncError: while the slot is still being read.
        """
        slot = self.plan["slot"]
        with postgres_session(self.pipeline.postgres.connection) as connection:
            dropped = source.drop_slot(connection, slot) if slot else []
            dropped += source.drop_pglogical(connection, slot)
            dropped += [] if self.keeps else source.drop_artifacts(connection)
        return _outcome("dropped", dropped)


class CleanTargetOperator(DecommissionOperator):
    """Drops DMS's control tables in Oracle."""

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Drop what is there."""
        if self.keeps:
            return {"outcome": "left alone", "why": "the run was asked to keep DMS's control tables"}
        with oracle_session(self.pipeline.dms.target_endpoint.connection) as connection:
            return _outcome("dropped", target.drop_control_tables(connection))


class EnableTriggersOperator(DecommissionOperator):
    """Enables the BEFORE INSERT row triggers of the target tables, which give Oracle's own rows their ids."""

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Enable what is disabled."""
        with oracle_session(self.pipeline.oracle.connection) as connection:
            disabled = [one for one in target.insert_triggers(connection, self.tables) if not one[1].enabled]
            for owner, trigger in disabled:
                target.enable(connection, owner, trigger)
        return _outcome("enabled", [f"{owner}.{trigger.name}" for owner, trigger in disabled])


class AdvanceSequencesOperator(DecommissionOperator):
    """Moves the sequences behind those ids past the highest id that is there."""

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Advance what is behind."""
        with oracle_session(self.pipeline.oracle.connection) as connection:
            sequences = target.id_sequences(connection, self.tables)
            advanced = [moved for sequence in sequences if (moved := target.advance(connection, sequence))]
        return _outcome("advanced", advanced)


class NothingLeftOperator(DecommissionOperator):
    """The proof of a decommission: another look finds nothing of the pipeline."""

    def execute(self, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Look again.

        :raises NeedsPersonError: naming what is left.
        """
        slot = self.plan["slot"]
        found = take_inventory(self.pipeline, self.tables, slot)
        left = list(found.left(slot, keep_control_objects=self.keeps))
        if left:
            raise NeedsPersonError(
                f"Nothing of {self.pipeline.name} should be left, but there is: {'; '.join(left)}. Somebody made it "
                "again meanwhile, or keeps it: clear the step that takes it away."
            )
        return {"outcome": "found", "what": "nothing is left"}


def _outcome(verb: str, done: Iterable[str]) -> dict[str, Any]:
    names = list(done)
    if not names:
        return {"outcome": "left alone", "why": "there was nothing to do"}
    return {"outcome": "changed", "what": f"{verb} {', '.join(names)}"}
