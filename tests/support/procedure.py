"""The DAG's steps by the product's own operators, in the DAG's order, without Airflow's scheduler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reverse_sync.aws.operators.connection import DmsTestConnectionOperator
from reverse_sync.aws.operators.endpoint import DmsEnsureEndpointOperator
from reverse_sync.aws.operators.rds import RdsRebootOperator
from reverse_sync.aws.operators.settle import DmsSettleTaskOperator
from reverse_sync.aws.operators.task import DmsEnsureTaskOperator, DmsStartOrResumeOperator
from reverse_sync.aws.sensors.dms import DmsReplicationInstanceSensor, DmsTablesSensor
from reverse_sync.aws.sensors.rds import RdsInstanceAvailableSensor
from reverse_sync.aws.sensors.settings import RdsPostgresSettingsSensor
from reverse_sync.oracle.insert_triggers import OracleInsertTriggersOperator
from reverse_sync.postgres.server import look, shortcomings
from reverse_sync.results import Outcome, Result
from tests.support.tasks import context, run

if TYPE_CHECKING:
    from reverse_sync.aws.sensors.base import InstanceFacts
    from reverse_sync.pipeline import Endpoint, Pipeline
    from reverse_sync.results import SelectedTable, ServerSettings

QUICK: dict[str, Any] = {"first_poll_s": 0.1, "longest_poll_s": 0.3, "timeout_s": 20}
TABLES: list[SelectedTable] = [{"source": ["travelbuddy", "flightspecial"], "target": ["TRAVELBUDDY", "FLIGHTSPECIAL"]}]


def started(moment: str) -> ServerSettings:
    """A look at a server that started at that moment."""
    return {"shared_preload_libraries": "", "wal_level": "replica", "started_at": moment}


class Available(RdsInstanceAvailableSensor[Result]):
    """Waits for the instance alone."""

    def succeed(self, facts: InstanceFacts, context: Any) -> Result:
        return {"outcome": Outcome.FOUND, "what": facts["status"]}


class Procedure:
    """The steps of one pipeline; each can be run again and again."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.aws: dict[str, Any] = {"aws_conn_id": pipeline.aws.connection, "region_name": pipeline.aws.region}
        self.task: dict[str, Any] = {
            "task_identifier": pipeline.dms.task.identifier,
            "replication_instance": pipeline.dms.replication_instance,
        }

    def reboot(self, seen: str | None = None, values: dict[str, Any] | None = None) -> Any:
        """Reboot and wait, unless PostgreSQL restarted since ``seen``, by default now; ``values`` are Airflow's context."""
        seen = seen or look(self.pipeline.postgres.connection)["started_at"]
        return run(
            RdsRebootOperator(
                task_id="reboot",
                db_instance=self.pipeline.postgres.db_instance,
                postgres_conn_id=self.pipeline.postgres.connection,
                seen=started(seen),
                **self.aws,
                **QUICK,
            ),
            values,
        )

    def settings_sensor(self, seen: str) -> RdsPostgresSettingsSensor:
        """What waits for PostgreSQL's settings."""
        return RdsPostgresSettingsSensor(
            task_id="wait_settings",
            db_instance=self.pipeline.postgres.db_instance,
            postgres_conn_id=self.pipeline.postgres.connection,
            seen=started(seen),
            **self.aws,
            **QUICK,
        )

    def wait_settings(self, seen: str) -> Any:
        """Wait for PostgreSQL's settings."""
        return run(self.settings_sensor(seen))

    def prepare_postgres(self) -> None:
        """Reboot if needed, wait, create the extension."""
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        connection = self.pipeline.postgres.connection
        found = look(connection)
        if shortcomings(found):
            self.reboot(found["started_at"])
        self.wait_settings(found["started_at"])
        PostgresHook(postgres_conn_id=connection).run("CREATE EXTENSION IF NOT EXISTS pglogical")

    def wait_available(self) -> Any:
        """Wait for RDS."""
        db_instance = self.pipeline.postgres.db_instance
        return run(Available(task_id="wait_available", db_instance=db_instance, **self.aws, **QUICK))

    def instance(self, identifier: str | None = None) -> Any:
        """Wait for the replication instance."""
        name = identifier or self.pipeline.dms.replication_instance
        return run(DmsReplicationInstanceSensor(task_id="instance", replication_instance=name, **self.aws, **QUICK))

    def settle(self, *, accept_mapping_change: bool = False) -> Any:
        """Wait for a task in a passing state; stop it where something is to be applied."""
        return run(
            DmsSettleTaskOperator(task_id="settle", pipeline=self.pipeline, **QUICK),
            context(accept_mapping_change=accept_mapping_change),
        )

    def ensure(self, endpoint: Endpoint, db_instance: str | None = None) -> Any:
        """Make or reuse an endpoint."""
        on_drift = self.pipeline.dms.on_drift
        return run(
            DmsEnsureEndpointOperator(
                task_id="ensure", endpoint=endpoint, db_instance=db_instance, on_drift=on_drift, **self.aws
            )
        )

    def test(self, endpoint: Endpoint, endpoint_arn: str, instance_arn: str) -> Any:
        """Test an endpoint's connection."""
        return run(
            DmsTestConnectionOperator(
                task_id="test",
                endpoint=endpoint,
                endpoint_arn=endpoint_arn,
                replication_instance_arn=instance_arn,
                task_identifier=self.pipeline.dms.task.identifier,
                on_drift=self.pipeline.dms.on_drift,
                **self.aws,
                **QUICK,
            )
        )

    def start(self, *, accept_mapping_change: bool = False, recover_lost_slot: bool = False) -> dict[str, Any]:
        """Make, reuse or correct everything in DMS, and have the task running; what each step returned."""
        settled = self.settle(accept_mapping_change=accept_mapping_change)
        dms = self.pipeline.dms
        instance = self.instance()
        source = self.ensure(dms.source_endpoint, self.pipeline.postgres.db_instance)
        target = self.ensure(dms.target_endpoint)
        made = ((dms.source_endpoint, source), (dms.target_endpoint, target))
        tests = [self.test(endpoint, found["arn"], instance["arn"]) for endpoint, found in made]
        task = run(
            DmsEnsureTaskOperator(
                task_id="ensure_task",
                task=dms.task,
                mapping_text=self.pipeline.mapping_text,
                source_endpoint_arn=source["arn"],
                target_endpoint_arn=target["arn"],
                replication_instance_arn=instance["arn"],
                on_drift=self.pipeline.dms.on_drift,
                **self.aws,
            )
        )
        run(
            OracleInsertTriggersOperator(
                task_id="triggers", oracle_conn_id=self.pipeline.oracle.connection, tables=TABLES, policy="disable"
            )
        )
        started = self.start_or_resume(recover_lost_slot=recover_lost_slot)
        self.wait_running()
        return {
            "settled": settled,
            "source": source,
            "target": target,
            "tests": tests,
            "task": task,
            "started": started,
        }

    def start_or_resume(self, *, recover_lost_slot: bool = False) -> Any:
        """Start or resume the task."""
        return run(
            DmsStartOrResumeOperator(
                task_id="start",
                pipeline=self.pipeline,
                **self.task,
                **self.aws,
                **QUICK,
            ),
            context(recover_lost_slot=recover_lost_slot),
        )

    def wait_running(self) -> Any:
        """Wait until the task runs and its tables are good."""
        return run(DmsTablesSensor(task_id="wait_tables", tables=TABLES, **self.task, **self.aws, **QUICK))
