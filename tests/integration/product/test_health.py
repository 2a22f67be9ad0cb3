"""What the health check says of a replication that is just coming back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reverse_sync.errors import NeedsPersonError, ReverseSyncError
from reverse_sync.health.operator import HealthCheckOperator
from tests.integration.product.test_side_by_side import slot, stop
from tests.support.tasks import context, run
from tests.support.wait import eventually

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration


def test_a_slot_that_dms_comes_back_to_is_looked_at_again(
    running: RunningParts, replicating: Procedure, pipeline: Pipeline
) -> None:
    check = HealthCheckOperator(
        task_id="check", pipeline=pipeline, insert_triggers=None, started=None, change=None, arrival=None
    )
    name = slot(pipeline)
    stop(running, pipeline)
    with running.durations(retry_second=1000.0):  # so that the task's engine stays away
        replicating.start_or_resume()
    assert eventually(running.task_runs)
    with running.fault("kill-worker"), running.postgres() as source:
        unread = "SELECT NOT active FROM pg_replication_slots WHERE slot_name = %s"
        assert eventually(lambda: source.execute(unread, [name]).fetchone() == (True,))
    values = context()
    with pytest.raises(ReverseSyncError) as failed:
        run(check, values)
    assert not isinstance(failed.value, NeedsPersonError), "another try may find it read again"
    violation = f"the task's replication slot is not being read ({name})"
    assert str(failed.value).startswith(f"The replication is not healthy:\n  {violation}\nAfter an outage")
    assert values["ti"].pushed["return_value"]["violations"] == [violation]

    stop(running, pipeline)
    with pytest.raises(NeedsPersonError, match="should be 'running' but is 'stopped'"):
        run(check)
    replicating.start_or_resume()
    assert eventually(running.task_runs)
    assert run(check)["violations"] == []
