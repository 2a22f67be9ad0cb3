"""The database behind all sessions: a PostgreSQL cluster of its own."""

import threading
from collections.abc import Iterable
from contextlib import closing
from itertools import chain
from pathlib import Path

from psycopg import sql

from rehearsal.names import oracle_service
from rehearsal.oracle import legacy
from rehearsal.oracle.auth import Verifier
from rehearsal.oracle.dialect.dictionary import SQL as DICTIONARY_SQL
from rehearsal.oracle.dialect.formats import nls_settings
from rehearsal.oracle.engine import Engine
from rehearsal.oracle.errors import stored
from rehearsal.oracle.values import BINDS, NATIONAL, Code
from rehearsal.postgres.cluster import SUPERUSER, SUPERUSER_PASSWORD, Cluster

_SQL = DICTIONARY_SQL.parent
_SCRIPTS = ("types.sql", "functions.sql", "administration.sql", "dictionary.sql")
_SETTINGS = {
    "max_connections": "250",
    "max_locks_per_transaction": "256",
    "autovacuum_naptime": "10s",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "lc_messages": "C",
    "client_connection_check_interval": "1s",
}
_DATE_FORMAT, _TIMESTAMP_FORMAT = "DD-MON-RR", "DD-MON-RR HH.MI.SSXFF AM"
_TYPES = {
    **{kind: Code(code) for code, (kind, _) in reversed(BINDS.items())},  # the first of those that bind as one type
    "varchar": Code.VARCHAR,
    NATIONAL["text"]: Code.VARCHAR,
    NATIONAL["bpchar"]: Code.CHAR,
    "pg_catalog.timestamptz": Code.TIMESTAMP_LTZ,
    '"SYS".blob': Code.BLOB,
    '"SYS".clob': Code.CLOB,
}


class Instance:
    """The database of one service and SID."""

    name = oracle_service()

    def __init__(self, home: Path, port: int, *, keep: bool = False):
        """``port`` is where the backing PostgreSQL listens; ``keep``: go on with the data found, and leave them."""
        self._cluster = Cluster(home, port, _SETTINGS)
        self.conninfo = f"host=127.0.0.1 port={port} dbname=postgres user={SUPERUSER} password={SUPERUSER_PASSWORD}"
        self._keep = keep
        self.types: dict[int, tuple[Code, bool]] = {}
        """Oracle's types by PostgreSQL's type number, and whether they are national strings."""
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the cluster; in a new one make the dictionary and the legacy schema."""
        kept = self._keep and self._cluster.complete
        if not kept:
            self._cluster.create()
        self._cluster.start()
        self._administrator = self._cluster.connect()
        if not kept:
            self._make_dictionary()
        for name, code in _TYPES.items():
            row = self._administrator.execute("SELECT %s::regtype::oid", [name]).fetchone()
            self.types[int(row[0]) if row else 0] = code, name in NATIONAL.values()
        if not kept:
            self._create_users()
            self._seed()
            self._cluster.mark_complete()

    def _make_dictionary(self) -> None:
        for script in _SCRIPTS:
            self._administrator.execute((_SQL / script).read_bytes())
        for name, value in _session_settings().items():
            self._administrator.execute(
                sql.SQL("ALTER ROLE postgres SET {} = {}").format(
                    sql.Identifier(*name.split(".")), sql.SQL(value) if name == "search_path" else sql.Literal(value)
                )
            )

    def stop(self) -> None:
        """Stop the cluster, and remove it unless its data are kept."""
        if hasattr(self, "_administrator"):
            self._administrator.close()
        self._cluster.stop(grace_s=0.2)
        if not self._keep:
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
        self._run("SYSTEM", chain(legacy.schema(), legacy.grants()))
        rows: list[list[bytes | None]] = [[str(value).encode() for value in row] for row in legacy.flight_specials()]
        with closing(Engine(self.conninfo, "TRAVELBUDDY")) as engine:
            engine.change(engine.prepare(legacy.INSERT, ["text"] * len(rows[0])), rows)
            engine.backend.end("COMMIT")

    def _run(self, user: str, statements: Iterable[str]) -> None:
        """Run Oracle's SQL as a user."""
        with closing(Engine(self.conninfo, user)) as engine:
            for statement in statements:
                known = engine.prepare(statement, [])
                if known.prepared:
                    engine.change(known, [[]])
                else:
                    engine.run(known.statement)
            engine.backend.end("COMMIT")


def _session_settings() -> dict[str, str]:
    """What every session starts with."""
    return {
        "search_path": '"SYS", pg_catalog',
        **{f"oracle.{name}": value for name, value in nls_settings("nls_date_format", _DATE_FORMAT).items()},
        **{f"oracle.{name}": value for name, value in nls_settings("nls_timestamp_format", _TIMESTAMP_FORMAT).items()},
        "oracle.time_zone": "+00:00",
        "oracle.nls_timestamp_tz_format": "",  # Oracle's has FF too
    }
