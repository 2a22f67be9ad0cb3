"""Under traffic: nothing that was only on its way is called a difference, and what was planted is found each time.

`RECONCILE_RUNS` and `RECONCILE_UPDATES_PER_S` make it run as often and at such a rate.
"""

from __future__ import annotations

import os
import random
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from reverse_sync.catalog.postgres import read_tables
from reverse_sync.reconcile.looks import compared
from reverse_sync.reconcile.pace import Pace
from reverse_sync.reconcile.results import Kind
from tests.integration.product.test_reconciliation import in_oracle
from tests.support.wait import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.pipeline import Pipeline
    from tests.integration.product.conftest import RunningParts
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration

RUNS = int(os.environ.get("RECONCILE_RUNS", "1"))
UPDATES_PER_S = int(os.environ.get("RECONCILE_UPDATES_PER_S", "100"))
FIRST, ROWS, PLANTED = 1001, 1500, 20


def rows_in_oracle(running: RunningParts) -> int:
    with running.oracle() as session, session.cursor() as cursor:
        (count,) = cursor.execute(f"SELECT COUNT(*) FROM FLIGHTSPECIAL WHERE ID >= {FIRST}").fetchone()
    return int(count)


@pytest.fixture
def many_rows(running: RunningParts, replicating: Procedure) -> Iterator[None]:
    with running.postgres() as session:
        session.execute(
            "INSERT INTO travelbuddy.flightspecial (id, header, cost, expiry_date) "
            f"SELECT n, 'row ' || n, 1, now() FROM generate_series({FIRST}, {FIRST + ROWS - 1}) n"
        )
    assert eventually(lambda: rows_in_oracle(running) == ROWS, timeout_s=120)
    yield
    with running.postgres() as session:
        session.execute(f"DELETE FROM travelbuddy.flightspecial WHERE id >= {FIRST}")
    assert eventually(lambda: rows_in_oracle(running) == 0, timeout_s=120)


@contextmanager
def traffic(running: RunningParts) -> Iterator[None]:
    """Updates of rows anywhere but in the last hundred, at a steady rate."""
    ended = threading.Event()

    def update() -> None:
        with running.postgres() as session:
            while not ended.is_set():
                started = time.monotonic()
                for _ in range(max(1, UPDATES_PER_S // 10)):
                    row = random.randrange(FIRST, FIRST + ROWS - 100)  # noqa: S311
                    session.execute("UPDATE travelbuddy.flightspecial SET cost = cost + 1 WHERE id = %s", [row])
                ended.wait(max(0.0, 0.1 - (time.monotonic() - started)))

    thread = threading.Thread(target=update)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_planted_differences_are_found_and_traffic_is_no_difference(
    running: RunningParts, pipeline: Pipeline, many_rows: None
) -> None:
    settings = pipeline.reconciliation.model_copy(update={"range_rows": 500, "rechecks": 4, "recheck_after_s": 0.5})
    changed = pipeline.model_copy(update={"reconciliation": settings})
    with running.postgres() as session:
        tables = read_tables(session, ["travelbuddy"])
    projection = pipeline.mapping.project(next(table for table in tables if table.name == "flightspecial"))
    assert projection is not None
    planted = [FIRST + ROWS - 1 - n * 5 for n in range(PLANTED)]
    of_them = f"ID IN ({', '.join(map(str, planted))})"
    in_oracle(running, f"UPDATE FLIGHTSPECIAL SET COST = 0 WHERE {of_them}")
    with traffic(running):
        for _ in range(RUNS):
            result = compared(changed, projection, Pace(changed, lambda *_: None))
            assert sorted(int(row.key[0]) for row in result.differences) == sorted(planted)
            assert {row.kind for row in result.differences} == {Kind.DIFFERENT}
            assert result.whole
            assert result.scanned.how == ("by hashes",)
    in_oracle(running, f"UPDATE FLIGHTSPECIAL SET COST = 1 WHERE {of_them}")
    assert compared(changed, projection, Pace(changed, lambda *_: None)).differences == ()
