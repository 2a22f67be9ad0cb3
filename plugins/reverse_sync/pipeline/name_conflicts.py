"""What two pipeline files must not share: the DAG's name, and what is made in DMS under a name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from reverse_sync.pipeline.model import Pipeline


def conflicts(pipelines: Mapping[Path, Pipeline]) -> dict[Path, str]:
    """Each file that shares a name with another one, and what both would do to each other.

    A name of DMS is unique in a region of an account: https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateEndpoint.html
    """
    owners: dict[tuple[str, ...], list[tuple[Path, str]]] = defaultdict(list)
    for path, pipeline in pipelines.items():
        for key, what in _names(pipeline):
            owners[what].append((path, key))
    found: dict[Path, list[str]] = defaultdict(list)
    for what, sharing in owners.items():
        for path, key in sharing:
            others = ", ".join(f"{other.name} ({its})" for other, its in sharing if other != path)
            if others:
                found[path].append(f"  {key}: {what[-1]!r} is also the one of {others}: {_HARM[what[0]]}")
    return {
        path: f"{path.name}: {len(lines)} name(s) that another pipeline file has too:\n" + "\n".join(lines)
        for path, lines in found.items()
    }


_HARM = {
    "dag": "both would be one DAG, and the last file would silently win. Give each pipeline a name of its own.",
    "task": "each would change the other's task, and take it down. Give each pipeline a task of its own.",
    "endpoint": "each would change the other's endpoint, and delete it. Give each pipeline endpoints of its own.",
}


def _names(pipeline: Pipeline) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The keys, and what they name: its kind, where it is unique, the name."""
    dms, region = pipeline.dms, (pipeline.aws.connection, pipeline.aws.region)
    yield "name", ("dag", pipeline.name)
    yield "dms.task.identifier", ("task", *region, dms.task.identifier)
    yield "dms.source_endpoint.identifier", ("endpoint", *region, dms.source_endpoint.identifier)
    yield "dms.target_endpoint.identifier", ("endpoint", *region, dms.target_endpoint.identifier)
