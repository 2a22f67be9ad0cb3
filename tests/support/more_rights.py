"""More rights than pipelines need, for tests that make tables of their own: docs/grants.sql knows none of those."""

from __future__ import annotations

import oracledb
import psycopg

from rehearsal.postgres.cluster import SUPERUSER_PASSWORD


def in_oracle(port: int) -> None:
    """TRAVELBUDDY may make tables, and DMSUSER may do with each of them what it likes."""
    with (
        oracledb.connect(user="SYSTEM", password="manager", dsn=f"127.0.0.1:{port}/XE") as session,
        session.cursor() as cursor,
    ):
        cursor.execute("GRANT CONNECT, RESOURCE TO TRAVELBUDDY")
        anything = ("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "LOCK")
        cursor.execute(f"GRANT {', '.join(f'{verb} ANY TABLE' for verb in anything)} TO DMSUSER")
        cursor.execute("GRANT CREATE ANY INDEX, CREATE ANY TRIGGER, ALTER ANY TRIGGER, SELECT ANY SEQUENCE TO DMSUSER")


def in_postgres(port: int) -> None:
    """Both logins may read and change whatever the master user makes in `dso` from now on."""
    login = f"host=127.0.0.1 port={port} dbname=dso user=postgres password={SUPERUSER_PASSWORD}"
    with psycopg.connect(login, autocommit=True) as session:
        for rights in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE ON SCHEMAS"):
            session.execute(f"ALTER DEFAULT PRIVILEGES GRANT {rights} TO dmsuser, reverse_sync".encode())
