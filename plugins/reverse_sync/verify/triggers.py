"""Wait for a change to arrive in Oracle, and see where it can't any more."""

from __future__ import annotations

from typing import Any

from reverse_sync.aws.triggers.tables import read_task, why_nothing_arrives
from reverse_sync.errors import ReverseSyncError
from reverse_sync.oracle.sensors import OracleValueTrigger
from reverse_sync.waiting import PollResult, log


class ArrivalTrigger(OracleValueTrigger):
    """Reads Oracle until it holds the expected text; a failure where the replication task has ended without it.

    Oracle decides: it is asked again where the task has ended, because the change may have arrived just before that. A
    DMS that does not answer ends nothing.

    :param task_identifier: the replication task that should bring the change
    :param table: the source table, `schema.table`
    :param aws_conn_id: the Airflow connection to AWS
    :param region_name: the region
    :param oracle: the other arguments, which are :class:`OracleValueTrigger`'s
    """

    def __init__(
        self, *, task_identifier: str, table: str, aws_conn_id: str | None, region_name: str | None, **oracle: Any
    ) -> None:
        super().__init__(**oracle)
        self.arguments |= {
            "task_identifier": task_identifier,
            "table": table,
            "aws_conn_id": aws_conn_id,
            "region_name": region_name,
        }

    async def poll(self) -> PollResult:
        """Ask Oracle; where the text is not there, ask DMS whether it still may come."""
        result = await super().poll()
        if result.status == "success" or (hopeless := await self._why_nothing_arrives()) is None:
            return result
        result = await super().poll()
        return result if result.status == "success" else PollResult("failure", {**result.facts, "hopeless": hopeless})

    async def _why_nothing_arrives(self) -> str | None:
        try:
            task = await read_task(
                self.arguments["task_identifier"], self.arguments["aws_conn_id"], self.arguments["region_name"]
            )
        except ReverseSyncError as error:
            log.warning("DMS could not be asked for the task: %s", error)
            return None
        return why_nothing_arrives(task, self.arguments["table"])
