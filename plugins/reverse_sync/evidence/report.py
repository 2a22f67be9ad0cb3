"""A run's record as text that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync import steps
from reverse_sync.evidence.shapes import result_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reverse_sync.evidence.shapes import Record, RecordedStep
    from reverse_sync.results import ComparedColumn

_WIDEST = 60


def render(record: Record) -> str:
    """The report: the verdict, the steps, the canary, the tables."""
    return "\n".join(_lines(record))


def _lines(record: Record) -> Iterator[str]:
    yield f"{record['dag_id']}, run {record['run_id']}"
    mapping = f"{record['mapping_file']} (SHA-256 {record['mapping_sha256'][:12]})"
    yield f"pipeline file {record['pipeline_file']}, mapping {mapping}"
    yield f"triggered by {record['triggered_by']}, due {record['due_at']}, written {record['written_at']} (UTC)"
    yield "parameters: " + ", ".join(f"{key}={value}" for key, value in record["parameters"].items())
    yield ""
    yield from (_step(step) for step in record["steps"])
    yield from _canary(record["steps"])
    yield from _statistics(record["steps"])
    yield from _failures(record["steps"])
    yield ""
    yield record["verdict"]["sentence"]


def _step(step: RecordedStep) -> str:
    seconds = "" if step["duration_s"] is None else f"{step['duration_s']:8.2f} s"
    again = f" (attempt {step['attempts']})" if step["attempts"] > 1 else ""
    return f"  {step['task']:<38} {step['state']:<16} {seconds:>10}  {_outcome(step['result'])}{again}".rstrip()


def _outcome(result: object) -> str:
    if isinstance(result, dict) and "outcome" in result:
        detail = result.get("what") or result.get("why") or ""
        return f"{result['outcome']}: {detail}" if detail else str(result["outcome"])
    return "" if result is None or isinstance(result, dict | list) else str(result)


def _canary(recorded_steps: list[RecordedStep]) -> Iterator[str]:
    compared = result_of(recorded_steps, steps.COMPARE_ROW)
    if compared is None:
        return
    yield ""
    yield f"The canary: {compared['target']}, {compared['key']}"
    yield from _table_of_columns(compared["columns"])
    if arrived := result_of(recorded_steps, steps.WAIT_FOR_ORACLE):
        yield f"  seen in Oracle {arrived['latency']}"


def _table_of_columns(columns: list[ComparedColumn]) -> Iterator[str]:
    """Both sides of a row, a line a column; what differs, and what can't be compared, is marked."""
    width = max([24, *(len(_cell(column["expected"])) for column in columns)])
    yield f"    {'column':<18} {'expected from PostgreSQL':<{width}}  found in Oracle"
    for column in columns:
        mark = {True: "  ", False: "≠ ", None: "? "}[column["same"]]
        line = f"  {mark}{column['column']:<18} {_cell(column['expected']):<{width}}  {_cell(column['found'])}"
        yield f"{line}  (not compared: {column['not_compared']})" if column.get("not_compared") else line


def _cell(value: object) -> str:
    """The record has the value whole; here its beginning is enough."""
    text = str(value)
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}... ({len(text)} characters)"


def _statistics(recorded_steps: list[RecordedStep]) -> Iterator[str]:
    before = result_of(recorded_steps, steps.STATISTICS_BEFORE) or result_of(recorded_steps, steps.WAIT_TABLES)
    after = result_of(recorded_steps, steps.STATISTICS_AFTER)
    if after is None or not after["tables"]:
        return
    yield ""
    yield "Table statistics of the replication task (before, after):"
    earlier: dict[str, Mapping[str, object]] = {table["table"]: table for table in (before["tables"] if before else [])}
    for now in after["tables"]:
        then = earlier.get(now["table"], {})
        moved = (
            f"inserts {then.get('inserts', 0)} -> {now['inserts']}, "
            f"updates {then.get('updates', 0)} -> {now['updates']}, "
            f"deletes {then.get('deletes', 0)} -> {now['deletes']}"
        )
        yield f"  {now['table']:<32} {now['state']:<16} {moved}"


def _failures(recorded_steps: list[RecordedStep]) -> Iterator[str]:
    for step in recorded_steps:
        if step.get("failure"):
            yield ""
            yield f"{step['task']} failed: {step['failure']}"
