"""The links of a pipeline's chain: one small numbered file a record, which is also the index of the history.

They lie below `chains/<pipeline>/` of the evidence's base path. A link is made by exclusive creation, so that of two
writers who saw the same end of the chain one has to look again.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NotRequired
from uuid import uuid4

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from reverse_sync.evidence.store import base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.sdk import ObjectStoragePath

    from reverse_sync.pipeline import Pipeline


class RunSummary(TypedDict):
    """What a history says of a run; a record's own words."""

    dag_id: str
    run_id: str
    times_cleared: int
    triggered_by: str
    due_at: str
    written_at: str
    outcome: str
    succeeded: bool
    sentence: str
    mapping_sha256: str
    latency_s: dict[str, float | None]
    rows_compared: int
    rows_differing: int


class Link(TypedDict):
    """One link: its number from 1 on, both hashes, and the record's file below the evidence's base path.

    A retirement has no `run`.
    """

    sequence: int
    previous_sha256: str | None
    sha256: str
    file: str
    run: NotRequired[RunSummary]


_LINK = TypeAdapter(Link)


def read_links(pipeline: Pipeline) -> dict[int, Link | None]:
    """Every link by its number, in order; None where one can't be read."""
    folder = _folder(pipeline)
    files = _numbered(folder)
    texts = folder.fs.cat(list(files.values()), on_error="return") if files else {}
    return {number: _parsed(texts.get(file)) for number, file in files.items()}


def last_link(pipeline: Pipeline) -> tuple[int, Link | None]:
    """The number of the chain's end, 0 where there is no chain yet, and its link."""
    folder = _folder(pipeline)
    files = _numbered(folder)
    if not files:
        return 0, None
    number = max(files)
    return number, _parsed(folder.fs.cat_file(files[number]))


def read_link(pipeline: Pipeline, sequence: int) -> Link | None:
    """One link; None where it is not there, or can't be read."""
    path = _folder(pipeline) / _name(sequence)
    with suppress(FileNotFoundError):
        return _parsed(path.fs.cat_file(path.path))
    return None


def earlier_runs(pipeline: Pipeline, dag_id: str, sequence: int) -> Iterator[RunSummary]:
    """What the chain says of a DAG's records before this number, the newest first.

    The first one mostly is what was asked for; after that, always more are read at once.
    """
    folder, end, many = _folder(pipeline), sequence - 1, 1
    while end > 0:
        files = [(folder / _name(number)).path for number in range(end, max(end - many, 0), -1)]
        texts = folder.fs.cat(files, on_error="return")
        for link in map(_parsed, map(texts.get, files)):
            if link and (run := link.get("run")) and run["dag_id"] == dag_id:
                yield run
        end, many = end - many, min(many * 8, 512)


def make_link(pipeline: Pipeline, link: Link) -> bool:
    """Make the link, whole or not at all; False where its number is taken.

    On S3 by a conditional write: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    path = _folder(pipeline) / _name(link["sequence"])
    path.parent.mkdir(parents=True, exist_ok=True)
    text = (json.dumps(link, ensure_ascii=False, indent=2) + "\n").encode()
    try:
        if path.protocol in ("", "file"):
            _make_local(Path(path.path), text)
        else:
            path.fs.pipe_file(path.path, text, mode="create")
    except FileExistsError:
        return False
    return True


def remove_link(pipeline: Pipeline, sequence: int) -> None:
    """Remove a link that can't be read, so that it can be made again."""
    path = _folder(pipeline) / _name(sequence)
    path.fs.rm_file(path.path)


def _make_local(file: Path, text: bytes) -> None:
    draft = file.with_name(f".{file.name}.{uuid4().hex}")
    try:
        with draft.open("wb") as written:
            written.write(text)
            os.fsync(written.fileno())
        os.link(draft, file)  # unlike a rename, this fails where the name is taken
    finally:
        draft.unlink(missing_ok=True)


def _folder(pipeline: Pipeline) -> ObjectStoragePath:
    return base(pipeline.evidence) / "chains" / pipeline.name


def _name(sequence: int) -> str:
    return f"{sequence:010d}.json"


def _numbered(folder: ObjectStoragePath) -> dict[int, str]:
    """The files of links; asked for each time, because a storage's client keeps listings."""
    try:
        found = folder.fs.ls(folder.path, detail=False, refresh=True)
    except FileNotFoundError:
        return {}
    names = {str(file).rsplit("/", 1)[-1].removesuffix(".json"): str(file) for file in found}
    return {int(name): names[name] for name in sorted(names) if name.isdecimal() and _name(int(name)) == f"{name}.json"}


def _parsed(text: object) -> Link | None:
    if not isinstance(text, bytes):
        return None
    with suppress(ValueError):
        found = json.loads(text)
        _LINK.validate_python(found)
        link: Link = found  # as it was read: hashes are of that
        return link
    return None
