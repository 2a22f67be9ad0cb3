"""A suspended table: what dms.wait_tables says of it, and that a person who does just that loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reverse_sync.aws.sensors.dms import DmsTablesSensor
from reverse_sync.errors import NeedsPersonError, NotProvedError
from reverse_sync.verify.diagnosis import diagnose
from tests.support.procedure import QUICK, TABLES
from tests.support.reconciliation import reconciled
from tests.support.tasks import run
from tests.support.wait import eventually

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration


def test_what_the_message_says_brings_the_table_back(
    running: RunningParts, replicating: Procedure, pipeline: Pipeline
) -> None:
    def wait_tables() -> Any:
        return run(
            DmsTablesSensor(task_id="wait_tables", tables=TABLES, **replicating.task, **replicating.aws, **QUICK)
        )

    def reconcile(rechecks: int = 8) -> Any:
        quick = pipeline.reconciliation.model_copy(update={"recheck_after_s": 0.05, "rechecks": rechecks})
        changed = pipeline.model_copy(update={"reconciliation": quick})
        return reconciled(changed)

    dms = running.aws("dms")
    arn = dms.describe_replication_tasks()["ReplicationTasks"][0]["ReplicationTaskArn"]

    def stop() -> None:
        dms.stop_replication_task(ReplicationTaskArn=arn)
        assert eventually(lambda: dms.describe_replication_tasks()["ReplicationTasks"][0]["Status"] == "stopped")

    reconcile()
    with running.fault("suspend-table"), pytest.raises(NeedsPersonError) as said:
        eventually(lambda: wait_tables() and False)
    assert "travelbuddy.flightspecial is 'Table error'" in str(said.value)
    assert "neither a resume nor a reload" in str(said.value)
    assert "stop the task, Restart it (start-replication), and run the DAG again" in str(said.value)
    assert "flightspecial: Table error, " in (told := diagnose(pipeline))
    assert "(suspended: run the DAG again, dms.wait_tables says what to do)" in told
    with running.postgres() as session:
        session.execute("UPDATE travelbuddy.flightspecial SET header = '멈춘 동안' WHERE id = 6")

    stop()
    replicating.start_or_resume()
    with pytest.raises(NeedsPersonError, match="is 'Table error'"):
        replicating.wait_running()
    table = {"SchemaName": "travelbuddy", "TableName": "flightspecial"}
    with pytest.raises(dms.exceptions.ClientError, match="its tables cannot be reloaded"):
        dms.reload_tables(ReplicationTaskArn=arn, TablesToReload=[table])

    stop()
    dms.start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType="start-replication")
    assert replicating.start_or_resume()["outcome"] == "left alone"
    replicating.wait_running()
    with pytest.raises(NotProvedError, match=r"(?s)differs from PostgreSQL in 1 of .*6.*멈춘 동안"):
        reconcile(rechecks=1)
    with running.postgres() as session:
        session.execute("UPDATE travelbuddy.flightspecial SET header = header WHERE id = 6")
    reconcile()
