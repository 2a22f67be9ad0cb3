"""Where the records of the runs, and the slots of their tasks, are kept: a folder, or an object storage."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow.sdk import ObjectStoragePath

    from reverse_sync.evidence.shapes import Record
    from reverse_sync.pipeline import Evidence
Document: TypeAlias = dict[str, Any]
"""A record or another document of the chain as JSON has it: an older version, or somebody else, may have written it."""


def base(evidence: Evidence) -> ObjectStoragePath:
    """The folder or bucket path; a path without a scheme lies below AIRFLOW_HOME."""
    from airflow.configuration import AIRFLOW_HOME
    from airflow.sdk import ObjectStoragePath

    if "://" in evidence.base_path:
        return ObjectStoragePath(evidence.base_path, conn_id=evidence.connection)
    return ObjectStoragePath(f"file://{AIRFLOW_HOME}/{evidence.base_path}")


def write(evidence: Evidence, record: Record) -> str:
    """Write the record whole or not at all, and return its address.

    A run that was cleared and ran again gets another document: the earlier one is evidence too. So that the record
    can be verified later, :mod:`.chain` calls this.
    """
    return write_document(evidence, file_of(record["dag_id"], record["run_id"], record["times_cleared"]), record)


def write_document(evidence: Evidence, file: str, document: Mapping[str, object]) -> str:
    """Write a JSON document whole or not at all, and return its address.

    :param file: its name below the base path, with folders
    """
    return _write(base(evidence) / file, json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")


def read_document(evidence: Evidence, file: str) -> Document | None:
    """What was written there; None where nothing was.

    :raises ValueError: where it is no JSON object.
    """
    path = base(evidence) / file
    try:
        text = path.fs.cat_file(path.path)  # one call, and unlike exists() not out of a listing that the client keeps
    except FileNotFoundError:
        return None
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ValueError(f"{file} holds {type(document).__name__}, not an object")  # noqa: TRY004 - as json says it
    return document


def copy_document(evidence: Evidence, file: str, to: str) -> None:
    """Copy a document byte for byte."""
    path = base(evidence) / file
    path.fs.copy(path.path, (base(evidence) / to).path)


def delete_document(evidence: Evidence, file: str) -> None:
    """Delete a document; it may be gone already."""
    path = base(evidence) / file
    with suppress(FileNotFoundError):
        path.fs.rm_file(path.path)


def documents(evidence: Evidence, folder: str) -> list[str]:
    """The names of the JSON documents of a folder below the base path, in order."""
    path = base(evidence) / folder
    try:
        found = path.fs.ls(path.path, detail=False, refresh=True)
    except FileNotFoundError:
        return []
    names = (str(file).rsplit("/", 1)[-1] for file in found)
    return sorted(f"{folder}/{name}" for name in names if name.endswith(".json"))


def earlier_name(file: str, sequence: int) -> str:
    """Where a record lies once a later one of the same run has its name."""
    return f"{file.removesuffix('.json')}.earlier-{sequence}.json"


def first_name(file: str, sequence: int) -> str:
    """The name that a record had when its link was made."""
    return file.replace(f".earlier-{sequence}.json", ".json")


def half_written(file: str) -> str:
    """Where a file that is no JSON lies once a record has its name."""
    return f"{file.removesuffix('.json')}.half-written.json"


def write_beside(evidence: Evidence, dag_id: str, name: str, text: str) -> str:
    """Write a text whole or not at all beside the records of a DAG, and return its address."""
    return _write(base(evidence) / dag_id / _as_file(name), text)


def read_beside(evidence: Evidence, dag_id: str, name: str) -> str | None:
    """What was written there last; None where nothing was."""
    path = base(evidence) / dag_id / _as_file(name)
    return path.read_text(encoding="utf-8") if path.exists() else None


def read(evidence: Evidence, dag_id: str, run_id: str, times_cleared: int) -> Record | None:
    """The record of a run as it was after having been cleared so many times; None where there is none."""
    return cast("Record | None", read_document(evidence, file_of(dag_id, run_id, times_cleared)))


def _as_file(name: str) -> str:
    return re.sub(r"[^\w.-]", "-", name)


def keep_slot(evidence: Evidence, task: str, arn: str, slot: str) -> None:
    """Keep which replication slot is the one of a task, unless that is kept already.

    :param task: the task's identifier
    :param arn: the task's ARN, which a task of the same name that is made later does not have
    """
    if kept_slot(evidence, task, arn) == slot:
        return
    _write(_slot_path(evidence, task), json.dumps({"task": task, "arn": arn, "slot": slot}, indent=2) + "\n")


def kept_slot(evidence: Evidence, task: str, arn: str | None) -> str | None:
    """The slot that was kept for a task; None where there is none.

    :param arn: the task's ARN; None where it is deleted, and whatever its ARN was will do
    """
    path = _slot_path(evidence, task)
    if not path.exists():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    return str(kept["slot"]) if arn in (None, kept["arn"]) else None


def _slot_path(evidence: Evidence, task: str) -> ObjectStoragePath:
    return base(evidence) / "slots" / f"{task}.json"


def file_of(dag_id: str, run_id: str, times_cleared: int) -> str:
    """The file of a run's record below the base path."""
    cleared = f".cleared-{times_cleared}" if times_cleared else ""
    return f"{dag_id}/{_as_file(run_id)}{cleared}.json"


def _write(path: ObjectStoragePath, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.fs.transaction, path.open("w", encoding="utf-8") as file:
        file.write(text)
    return str(path)
