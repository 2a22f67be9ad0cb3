"""The database behind all sessions: a PostgreSQL cluster of its own, made new at every start."""

import threading
from collections.abc import Iterable
from pathlib import Path

from psycopg import sql

from rehearsal.oracle import legacy
from rehearsal.oracle.auth import Verifier
from rehearsal.oracle.dialect.dictionary import SQL as DICTIONARY_SQL
from rehearsal.oracle.dialect.formats import nls_settings
from rehearsal.oracle.engine import Engine
from rehearsal.oracle.errors import stored
from rehearsal.oracle.values import Code
from rehearsal.postgres.cluster import SUPERUSER, SUPERUSER_PASSWORD, Cluster

_SQL = DICTIONARY_SQL.parent
_SCRIPTS = ("types.sql", "functions.sql", "administration.sql", "dictionary.sql")
_SETTINGS = {
    "max_connections": "250",
    "max_locks_per_transaction": "256",
    "synchronous_commit": "off",
    "autovacuum_naptime": "10s",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "lc_messages": "C",
    "client_connection_check_interval": "1s",
}
_DATE_FORMAT, _TIMESTAMP_FORMAT = "DD-MON-RR", "DD-MON-RR HH.MI.SSXFF AM"
_TYPES = {
    "numeric": Code.NUMBER,
    "text": Code.VARCHAR,
    "varchar": Code.VARCHAR,
    "bpchar": Code.CHAR,
    "timestamp": Code.TIMESTAMP,
    "bytea": Code.RAW,
    '"SYS".date': Code.DATE,
    '"SYS".timestamptz': Code.TIMESTAMP_TZ,
    '"SYS".clob': Code.CLOB,
}


class Instance:
    """Service and SID `XE`."""

    name = "XE"

    def __init__(self, home: Path, port: int):
        """``port`` is where the backing PostgreSQL listens."""
        self._cluster = Cluster(home, port, _SETTINGS)
        self.conninfo = f"host=127.0.0.1 port={port} dbname=postgres user={SUPERUSER} password={SUPERUSER_PASSWORD}"
        self.types: dict[int, Code] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Make the cluster, the dictionary and the legacy schema."""
        self._cluster.create()
        self._cluster.start()
        self._administrator = self._cluster.connect()
        for script in _SCRIPTS:
            self._administrator.execute((_SQL / script).read_bytes())
        for name, value in _session_settings().items():
            self._administrator.execute(
                sql.SQL("ALTER ROLE postgres SET {} = {}").format(
                    sql.Identifier(*name.split(".")), sql.SQL(value) if name == "search_path" else sql.Literal(value)
                )
            )
        for name, code in _TYPES.items():
            row = self._administrator.execute("SELECT %s::regtype::oid", [name]).fetchone()
            self.types[int(row[0]) if row else 0] = code
        self._create_users()
        self._seed()

    def stop(self) -> None:
        """Stop and remove the cluster."""
        if hasattr(self, "_administrator"):
            self._administrator.close()
        self._cluster.stop(grace_s=0.2)
        self._cluster.remove()

    def verifier(self, user: str) -> Verifier | None:
        """What proves a user's password; None for an unknown user."""
        row = self._one('SELECT salt, digest FROM "SYS".users WHERE name = %s', stored(user))
        return Verifier(*row) if row else None

    def may_log_in(self, user: str) -> bool:
        """Whether the user has CREATE SESSION."""
        row = self._one("SELECT \"SYS\".has_privilege(%s, 'CREATE SESSION')", stored(user))
        return bool(row and row[0])

    def _one(self, query: str, name: str) -> tuple[bytes, ...] | None:
        with self._lock:
            return self._administrator.execute(query.encode(), [name]).fetchone()

    def _create_users(self) -> None:
        """SYSTEM, who makes the others as a person would."""
        verifier = Verifier.of("manager")
        self._administrator.execute('SELECT "SYS".create_user(%s, %s, %s)', ["SYSTEM", verifier.salt, verifier.digest])
        self._administrator.execute("SELECT \"SYS\".grant_privilege('SYSTEM', 'DBA', true)")

    def _seed(self) -> None:
        self._run("SYSTEM", legacy.users())
        self._run("TRAVELBUDDY", legacy.schema())
        rows: list[list[bytes | None]] = [[str(value).encode() for value in row] for row in legacy.flight_specials()]
        engine = Engine(self.conninfo, "TRAVELBUDDY")
        try:
            engine.change(engine.prepare(legacy.INSERT, ["text"] * len(rows[0])), rows)
            engine.backend.end("COMMIT")
        finally:
            engine.close()

    def _run(self, user: str, statements: Iterable[str]) -> None:
        """Run Oracle's SQL as a user."""
        engine = Engine(self.conninfo, user)
        try:
            for statement in statements:
                known = engine.prepare(statement, [])
                if known.prepared:
                    engine.change(known, [[]])
                else:
                    engine.run(known.statement)
            engine.backend.end("COMMIT")
        finally:
            engine.close()


def _session_settings() -> dict[str, str]:
    """What every session starts with."""
    return {
        "search_path": '"SYS", pg_catalog',
        **{f"oracle.{name}": value for name, value in nls_settings("nls_date_format", _DATE_FORMAT).items()},
        **{f"oracle.{name}": value for name, value in nls_settings("nls_timestamp_format", _TIMESTAMP_FORMAT).items()},
        "oracle.nls_timestamp_tz_format": "",  # Oracle's has FF too
    }
