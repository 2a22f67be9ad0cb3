"""Old records go, and the chain stays verifiable: a retirement in it says which, who removed them, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reverse_sync.errors import ReverseSyncError
from reverse_sync.evidence import store
from reverse_sync.evidence.chain import append_document
from reverse_sync.evidence.links import read_links
from reverse_sync.evidence.verification import RETIREMENT, links_hash, verify

if TYPE_CHECKING:
    from reverse_sync.evidence.links import Link
    from reverse_sync.pipeline import Pipeline


def retire(pipeline: Pipeline, before: datetime, by: str, why: str) -> list[str]:
    """Remove the records that were written before a moment; return their files.

    Their links stay: the chain, and what the history says of these runs. The retirement is written first, so that a
    removal that is interrupted can be done again.

    :param by: who signs it off
    :raises ReverseSyncError: where the chain is not whole; nothing is removed then.
    """
    found = verify(pipeline)
    if found.problems:
        raise ReverseSyncError(
            f"The chain of {pipeline.name} is not whole, so nothing is removed: {'; '.join(found.problems)}. Clear "
            "that up first: a removal would hide it."
        )
    files = {link["sequence"]: file for link in _old(pipeline, before) if (file := _file(pipeline, link))}
    if not files:
        return []
    links = [link for link in _old(pipeline, before) if link["sequence"] in files]
    document: dict[str, object] = {
        "format": 2,
        "kind": RETIREMENT,
        "by": by,
        "why": why,
        "written_at": datetime.now(UTC).isoformat(),
        "removed": {
            "before": before.isoformat(),
            "sequences": [link["sequence"] for link in links],
            "last_sha256": links[-1]["sha256"],
            "links_sha256": links_hash(links),
        },
    }
    append_document(pipeline, f"chains/{pipeline.name}/retirement-{{:010d}}.json", document)
    for file in files.values():
        store.delete_document(pipeline.evidence, file)
    return list(files.values())


def _old(pipeline: Pipeline, before: datetime) -> list[Link]:
    return [
        link
        for link in read_links(pipeline).values()
        if link and "run" in link and datetime.fromisoformat(link["run"]["written_at"]) < before
    ]


def _file(pipeline: Pipeline, link: Link) -> str | None:
    """Where the record lies now; None where it is gone."""
    for name in (link["file"], store.earlier_name(link["file"], link["sequence"])):
        found = store.read_document(pipeline.evidence, name)
        if found and found.get("chain", {}).get("sequence") == link["sequence"]:
            return name
    return None
