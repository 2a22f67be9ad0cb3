"""A comparison burdens PostgreSQL no more than it may: bounded queries, one at a time, so many rows a second, a standby."""

from __future__ import annotations

import subprocess
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import psycopg2
import pytest
from psycopg2.extras import LogicalReplicationConnection

from rehearsal.postgres.cluster import SUPERUSER, SUPERUSER_PASSWORD, Cluster
from rehearsal.postgres.packages import newest_with_pglogical
from reverse_sync.errors import ReverseSyncError
from reverse_sync.reconcile.looks import compared
from reverse_sync.reconcile.pace import Pace
from reverse_sync.reconcile.results import Kind
from reverse_sync.reconcile.sessions import postgres_reader
from tests.integration.product.test_compared_tables import table
from tests.support.parts import free_port
from tests.support.wait import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.results import TableResult
    from tests.integration.product.conftest import RunningParts
    from tests.integration.product.test_compared_tables import Compared
    from tests.support.procedure import Procedure

pytestmark = pytest.mark.integration

ROWS = 300
COLUMNS = "id bigint PRIMARY KEY, name text", "ID NUMBER(19) PRIMARY KEY, NAME VARCHAR2(40)"


@pytest.fixture
def same(running: RunningParts, pipeline: Pipeline) -> Iterator[Compared]:
    """A table with the same rows on both sides."""
    with table(running, pipeline, *COLUMNS) as it:
        it.postgres(
            f"INSERT INTO travelbuddy.compared SELECT n, '특가 ' || n FROM generate_series(1, {ROWS}) n",
            "ANALYZE travelbuddy.compared",
        )
        with running.oracle() as session, session.cursor() as cursor:
            cursor.executemany("INSERT INTO COMPARED VALUES (:1, :2)", [(n, f"특가 {n}") for n in range(1, ROWS + 1)])
            session.commit()
        yield it


def compare(it: Compared, **settings: Any) -> TableResult:
    """The whole comparison, at the pace that the settings allow."""
    changed = it.pipeline.reconciliation.model_copy(update={"rechecks": 0, **settings})
    pipeline = it.pipeline.model_copy(update={"reconciliation": changed})
    return compared(pipeline, it.projection(), Pace(pipeline, lambda *_: None))


def test_a_query_that_takes_too_long_is_ended_and_says_which_limit_that_was(same: Compared) -> None:
    with same.running.postgres() as session, session.transaction():
        session.execute("LOCK TABLE travelbuddy.compared")
        began = time.monotonic()
        with pytest.raises(ReverseSyncError) as failed:
            compare(same, statement_timeout_s=0.5)
        assert time.monotonic() - began < 10
    assert "reconciliation.statement_timeout_s (0.5 s)" in str(failed.value)
    assert "reconciliation.range_rows" in str(failed.value)
    assert compare(same).differences == ()


def test_one_query_at_a_time_in_transactions_that_only_read(same: Compared) -> None:
    ended, most = threading.Event(), [0]
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid() "
        "AND query LIKE '%travelbuddy%compared%'"
    )

    def watch() -> None:
        with same.running.postgres() as session:
            while not ended.is_set():
                (now,) = session.execute(query).fetchall()[0]
                most[0] = max(most[0], now)

    same.oracle("UPDATE COMPARED SET NAME = 'other' WHERE MOD(ID, 50) = 0")
    thread = threading.Thread(target=watch)
    thread.start()
    try:
        found = compare(same, range_rows=20)
    finally:
        ended.set()
        thread.join()
    assert len(found.differences) == ROWS // 50
    assert most == [1]
    reading = postgres_reader(same.pipeline.postgres.connection, 60)
    refused = (psycopg.errors.ReadOnlySqlTransaction, psycopg2.errors.ReadOnlySqlTransaction)
    with reading as session, session.cursor() as cursor, pytest.raises(refused):
        cursor.execute("INSERT INTO travelbuddy.compared VALUES (0, NULL)")


