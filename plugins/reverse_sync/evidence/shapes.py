"""The shape of a run's record, as JSON keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypeVar, cast

from typing_extensions import TypedDict

from reverse_sync.errors import Reason  # noqa: TC001 - the schema is made from these shapes
from reverse_sync.evidence.marks import Mark  # noqa: TC001 - the schema is made from these shapes
from reverse_sync.results import Json, Result

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reverse_sync.steps import Step

R = TypeVar("R", bound=Result)


class RecordedStep(TypedDict):
    """One task of the run, or one of a mapped task's; `result` is what it returned, of its own shape.

    `failure` says why it did not succeed, `reason` the same in its parts, `marked` who marked it.
    """

    task: str
    map_index: int
    state: str
    duration_s: float | None
    attempts: int
    result: Json
    failure: NotRequired[str | None]
    reason: NotRequired[Reason]
    marked: NotRequired[Mark]


class Verdict(TypedDict):
    """What the run came to; `sentence` says it all in words."""

    outcome: str
    proved: bool
    succeeded: bool
    failed_tasks: list[str]
    not_compared: list[str]
    warnings: list[str]
    sentence: str


class Place(TypedDict):
    """A record's place in its pipeline's chain: its number from 1 on, the hash of the record before it, and its own.

    Hashes are SHA-256 in hexadecimal digits, of the UTF-8 JSON with sorted keys and without white space; a record's
    own is of all that it holds but for this hash.
    """

    pipeline: str
    sequence: int
    previous_sha256: str | None
    sha256: str


class WrittenRecord(Verdict):
    """What the evidence returns: the verdict, where the record is, and its place in the chain."""

    address: str
    chain: Place


class Record(TypedDict):
    """The whole record; every moment is UTC, ISO 8601.

    `defaults` has the form's value of each parameter, `settings` the pipeline file's value of each key; older records
    lack both. Records of format 1 are in no chain.
    """

    format: int
    pipeline_file: str
    mapping_file: str
    mapping_sha256: str
    dag_id: str
    run_id: str
    run_type: str
    triggered_by: str
    due_at: str
    started_at: str | None
    written_at: str
    times_cleared: int
    parameters: dict[str, object]
    defaults: NotRequired[dict[str, object]]
    settings: NotRequired[dict[str, object]]
    versions: dict[str, str]
    marked: Mark | None
    verdict: Verdict
    steps: list[RecordedStep]
    chain: NotRequired[Place]


def recorded(steps: Iterable[RecordedStep], step: Step[object]) -> RecordedStep | None:
    """What the record has of a task; of a mapped one the last. None where the run had no such task."""
    found = [one for one in steps if one["task"] == step.task_id]
    return found[-1] if found else None


def result_of(steps: Iterable[RecordedStep], step: Step[R]) -> R | None:
    """What a task returned; None where it returned nothing, which is so too where a person marked it."""
    return returned(recorded(steps, step), step)


def returned(one: RecordedStep | None, step: Step[R]) -> R | None:  # noqa: ARG001 - it says the result's shape
    """What one recorded task returned."""
    return cast("R", one["result"]) if one and isinstance(one["result"], dict) else None
