"""A cluster's parameters, changed as an RDS parameter group changes them: static ones wait for a reboot."""

import time
from collections.abc import Mapping

import psycopg
from psycopg import sql

from rehearsal.postgres.cluster import Cluster


def set_parameters(cluster: Cluster, values: Mapping[str, str]) -> None:
    """Write ``values`` to the cluster's configuration and reload it.

    All or nothing: raises psycopg.Error, with PostgreSQL's reason, when it refuses one of them.
    """
    configuration = cluster.data / "postgresql.auto.conf"
    before = configuration.read_text()
    with cluster.connect() as connection:
        try:
            for name, value in values.items():
                connection.execute(_alter_system(name, value))
        except psycopg.Error:
            configuration.write_text(before)  # ALTER SYSTEM knows no transaction
            raise
        _reload(connection)


def pending_reboot(cluster: Cluster) -> list[str]:
    """The names of the parameters whose configured value waits for a restart."""
    with cluster.connect() as connection:
        rows = connection.execute("SELECT name FROM pg_settings WHERE pending_restart ORDER BY name")
        return [name for (name,) in rows]


def _alter_system(name: str, value: str) -> sql.Composed:
    # Given as one literal, a list of libraries would be taken for one library with commas in its name.
    values = value.split(",") if name.endswith("_preload_libraries") else [value]
    return sql.SQL("ALTER SYSTEM SET {} = {}").format(
        sql.Identifier(name), sql.SQL(", ").join(sql.Literal(part.strip()) for part in values)
    )


def _reload(connection: psycopg.Connection, timeout_s: float = 5) -> None:
    """Reload and wait until new connections see it: the server reads its files when the signal arrives."""
    load_time = "SELECT pg_conf_load_time()"
    before = connection.execute(load_time).fetchone()
    connection.execute("SELECT pg_reload_conf()")
    deadline = time.monotonic() + timeout_s
    while connection.execute(load_time).fetchone() == before and time.monotonic() < deadline:
        time.sleep(0.01)