def test_no_more_rows_a_second_than_allowed(same: Compared) -> None:
    began = time.monotonic()
    found = compare(same, rows_per_s=ROWS // 3)
    assert (found.scanned.rows, found.differences) == (ROWS, ())
    assert time.monotonic() - began >= 2


@contextmanager
def lagging_reader(running: RunningParts) -> Iterator[Any]:
    """Somebody who reads a slot as DMS does, and confirms nothing until told to."""
    address = f"host=127.0.0.1 port={running.ports.postgres} dbname=dso user={SUPERUSER} password={SUPERUSER_PASSWORD}"
    reader = psycopg2.connect(address, connection_factory=LogicalReplicationConnection)
    try:
        with reader.cursor() as cursor:
            cursor.create_replication_slot("lagging", output_plugin="test_decoding")
            cursor.start_replication("lagging")
            with running.postgres() as session:
                session.execute("SELECT pg_logical_emit_message(false, 'rehearsal', repeat('x', 3000000))")
            yield cursor
    finally:
        reader.close()
        with running.postgres() as session:
            dropped = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'lagging' AND NOT active"
            assert eventually(lambda: session.execute(dropped).rowcount == 1, 10)


def test_reading_pauses_while_replication_lags_and_no_longer(replicating: Procedure, same: Compared) -> None:
    caught_up_s = 1.5
    with lagging_reader(same.running) as reader:
        began = time.monotonic()
        assert compare(same, lag_limit_mb=1, lag_timeout_s=1).differences == ()
        assert time.monotonic() - began >= 1

        with same.running.postgres() as session:
            (now,) = session.execute("SELECT pg_current_wal_lsn() - '0/0'").fetchall()[0]
        timer = threading.Timer(caught_up_s, lambda: reader.send_feedback(flush_lsn=int(now), force=True))
        began = time.monotonic()
        timer.start()
        try:
            assert compare(same, lag_limit_mb=1, lag_timeout_s=60).differences == ()
        finally:
            timer.join()
        assert caught_up_s <= time.monotonic() - began < 30


@pytest.fixture
def standby(running: RunningParts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A hot standby of the rehearsal's PostgreSQL, named as the connection `replica`."""
    made = Cluster(tmp_path / "standby", free_port())
    made.create()
    packages = newest_with_pglogical()
    assert packages is not None
    copy = [
        str(packages / "bin" / "pg_basebackup"), f"--pgdata={made.data}", "--write-recovery-conf", "--checkpoint=fast",
        f"--dbname=host=127.0.0.1 port={running.ports.postgres} user={SUPERUSER} password={SUPERUSER_PASSWORD}",
    ]  # fmt: skip
    owner = made.data.stat()
    subprocess.run(["rm", "-r", made.data], check=True)
    made.data.mkdir(mode=0o700)
    subprocess.run(["chown", f"{owner.st_uid}:{owner.st_gid}", made.data], check=True)
    subprocess.run(copy, check=True, user=owner.st_uid, group=owner.st_gid, extra_groups=[], cwd="/")
    monkeypatch.setenv("AIRFLOW_CONN_REPLICA", f"postgres://{SUPERUSER}:{SUPERUSER_PASSWORD}@127.0.0.1:{made.port}/dso")
    try:
        made.start()
        yield made
    finally:
        made.stop(grace_s=1)
        made.remove()


def test_a_hot_standby_will_do(same: Compared, standby: Cluster) -> None:
    with standby.connect() as session:
        assert session.execute("SELECT pg_is_in_recovery()").fetchall() == [(True,)]
        assert compare(same, connection="replica", range_rows=50).differences == ()
        session.execute("SELECT pg_wal_replay_pause()")
        assert eventually(lambda: session.execute("SELECT pg_get_wal_replay_pause_state()").fetchall() == [("paused",)])
        same.postgres("UPDATE travelbuddy.compared SET name = 'x' WHERE id = 7")
        same.oracle("UPDATE COMPARED SET NAME = 'x' WHERE ID = 7")
        [late] = compare(same, connection="replica").differences  # it was the standby that was read
        assert (late.kind, late.key) == (Kind.DIFFERENT, ("7",))
        session.execute("SELECT pg_wal_replay_resume()")
    assert eventually(lambda: compare(same, connection="replica").differences == (), 20)
