"""What each task returns: plain JSON in XCom and in the record of a run, each shape written down once.

Every result has an outcome; `what` says what was found or changed, `why` why something was left alone.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NotRequired, TypeAlias

from typing_extensions import TypedDict  # pydantic takes no other before Python 3.12


class Outcome(StrEnum):
    """What a task did: looked only, changed something, left alone what was right, or asked a person."""

    FOUND = "found"
    CHANGED = "changed"
    LEFT_ALONE = "left alone"
    APPROVED = "approved"
    REJECTED = "rejected"


Json: TypeAlias = Any
"""JSON that a task left in XCom; of which shape, the task's step or the XCom's key says."""


class Result(TypedDict):
    """What every result has."""

    outcome: Outcome
    what: NotRequired[str]
    why: NotRequired[str]


class DeletedEndpointResult(Result):
    """An endpoint that is gone, and the identifiers of the certificates that went with it, where some did."""

    certificates_deleted: NotRequired[list[str]]


class FoundFinding(TypedDict):
    """One finding of the preflight, as JSON keeps it: keys without a value are left out."""

    severity: str
    code: str
    what: str
    why: str
    do: str
    group: str
    link: str
    file: NotRequired[str]
    rule: NotRequired[str]
    table: NotRequired[str]
    column: NotRequired[str]
    blind: NotRequired[bool]
    passing: NotRequired[bool]
    accepted_by: NotRequired[str]


class AppliedRule(TypedDict):
    """A rule of the table mapping that acts on a column: its id, what it does, and the rule that beats it."""

    rule: str
    does: str
    beaten_by: NotRequired[str]


class MappedColumn(TypedDict):
    """A column on its way: names and types of both sides; None where that side has no such column.

    :param state: `kept`, `renamed`, `converted`, `added`, `removed` or `never written`
    :param expression: what an added column holds
    """

    source: str | None
    source_type: str | None
    target: str | None
    target_type: str | None
    state: str
    rules: list[AppliedRule]
    expression: NotRequired[str]


class MappedTable(TypedDict):
    """A selected table on its way, `schema.table` on both sides; `target_found`: whether Oracle has that table."""

    source: str
    target: str
    target_found: bool
    columns: list[MappedColumn]


class DifferentRule(TypedDict):
    """One rule that the mapping file and DMS do not share, as `reverse_sync.table_mapping.RuleDifference` has it."""

    rule: str
    key: str | None
    in_dms: object
    in_file: object


class PreflightResult(Result):
    """The preflight's findings; what each table becomes, and where DMS has other rules, as far as it could look.

    `different_rules` is not there where DMS had no task.
    """

    findings: list[FoundFinding]
    tables: NotRequired[list[MappedTable]]
    different_rules: NotRequired[list[DifferentRule]]


class Progress(TypedDict):
    """How far the comparison of a table is: rows compared, and about how many there are."""

    rows: int
    expected: int


class SelectedTable(TypedDict):
    """A table that the mapping selects, and the Oracle table that it becomes; each schema and name."""

    source: list[str]
    target: list[str]


class TablePart(SelectedTable):
    """What one task compares of a table, as :class:`reverse_sync.reconcile.parts.Part` has it."""

    low: list[str] | None
    high: list[str] | None
    number: int
    of: int


class ReplicationSettings(TypedDict):
    """The settings that logical replication by pglogical needs, as SHOW prints them."""

    shared_preload_libraries: str
    wal_level: str


class ServerSettings(ReplicationSettings):
    """The same, and when the server started; UTC, ISO 8601."""

    started_at: str


class ServerSettingsResult(Result, ServerSettings):
    """A look at PostgreSQL's settings."""


class ApiAddress(Result):
    """The addresses that the ingress of the service has, the first of them alone too."""

    host: str
    hosts: list[str]


class InstanceResult(Result):
    """The replication instance, as DMS describes it."""

    status: str
    arn: str
    engine_version: str | None


class EndpointTest(Result):
    """DMS's test of an endpoint from the replication instance; `endpoint` is its identifier."""

    status: str
    endpoint: str
    message: str | None


class EndpointResult(Result):
    """A DMS endpoint that was made, corrected or found, in DMS's own words; `differences` are sentences."""

    arn: str
    endpoint: dict[str, str | int | None]
    differences: NotRequired[list[str]]


class ReplicationTaskResult(Result):
    """A DMS replication task that was made, corrected, started or found, in DMS's own words.

    `how` is the StartReplicationTaskType where the task was started.
    """

    arn: str
    task: dict[str, str]
    differences: NotRequired[list[str]]
    how: NotRequired[str]


class StatusFacts(TypedDict):
    """The status of something in AWS, in AWS's own words; `missing` where there is no such thing."""

    status: str


class AssessmentFacts(StatusFacts):
    """A run of AWS's premigration assessment, and DMS's reason where it broke."""

    name: NotRequired[str]
    message: NotRequired[str | None]


class AssessmentResult(Result):
    """What became of a run of AWS's premigration assessment; none where nobody asked for one."""

    assessment: NotRequired[AssessmentFacts]


class TaskStatusFacts(StatusFacts):
    """A replication task's status and DMS's reasons for it."""

    arn: NotRequired[str]
    stop_reason: NotRequired[str | None]
    failure: NotRequired[str | None]
    checkpoint: NotRequired[str | None]


