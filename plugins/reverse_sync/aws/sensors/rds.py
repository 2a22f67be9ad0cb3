"""Wait for an RDS instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.aws.rds import STAYS_AWAY
from reverse_sync.aws.sensors.base import AwsStatusSensor, InstanceFacts
from reverse_sync.aws.triggers.status import MISSING_STATUS, StatusQuery
from reverse_sync.waiting import R

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from reverse_sync.aws.keywords import AwsWaitKeywords


class RdsInstanceAvailableSensor(AwsStatusSensor[InstanceFacts, R]):
    """Waits, deferred, until the instance is available; fails at once where it can't become so by itself."""

    template_fields: Sequence[str] = ("db_instance",)

    def __init__(self, *, db_instance: str, **kwargs: Unpack[AwsWaitKeywords]) -> None:
        super().__init__(**kwargs)
        self.db_instance = db_instance

    @property
    def query(self) -> StatusQuery:
        """Describe the instance."""
        return StatusQuery(
            service="rds",
            operation="describe_db_instances",
            call={"DBInstanceIdentifier": self.db_instance},
            facts="DBInstances[0].{status: DBInstanceStatus, arn: DBInstanceArn, engine_version: EngineVersion}",
            success=["available"],
            failure=STAYS_AWAY,
        )

    def explain(self, facts: InstanceFacts) -> str:
        """The status found against the one needed."""
        if facts["status"] == MISSING_STATUS:
            return (
                f"There is no RDS instance {self.db_instance} in {self.region_name}: correct postgres.db_instance or "
                "aws.region in the pipeline file."
            )
        return (
            f"RDS instance {self.db_instance} should be 'available' but is {facts['status']!r}: look at its "
            "events in the RDS console, bring it back, then clear this task."
        )
