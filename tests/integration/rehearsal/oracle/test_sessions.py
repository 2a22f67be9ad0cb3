"""Sessions beside each other: locks, breaks, time-outs, clients that vanish."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from contextlib import ExitStack
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.support.oracle import raises
from tests.support.processes import command, tree

if TYPE_CHECKING:
    import oracledb

    from tests.support.oracle import Oracle

# Takes far longer than any test: eleven rows to the ninth power.
_ENDLESS = "SELECT COUNT(*) FROM " + ", ".join(f"flightspecial f{n}" for n in range(9))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE flightspecial SET cost = cost + 1 WHERE id = 1", "SELECT id FROM flightspecial WHERE id = 1 FOR UPDATE"],
)
def test_a_row_lock_is_waited_for(oracle: Oracle, statement: str) -> None:
    with oracle.connect() as holder, oracle.connect() as waiter, oracle.connect() as other:
        holder.cursor().execute(statement)
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(lambda: waiter.cursor().execute(statement) and None)
            try:
                time.sleep(0.3)
                assert not waiting.done()
                assert other.cursor().execute("SELECT cost FROM flightspecial WHERE id = 1").fetchone() == (93,)
                with raises(54, "ORA-00054: resource busy and acquire with NOWAIT specified or timeout expired"):
                    other.cursor().execute("SELECT id FROM flightspecial WHERE id = 1 FOR UPDATE NOWAIT")
                other.rollback()
            finally:
                holder.rollback()
            waiting.result(5)
        waiter.rollback()


def test_a_deadlock_ends_with_ora_00060(oracle: Oracle) -> None:
    with oracle.connect() as one, oracle.connect() as two:
        one.cursor().execute("UPDATE flightspecial SET cost = 1 WHERE id = 1")
        two.cursor().execute("UPDATE flightspecial SET cost = 1 WHERE id = 2")
        with ThreadPoolExecutor() as pool:
            futures = [
                pool.submit(one.cursor().execute, "UPDATE flightspecial SET cost = 1 WHERE id = 2"),
                pool.submit(two.cursor().execute, "UPDATE flightspecial SET cost = 1 WHERE id = 1"),
            ]
            victim = next(future for future in as_completed(futures, 10))
            with raises(60, "ORA-00060: deadlock detected while waiting for resource"):
                victim.result()
            (one, two)[futures.index(victim)].rollback()
            wait(futures, 10)
            one.rollback()
            two.rollback()


def test_call_timeout_leaves_the_connection_usable(connection: oracledb.Connection) -> None:
    cursor = connection.cursor()
    cursor.execute("UPDATE flightspecial SET cost = 2 WHERE id = 1")
    connection.call_timeout = 300
    started = time.monotonic()
    with raises(0, "DPY-4024"):
        cursor.execute(_ENDLESS)
    assert time.monotonic() - started < 3
    connection.call_timeout = 0
    assert cursor.execute("SELECT cost FROM flightspecial WHERE id = 1").fetchone() == (2,)
    connection.rollback()


def test_cancel_leaves_the_connection_usable(connection: oracledb.Connection) -> None:
    for delay_s in (0.2, 0.01, 0, 0, 0.001, 0.002):
        timer, started = threading.Timer(delay_s, connection.cancel), time.monotonic()
        timer.start()
        with raises(1013, "ORA-01013: user requested cancel of current operation"):
            connection.cursor().execute(_ENDLESS)
        timer.join()
        assert time.monotonic() - started < 5
        assert connection.cursor().execute("SELECT 1 FROM dual").fetchone() == (1,)


@pytest.mark.parametrize("unsendable", [2.2250738585072014e-308, float("nan"), 10**127], ids=str)
def test_a_request_that_the_driver_breaks_off_leaves_the_connection_usable(
    connection: oracledb.Connection, unsendable: float
) -> None:
    """The driver meets a value that it cannot send when the rows before it filled a packet that has gone already."""
    cursor = connection.cursor()
    cursor.execute("UPDATE flightspecial SET cost = 2 WHERE id = 1")
    rows = [(1, "x" * 32_768), (unsendable, "y" * 3_000)]
    for _ in range(2):
        with raises(0, "DPY-400"):
            cursor.executemany("UPDATE flightspecial SET cost = :1 WHERE header = :2", rows)
    assert cursor.execute("SELECT cost FROM flightspecial WHERE id = 1").fetchone() == (2,)
    connection.rollback()


def test_a_cancelled_wait_for_a_lock(oracle: Oracle) -> None:
    with oracle.connect() as holder, oracle.connect() as waiter:
        holder.cursor().execute("UPDATE flightspecial SET cost = 1 WHERE id = 1")
        waiter.call_timeout = 200
        with raises(0, "DPY-4024"):
            waiter.cursor().execute("UPDATE flightspecial SET cost = 3 WHERE id = 1")
        holder.rollback()
        assert waiter.cursor().execute("SELECT cost FROM flightspecial WHERE id = 1").fetchone() == (93,)


def test_a_killed_client_leaves_no_transaction(oracle: Oracle) -> None:
    program = (
        "import oracledb, sys\n"
        f"c = oracledb.connect(user='TRAVELBUDDY', password='welcome', dsn='{oracle.dsn}').cursor()\n"
        "c.execute('UPDATE flightspecial SET cost = 0 WHERE id = 1')\n"
        "print('changed', flush=True)\n"
        f"c.execute('{_ENDLESS}')\n"
    )
    before = _backends(oracle)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as client:
        assert client.stdout is not None
        assert client.stdout.readline() == b"changed\n"
        time.sleep(0.2)
        os.kill(client.pid, signal.SIGKILL)
        client.wait()
    with oracle.connect() as connection:
        connection.call_timeout = 5000
        cursor = connection.cursor()
        cursor.execute("UPDATE flightspecial SET cost = cost + 1 WHERE id = 1")
        assert cursor.execute("SELECT cost FROM flightspecial WHERE id = 1").fetchone() == (94,)
        connection.rollback()
    deadline = time.monotonic() + 5
    while _backends(oracle) > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _backends(oracle) <= before


def test_a_hundred_connections_at_once(oracle: Oracle) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(20) as pool:
        connections = list(pool.map(lambda _: stack.enter_context(oracle.connect()), range(100)))
        totals = list(
            pool.map(lambda one: one.cursor().execute("SELECT SUM(id) FROM flightspecial").fetchone(), connections)
        )
    assert totals == [(66,)] * 100


def test_a_large_result_is_streamed_in_flat_memory(connection: oracledb.Connection, oracle: Oracle) -> None:
    rows = int(os.environ.get("ORACLE_STREAM_ROWS", "150000"))
    server = psutil.Process(oracle.pid)
    cursor = connection.cursor()
    cursor.arraysize = 5000
    cursor.execute(
        "SELECT a.id, a.header, b.header FROM flightspecial a, flightspecial b, flightspecial c, flightspecial d, flightspecial e, flightspecial f WHERE ROWNUM <= :1",
        [rows],
    )
    cursor.fetchmany(5000)
    before, largest, count = server.memory_info().rss, 0, 5000
    while batch := cursor.fetchmany():
        count += len(batch)
        largest = max(largest, server.memory_info().rss)
    assert count == rows
    assert largest - before < 24 * 1024 * 1024


def _backends(oracle: Oracle) -> int:
    return sum("postgres: postgres postgres" in command(one) for one in tree(oracle.pid))
