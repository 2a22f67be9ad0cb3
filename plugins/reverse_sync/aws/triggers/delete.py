"""Delete a DMS resource, and wait until it is gone."""

from __future__ import annotations

from typing import Any

from reverse_sync.aws.triggers.status import AwsStatusTrigger

# What describes a resource -> its list in the answer, its ARN's key, and what deletes it.
DELETES = {
    "describe_replication_tasks": ("ReplicationTasks", "ReplicationTaskArn", "delete_replication_task"),
    "describe_endpoints": ("Endpoints", "EndpointArn", "delete_endpoint"),
}


class DmsDeleteTrigger(AwsStatusTrigger):
    """Deletes the resource whenever a look finds it and nobody is deleting it yet."""

    async def ask(self, client: Any) -> dict[str, Any]:
        """Describe the resource; delete it where it is there."""
        response = await super().ask(client)
        kind, arn, delete = DELETES[self.arguments["operation"]]
        for resource in response[kind]:
            if resource["Status"] != "deleting":
                await getattr(client, delete)(**{arn: resource[arn]})
        return response
