"""What a link says of a record, and the hash by which it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from reverse_sync import steps
from reverse_sync.evidence.canonical import sha256
from reverse_sync.evidence.shapes import result_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reverse_sync.evidence.links import Link, RunSummary
    from reverse_sync.evidence.shapes import Place, Record
    from reverse_sync.results import TableComparison

# What reading a document raises that has not a record's shape, whatever its hash is.
NOT_A_RECORD = (AttributeError, LookupError, TypeError, ValueError)


def link_of(document: Mapping[str, Any], file: str) -> Link:
    """The link of a record, or of another document, that has its place in the chain.

    :param document: as JSON has it, so that it may have another shape
    :param file: its name when the link was made
    """
    place: Place = document["chain"]
    link: Link = {
        "sequence": place["sequence"],
        "previous_sha256": place["previous_sha256"],
        "sha256": place["sha256"],
        "file": file,
    }
    if "verdict" in document:
        link["run"] = summary(cast("Record", document))
    return link


def content_hash(document: Mapping[str, Any]) -> str:
    """The hash of a record, of all that it holds but for that hash itself."""
    chain = {key: value for key, value in document["chain"].items() if key != "sha256"}
    return sha256({**document, "chain": chain})


def summary(record: Record) -> RunSummary:
    """What the chain's link says of a run."""
    health = result_of(record["steps"], steps.HEALTH)
    tables = [one["result"] for one in record["steps"] if one["task"] == steps.RECONCILE.task_id and one["result"]]
    verdict = record["verdict"]
    return {
        "dag_id": record["dag_id"],
        "run_id": record["run_id"],
        "times_cleared": record["times_cleared"],
        "triggered_by": record["triggered_by"],
        "due_at": record["due_at"],
        "written_at": record["written_at"],
        "outcome": verdict["outcome"],
        "succeeded": verdict["succeeded"],
        "sentence": verdict["sentence"],
        "mapping_sha256": record["mapping_sha256"],
        "latency_s": health["latency_s"] if health else {},
        "rows_compared": sum(table.get("compared") or 0 for table in tables),
        "rows_differing": sum(map(_differing, tables)),
    }


def _differing(table: TableComparison) -> int:
    return sum(count for state, count in table.get("counts", {}).items() if state not in ("equal", "in flight"))
