"""No loss and no doubles, whatever dies: 50,000 changes with FAULTS=all, an eighth of that otherwise."""

from __future__ import annotations

import random
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.support.aws_stage import Stage, eventually
from tests.support.long import IS_LONG

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

CHANGES_A_TRANSACTION = 10
TRANSACTIONS, KILLS, OUTAGES, REBOOTS = (5000, 20, 5, 3) if IS_LONG else (600, 4, 1, 1)


class Writer(threading.Thread):
    """Changes the table in many small transactions, each noted in a table that is not replicated."""

    def __init__(self, stage: Stage, seed: int) -> None:
        super().__init__()
        self._stage = stage
        self._random = random.Random(seed)  # noqa: S311  # no secret
        self._next_id = 1000
        self._ids: list[int] = []
        self.done = 0

    def run(self) -> None:
        while self.done < TRANSACTIONS:
            try:
                with self._stage.postgres() as connection:
                    self._look(connection)
                    while self.done < TRANSACTIONS:
                        self._transaction(connection)
                        self.done += 1
                        time.sleep(0.001)
            except psycopg.OperationalError:
                time.sleep(0.05)

    def has_done(self, share: float) -> bool:
        return self.done >= TRANSACTIONS * share

    def _look(self, connection: psycopg.Connection) -> None:
        """What is committed: a lost connection leaves that open."""
        self._ids = [row[0] for row in connection.execute("SELECT id FROM stage.item WHERE id >= 1000").fetchall()]
        self._next_id += CHANGES_A_TRANSACTION
        noted = connection.execute("SELECT count(*) FROM storm.noted").fetchone()
        self.done = noted[0] if noted else 0

    def _transaction(self, connection: psycopg.Connection) -> None:
        counts, ids, next_id = {"I": 0, "U": 0, "D": 0}, list(self._ids), self._next_id
        with connection.transaction():
            for _ in range(CHANGES_A_TRANSACTION):
                kind = self._random.choice("IIUUUUD" if ids else "I")
                price, name = self._random.randrange(10**6) / 100, f"이름 {self._random.random()}"
                if kind == "I":
                    connection.execute("INSERT INTO stage.item VALUES (%s, %s, %s, now())", [next_id, name, price])
                    ids.append(next_id)
                    next_id += 1
                elif kind == "U":
                    connection.execute(
                        "UPDATE stage.item SET name = %s, price = %s WHERE id = %s",
                        [name, price, self._random.choice(ids)],
                    )
                else:
                    gone = ids.pop(self._random.randrange(len(ids)))
                    connection.execute("DELETE FROM stage.item WHERE id = %s", [gone])
                counts[kind] += 1
            connection.execute("INSERT INTO storm.noted VALUES (%s, %s, %s)", [*counts.values()])
        self._ids, self._next_id = ids, next_id


def test_no_loss_and_no_doubles(tables: Stage) -> None:
    rds = tables.client("rds", retries={"total_max_attempts": 3})

    def instance_status() -> str:
        return str(rds.describe_db_instances()["DBInstances"][0]["DBInstanceStatus"])

    def kill() -> None:
        eventually(lambda: "error" not in tables.fault("kill-worker"))

    def oracle_outage() -> None:
        with tables.oracle_away():
            time.sleep(0.3)

    def reboot() -> None:
        rds.reboot_db_instance(DBInstanceIdentifier="flightspecials-test-postgres-db")
        eventually(lambda: instance_status() == "available", timeout_s=60)

    with tables.postgres() as postgres:
        postgres.execute("CREATE SCHEMA storm")
        postgres.execute("CREATE TABLE storm.noted (inserts int, updates int, deletes int)")
    arn = tables.task(settings={"ErrorBehavior": {"RecoverableErrorInterval": 5, "RecoverableErrorThrottlingMax": 20,
                                                  "RecoverableErrorStopRetryAfterThrottlingMax": False}})  # fmt: skip
    tables.start(arn)
    blows: list[Callable[[], None]] = [kill] * KILLS + [oracle_outage] * OUTAGES + [reboot] * REBOOTS
    random.Random(1).shuffle(blows)  # noqa: S311  # no secret
    writer = Writer(tables, seed=7)
    writer.start()
    for number, blow in enumerate(blows, 1):
        eventually(partial(writer.has_done, number / (len(blows) + 1)), timeout_s=300)
        blow()
    writer.join()

    with tables.postgres() as postgres:
        noted = postgres.execute("SELECT sum(inserts), sum(updates), sum(deletes) FROM storm.noted").fetchone()
        source = postgres.execute(
            "SELECT id, name, price, made AT TIME ZONE 'UTC' FROM stage.item ORDER BY id"
        ).fetchall()
        postgres.execute("DROP SCHEMA storm CASCADE")
    assert noted is not None
    assert sum(noted) == TRANSACTIONS * CHANGES_A_TRANSACTION
    statistics = eventually(
        lambda: tables.statistics(arn),
        lambda found: sum(found[name] for name in ("Inserts", "Updates", "Deletes")) >= sum(noted),
        timeout_s=120,
    )
    target = tables.oracle_rows("SELECT ID, NAME, PRICE, MADE FROM ITEM ORDER BY ID")
    assert [(row[0], row[1], float(row[2]), row[3]) for row in target] == [
        (row[0], row[1], float(row[2]), row[3]) for row in source
    ]
    assert tuple(statistics[name] for name in ("Inserts", "Updates", "Deletes")) == noted
    assert tuple(statistics[f"Applied{name}"] for name in ("Inserts", "Updates", "Deletes")) == noted
    assert tables.describe(arn)["Status"] == "running"
