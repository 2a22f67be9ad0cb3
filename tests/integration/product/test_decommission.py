"""A decommission leaves nothing behind, may be repeated at any step, and refuses what nobody approved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rehearsal.certificates import write_certificates
from reverse_sync.aws.certificate import import_certificate
from reverse_sync.aws.operators.teardown import (
    DmsDeleteEndpointOperator,
    DmsDeleteTaskOperator,
    DmsStopTaskOperator,
)
from reverse_sync.catalog.postgres_server import Slot
from reverse_sync.decommission.operators import (
    AdvanceSequencesOperator,
    CleanSourceOperator,
    CleanTargetOperator,
    EnableTriggersOperator,
    NothingLeftOperator,
    PlanOperator,
)
from reverse_sync.decommission.source import choose_slot
from reverse_sync.errors import NeedsPersonError, NotProvedError, ReverseSyncError
from reverse_sync.verify.drained import DrainedOperator
from tests.support.aws_stage import eventually
from tests.support.procedure import QUICK, TABLES, Procedure
from tests.support.tasks import context, run

if TYPE_CHECKING:
    from pathlib import Path

    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts

pytestmark = pytest.mark.integration


class Decommission:
    """The steps of the DAG, each of which can be run again and again."""

    def __init__(self, pipeline: Pipeline, **params: Any) -> None:
        self.pipeline = pipeline
        self.common: dict[str, Any] = {"pipeline": pipeline, "tables": TABLES}
        self.context = context(**{"keep_control_objects": False, "slot_name": None, **params})
        self.aws: dict[str, Any] = {"aws_conn_id": pipeline.aws.connection, "region_name": pipeline.aws.region, **QUICK}
        self.task: dict[str, Any] = {
            "task_identifier": pipeline.dms.task.identifier,
            "replication_instance": pipeline.dms.replication_instance,
            **self.aws,
        }

    def plan(self) -> dict[str, Any]:
        """What would go."""
        plan: dict[str, Any] = run(PlanOperator(task_id="plan", **self.common), self.context)
        self.common["plan"] = plan
        return plan

    def teardown(self) -> None:
        """Stop and delete what is in DMS."""
        run(DmsStopTaskOperator(task_id="stop", **self.task))
        run(DmsDeleteTaskOperator(task_id="delete", **self.task))
        for endpoint in (self.pipeline.dms.source_endpoint, self.pipeline.dms.target_endpoint):
            run(DmsDeleteEndpointOperator(task_id="endpoint", endpoint=endpoint, **self.aws))

    def clean(self) -> list[dict[str, Any]]:
        """Clean both databases; what each step returned."""
        steps = (CleanSourceOperator, EnableTriggersOperator, AdvanceSequencesOperator, CleanTargetOperator)
        return [run(step(task_id="clean", **self.common), self.context) for step in steps]

    def nothing_left(self) -> Any:
        """Look again."""
        return run(NothingLeftOperator(task_id="nothing_left", **self.common), self.context)


# Tasks that other tests deleted left their sets, and DMS's node stays as long as there is a set that may be somebody's.
FORGET_OTHERS = """
    SELECT pglogical.drop_replication_set(set_name) FROM pglogical.replication_set WHERE set_name <> ALL (%s)
