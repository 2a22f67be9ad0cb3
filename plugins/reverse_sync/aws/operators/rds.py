"""Reboot an RDS instance, at most once in a run."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.hooks.rds import RdsHook

from reverse_sync.aws import BOTOCORE_CONFIG
from reverse_sync.aws.faults import explained
from reverse_sync.aws.sensors.rds import RdsInstanceAvailableSensor
from reverse_sync.postgres.server import started_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

# A call whose answer is lost is not sent again: that might reboot twice. The task's own retry looks first.
REBOOT_CONFIG: dict[str, Any] = {**BOTOCORE_CONFIG, "read_timeout": 60, "retries": {"total_max_attempts": 1}}


class RdsRebootOperator(RdsInstanceAvailableSensor):
    """Reboots the instance, unless it is rebooting, or restarted after this run first looked.

    While it is in another passing state (maintenance, a backup) it can't be rebooted, so that is waited for, deferred.

    ``pg_postmaster_start_time()`` tells: a retry, or a cleared and repeated task, finds it later than `seen_start` or
    than the moment the run was due, and leaves the instance alone.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RebootDBInstance.html

    :param db_instance: the instance's identifier
    :param postgres_conn_id: the connection that asks PostgreSQL when it started
    :param seen_start: the start time that this run saw before, ISO 8601; a template
    """

    template_fields: Sequence[str] = (*RdsInstanceAvailableSensor.template_fields, "seen_start")

    def __init__(self, *, postgres_conn_id: str, seen_start: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.postgres_conn_id = postgres_conn_id
        self.seen_start = seen_start

    @property
    def question(self) -> dict[str, Any]:
        """Describe the instance."""
        return {**super().question, "success": ["available", "rebooting"]}

    def succeed(self, facts: dict[str, Any], context: Context) -> dict[str, Any]:
        """Reboot, or say why not.

        :raises ReverseSyncError: where AWS or PostgreSQL can't be asked for the moment.
        """
        if facts["status"] == "rebooting":
            return {"outcome": "left alone", "why": "it is rebooting already"}
        started = started_at(self.postgres_conn_id)
        run_was_due = context["dag_run"].run_after
        if started > datetime.fromisoformat(self.seen_start) or started > run_was_due:
            return {"outcome": "left alone", "why": f"PostgreSQL was restarted in this run, at {started.isoformat()}"}
        rds = RdsHook(aws_conn_id=self.aws_conn_id, region_name=self.region_name, config=REBOOT_CONFIG)
        with explained(self.aws_conn_id):
            rds.conn.reboot_db_instance(DBInstanceIdentifier=self.db_instance)
        return {"outcome": "changed", "what": f"rebooted {self.db_instance}", "started_before": started.isoformat()}
