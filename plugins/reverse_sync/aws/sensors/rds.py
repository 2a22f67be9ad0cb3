"""Wait for an RDS instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reverse_sync.aws.sensors.base import AwsStatusSensor

if TYPE_CHECKING:
    from collections.abc import Sequence

# An instance in one of these does not become available by itself:
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status
FAILED = [
    "deleting",
    "failed",
    "inaccessible-encryption-credentials",
    "incompatible-network",
    "incompatible-option-group",
    "incompatible-parameters",
    "incompatible-restore",
    "restore-error",
    "stopped",
    "storage-full",
]


class RdsInstanceAvailableSensor(AwsStatusSensor):
    """Waits, deferred, until the instance is available; fails at once where it can't become so by itself."""

    template_fields: Sequence[str] = ("db_instance",)

    def __init__(self, *, db_instance: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.db_instance = db_instance

    @property
    def question(self) -> dict[str, Any]:
        """Describe the instance."""
        return {
            "service": "rds",
            "operation": "describe_db_instances",
            "call": {"DBInstanceIdentifier": self.db_instance},
            "facts": "DBInstances[0].{status: DBInstanceStatus, arn: DBInstanceArn, engine_version: EngineVersion}",
            "success": ["available"],
            "failure": FAILED,
        }

    def explain(self, facts: dict[str, Any]) -> str:
        """The status found against the one needed."""
        if facts.get("status") == "missing":
            return (
                f"There is no RDS instance {self.db_instance} in {self.region_name}: correct postgres.db_instance or "
                "aws.region in the pipeline file."
            )
        return (
            f"RDS instance {self.db_instance} should be 'available' but is {facts.get('status', facts)!r}: look at its "
            "events in the RDS console, bring it back, then clear this task."
        )
