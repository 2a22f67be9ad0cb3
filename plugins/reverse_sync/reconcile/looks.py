"""From look to look: what differs at the first look, until it is the same or sure to differ."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import Field

from reverse_sync.reconcile.replication import passage
from reverse_sync.reconcile.results import Kind, Result, RowDifference, Scanned, TableResult
from reverse_sync.reconcile.table import opened

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.pace import Pace
    from reverse_sync.reconcile.table import OpenTable
    from reverse_sync.table_mapping import Projection


class Looks(Result):
    """The state between two looks.

    :param at_first: how many rows differed at first sight
    :param unnamed: of rows that were found to differ and are not looked at any more, how many differ how
    :param moving: how many rows PostgreSQL was found to keep changing, which are not looked at any more
    :param lsn: PostgreSQL's position of the last look; the next one waits until replication has passed it
    :param until: when that is waited for no longer
    """

    scanned: Scanned
    at_first: int
    differences: tuple[RowDifference, ...]
    lsn: str
    until: datetime
    unnamed: dict[Kind, int] = Field({})
    moving: int = 0
    looks: int = 1
    unconfirmed: str = ""


def first(pipeline: Pipeline, scanned: Scanned, differences: list[RowDifference]) -> Looks:
    """The state after the first sight."""
    return Looks(
        scanned=scanned,
        at_first=len(differences),
        differences=tuple(differences),
        lsn=scanned.lsn,
        until=_until(pipeline),
    )


def done(pipeline: Pipeline, state: Looks) -> bool:
    """Whether nothing is left to be looked at again."""
    return not state.differences or state.looks > pipeline.reconciliation.rechecks


def pause_s(pipeline: Pipeline, state: Looks) -> float:
    """How long to wait before the next look."""
    return float(pipeline.reconciliation.recheck_after_s * 2 ** (state.looks - 1))


def too_early(pipeline: Pipeline, state: Looks) -> str:
    """Why a look would tell nothing yet; empty where replication has passed the last one, or was waited for enough."""
    found = passage(pipeline, state.lsn)
    return found.why_not if found.comes and datetime.now(UTC) < state.until else ""


def again(pipeline: Pipeline, state: Looks, comparison: OpenTable) -> Looks:
    """The state after one more look.

    :raises StatementRefusedError: where the table's key is another one now.
    """
    comparison.require_key_of(state.scanned)
    why = passage(pipeline, state.lsn).why_not
    differences, lsn = comparison.look_again(state.differences)
    return state.model_copy(
        update={
            "differences": tuple(differences),
            "lsn": lsn,
            "until": _until(pipeline),
            "looks": state.looks + 1,
            "unconfirmed": why,
        }
    )


def once_more(pipeline: Pipeline, result: TableResult, comparison: OpenTable) -> TableResult:
    """The outcome after one more look at the rows that differed."""
    state = Looks(
        scanned=result.scanned,
        at_first=len(result.differences) + result.in_flight,
        differences=result.differences,
        unnamed=result.unnamed,
        moving=result.moving,
        lsn=result.scanned.lsn,
        until=_until(pipeline),
        looks=result.looks,
    )
    return outcome(pipeline, again(pipeline, state, comparison))


def after_mending(pipeline: Pipeline, result: TableResult, comparison: OpenTable) -> Looks:
    """The state of rows that differed, after they were corrected; what was sent again may be on its way."""
    comparison.require_key_of(result.scanned)
    differences, lsn = comparison.look_again(result.differences)
    return Looks(
        scanned=result.scanned,
        at_first=len(result.differences),
        differences=tuple(differences),
        lsn=lsn,
        until=_until(pipeline),
    )


def outcome(pipeline: Pipeline, state: Looks) -> TableResult:
    """What the last look leaves: rows that are the same now, or changed in PostgreSQL meanwhile, were in flight."""
    sure = [row for row in state.differences if row.steady or state.looks == 1]
    moving = [row for row in state.differences if row not in sure]
    most = pipeline.reconciliation.most_differences
    return TableResult(
        scanned=state.scanned,
        in_flight=max(0, state.at_first - len(sure)),
        moving=state.moving + sum(row.kind is not Kind.EXTRA for row in moving),
        differences=tuple(sure[:most]),
        unnamed=Counter(row.kind for row in sure[most:]) + Counter(state.unnamed),
        looks=state.looks,
        unconfirmed=state.unconfirmed,
    )


def _until(pipeline: Pipeline) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=pipeline.reconciliation.lag_timeout_s)


def compared(pipeline: Pipeline, projection: Projection, pace: Pace, condition: str = "") -> TableResult:
    """The outcome of one table, waited for here; a task of Airflow defers between the looks instead.

    :raises StatementRefusedError: where one of the databases lacks the table, or refuses it to the login.
    :raises ReverseSyncError: where a database does not answer.
    """
    with opened(pipeline, projection) as comparison:
        scanned, differences = comparison.scan(pace, condition)
        pace.ended(scanned.rows)
        state = first(pipeline, scanned, differences)
        while not done(pipeline, state):
            time.sleep(pause_s(pipeline, state))
            if not too_early(pipeline, state):
                state = again(pipeline, state, comparison)
    return outcome(pipeline, state)
