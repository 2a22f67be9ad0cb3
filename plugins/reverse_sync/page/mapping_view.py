"""What the table mapping makes of each table, as the preflight of the newest run saw it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync import steps
from reverse_sync.evidence.shapes import result_of
from reverse_sync.page.history import read_record, readable
from reverse_sync.page.runs import recent_runs

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from reverse_sync.evidence.shapes import Record
    from reverse_sync.page.runs import Run
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import DifferentRule, FoundFinding, MappedColumn, MappedTable, PreflightResult

LOOKED_BACK = 10


class ColumnRow(NamedTuple):
    """A column on its way, with the findings that concern it."""

    column: MappedColumn
    findings: list[FoundFinding]


class TablePicture(NamedTuple):
    """A table with its columns, and the findings that concern the table as a whole."""

    table: MappedTable
    rows: list[ColumnRow]
    findings: list[FoundFinding]


class MappingView(NamedTuple):
    """The newest run that looked, its tables, and the mapping file against DMS.

    :param edited: whether the mapping file is another one than the run's
    :param different_rules: None where DMS had no task
    :param then: what the run did about the task afterwards
    """

    run: Run
    tables: list[TablePicture]
    findings: list[FoundFinding]
    edited: bool
    different_rules: list[DifferentRule] | None
    then: str


def mapping_view(session: Session, pipeline: Pipeline) -> MappingView | None:
    """The view; None where none of the newest runs looked.

    :raises StorageError: where the evidence can't be read.
    """
    for run in recent_runs(session, pipeline.dag_id, LOOKED_BACK):
        record = read_record(pipeline.evidence, run) if run.ended else None
        with readable(f"The run {run.run_id}"):
            looked = result_of(record["steps"], steps.PREFLIGHT) if record else None
            if record and looked and looked.get("tables"):
                return _view(pipeline, run, record, looked)
    return None


def _view(pipeline: Pipeline, run: Run, record: Record, looked: PreflightResult) -> MappingView:
    findings, tables = looked["findings"], looked.get("tables", [])
    ensured = result_of(record["steps"], steps.ENSURE_TASK)
    return MappingView(
        run=run,
        tables=[_picture(table, findings) for table in tables],
        findings=[one for one in findings if one.get("file") and not any(_concerns(one, table) for table in tables)],
        edited=record.get("mapping_sha256") != pipeline.mapping_fingerprint,
        different_rules=looked.get("different_rules"),
        then=ensured.get("what", "") if ensured else "",
    )


def _picture(table: MappedTable, findings: list[FoundFinding]) -> TablePicture:
    own = [one for one in findings if _concerns(one, table)]
    rows = [ColumnRow(column, [one for one in own if _is_of(one, table, column)]) for column in table["columns"]]
    shown = {id(one) for row in rows for one in row.findings}
    return TablePicture(table, rows, [one for one in own if id(one) not in shown])


def _concerns(finding: FoundFinding, table: MappedTable) -> bool:
    return finding.get("table") in (table["source"], table["target"])


def _is_of(finding: FoundFinding, table: MappedTable, column: MappedColumn) -> bool:
    """A finding about Oracle's table names its column as Oracle has it."""
    name = finding.get("column")
    side = column["target"] if finding.get("table") == table["target"] != table["source"] else column["source"]
    return name is not None and name in (side, column["source"], column["target"])
