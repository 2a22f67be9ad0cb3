"""Whole tables compared: the ratio to both databases computing the same hashes at once, and nothing else.

Medians, the tables analysed, the limit measured beside each run: between two PostgreSQLs, whose limit is psql's, and
between a PostgreSQL and the Oracle stand-in, which has no shell, so that its part of the limit is python-oracledb's.
`RECONCILE_ROWS` says how many rows the seed's table has between two PostgreSQLs; the others have a million at most.
"""

import json
import os
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import oracledb
import psycopg

from bench.against_limit import hashes, in_psql, measure, print_head
from bench.compared_tables import LARGE_OBJECTS, SEED, TEXT_KEY, WIDE, Subject, numbers
from bench.memory import modules_are_loaded
from bench.oracle import stand_in
from rehearsal.ports import LOOPBACK, choose
from rehearsal.postgres.cluster import SUPERUSER, SUPERUSER_PASSWORD, Cluster
from reverse_sync.catalog.oracle import read_columns
from reverse_sync.catalog.postgres import read_tables
from reverse_sync.pipeline import Pipeline, load
from reverse_sync.reconcile.hashing import oracle_hashing, postgres_hashing
from reverse_sync.reconcile.plan import Plan, plan
from reverse_sync.reconcile.postgres_side import PostgresSide
from reverse_sync.reconcile.rows import Row
from reverse_sync.reconcile.sessions import postgres_reader
from reverse_sync.reconcile.table import OpenTable, opened

_ROWS = int(os.environ.get("RECONCILE_ROWS", "1000000"))
_MOST_OTHERS = min(_ROWS, 1_000_000)
_TIMEOUT_S = 3600
_STAND_IN_AIM = "1.30"
_COLUMNS = "ID, HEADER, BODY, ORIGIN, ORIGINCODE, DESTINATION, DESTINATIONCODE, COST, EXPIRYDATE"


