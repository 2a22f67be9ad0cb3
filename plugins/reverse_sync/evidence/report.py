"""A run's record as text that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def render(record: Mapping[str, Any]) -> str:
    """The report: the verdict, the steps, the canary, the tables."""
    return "\n".join(_lines(record))


def _lines(record: Mapping[str, Any]) -> Iterator[str]:
    yield f"{record['dag_id']}, run {record['run_id']}"
    yield f"triggered by {record['triggered_by']}, due {record['due_at']}, written {record['written_at']} (UTC)"
    yield "parameters: " + ", ".join(f"{key}={value}" for key, value in record["parameters"].items())
    yield ""
    yield from (_step(step) for step in record["steps"])
    results = {step["task"]: step["result"] for step in record["steps"] if isinstance(step["result"], dict)}
    yield from _canary(results)
    yield from _statistics(results)
    yield from _failures(record["steps"])
    yield ""
    yield record["verdict"]["sentence"]


def _step(step: Mapping[str, Any]) -> str:
    seconds = "" if step["duration_s"] is None else f"{step['duration_s']:8.2f} s"
    again = f" (attempt {step['attempts']})" if step["attempts"] > 1 else ""
    return f"  {step['task']:<38} {step['state']:<16} {seconds:>10}  {_outcome(step['result'])}{again}".rstrip()


def _outcome(result: Any) -> str:
    if isinstance(result, dict) and "outcome" in result:
        detail = result.get("what") or result.get("why") or ""
        return f"{result['outcome']}: {detail}" if detail else str(result["outcome"])
    return "" if result is None or isinstance(result, dict | list) else str(result)


def _canary(results: Mapping[str, Any]) -> Iterator[str]:
    compared = results.get("verify.compare_row")
    if compared is None:
        return
    yield ""
    yield f"The canary: {compared['target']}, {compared['key']}"
    yield from table_of_columns(compared["columns"])
    arrived = results.get("verify.wait_for_oracle") or {}
    if arrived.get("latency"):
        yield f"  seen in Oracle {arrived['latency']}"


def table_of_columns(columns: list[dict[str, Any]]) -> Iterator[str]:
    """Both sides of a row, a line a column; what differs is marked."""
    width = max(len(str(column["expected"])) for column in columns)
    yield f"    {'column':<18} {'expected from PostgreSQL':<{max(width, 24)}}  found in Oracle"
    for column in columns:
        mark = "  " if column["same"] else "≠ "
        yield f"  {mark}{column['column']:<18} {column['expected']!s:<{max(width, 24)}}  {column['found']}"


def _statistics(results: Mapping[str, Any]) -> Iterator[str]:
    before = (results.get("verify.statistics_before") or {}).get("tables", [])
    after = (results.get("verify.statistics_after") or {}).get("tables", [])
    if after:
        yield ""
        yield "Table statistics of the replication task (before, after):"
    earlier = {table["table"]: table for table in before}
    for table in after:
        moved = ", ".join(
            f"{kind} {earlier.get(table['table'], {}).get(kind, 0)} -> {table[kind]}"
            for kind in ("inserts", "updates", "deletes")
        )
        yield f"  {table['table']:<32} {table['state']:<16} {moved}"


def _failures(steps: list[dict[str, Any]]) -> Iterator[str]:
    for step in steps:
        if step.get("failure"):
            yield ""
            yield f"{step['task']} failed: {step['failure']}"
