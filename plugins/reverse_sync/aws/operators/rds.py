"""Reboot an RDS instance, at most once in a run."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from airflow.providers.amazon.aws.hooks.rds import RdsHook

from reverse_sync.aws import BOTOCORE_CONFIG
from reverse_sync.aws.faults import readable_aws_errors
from reverse_sync.aws.sensors.rds import RdsInstanceAvailableSensor
from reverse_sync.postgres.server import started_at
from reverse_sync.results import Outcome, RebootResult
from reverse_sync.steps import DECIDE_REBOOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.aws.keywords import RdsWaitKeywords
    from reverse_sync.aws.sensors.base import InstanceFacts
    from reverse_sync.results import ServerSettings
    from reverse_sync.waiting import PollEvent

# A call whose answer is lost is not sent again: that might reboot twice. The task's own retry looks first.
REBOOT_CONFIG: dict[str, object] = {**BOTOCORE_CONFIG, "read_timeout": 60, "retries": {"total_max_attempts": 1}}


class RdsRebootOperator(RdsInstanceAvailableSensor[RebootResult]):
    """Reboots the instance, unless it restarted after this run first looked, and waits until it is available again.

    While it is in a passing state (maintenance, a backup, a reboot) it can't be rebooted, so that is waited for,
    deferred.

    ``pg_postmaster_start_time()`` tells: a retry, or a cleared and repeated task, finds it later than in `seen` and
    leaves the instance alone. What this run itself saw decides, never the moment that it was due: a run that is queued
    or late would take a restart from before it began for its own.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RebootDBInstance.html

    :param db_instance: the instance's identifier
    :param postgres_conn_id: the connection that asks PostgreSQL when it started
    :param seen: what this run saw of the server before; a template
    """

    template_fields: Sequence[str] = (*RdsInstanceAvailableSensor.template_fields, "seen")

    def __init__(
        self, *, postgres_conn_id: str, seen: ServerSettings | None, **kwargs: Unpack[RdsWaitKeywords]
    ) -> None:
        super().__init__(**kwargs)
        self.postgres_conn_id = postgres_conn_id
        self.seen = seen

    def succeed(self, facts: InstanceFacts, context: Context) -> RebootResult:  # noqa: ARG002
        """Reboot and wait, or say why not.

        :raises ReverseSyncError: where AWS or PostgreSQL can't be asked for the moment.
        """
        started = started_at(self.postgres_conn_id)
        if started > datetime.fromisoformat(self._seen_start):
            return {
                "outcome": Outcome.LEFT_ALONE,
                "why": f"PostgreSQL was restarted in this run, at {started.isoformat()}",
            }
        rds = RdsHook(aws_conn_id=self.aws_conn_id, region_name=self.region_name, config=REBOOT_CONFIG)
        with readable_aws_errors(self.aws_conn_id):
            rds.conn.reboot_db_instance(DBInstanceIdentifier=self.db_instance)
        return self.wait(self.observe(self.query, self.schedule()), context, self.rebooted)

    def rebooted(self, context: Context, event: PollEvent[InstanceFacts]) -> RebootResult:  # noqa: ARG002 - Airflow passes it
        """The instance is back.

        :raises NeedsPersonError: where it is not.
        """
        self.facts_of(event)
        return {
            "outcome": Outcome.CHANGED,
            "what": f"rebooted {self.db_instance}",
            "started_before": self._seen_start,
        }

    @property
    def _seen_start(self) -> str:
        return DECIDE_REBOOT.needed(self.seen)["started_at"]
