"""Records of a pipeline as a chain: each holds the hash of the one before it, and its own.

The records of both DAGs are in it, in the order in which they were written; so is each record of a run that was
cleared or whose evidence ran again. What is removed, edited or reordered shows, as :mod:`.verification` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.evidence import store
from reverse_sync.evidence.canonical import plain
from reverse_sync.evidence.linking import content_hash, link_of
from reverse_sync.evidence.links import last_link, make_link, read_link
from reverse_sync.evidence.rebuilding import rebuild

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reverse_sync.evidence.links import Link
    from reverse_sync.evidence.shapes import Place, Record
    from reverse_sync.pipeline import Pipeline


def append(pipeline: Pipeline, record: Record) -> tuple[str, Place]:
    """Write the record as the chain's next one; return its address and its place.

    The record is written before its link: a task that is killed in between leaves a record outside the chain, which
    its next attempt writes again.
    """
    evidence = pipeline.evidence
    content: Record = plain(record)
    _keep_earlier(pipeline, content)
    while True:
        content["chain"] = place = _next_place(pipeline, content)
        address = store.write(evidence, content)
        file = store.file_of(content["dag_id"], content["run_id"], content["times_cleared"])
        if _is_linked(pipeline, link_of(content, file)):
            return address, place


def append_document(pipeline: Pipeline, file: str, document: Mapping[str, object]) -> Place:
    """Write something that is no run's record as the chain's next one; `file` gets its number."""
    content = plain(document)
    while True:
        content["chain"] = place = _next_place(pipeline, content)
        named = file.format(place["sequence"])
        store.write_document(pipeline.evidence, named, content)
        if _is_linked(pipeline, link_of(content, named)):
            return place
        store.delete_document(pipeline.evidence, named)


def _is_linked(pipeline: Pipeline, link: Link) -> bool:
    """Make the link; it may be there already, where an answer got lost on its way or the links were rebuilt."""
    return make_link(pipeline, link) or read_link(pipeline, link["sequence"]) == link


def _next_place(pipeline: Pipeline, content: Mapping[str, object]) -> Place:
    last, link = last_link(pipeline)
    if last and link is None:  # half-written: what comes next has to name the hash of the record that is there
        rebuild(pipeline)
        link = read_link(pipeline, last)
    place: Place = {
        "pipeline": pipeline.name,
        "sequence": last + 1,
        "previous_sha256": link["sha256"] if link else None,
        "sha256": "",
    }
    place["sha256"] = content_hash({**content, "chain": place})
    return place


def _keep_earlier(pipeline: Pipeline, record: Record) -> None:
    """A record of the same run that the chain has already is kept under another name."""
    file = store.file_of(record["dag_id"], record["run_id"], record["times_cleared"])
    try:
        earlier = store.read_document(pipeline.evidence, file)
    except ValueError:
        store.copy_document(pipeline.evidence, file, store.half_written(file))
        return
    if earlier is None or "chain" not in earlier:
        return
    sequence = earlier["chain"]["sequence"]
    link = read_link(pipeline, sequence)
    if link and link["sha256"] == earlier["chain"]["sha256"]:
        store.copy_document(pipeline.evidence, file, store.earlier_name(file, sequence))
