"""What the last look leaves: what is sure to differ, and what was in flight."""

import re
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from reverse_sync.pipeline import Pipeline, load
from reverse_sync.reconcile import looks
from reverse_sync.reconcile.joined import joined
from reverse_sync.reconcile.looks import Looks
from reverse_sync.reconcile.report import headline, text
from reverse_sync.reconcile.results import ColumnDifference, Kind, RowDifference, Scanned
from tests.support.parts import ROOT


@pytest.fixture(scope="module")
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
        "equal": 98, "different": 0, "missing in Oracle": 1, "extra in Oracle": 1, "truncated by the LOB limit": 0,
        "in flight": 3,
    }  # fmt: skip
    assert headline(result) == (
        "T.F differs from PostgreSQL in 1 of 100 rows of T.F (1 missing in Oracle) and has 1 row that PostgreSQL lacks "
        "(1 extra in Oracle); 3 were in flight, of which PostgreSQL kept changing 1"
    )


def test_after_a_single_look_every_difference_counts(pipeline: Pipeline) -> None:
    result = looks.outcome(pipeline, state(row("1", steady=0), at_first=1, looks=1))
    assert len(result.differences) == 1


def test_more_rows_than_are_named_are_said(pipeline: Pipeline) -> None:
    few = pipeline.reconciliation.model_copy(update={"most_differences": 2})
    changed = pipeline.model_copy(update={"reconciliation": few})
    result = looks.outcome(changed, state(*(row(str(n)) for n in range(5)), at_first=5))
    assert len(result.differences) == 2
    assert headline(result) == "T.F differs from PostgreSQL in 5 of 100 rows of T.F (5 missing in Oracle)"
    assert result.equal == 95
    assert "\n  and 3 more\n" in text(result)
    assert "\n  3 more rows differ than are named\n" in text(result)


KINDS = tuple(Kind)


@pytest.mark.parametrize("most", [1, 100])
@pytest.mark.parametrize("rows", [*product((0, 1, 2), repeat=len(KINDS))])
@pytest.mark.parametrize(("changing", "healed"), [(0, 0), (1, 0), (2, 3)])
def test_the_numbers_add_up(pipeline: Pipeline, rows: tuple[int, ...], changing: int, healed: int, most: int) -> None:
    few = pipeline.reconciliation.model_copy(update={"most_differences": most})
    named = [row(f"{kind} {n}", kind) for kind, count in zip(KINDS, rows, strict=True) for n in range(count)]
    late = [row(f"late {n}", Kind.DIFFERENT, steady=0) for n in range(changing)]
    at_first = len(named) + len(late) + healed
    result = looks.outcome(pipeline.model_copy(update={"reconciliation": few}), state(*named, *late, at_first=at_first))
    counts = result.counts
    extra = counts["extra in Oracle"]
    assert tuple(counts[kind] for kind in KINDS) == rows
    assert counts["in flight"] == changing + healed
    assert sum(counts.values()) - extra - counts["in flight"] + result.moving == result.scanned.rows
    said = headline(result)
    if not result.differing:
        assert said.startswith("100 rows of T.F, ")
        return
    differ, of, in_brackets = re.findall(r"in (\d+) of (\d+) rows of T\.F(?: \((.*?)\))?", said)[0]
    assert int(of) == result.scanned.rows
    assert int(differ) == sum(map(int, re.findall(r"\d+", in_brackets))) == sum(rows) - extra
    assert (f"has {extra} row{'' if extra == 1 else 's'} that PostgreSQL lacks" in said) is bool(extra)


def test_where_the_walk_ended_at_the_differences_nobody_says_how_many_are_equal(pipeline: Pipeline) -> None:
    ended = state(row("1"), at_first=1)
    scanned = ended.scanned.model_copy(update={"stopped": "it ended after 1 rows that differ", "unresolved": True})
    result = looks.outcome(pipeline, ended.model_copy(update={"scanned": scanned}))
    assert "equal" not in result.counts
    assert headline(result).startswith("T.F differs from PostgreSQL in at least 1 of the first 100 rows of T.F (1 miss")


def test_parts_add_up_to_their_table(pipeline: Pipeline) -> None:
    few = pipeline.reconciliation.model_copy(update={"most_differences": 1})
    changed = pipeline.model_copy(update={"reconciliation": few})
    one = looks.outcome(changed, state(row("1"), row("2"), row("3", Kind.EXTRA), at_first=4))
    two = looks.outcome(changed, state(row("4", Kind.DIFFERENT), row("5", steady=0), at_first=2))
    assert headline(joined([one, two])) == (
        "T.F differs from PostgreSQL in 3 of 200 rows of T.F (1 different, 2 missing in Oracle) and has 1 row that "
        "PostgreSQL lacks (1 extra in Oracle); 2 were in flight, of which PostgreSQL kept changing 1"
    )
    assert joined([one, two]).equal == 196


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
