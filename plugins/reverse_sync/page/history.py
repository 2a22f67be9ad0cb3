"""The runs with what their records say: read by name, many at once, and never longer than a reader waits."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, cast

from reverse_sync.evidence import store
from reverse_sync.page.summary import Summary, summary_of
from reverse_sync.page.verdicts import NO_RECORD, UNDER_WAY, WAITING, Look

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from reverse_sync.evidence.shapes import Record
    from reverse_sync.page.runs import Run
    from reverse_sync.pipeline import Evidence

log = logging.getLogger(__name__)
PATIENCE_S = 5.0
# Object storage answers in tens of milliseconds; one page asks for fifty records.
_READERS = ThreadPoolExecutor(16, thread_name_prefix="reverse-sync-page")
_KEPT = 4096


class StorageError(Exception):
    """The evidence storage does not answer, or refuses; the message says what to do."""


@contextmanager
def readable(what: str) -> Iterator[None]:
    """Make a sentence of what a damaged record, or one that is not ours, does to those who read it.

    :raises StorageError: with that sentence.
    """
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        log.exception("%s can't be shown", what)
        raise StorageError(
            f"{what} can't be shown: a record is damaged, or not one of this version's ({type(error).__name__}: "
            f"{error}). `python -m reverse_sync.evidence FILE` says more."
        ) from error


class PastRun(NamedTuple):
    """A run, and what its record says; None where it has none, or has none yet."""

    run: Run
    summary: Summary | None

    @property
    def look(self) -> Look:
        """Its verdict at a glance."""
        if self.summary:
            return self.summary.look
        if self.run.ended:
            return NO_RECORD
        return WAITING if self.run.state == "queued" else UNDER_WAY

    @property
    def sentence(self) -> str:
        """Its verdict in words."""
        if self.summary:
            return self.summary.sentence
        return self.run.note or ("The run ended without a record." if self.run.ended else "The run is under way.")


def read_record(evidence: Evidence, run: Run, times_cleared: int | None = None) -> Record | None:
    """The record of a run; None where there is none.

    :param times_cleared: as it was after having been cleared so many times; the newest by default
    :raises StorageError: where the storage does not answer.
    """
    cleared = run.times_cleared if times_cleared is None else times_cleared
    done, _ = wait([reading := _READERS.submit(_read, evidence, run.dag_id, run.run_id, cleared)], PATIENCE_S)
    if not done:
        raise _silent(evidence)
    return reading.result()


def recorded_run(evidence: Evidence, run: Run) -> Record:
    """The record of a run that has to have one.

    :raises StorageError: where it has none.
    """
    record = read_record(evidence, run)
    if record is None:
        raise StorageError(f"The run {run.run_id} has no record, so there is nothing to show of it.")
    return record


def past_runs(evidence: Evidence, runs: Sequence[Run]) -> list[PastRun]:
    """The runs with what is said of them.

    :raises StorageError: where the storage does not answer.
    """
    reading = {
        run.run_id: _READERS.submit(_summary, evidence, run.dag_id, run.run_id, run.times_cleared, run.ended_at)
        for run in runs
        if run.ended
    }
    _, late = wait(reading.values(), PATIENCE_S)
    if late:
        for one in late:
            one.cancel()
        raise _silent(evidence)
    return [PastRun(run, reading[run.run_id].result() if run.run_id in reading else None) for run in runs]


@lru_cache(_KEPT)
def _summary(
    evidence: Evidence,
    dag_id: str,
    run_id: str,
    times_cleared: int,
    ended_at: datetime | None,  # noqa: ARG001 - a run that ended again may have written its record again
) -> Summary | None:
    record = _read(evidence, dag_id, run_id, times_cleared)
    return None if record is None else summary_of(record)


def _read(evidence: Evidence, dag_id: str, run_id: str, times_cleared: int) -> Record | None:
    try:
        return store.read(evidence, dag_id, run_id, times_cleared)
    except ValueError:  # not JSON: the summary says so
        return cast("Record", {})
    except Exception as error:
        raise StorageError(
            f"The evidence storage {evidence.base_path!r} can't be read: {type(error).__name__}: {error}. Look at "
            f"evidence.base_path and the connection {evidence.connection!r} of the pipeline file; the runs themselves "
            "are not touched by this."
        ) from error


def _silent(evidence: Evidence) -> StorageError:
    return StorageError(
        f"The evidence storage {evidence.base_path!r} has not answered within {PATIENCE_S:g} s. Load this page again; "
        f"if that does not help, look at evidence.base_path and the connection {evidence.connection!r} of the pipeline "
        "file."
    )
