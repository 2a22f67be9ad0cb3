"""How often a DAG run logs in to each database and reads its catalog, by the logs of the two PostgreSQL clusters.

The Oracle stand-in has a cluster of its own, with one connection for each Oracle session.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from rehearsal.layout import Layout
from rehearsal.postgres.cluster import SUPERUSER, SUPERUSER_PASSWORD

_SETTINGS = "ALTER SYSTEM SET log_connections = on", "ALTER SYSTEM SET log_statement = 'all'"
# What a login of the DAGs writes there; what a reading of the catalog writes, and what tells one of a single table.
_MARKS = {
    "PostgreSQL": (
        "connection authorized: user=reverse_sync database=dso",
        re.compile(r"_pg_char_max_length.*?[Pp]arameters: ([^\n]*)", re.DOTALL),
        "$2 = '{",
    ),
    "Oracle": ("connection authorized: ", re.compile(r'"DATA_TYPE" AS "DATA_TYPE"([^\n]*)'), '"TABLE_NAME" = $'),
}


@contextmanager
def told_sessions(layout: Layout) -> Iterator[None]:
    """Print the logins and catalog reads of what runs in the block."""
    logs = {
        "PostgreSQL": _speaking_log(layout.part_home("postgres")),
        "Oracle": _speaking_log(layout.part_home("oracle")),
    }
    starts = {name: log.stat().st_size for name, log in logs.items()}
    yield
    for name, log in logs.items():
        with log.open("rb") as file:
            file.seek(starts[name])
            text = file.read().decode(errors="replace")
        login, reading, one_table = _MARKS[name]
        readings = reading.findall(text)
        single = sum(one_table in found for found in readings)
        print(
            f"one run, {name}: {text.count(login)} logins, {len(readings)} readings of the catalog, "
            f"{single} of them of one table"
        )


def _speaking_log(home: Path) -> Path:
    """The log of the cluster below that folder, which says every login and statement from now on."""
    [log] = home.rglob("postgres.log")
    port = (log.parent / "cluster").resolve().joinpath("data", "postmaster.pid").read_text().splitlines()[3]
    with psycopg.connect(
        host="127.0.0.1", port=port, dbname="postgres", user=SUPERUSER, password=SUPERUSER_PASSWORD, autocommit=True
    ) as connection:
        for setting in _SETTINGS:
            connection.execute(setting)
        connection.execute("SELECT pg_reload_conf()")
    return log
