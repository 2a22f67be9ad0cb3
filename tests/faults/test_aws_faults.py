"""Every fault that AWS can have: the run ends well once it is over, or fails with its reason, and the next run ends well."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from rehearsal.aws.faults import KINDS
from tests.support.long import only_long

if TYPE_CHECKING:
    from tests.support.trial import Trial

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]


@dataclass(frozen=True)
class Fault:
    """One fault, and what comes of it."""

    name: str
    strikes_after: str | None
    """The task after whose success it strikes; None: before the run."""
    arguments: dict[str, Any] = field(default_factory=dict)
    lasts_s: float | None = None
    """When it is healed; None: it is over by itself, or lasts until the run has failed."""
    fails: str = ""
    """The task that fails; empty: none does."""
    saying: str = ""
    next_run: dict[str, Any] = field(default_factory=dict)
    """What the next run is triggered with."""
    restart_task: bool = False
    """Whether a person restarts the task first, as the message says; the next run leaves it alone."""


PASSING = [
    Fault("throttle", "preflight.check", {"calls": 12}),
    Fault("expire-credentials", "preflight.check", lasts_s=6),
    Fault("hang-call", "preflight.check", {"operation": "CreateReplicationTask", "seconds": 40}),
    Fault("hang-call", "preflight.check", {"operation": "RebootDBInstance", "seconds": 40}),
    Fault("hang-call", "preflight.check", {"operation": "DescribeDBInstances", "seconds": 40}),
    Fault("hold-state", "preflight.check", {"status": "starting"}, lasts_s=25),
    Fault("kill-worker", "dms.start_or_resume"),
    Fault("endpoint-state", "preflight.check", {"status": "failed"}),  # the connection test decides, not what it shows
    Fault("rds-state", "preflight.check", {"status": "maintenance"}, lasts_s=10),
    Fault("replication-instance-state", "preflight.check", {"status": "upgrading"}, lasts_s=10),
]
STAYING = [
    Fault("fail-start", "preflight.check", {"message": "no space left"}, None, "dms.wait_tables", "no space left"),
    Fault(
        "fail-connection-test",
        "preflight.check",
        {"calls": 2, "message": "the listener refused"},
        None,
        "dms.test_source_endpoint",
        "the listener refused",
    ),
    Fault("fail-reboot", None, {}, None, "postgres.reboot", "is 'incompatible-parameters'"),
    Fault("rds-state", None, {"status": "storage-full"}, None, "preflight.check", "is storage-full, not available"),
    Fault(
        "replication-instance-state",
        None,
        {"status": "incompatible-network"},
        None,
        "preflight.check",
        "is incompatible-network, not available",
    ),
    Fault("expire-credentials", None, {}, None, "preflight.check", "ExpiredToken"),
    Fault(
        "lose-slot",
        "dms.wait_tables",
        {},
        None,
        "verify.wait_for_oracle|health.check",
        "slot",
        {"recover_lost_slot": True},
    ),
    Fault("suspend-table", "dms.wait_tables", {}, None, "verify.wait_for_oracle", "Table error", restart_task=True),
]


def named(fault: Fault) -> str:
    """How pytest calls it."""
    return "-".join([fault.name, *(str(value) for value in fault.arguments.values() if isinstance(value, str))])


def strike(trial: Trial, fault: Fault) -> str:
    """Let the fault strike in a run; the run's id."""
    if fault.strikes_after is None:
        answer = trial.stage.fault(fault.name, **fault.arguments)
        run_id = trial.start()
    else:
        run_id = trial.start()
        trial.wait_for_task(run_id, fault.strikes_after, {"success"})
        answer = trial.stage.fault(fault.name, **fault.arguments)
    assert "error" not in answer, answer
    return run_id


@only_long
@pytest.mark.parametrize("fault", PASSING, ids=named)
def test_a_fault_that_passes_costs_time_only(trial: Trial, fault: Fault) -> None:
    run_id = strike(trial, fault)
    heal = threading.Timer(fault.lasts_s or 0, trial.stage.rehearsal, ("DELETE", f"faults/{fault.name}"))
    if fault.lasts_s is not None:
        heal.start()
    try:
        assert trial.finish(run_id) == "success"
    finally:
        heal.cancel()
    trial.require_converged()


@only_long
@pytest.mark.parametrize("fault", STAYING, ids=named)
def test_a_fault_that_stays_fails_the_run_with_its_reason_and_the_next_run_goes_on(trial: Trial, fault: Fault) -> None:
    run_id = strike(trial, fault)
    assert trial.finish(run_id) == "failed"
    trial.stage.rehearsal("DELETE", "faults")
    failures = {
        task: str(step.get("failure")) for task, step in trial.steps(run_id).items() if step["state"] == "failed"
    }
    assert set(failures) & set(fault.fails.split("|")), failures
    assert all("Traceback" not in failure for failure in failures.values())
    assert any(fault.saying in failures[task] for task in set(failures) & set(fault.fails.split("|"))), failures
    if fault.restart_task:
        trial.restart_task()
    assert trial.finish(trial.start(**fault.next_run)) == "success"
    if not fault.next_run:
        again = {"RebootDBInstance": 1, "CreateEndpoint": 2, "CreateReplicationTask": 1}
        assert {operation: trial.outcomes(operation)["ok"] for operation in again} == again


def test_every_fault_is_tried() -> None:
    assert {fault.name for fault in [*PASSING, *STAYING]} == set(KINDS)