SUSPENDED = "Table error"
"""DMS's word for the state of a suspended table."""


class TableState(TypedDict):
    """A table of the replication task, `schema.table` of the source, and DMS's word for its state."""

    table: str
    state: str


class TableStatistics(TableState):
    """The same, and what the replication task did to the table so far."""

    inserts: int
    updates: int
    deletes: int
    ddls: int
    validation: str
    validation_pending: int
    validation_failed: int
    validation_suspended: int


class TaskTablesFacts(TaskStatusFacts):
    """The same, and the task's tables."""

    tables: list[TableStatistics]


class SettledTaskResult(Result):
    """The state in which a replication task was found, or in which it is now."""

    task: TaskStatusFacts


class TablesResult(Result):
    """The replication task's status, DMS's reasons for it, and its tables; older records have their states alone."""

    status: str
    stop_reason: NotRequired[str | None]
    failure: NotRequired[str | None]
    tables: list[TableStatistics] | list[TableState]


class StatisticsResult(Result):
    """The table statistics."""

    tables: list[TableStatistics]


class RebootResult(Result):
    """A reboot, and when the server had started before it; UTC, ISO 8601."""

    started_before: NotRequired[str]


class CanaryRead(Result):
    """The canary's row on both sides, the text to put back afterwards, and the text to write."""

    row_id: int | str | dict[str, int | str]
    source: dict[str, object]
    target: dict[str, object]
    old_text: str
    new_text: str


class CanaryChange(Result):
    """The change: how it was answered (`HTTP 200`, `UPDATE 1`), when (UTC, ISO 8601), and when Oracle showed it.

    `seen_in_oracle_after_s` counts from the answer; None: it took longer than the change's own short watch.
    """

    answer: str
    answered_at: str
    seen_in_oracle_after_s: float | None


class CanaryArrival(Result):
    """When Oracle was seen to hold the change (UTC, ISO 8601), and the latency in words."""

    seen_at: str
    latency: str


class ComparedColumn(TypedDict):
    """One column on both sides: its values as JSON keeps them; `same` is None where no one can compare them."""

    column: str
    expected: object
    found: object
    same: bool | None
    difference: NotRequired[str]
    not_compared: NotRequired[str]


class ComparedRow(Result):
    """The whole row on both sides."""

    target: str
    key: str
    columns: list[ComparedColumn]


class CanaryRestored(Result):
    """Whether the old text was put back, and when the row was looked at for that; UTC, ISO 8601."""

    looked_at: NotRequired[str]


class PartComparison(Result):
    """A part of a table that was compared: its rows, and how many of them differ.

    What differs is kept as another XCom, whole; the record has it once, table by table.
    """

    compared: NotRequired[int]
    differing: NotRequired[int]


class TableComparison(Result):
    """A table that was compared: how many rows, whether whole, and the first rows that differ.

    :param counts: how many rows are in each state
    :param differed_before: how many of the rows that differ did so at an earlier comparison, too
    :param repair_script: where Oracle's SQL lies that would make the rows equal
    :param comparison: all that was found, as :class:`reverse_sync.reconcile.results.TableResult` writes it

    A table that was left alone has none of these but `complete`.
    """

    complete: bool
    compared: NotRequired[int]
    differences: NotRequired[list[str]]
    counts: NotRequired[dict[str, int]]
    differed_before: NotRequired[int]
    repair_script: NotRequired[str]
    comparison: NotRequired[dict[str, Any]]  # a TableResult, as pydantic dumps it


class RepairResult(Result):
    """What was done about the rows of a table that differed, and what differs afterwards.

    :param repaired: how many rows were written, or in PostgreSQL touched
    :param skipped: of rows that were left alone, the key and why; the first of them
    :param differences: of the rows that differ afterwards, the first
    """

    table: NotRequired[str]
    approved_by: NotRequired[str]
    approved_at: NotRequired[str]
    repaired: NotRequired[int]
    skipped: NotRequired[list[str]]
    differences: NotRequired[list[str]]


class SlotFacts(TypedDict):
    """A replication slot as the record keeps it."""

    name: str
    plugin: str | None
    active: bool
    wal_status: str | None
    restart_lsn: str | None
    confirmed_flush_lsn: str | None
    retained_wal_bytes: int


class ControlTableFacts(TypedDict):
    """How many rows one of DMS's control tables in Oracle has of the task, and the newest; or why it is unreadable."""

    count: int
    unreadable: str | None
    newest: list[str]


class HealthResult(Result):
    """The measurements, and every limit that they break, a sentence each.

    `slot` is the task's own slot, None where nothing tells it: `slots` has every one that may be it then.
    """

    task: str
    latency_s: dict[str, float | None]
    slot: str | None
    slots: list[SlotFacts]
    dms_notes: dict[str, ControlTableFacts]
    slots_of_others: list[str]
    violations: list[str]


class DecommissionPlan(Result):
    """The task's replication slot, whether the task runs, and what goes away, for the person who approves."""

    slot: str | None
    task_runs: bool
    stays: list[str]
    text: str


class Answer(Result):
    """A person's answer: by whom and when (UTC, ISO 8601)."""

    by: str
    at: str
