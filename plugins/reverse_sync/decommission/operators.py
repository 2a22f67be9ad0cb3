"""The steps of a decommission: each looks, acts on what is left, and may be repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator

from reverse_sync.decommission import source, target
from reverse_sync.decommission.inventory import take_inventory
from reverse_sync.decommission.sharing import look_at_sharing
from reverse_sync.errors import NeedsPersonError
from reverse_sync.oracle.insert_triggers import insert_triggers, switch
from reverse_sync.oracle.session import oracle_session
from reverse_sync.postgres.session import postgres_session
from reverse_sync.results import Outcome
from reverse_sync.steps import PLAN, SELECT_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import DecommissionPlan, Result, SelectedTable
    from reverse_sync.task_keywords import TaskKeywords


class DecommissionOperator(BaseOperator):
    """What the steps share.

    :param pipeline: the pipeline
    :param tables: the selected tables; a template
    :param plan: what :class:`PlanOperator` returned; a template
    """

    template_fields: Sequence[str] = ("tables", "plan")

    def __init__(
        self,
        *,
        pipeline: Pipeline,
        tables: list[SelectedTable] | None,
        plan: DecommissionPlan | None = None,
        **kwargs: Unpack[TaskKeywords],
    ) -> None:
        super().__init__(**kwargs)
        self.pipeline = pipeline
        self.tables = tables
        self.plan = plan

    @property
    def selected(self) -> list[SelectedTable]:
        """The selected tables.

        :raises NeedsPersonError: where a person marked the task that selects them.
        """
        return SELECT_TABLES.needed(self.tables)

    @property
    def slot(self) -> str | None:
        """The slot that goes away.

        :raises NeedsPersonError: where a person marked the task that plans.
        """
        return PLAN.needed(self.plan)["slot"]


def keeps_control_objects(context: Context) -> bool:
    """Whether the run was asked to leave the awsdms_ objects."""
    return bool(context["params"]["keep_control_objects"])


class PlanOperator(DecommissionOperator):
    """Says what is there and will go; the person who approves reads it."""

    def execute(self, context: Context) -> DecommissionPlan:
        """The plan.

        :raises NeedsPersonError: where the slot is not clear, or a schedule would build everything again.
        """
        if self.pipeline.schedule is not None:
            raise NeedsPersonError(
                f"{self.pipeline.dag_id} is to be taken down, but it has the schedule {self.pipeline.schedule!r} and "
                "would build everything again: set schedule to null in the pipeline file, then clear this task."
            )
        found = take_inventory(self.pipeline, self.selected, slot=None)
        slot = source.choose_slot(
            found.sharing.slots,
            own=found.sharing.own_slot,
            wanted=context["params"]["slot_name"],
            others=found.sharing.slots_of_others,
            has_run=found.has_run,
            task_runs=found.task_runs,
        )
        found = take_inventory(self.pipeline, self.selected, slot)
        left = list(found.left(slot, keep_control_objects=keeps_control_objects(context)))
        stays = list(found.stays(slot))
        return {
            "outcome": Outcome.FOUND,
            "what": f"{len(left)} thing(s) to take away or put back",
            "slot": slot,
            "task_runs": found.task_runs,
            "stays": stays,
            "text": _question(left, stays),
        }


class CleanSourceOperator(DecommissionOperator):
    """Drops the slot, pglogical's sets, and DMS's objects in PostgreSQL where nobody else may use them."""

    def execute(self, context: Context) -> Result:
        """Drop what is there.

        :raises ReverseSyncError: while the slot is still being read.
        """
        slot = self.slot
        keep = keeps_control_objects(context) or bool(look_at_sharing(self.pipeline).source_users(slot))
        with postgres_session(self.pipeline.postgres.connection) as connection:
            dropped = source.drop_slot(connection, slot) if slot else []
            dropped += source.drop_pglogical(connection, slot)
            dropped += [] if keep else source.drop_artifacts(connection)
        return _outcome("dropped", dropped)


class CleanTargetOperator(DecommissionOperator):
    """Drops DMS's control tables in Oracle where no other task uses them."""

    def execute(self, context: Context) -> Result:
        """Drop what is there."""
        if keeps_control_objects(context):
            return {"outcome": Outcome.LEFT_ALONE, "why": "the run was asked to keep DMS's control tables"}
        if users := look_at_sharing(self.pipeline).target_tasks:
            return {"outcome": Outcome.LEFT_ALONE, "why": f"DMS's control tables are used by {', '.join(users)}"}
        with oracle_session(self.pipeline.dms.target_endpoint.connection) as connection:
            return _outcome("dropped", target.drop_control_tables(connection))


class EnableTriggersOperator(DecommissionOperator):
    """Enables the BEFORE INSERT row triggers of the target tables, which give Oracle's own rows their ids."""

    def execute(self, context: Context) -> Result:  # noqa: ARG002
        """Enable what is disabled."""
        with oracle_session(self.pipeline.oracle.connection) as connection:
            disabled = [trigger for trigger in insert_triggers(connection, self.selected) if not trigger.enabled]
            for trigger in disabled:
                switch(connection, trigger, "ENABLE")
        return _outcome("enabled", [trigger.full_name for trigger in disabled])


class AdvanceSequencesOperator(DecommissionOperator):
    """Moves the sequences behind those ids past the highest id that is there."""

    def execute(self, context: Context) -> Result:  # noqa: ARG002
        """Advance what is behind."""
        with oracle_session(self.pipeline.oracle.connection) as connection:
            sequences = target.id_sequences(connection, self.selected)
            advanced = [moved for sequence in sequences if (moved := target.advance(connection, sequence))]
        return _outcome("advanced", advanced)


class NothingLeftOperator(DecommissionOperator):
    """The proof of a decommission: another look finds nothing of the pipeline."""

    def execute(self, context: Context) -> Result:
        """Look again.

        :raises NeedsPersonError: naming what is left.
        """
        slot = self.slot
        found = take_inventory(self.pipeline, self.selected, slot)
        left = list(found.left(slot, keep_control_objects=keeps_control_objects(context)))
        if left:
            raise NeedsPersonError(
                f"Nothing of {self.pipeline.name} should be left, but there is: {'; '.join(left)}. Somebody made it "
                "again meanwhile, or keeps it: clear the step that takes it away."
            )
        return {"outcome": Outcome.FOUND, "what": "nothing is left"}


def _question(left: list[str], stays: list[str]) -> str:
    """What the person who approves reads."""
    afterwards = (
        "Afterwards changes of PostgreSQL no longer reach Oracle. Pause the main DAG, so that nobody builds it again "
        "by mistake."
    )
    paragraphs = [
        f"This goes away, or is enabled again:\n{_listed(left or ['nothing: everything is gone already'])}",
        *([f"This stays, because it is not this pipeline's alone:\n{_listed(stays)}"] if stays else []),
        afterwards,
    ]
    return "\n\n".join(paragraphs)


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _outcome(verb: str, done: Iterable[str]) -> Result:
    names = list(done)
    if not names:
        return {"outcome": Outcome.LEFT_ALONE, "why": "there was nothing to do"}
    return {"outcome": Outcome.CHANGED, "what": f"{verb} {', '.join(names)}"}