"""


def test_everything_goes_and_oracle_gives_its_own_ids_again(
    running: RunningParts, replicating: Procedure, pipeline: Pipeline
) -> None:
    decommission = Decommission(pipeline)
    plan = decommission.plan()
    assert plan["task_runs"]
    with running.postgres() as session:
        session.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active")
        session.execute(
            FORGET_OTHERS, [["default", "default_insert_only", "ddl_sql", plan["slot"], f"i{plan['slot']}"]]
        )
    for name in (
        "replication task flightspecials-postgresql-to-oracle-rsync-task (running)",
        "endpoint flightspecials-postgresql-rsync-source",
        "endpoint travelbuddy-oracle-target",
        f"replication slot {plan['slot']}",
        f"pglogical replication set i{plan['slot']}",
        "disabled trigger TRAVELBUDDY.FLIGHTSPECIAL_TRIGGER",
        "table awsdms_txn_state of DMS's login in Oracle",
    ):
        assert f"- {name}\n" in plan["text"]

    with pytest.raises(NeedsPersonError, match="should be left, but there is: replication task flightspecials"):
        decommission.nothing_left()
    decommission.teardown()
    with running.postgres() as session:
        session.execute("SET ROLE dmsuser")  # as DMS does with its login
        session.execute("CREATE TABLE public.awsdms_ddl_audit (c_key bigint PRIMARY KEY)")
        session.execute(
            "RESET ROLE; REVOKE dmsuser FROM reverse_sync; GRANT rds_superuser, rds_replication TO reverse_sync"
        )
    with pytest.raises(NeedsPersonError, match="must be owner of table awsdms_ddl_audit"):
        decommission.clean()
    with running.postgres() as session:
        session.execute("GRANT dmsuser TO reverse_sync; REVOKE rds_superuser, rds_replication FROM reverse_sync")
    source, triggers, sequences, target = decommission.clean()
    assert source["what"] == "dropped table awsdms_ddl_audit", "the rest went before the refusal"
    assert triggers["what"] == "enabled TRAVELBUDDY.FLIGHTSPECIAL_TRIGGER"
    assert sequences["outcome"] in {"changed", "left alone"}
    assert "table awsdms_txn_state in Oracle" in target["what"]
    assert decommission.nothing_left()["what"] == "nothing is left"

    decommission.teardown()
    assert Decommission(pipeline).plan()["slot"] == plan["slot"], "the slot is kept for the time after its task"
    assert [step["outcome"] for step in decommission.clean()] == ["left alone"] * 4
    assert decommission.plan()["text"].splitlines()[1] == "- nothing: everything is gone already"
    assert running.dms_resources() == []


def test_what_is_written_after_the_comparison_is_not_lost(
    running: RunningParts, replicating: Procedure, pipeline: Pipeline
) -> None:
    decommission = Decommission(pipeline, accept_differences=False)
    slot = decommission.plan()["slot"]
    step = DrainedOperator(task_id="drained", **decommission.common)
    with pytest.raises(ReverseSyncError, match=f"Slot {slot} should be free .* still reads it"):
        run(step, decommission.context)
    run(DmsStopTaskOperator(task_id="stop", **decommission.task))
    assert f"every change that slot {slot} holds up to" in run(step, decommission.context)["what"]
    with running.postgres() as session:
        session.execute("UPDATE travelbuddy.flight SET flight_name = flight_name")
        session.execute("UPDATE travelbuddy.flightspecial SET header = '늦은 변경' WHERE id = 3")
        with pytest.raises(
            NotProvedError, match=r"1 row\(s\) differ: .*\n  TRAVELBUDDY.FLIGHTSPECIAL 3: different"
        ) as missing:
            run(step, decommission.context)
        assert f"slot {slot} holds what is missing. Then trigger {pipeline.dag_id}" in str(missing.value)
        accepting = Decommission(pipeline, accept_differences=True).context
        assert "but 1 row(s) differ, which the run accepts" in run(step, accepting)["what"]
    assert Procedure(pipeline).start()["started"]["outcome"] == "changed"
    assert eventually(lambda: oracle_header(running, 3) == "늦은 변경")


def oracle_header(running: RunningParts, row_id: int) -> str:
    with running.oracle() as session, session.cursor() as cursor:
        (header,) = cursor.execute("SELECT HEADER FROM FLIGHTSPECIAL WHERE ID = :1", [row_id]).fetchall()[0]
        return str(header)


def test_the_sequence_is_moved_past_the_highest_id(
    running: RunningParts, replicating: Procedure, pipeline: Pipeline
) -> None:
    with running.oracle() as session, session.cursor() as cursor:
        cursor.execute("SELECT FLIGHTSPECIAL_SEQ.NEXTVAL FROM DUAL")
        (number,) = cursor.fetchone() or (0,)
        highest = number + 2345
        cursor.execute("UPDATE FLIGHTSPECIAL SET ID = :1 WHERE ID = 11", [highest])
        session.commit()
    step = AdvanceSequencesOperator(task_id="advance", **Decommission(pipeline).common)
    assert run(step)["what"] == f"advanced TRAVELBUDDY.FLIGHTSPECIAL_SEQ from {number + 1} to {highest}"
    assert run(step)["outcome"] == "left alone"
    with running.oracle() as session, session.cursor() as cursor:
        cursor.execute("UPDATE FLIGHTSPECIAL SET ID = 11 WHERE ID = :1", [highest])
        session.commit()


def test_a_pipeline_with_a_schedule_would_come_back(running: RunningParts, pipeline: Pipeline) -> None:
    scheduled = pipeline.model_copy(update={"schedule": "@hourly"})
    with pytest.raises(NeedsPersonError, match="it has the schedule '@hourly' and would build everything again"):
        Decommission(scheduled).plan()


def slot(name: str, *, active: bool = False) -> Slot:
    return Slot(name, "pglogical_output", "dso", active=active, wal_status="reserved", retained_bytes=0)


CHOICE: dict[str, Any] = {
    "own": None,
    "wanted": None,
    "others": {"b_1": "other-task"},
    "has_run": True,
    "task_runs": False,
}


@pytest.mark.parametrize(
    ("slots", "facts", "chosen"),
    [
        ([slot("a_1"), slot("b_1")], {"own": "a_1"}, "a_1"),
        (
            [slot("a_1", active=True), slot("b_1", active=True)],
            {"own": "a_1", "wanted": "a_1", "task_runs": True},
            "a_1",
        ),
        ([slot("a_1")], {"wanted": "a_1"}, "a_1"),
        ([slot("b_1")], {}, None),
        ([slot("idle_1")], {"has_run": False}, None),
        ([], {}, None),
    ],
)
def test_the_slot_is_the_tasks_own_and_never_the_only_one_left(
    slots: list[Slot], facts: dict[str, Any], chosen: str | None
) -> None:
    assert choose_slot(slots, **CHOICE | facts) == chosen


@pytest.mark.parametrize(
    ("slots", "facts", "said"),
    [
        ([slot("x_1")], {}, r"x_1 may be it\. Find out .* trigger the DAG again with slot_name"),
        (
            [slot("b_1", active=True)],
            {"wanted": "b_1"},
            "b_1, but that is the slot of the replication task other-task, not of",
        ),
        ([slot("x_1", active=True)], {"wanted": "x_1"}, "x_1, but somebody reads that slot while this pipeline's task"),
        (
            [slot("a_1"), slot("x_1")],
            {"own": "a_1", "wanted": "x_1"},
            "x_1, but the slot of this pipeline's task is a_1",
        ),
    ],
)
def test_a_slot_that_may_be_anothers_is_refused(slots: list[Slot], facts: dict[str, Any], said: str) -> None:
    with pytest.raises(NeedsPersonError, match=said):
        choose_slot(slots, **CHOICE | facts)


def test_an_endpoint_that_a_task_uses_is_left_to_it_at_once(
    running: RunningParts, replicating: Procedure, pipeline: Pipeline
) -> None:
    before = running.dms_resources()
    endpoint = pipeline.dms.source_endpoint
    step = DmsDeleteEndpointOperator(task_id="endpoint", endpoint=endpoint, **Decommission(pipeline).aws)
    with pytest.raises(NeedsPersonError) as refused:
        run(step)
    said = f"Endpoint {endpoint.identifier} should go, but DMS deletes no endpoint that a task uses, and "
    assert str(refused.value).startswith(f"{said}{pipeline.dms.task.identifier} uses it")
    assert running.dms_resources() == before


def test_certificates_that_runs_imported_go_and_what_others_use_or_made_stays(
    running: RunningParts, pipeline: Pipeline, tmp_path: Path
) -> None:
    pem = write_certificates(tmp_path, "authority").authority
    changes = {"identifier": "by-tls", "ssl_mode": "verify-full", "certificate": str(pem)}
    endpoint = pipeline.dms.source_endpoint.model_copy(update=changes)
    by_tls = pipeline.model_copy(update={"dms": pipeline.dms.model_copy(update={"source_endpoint": endpoint})})
    dms = running.aws("dms")
    import_certificate(dms, endpoint)
    [of_the_file] = [one["CertificateIdentifier"] for one in dms.describe_certificates()["Certificates"]]
    before_it, used, by_hand = (f"{endpoint.identifier}-{end}" for end in ("0123456789ab", "ba9876543210", "mine"))
    arns = {
        name: dms.import_certificate(CertificateIdentifier=name, CertificatePem=pem.read_text())["Certificate"][
            "CertificateArn"
        ]
        for name in (before_it, used, by_hand)
    }
    other = dms.create_endpoint(
        EndpointIdentifier="of-another-task",
        EndpointType="source",
        EngineName="postgres",
        SslMode="verify-full",
        CertificateArn=arns[used],
        ServerName="db",
        Port=5432,
        DatabaseName="d",
        Username="u",
        Password="p",
    )["Endpoint"]["EndpointArn"]
    try:
        decommission = Decommission(by_tls)
        text = decommission.plan()["text"]
        assert [line for line in text.splitlines() if "certificate" in line] == [
            f"- certificate {of_the_file}",
            f"- certificate {before_it}",
            f"- certificate {used}: used by the endpoint of-another-task",
        ]
        step = DmsDeleteEndpointOperator(task_id="endpoint", endpoint=endpoint, **decommission.aws)
        assert run(step)["certificates_deleted"] == [of_the_file, before_it]
        assert "certificates_deleted" not in run(step)
        left = [one["CertificateIdentifier"] for one in dms.describe_certificates()["Certificates"]]
        assert left == [used, by_hand]
        assert "certificate" not in decommission.plan()["text"].partition("This stays")[0]
    finally:
        dms.delete_endpoint(EndpointArn=other)
        eventually(lambda: "of-another-task" not in str(dms.describe_endpoints()["Endpoints"]))
        for certificate in dms.describe_certificates()["Certificates"]:
            dms.delete_certificate(CertificateArn=certificate["CertificateArn"])
