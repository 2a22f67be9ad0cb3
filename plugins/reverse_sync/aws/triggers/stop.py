"""Stop a replication task, and wait until it is at rest."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from reverse_sync.aws.triggers.status import AwsStatusTrigger


class DmsStopTrigger(AwsStatusTrigger):
    """Stops the task whenever a look finds it running: one that is just starting can't be stopped any earlier.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_StopReplicationTask.html
    """

    async def ask(self, client: Any) -> dict[str, Any]:
        """Describe the task; stop it where it runs."""
        response = await super().ask(client)
        for task in response["ReplicationTasks"]:
            if task["Status"] == "running":
                with suppress(client.exceptions.InvalidResourceStateFault):  # somebody else was quicker
                    await client.stop_replication_task(ReplicationTaskArn=task["ReplicationTaskArn"])
        return response
