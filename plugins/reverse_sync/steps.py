"""The tasks of both DAGs: each by its id, by the name that Airflow's graph shows, and by what it returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypedDict, TypeVar

from reverse_sync import results as shapes
from reverse_sync.errors import NeedsPersonError

R_co = TypeVar("R_co", covariant=True)
T = TypeVar("T")


def group_of(task_id: str) -> str:
    """The task group in an id, empty where it is in none."""
    return task_id.rpartition(".")[0]


def name_of(task_id: str) -> str:
    """An id within its group."""
    return task_id.rpartition(".")[2]


class Named(TypedDict):
    """The arguments by which an operator has its id and its name."""

    task_id: str
    task_display_name: str


@dataclass(frozen=True)
class Step(Generic[R_co]):
    """A task of the DAGs; as text it is the task's id.

    :param title: what Airflow's graph shows
    :param returns: the shape of what it returns
    """

    task_id: str
    title: str
    returns: type[R_co]

    @property
    def group(self) -> str:
        """The task group, empty where it is in none."""
        return group_of(self.task_id)

    @property
    def name(self) -> str:
        """The id within its group."""
        return name_of(self.task_id)

    @property
    def named(self) -> Named:
        """An operator's arguments for that."""
        return {"task_id": self.name, "task_display_name": self.title}

    def needed(self, returned: T | None) -> T:
        """What the task returned, for a task that can't go on without it.

        :raises NeedsPersonError: where it returned nothing: a person marked it as success, and its work was not done.
        """
        if returned is None:
            raise NeedsPersonError(
                f"{self} is marked as success but returned nothing, so its work was not done: clear {self} with "
                "downstream."
            )
        return returned

    def __str__(self) -> str:
        return self.task_id


API_ADDRESS = Step("preflight.api_address", "API's address", shapes.ApiAddress)
ASSESS = Step("preflight.assess", "AWS's assessment", shapes.AssessmentResult)
PREFLIGHT = Step("preflight.check", "What would fail", shapes.PreflightResult)
OTHER_DAG_IDLE = Step("preflight.other_dag_idle", "Other DAG at rest", shapes.Result)
SELECT_TABLES = Step("preflight.select_tables", "Tables of the mapping", list[shapes.SelectedTable])
CUT_TABLES = Step("preflight.cut_tables", "Parts of the tables", list[shapes.TablePart])
PLAN = Step("preflight.plan", "What goes away", shapes.DecommissionPlan)
DECIDE_REBOOT = Step("postgres.decide_reboot", "Is a reboot needed?", shapes.ServerSettingsResult)
APPROVE_REBOOT = Step("postgres.approve_reboot", "A person approves the reboot", shapes.Answer)
REBOOT = Step("postgres.reboot", "Reboot", shapes.RebootResult)
WAIT_SETTINGS = Step("postgres.wait_settings", "Settings in effect", shapes.ServerSettingsResult)
CREATE_EXTENSION = Step("postgres.create_extension", "Extension pglogical", list[object])
CLEAN_SOURCE = Step("postgres.clean", "Clean PostgreSQL", shapes.Result)
INSERT_TRIGGERS = Step("oracle.insert_triggers", "Insert triggers off", shapes.Result)
ENABLE_TRIGGERS = Step("oracle.enable_triggers", "Insert triggers on", shapes.Result)
ADVANCE_SEQUENCES = Step("oracle.advance_sequences", "Sequences ahead of ids", shapes.Result)
CLEAN_TARGET = Step("oracle.clean", "Clean Oracle", shapes.Result)
INSTANCE = Step("dms.replication_instance", "Replication instance", shapes.InstanceResult)
SETTLE_TASK = Step("dms.settle_task", "Replication task settled", shapes.SettledTaskResult)
ENSURE_SOURCE = Step("dms.ensure_source_endpoint", "Source endpoint", shapes.EndpointResult)
ENSURE_TARGET = Step("dms.ensure_target_endpoint", "Target endpoint", shapes.EndpointResult)
TEST_SOURCE = Step("dms.test_source_endpoint", "Source answers DMS", shapes.EndpointTest)
TEST_TARGET = Step("dms.test_target_endpoint", "Target answers DMS", shapes.EndpointTest)
ENSURE_TASK = Step("dms.ensure_task", "Replication task", shapes.ReplicationTaskResult)
PARTS_BEFORE_START = Step("dms.compare_parts", "Parts before the first start", shapes.PartComparison)
BEFORE_START = Step("dms.compare_before_first_start", "Tables before the first start", shapes.TableComparison)
START = Step("dms.start_or_resume", "Start or resume", shapes.ReplicationTaskResult)
WAIT_TABLES = Step("dms.wait_tables", "Tables replicate", shapes.TablesResult)
STOP_TASK = Step("dms.stop_task", "Stop replication task", shapes.SettledTaskResult)
DRAINED = Step("dms.drained", "Nothing missing in Oracle", shapes.Result)
DELETE_TASK = Step("dms.delete_task", "Delete replication task", shapes.Result)
DELETE_SOURCE = Step("dms.delete_source_endpoint", "Delete source endpoint", shapes.DeletedEndpointResult)
DELETE_TARGET = Step("dms.delete_target_endpoint", "Delete target endpoint", shapes.DeletedEndpointResult)
# Of older records: WAIT_TABLES has the statistics since.
STATISTICS_BEFORE = Step("verify.statistics_before", "Statistics before", shapes.StatisticsResult)
DECIDE_CANARY = Step("verify.decide_canary", "Is there a task to catch up?", str)
READ_CANARY = Step("verify.read_canary", "Canary's row before", shapes.CanaryRead)
CHANGE_ROW = Step("verify.change_row", "Change by the API", shapes.CanaryChange)
WAIT_FOR_ORACLE = Step("verify.wait_for_oracle", "Change seen in Oracle", shapes.CanaryArrival)
COMPARE_ROW = Step("verify.compare_row", "Same row in Oracle", shapes.ComparedRow)
STATISTICS_AFTER = Step("verify.statistics_after", "Statistics after", shapes.StatisticsResult)
COMPARE_PARTS = Step("verify.compare_parts", "Compare parts", shapes.PartComparison)
RECONCILE = Step("verify.reconcile", "Whole tables compared", shapes.TableComparison)
DECIDE_REPAIR = Step("verify.decide_repair", "Is a repair asked for?", shapes.Result)
APPROVE_REPAIR = Step("verify.approve_repair", "A person approves the repair", shapes.Answer)
REPAIR = Step("verify.repair", "Repair rows that differ", shapes.RepairResult)
RESTORE_CANARY = Step("verify.restore_canary", "Old text back", shapes.CanaryRestored)
HEALTH = Step("health.check", "Limits kept", shapes.HealthResult)
APPROVE = Step("approve", "A person approves", shapes.Answer)
NOTHING_LEFT = Step("nothing_left", "Nothing is left", shapes.Result)
EVIDENCE = Step("evidence", "Evidence", shapes.Result)
