"""What the last look leaves: what is sure to differ, and what was in flight."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reverse_sync.pipeline import Pipeline, load
from reverse_sync.reconcile import looks
from reverse_sync.reconcile.looks import Looks
from reverse_sync.reconcile.report import headline, text
from reverse_sync.reconcile.results import ColumnDifference, Kind, RowDifference, Scanned
from tests.support.parts import ROOT


@pytest.fixture
def pipeline() -> Pipeline:
    return load(Path(ROOT / "include" / "pipelines" / "flightspecials.yaml"))


def state(*rows: RowDifference, at_first: int, **more: Any) -> Looks:
    scanned = Scanned(table="T.F", rows=100, seconds=2, bytes=5_000_000, how=("by hashes",))
    settings = {"looks": 2, **more}
    return Looks(
        scanned=scanned, at_first=at_first, differences=rows, lsn="0/1", until=datetime(2026, 11, 26, tzinfo=UTC), **settings
    )  # fmt: skip


def row(key: str, kind: Kind = Kind.MISSING, steady: int = 1) -> RowDifference:
    return RowDifference(kind=kind, key=(key,), steady=steady)


def test_rows_that_healed_or_kept_changing_were_in_flight(pipeline: Pipeline) -> None:
    rows = (row("1"), row("2", Kind.EXTRA), row("3", Kind.DIFFERENT, steady=0))
    result = looks.outcome(pipeline, state(*rows, at_first=5))
    assert result.counts == {
        "equal": 99, "different": 0, "missing in Oracle": 1, "extra in Oracle": 1, "truncated by the LOB limit": 0,
        "in flight": 3,
    }  # fmt: skip
    assert headline(result) == (
        "T.F differs from PostgreSQL in 2 of 100 rows of T.F (1 missing in Oracle, 1 extra in Oracle; 3 were in flight)"
    )


def test_after_a_single_look_every_difference_counts(pipeline: Pipeline) -> None:
    result = looks.outcome(pipeline, state(row("1", steady=0), at_first=1, looks=1))
    assert len(result.differences) == 1


def test_more_rows_than_are_named_are_said(pipeline: Pipeline) -> None:
    few = pipeline.reconciliation.model_copy(update={"most_differences": 2})
    changed = pipeline.model_copy(update={"reconciliation": few})
    result = looks.outcome(changed, state(*(row(str(n)) for n in range(5)), at_first=5))
    assert len(result.differences) == 2
    assert "at least 2 of the first 100 rows" in headline(result)
    assert "not every row was compared: it names 2 rows, but more differ" in text(result)


def test_the_state_survives_the_wait(pipeline: Pipeline) -> None:
    cut = ColumnDifference(
        column="MEMO", expected="'가…'", found="'가…'", rule="letter by letter", says="should be longer", lengths=(40000, 16384)
    )  # fmt: skip
    kept = state(RowDifference(kind=Kind.TRUNCATED, key=("서울", "2"), columns=(cut,)), at_first=1)
    assert Looks.model_validate_json(kept.model_dump_json()) == kept
    assert str(kept.differences[0]) == "서울, 2: MEMO should be longer"


@pytest.mark.parametrize(("rechecks", "looked", "over"), [(0, 1, True), (1, 1, False), (1, 2, True)])
def test_looks_end_after_the_rechecks(pipeline: Pipeline, rechecks: int, looked: int, over: bool) -> None:
    settings = pipeline.reconciliation.model_copy(update={"rechecks": rechecks})
    changed = pipeline.model_copy(update={"reconciliation": settings})
    assert looks.done(changed, state(row("1"), at_first=1, looks=looked)) is over
    assert looks.done(changed, state(at_first=1, looks=1))
