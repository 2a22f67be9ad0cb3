"""A replication task as DMS describes it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rehearsal.aws.dms.errors import invalid_value
from rehearsal.aws.dms.resources import Resource

if TYPE_CHECKING:
    from rehearsal.aws.dms.replication import Replication

_LSN = r"[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}"
_POSITION = re.compile(rf"(?:checkpoint:V1#\d+#(?P<checkpoint>{_LSN})(?:#[^#]*)*|(?P<lsn>{_LSN}))")
_COUNTERS = (
    *("Inserts", "Updates", "Deletes", "Ddls", "AppliedInserts", "AppliedUpdates", "AppliedDeletes", "AppliedDdls"),
    *("FullLoadRows", "FullLoadErrorRows", "FullLoadCondtnlChkFailedRows"),
)
"""What the worker counts of a table, and what is 0 because it replicates no DDL and loads nothing."""


class Task(Resource):
    """A task, its state, and what its worker last said. `status` is one of DMS's:

    creating, ready, starting, running, stopping, stopped, failed, deleting, modifying, testing, moving, failed-move.
    """

    noun, arn_part, absent = "ReplicationTask", "task", "Replication task not found: {}"

    def __init__(self, members: dict[str, Any], settings: dict[str, Any]) -> None:
        super().__init__(members | {"ReplicationTaskCreationDate": datetime.now(UTC)})
        self.settings = settings
        self.started: datetime | None = None
        self.stopped: datetime | None = None
        self.freshly_started: datetime | None = None
        self.recovery_lsn: str | None = None
        self.tables: dict[str, dict[str, Any]] = {}
        self.next_start = "resume"
        """How a worker that has not run yet is to start; `resume` for one that has."""
        self.replication: Replication | None = None
        self.metrics_due = 0.0
        """When the next points go to CloudWatch, in monotonic seconds."""

    def __getstate__(self) -> dict[str, Any]:
        """What outlives the stand-in: not the worker, and not a time of this machine's uptime."""
        return vars(self) | {"replication": None, "metrics_due": 0.0}

    @property
    def instance_arn(self) -> str:
        """The replication instance's."""
        return str(self.members["ReplicationInstanceArn"])

    @property
    def endpoint_arns(self) -> tuple[str, str]:
        """Source and target."""
        return self.members["SourceEndpointArn"], self.members["TargetEndpointArn"]

    @property
    def resource_id(self) -> str:
        """The last part of the ARN."""
        return self.arn.rpartition(":")[2]

    @property
    def slot(self) -> str:
        """The replication slot that DMS makes for the task where the endpoint names none."""
        return f"{re.sub('[^a-z0-9]', '_', self.resource_id.lower())[:40]}_awsdms"

    def described(self) -> dict[str, Any]:
        """The task in the answer of a call."""
        return self.members | {
            "ReplicationTaskSettings": json.dumps(self.settings, indent=2),
            "ReplicationTaskStartDate": self.started,
            "RecoveryCheckpoint": self.recovery_lsn and f"checkpoint:V1#1#{format_lsn(self.recovery_lsn)}#0#0#*#0#0",
            "ReplicationTaskStats": self._stats() if self.started else None,
        }

    def table_statistics(self) -> list[dict[str, Any]]:
        """The task's table statistics."""
        validates = (self.settings.get("ValidationSettings") or {}).get("EnableValidation")
        return [
            {
                "SchemaName": name.partition(".")[0],
                "TableName": name.partition(".")[2],
                **{counter: table["counts"].get(counter, 0) for counter in _COUNTERS},
                "LastUpdateTime": datetime.fromtimestamp(table["updated"], UTC),
                "TableState": table["state"],
                "ValidationPendingRecords": validation.get("pending", 0),
                "ValidationFailedRecords": validation.get("failed", 0),
                "ValidationSuspendedRecords": 0,
                "ValidationState": validation.get("state", "Pending validation" if validates else "Not enabled"),
            }
            for name, table in sorted(self.tables.items())
            for validation in [table.get("validation", {}) if validates else {}]
        ]

    def _stats(self) -> dict[str, Any]:
        errored = sum(table["state"] == "Table error" for table in self.tables.values())
        end = self.stopped or datetime.now(UTC)
        return {
            "FullLoadProgressPercent": 100,
            "ElapsedTimeMillis": int((end - (self.started or end)).total_seconds() * 1000),
            "TablesLoaded": len(self.tables) - errored,
            "TablesLoading": 0,
            "TablesQueued": 0,
            "TablesErrored": errored,
            "FreshStartDate": self.freshly_started,
            "StartDate": self.started,
            "StopDate": self.stopped,
        }


def format_lsn(lsn: str) -> str:
    """An LSN as DMS writes it: `4AF/B00000D0` -> `000004AF/B00000D0`."""
    high, low = lsn.split("/")
    return f"{high.upper():0>8}/{low.upper():0>8}"


def start_lsn(position: str) -> str:
    """The LSN of a CdcStartPosition, a plain one or DMS's checkpoint. Raises AwsError.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_StartReplicationTask.html
    """
    found = _POSITION.fullmatch(position)
    if not found:
        raise invalid_value(
            f"the CdcStartPosition {position!r} is neither an LSN (4AF/B00000D0) nor a checkpoint"
            " (checkpoint:V1#1#000004AF/B00000D0#0#0#*#0#0)"
        )
    high, low = str(found["checkpoint"] or found["lsn"]).split("/")
    return f"{int(high, 16):X}/{int(low, 16):X}"
