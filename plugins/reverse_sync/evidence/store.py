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
    name = re.sub(r"[^\w.-]", "-", record["run_id"])
    if record["times_cleared"]:
        name += f".cleared-{record['times_cleared']}"
    folder = base(evidence) / record["dag_id"]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    text = json.dumps(record, ensure_ascii=False, indent=2, default=str)
    with path.fs.transaction, path.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
    return str(path)
