"""The Oracle stand-in's speed beside psycopg's, on the same rows in the same run: round trips, array insert, fetch."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, LiteralString, TypeAlias

import oracledb
import psycopg

from rehearsal.ports import choose
from rehearsal.postgres.cluster import Cluster

_ROUND_TRIPS = 3000
_ROWS = 60_000
_BATCH = 10_000
_REPEATS = 3
_Connection: TypeAlias = oracledb.Connection | psycopg.Connection
_Row = tuple[object, ...]
_NAMES: tuple[LiteralString, ...] = ("id", "header", "body", "origin", "code", "destination", "dcode", "cost", "expiry")
_NUMBERS = ("id", "cost", "expiry")


def main() -> None:
    """Print rates (a second, the best of three) and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder) / "postgres", choose(None, set()))
        try:
            cluster.create()
            cluster.start()
            port = choose(None, {cluster.port})
            with stand_in(Path(folder) / "oracle", port):
                _measure(port, cluster)
        finally:
            cluster.stop(grace_s=1)
            cluster.remove()


@contextmanager
def stand_in(home: Path, port: int) -> Iterator[None]:
    """The Oracle stand-in on that port, for the block; the benchmarks make tables, which pipelines do not."""
    command = [sys.executable, "-m", "rehearsal.oracle", "--home", str(home), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            if process.stdout is None or process.stdout.readline() != b"ready\n":
                raise RuntimeError(f"the Oracle stand-in did not start on port {port}; its messages stand above")
            dba = oracledb.connect(user="SYSTEM", password="manager", dsn=f"127.0.0.1:{port}/XE")
            with closing(dba), dba.cursor() as cursor:
                cursor.execute("GRANT RESOURCE TO TRAVELBUDDY")
            yield
        finally:
            process.terminate()


def _measure(port: int, cluster: Cluster) -> None:
    rows: list[_Row] = [
        (n, f"London to Paris {n}", "Jewel of the East", "London", "LHR", "Paris", "CDG", n % 300, 1804640523000 + n)
        for n in range(_ROWS)
    ]
    with (
        closing(oracledb.connect(user="TRAVELBUDDY", password="welcome", dsn=f"127.0.0.1:{port}/XE")) as oracle,
        cluster.connect(autocommit=False) as postgres,
    ):
        print(f"{'':<14}{'Oracle stand-in':>18}{'psycopg':>12}{'ratio':>8}")
        _compare(
            "round trips",
            _ROUND_TRIPS,
            lambda: _round_trips(oracle, "SELECT 1 FROM dual"),
            lambda: _round_trips(postgres, "SELECT 1"),
        )
        oracle.cursor().execute(_table("NUMBER", "VARCHAR2(255)"))
        postgres.cursor().execute(_table("numeric", "varchar(255)"))
        postgres.commit()
        _compare("array insert", _ROWS, lambda: _insert_in_vain(oracle, rows), lambda: _insert_in_vain(postgres, rows))
        for connection in (oracle, postgres):
            _insert(connection, rows)
            connection.commit()
        _compare("fetch", _ROWS, lambda: _fetch(oracle), lambda: _fetch(postgres))
        _compare(
            "hash", _ROWS, lambda: _run(oracle, _hash("{}")), lambda: _run(postgres, _hash("coalesce({}::text, '')"))
        )
        _compare(
            "hash sums", _ROWS, lambda: _run(oracle, _sums(_OF_ORACLE)), lambda: _run(postgres, _sums(_OF_POSTGRES))
        )


def _hash(text: str) -> str:
    """One aggregate over a hash of all columns' texts, as a comparison asks for it."""
    row = " || '|' || ".join(text.format(name) for name in _NAMES)
    of_oracle = "RAWTOHEX(STANDARD_HASH({}, 'MD5'))" if text == "{}" else "md5({})"
    return f"SELECT MAX({of_oracle.format(row)}) FROM bench"  # noqa: S608  # our own names


# A row's hash; a number of its first digits; a number by a format, as a number.
_OF_ORACLE = (
    "RAWTOHEX(STANDARD_HASH({}, 'MD5'))",
    "TO_NUMBER(SUBSTR({}, 1, 8), 'XXXXXXXX')",
    "TO_NUMBER(TO_CHAR({}, 'FM99990.00'))",
)
_OF_POSTGRES = ("md5({})", "('x' || substr({}, 1, 8))::bit(32)::bigint::numeric", "to_char({}, 'FM99990.00')::numeric")


def _sums(functions: tuple[str, str, str]) -> str:
    """Sums a bucket of rows' hashes, with a call of each function and operator that a comparison of ranges may use."""
    hashed, digits, formatted = functions
    number = digits.format(hashed.format(" || '|' || ".join(_NAMES)))
    sums = f"SUM(MOD({number}, cost + 7)), SUM({formatted.format('cost')} - id), MAX(SUBSTR(header, 2, 9))"
    return f"SELECT FLOOR(id / 1000), COUNT(*), {sums} FROM bench GROUP BY FLOOR(id / 1000)"  # noqa: S608  # our own names


def _run(connection: _Connection, query: str) -> None:
    cursor: Any = connection.cursor()
    cursor.execute(query).fetchall()


def _table(number: LiteralString, text: LiteralString) -> LiteralString:
    columns = ", ".join(f"{name} {number if name in _NUMBERS else text}" for name in _NAMES)
    return f"CREATE TABLE bench ({columns})"


def _compare(what: str, count: int, ours: Callable[[], None], theirs: Callable[[], None]) -> None:
    mine, other = (count / min(_seconds(run) for _ in range(_REPEATS)) for run in (ours, theirs))
    print(f"{what:<14}{mine:>16,.0f}/s{other:>10,.0f}/s{mine / other:>8.2f}")


def _seconds(run: Callable[[], None]) -> float:
    started_at = time.perf_counter()
    run()
    return time.perf_counter() - started_at


def _round_trips(connection: _Connection, query: str) -> None:
    cursor = connection.cursor()
    for _ in range(_ROUND_TRIPS):
        cursor.execute(query).fetchone()


def _insert(connection: _Connection, rows: list[_Row]) -> None:
    of_oracle = isinstance(connection, oracledb.Connection)
    marks = ", ".join(f":{number}" if of_oracle else "%s" for number in range(1, 10))
    insert = f"INSERT INTO bench VALUES ({marks})"  # noqa: S608  # placeholders only
    cursor = connection.cursor()
    for start in range(0, len(rows), _BATCH):
        cursor.executemany(insert, rows[start : start + _BATCH])


def _insert_in_vain(connection: _Connection, rows: list[_Row]) -> None:
    _insert(connection, rows)
    connection.rollback()


def _fetch(connection: _Connection) -> None:
    cursor = connection.cursor()
    cursor.arraysize = 5000
    cursor.execute("SELECT * FROM bench")
    while cursor.fetchmany():
        pass


if __name__ == "__main__":
    main()
