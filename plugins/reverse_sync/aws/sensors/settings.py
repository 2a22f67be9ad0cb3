"""Wait until the PostgreSQL of an RDS instance answers with the settings that logical replication needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from reverse_sync.aws import rds_client
from reverse_sync.aws.faults import explain
from reverse_sync.aws.rds import (
    cluster_parameter_groups,
    find_instance,
    missing_parameters,
    parameter_groups,
    user_parameters,
)
from reverse_sync.postgres.server import shortcomings
from reverse_sync.postgres.triggers import PostgresSettingsTrigger
from reverse_sync.results import Outcome, ServerSettings, ServerSettingsResult
from reverse_sync.steps import DECIDE_REBOOT
from reverse_sync.waiting import DeferredSensor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Unpack

    from airflow.sdk import Context

    from reverse_sync.waiting import PollSchedule, PollTrigger, WaitKeywords


class RdsPostgresSettingsSensor(DeferredSensor[ServerSettings, ServerSettingsResult]):
    """Waits, deferred, until pglogical is preloaded and the WAL is logical.

    Fails at once where PostgreSQL has restarted and still has the old settings, and says what RDS's parameter group
    has: a reboot applies only the values of the group that the instance uses.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html

    :param db_instance: the instance's identifier
    :param postgres_conn_id: the connection that asks PostgreSQL
    :param seen: what this run saw of the server before; a template
    :param aws_conn_id: the Airflow connection to AWS
    :param region_name: the region
    """

    template_fields: Sequence[str] = ("db_instance", "postgres_conn_id", "seen")

    def __init__(
        self,
        *,
        db_instance: str,
        postgres_conn_id: str,
        seen: ServerSettings | None,
        aws_conn_id: str | None,
        region_name: str | None,
        **kwargs: Unpack[WaitKeywords],
    ) -> None:
        super().__init__(**kwargs)
        self.db_instance = db_instance
        self.postgres_conn_id = postgres_conn_id
        self.seen = seen
        self.aws_conn_id = aws_conn_id
        self.region_name = region_name

    def trigger(self, schedule: PollSchedule, context: Context) -> PollTrigger:  # noqa: ARG002
        """Ask over the connection."""
        seen_start = DECIDE_REBOOT.needed(self.seen)["started_at"]
        return PostgresSettingsTrigger(postgres_conn_id=self.postgres_conn_id, seen_start=seen_start, schedule=schedule)

    def succeed(self, facts: ServerSettings, context: Context) -> ServerSettingsResult:  # noqa: ARG002
        """The settings that are right now."""
        return {
            "outcome": Outcome.FOUND,
            "shared_preload_libraries": facts["shared_preload_libraries"],
            "wal_level": facts["wal_level"],
            "started_at": facts["started_at"],
        }

    def explain_outage(self, reason: str) -> str:
        """PostgreSQL's silence, or its refusal."""
        return f"PostgreSQL should answer over {self.postgres_conn_id!r} after its reboot, but: {reason}"

    def explain(self, facts: ServerSettings) -> str:
        """What PostgreSQL answers, against what it must, and what RDS says of the parameters."""
        wrong = shortcomings(facts)
        return (
            f"PostgreSQL of {self.db_instance}, started at {facts['started_at']}, answers, but "
            f"{' and '.join(wrong)}. {self._parameters()}"
        )

    def _parameters(self) -> str:
        rds = rds_client(self.aws_conn_id, self.region_name)
        try:
            instance = find_instance(rds, self.db_instance)
            if instance is None:
                return f"RDS has no instance {self.db_instance} in {self.region_name}: correct postgres.db_instance."
            groups = parameter_groups(instance) | cluster_parameter_groups(rds, instance)
            return explain_parameters(groups, user_parameters(rds, instance))
        except (ClientError, BotoCoreError) as error:
            return f"Its parameter group can't be looked at: {explain(error, self.aws_conn_id)}"


def explain_parameters(groups: dict[str, str], parameters: dict[str, str]) -> str:
    """Why the parameters are not in force, and what to do.

    :param groups: the instance's parameter groups -> apply status
    :param parameters: what they set
    """
    named = ", ".join(f"{name} ({status})" for name, status in groups.items()) or "none"
    missing = missing_parameters(parameters)
    if missing:
        found = " and ".join(f"{name} as {parameters.get(name)!r}" for name in missing)
        values = " and ".join(f"{name}={value}" for name, value in missing.items())
        return (
            f"The instance's parameter group, {named}, has {found}: put {values} in it, or attach the group that has "
            "them, then run the DAG again, which reboots the instance."
        )
    if any(status != "in-sync" for status in groups.values()):
        return (
            f"The instance's parameter group, {named}, has the right values, and they still wait for a reboot: the "
            "restart was before they were set, or was none of RDS's. One run reboots at most once: run the DAG again."
        )
    return (
        f"The instance's parameter group, {named}, has the right values, and RDS says that they are in force: look at "
        "the instance's events and PostgreSQL's log for what overrides or refuses them, then run the DAG again."
    )
