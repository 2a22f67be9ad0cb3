"""Where the records of the runs are kept: a folder, or an object storage."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

    from reverse_sync.pipeline import Evidence


def base(evidence: Evidence) -> ObjectStoragePath:
    """The folder or bucket path; a path without a scheme lies below AIRFLOW_HOME."""
    from airflow.configuration import AIRFLOW_HOME
    from airflow.sdk import ObjectStoragePath

    if "://" in evidence.base_path:
        return ObjectStoragePath(evidence.base_path, conn_id=evidence.connection)
    return ObjectStoragePath(f"file://{AIRFLOW_HOME}/{evidence.base_path}")


def write(evidence: Evidence, record: dict[str, Any]) -> str:
    """Write the record whole or not at all, and return its address.

    A run that was cleared and ran again gets another document: the earlier one is evidence too.
    """
    path = _path(evidence, record["dag_id"], record["run_id"], record["times_cleared"])
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record, ensure_ascii=False, indent=2, default=str)
    with path.fs.transaction, path.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
    return str(path)


def read(evidence: Evidence, dag_id: str, run_id: str, times_cleared: int) -> dict[str, Any] | None:
    """The record of a run as it was after having been cleared so many times; None where there is none."""
    path = _path(evidence, dag_id, run_id, times_cleared)
    if not path.exists():
        return None
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def _path(evidence: Evidence, dag_id: str, run_id: str, times_cleared: int) -> ObjectStoragePath:
    name = re.sub(r"[^\w.-]", "-", run_id)
    if times_cleared:
        name += f".cleared-{times_cleared}"
    return base(evidence) / dag_id / f"{name}.json"