def main() -> None:
    """Print seconds, ratios, and the client's memory beyond what its modules take."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "oracle"
        cluster = Cluster(Path(folder) / "postgres", choose(None, set()))
        try:
            cluster.create()
            cluster.start()
            port = choose(None, {cluster.port})
            with stand_in(home, port):
                _name_connections(cluster.port, port)
                login = partial(oracledb.connect, user="TRAVELBUDDY", password="welcome", dsn=f"{LOOPBACK}:{port}/XE")
                with closing(login()) as oracle, cluster.connect() as postgres:
                    Bench(cluster, postgres, oracle, home, login).run()
        finally:
            cluster.stop(grace_s=1)
            cluster.remove()


def _name_connections(postgres: int, oracle: int) -> None:
    os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "ERROR"
    for name, database in (("FLIGHTSPECIALS_POSTGRES", "postgres"), ("COPY", "copy")):
        address = f"postgres://{SUPERUSER}:{SUPERUSER_PASSWORD}@{LOOPBACK}:{postgres}/{database}"
        os.environ[f"AIRFLOW_CONN_{name}"] = address
    login = {"conn_type": "oracle", "login": "TRAVELBUDDY", "password": "welcome", "extra": {"service_name": "XE"}}
    os.environ["AIRFLOW_CONN_TRAVELBUDDY_ORACLE"] = json.dumps({"host": LOOPBACK, "port": oracle, **login})


class Copy(PostgresSide):
    """A second PostgreSQL with the same table, in Oracle's place.

    Its plan is one of its own: a projection's SQLite is one thread's.
    """

    def refuses_hashes(self) -> str:
        """It never does."""
        return ""

    def rows_without_key(self) -> list[Row]:
        """A primary key has none."""
        return []


class Bench:
    """The databases, and what is measured between them."""

    def __init__(
        self,
        cluster: Cluster,
        postgres: psycopg.Connection,
        oracle: oracledb.Connection,
        oracle_home: Path,
        login: Callable[[], oracledb.Connection],
    ) -> None:
        self._cluster = cluster
        self._postgres = postgres
        self._oracle = oracle
        self._oracle_home = oracle_home
        self._login = login
        self._pipeline: Pipeline = load(Path("include/pipelines/flightspecials.yaml"))

    def run(self) -> None:
        """Each table between two PostgreSQLs, then the seed's between PostgreSQL and the stand-in."""
        self._postgres.execute("CREATE DATABASE copy")
        self._load_modules()
        print_head()
        print("between two PostgreSQLs")
        for subject, rows in (
            (SEED, _ROWS),
            (WIDE, _MOST_OTHERS // 10),
            (TEXT_KEY, _MOST_OTHERS // 2),
            (LARGE_OBJECTS, _MOST_OTHERS // 500),
        ):
            self._between_postgres(subject, rows)
        print("between PostgreSQL and the Oracle stand-in")
        self._against_the_stand_in(SEED, _MOST_OTHERS)

    def _load_modules(self) -> None:
        """Compare a table of one row, so that what is measured imports nothing."""
        SEED.fill(self._postgres, 1)
        self._copy_to_oracle()
        self._compare(self._plan(SEED), 1, 0)
        SEED.drop(self._postgres)
        modules_are_loaded()

    def _between_postgres(self, subject: Subject, rows: int) -> None:
        subject.fill(self._postgres, rows)
        if subject.oracle:
            self._oracle.cursor().execute(f"CREATE TABLE {subject.name.upper()} ({subject.oracle})")
        how = self._plan(subject)
        query = hashes(f"travelbuddy.{subject.name}", postgres_hashing(how), how.order)
        limit = [partial(in_psql, self._cluster, database, query) for database in ("postgres", "copy")]
        with self._cluster.connect("copy") as copy:
            subject.fill(copy, rows)
            for count, aim in subject.aims.items():
                subject.change(copy, rows, count)
                run = partial(self._compare_copy, how, self._plan(subject), rows, count)
                measure(subject.name, rows, count, aim, limit, run)
            subject.drop(copy)
        subject.drop(self._postgres)

    def _against_the_stand_in(self, subject: Subject, rows: int) -> None:
        subject.fill(self._postgres, rows)
        how = self._plan(subject)
        self._copy_to_oracle()
        limit = [
            partial(
                in_psql,
                self._cluster,
                "postgres",
                hashes("travelbuddy.flightspecial", postgres_hashing(how), how.order),
            ),
            partial(self._in_oracle, hashes("FLIGHTSPECIAL", oracle_hashing(how), how.order)),
        ]
        cursor = self._oracle.cursor()
        for count in subject.aims:
            for number in numbers(rows, count):
                cursor.execute("UPDATE FLIGHTSPECIAL SET COST = -1 WHERE ID = :1", [number])
            self._oracle.commit()
            measure(subject.name, rows, count, _STAND_IN_AIM, limit, partial(self._compare, how, rows, count))

    def _plan(self, subject: Subject) -> Plan:
        """How the table is compared."""
        (table,) = read_tables(self._postgres, ["travelbuddy"], [subject.name])
        projection = subject.mapping.project(table)
        if projection is None:
            raise RuntimeError(f"the mapping does not select {subject.name}")
        columns = read_columns(self._oracle, "TRAVELBUDDY", subject.name.upper())
        return plan(projection, columns, hashes_large_objects=True)

    def _copy_to_oracle(self) -> None:
        cursor = self._oracle.cursor()
        cursor.execute("ALTER TABLE FLIGHTSPECIAL DISABLE ALL TRIGGERS")
        cursor.execute("DELETE FROM FLIGHTSPECIAL")
        marks = ", ".join(f":{n}" for n in range(1, 10))
        with self._postgres.transaction(), self._postgres.cursor("rows") as rows:
            rows.execute(
                "SELECT id, header, body, origin, origin_code, destination, destination_code, cost, "
                "extract(epoch FROM expiry_date)::bigint * 1000 FROM travelbuddy.flightspecial ORDER BY id"
            )
            while batch := rows.fetchmany(10_000):
                cursor.executemany(f"INSERT INTO FLIGHTSPECIAL ({_COLUMNS}) VALUES ({marks})", batch)  # noqa: S608  # fixed names
        self._oracle.commit()
        port = (self._oracle_home / "cluster").resolve().joinpath("data", "postmaster.pid").read_text().split()[3]
        with Cluster(self._oracle_home, int(port)).connect() as behind:
            behind.execute('VACUUM ANALYZE "TRAVELBUDDY"."FLIGHTSPECIAL"')

    def _in_oracle(self, query: str) -> None:
        with self._login() as session:  # as psql does
            session.cursor().execute(query).fetchall()

    def _compare_copy(self, how: Plan, theirs: Plan, rows: int, expected: int) -> None:
        with (
            postgres_reader("flightspecials_postgres", _TIMEOUT_S) as one,
            postgres_reader("copy", _TIMEOUT_S) as other,
        ):
            _scan(OpenTable(self._pipeline, how, PostgresSide(one, how), Copy(other, theirs)), rows, expected)

    def _compare(self, how: Plan, rows: int, expected: int) -> None:
        with opened(self._pipeline, how.projection) as comparison:
            _scan(comparison, rows, expected)


def _scan(comparison: OpenTable, rows: int, expected: int) -> None:
    scanned, found = comparison.scan(lambda *_: None)
    if len(found) != expected or scanned.rows != rows:
        raise RuntimeError(f"{len(found)} of {expected} differences found in {scanned.rows} rows, {scanned.how}")


if __name__ == "__main__":
    main()
