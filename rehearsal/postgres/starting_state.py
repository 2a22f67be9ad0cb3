"""The state in which every rehearsal begins: the service's tables, and parameters that wait for a reboot."""

from pathlib import Path

from psycopg import sql

from rehearsal.postgres.cluster import Cluster

DATABASE = "dso"
PENDING_PARAMETERS = {"wal_level": "logical", "shared_preload_libraries": "pglogical"}

_SCHEMA = Path(__file__).with_name("schema.sql")
_ROWS = Path(__file__).parents[1] / "seed/flightspecials.json"


def seed(cluster: Cluster) -> None:
    """Make the database `dso` with its logins and rows, in a new cluster."""
    with cluster.connect() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    with cluster.connect(DATABASE, autocommit=False) as connection:
        connection.execute(_SCHEMA.read_bytes())
        connection.execute(
            "INSERT INTO travelbuddy.flightspecial"
            " SELECT * FROM jsonb_populate_recordset(NULL::travelbuddy.flightspecial, %s::jsonb)",
            [_ROWS.read_text()],
        )
        connection.execute(
            "SELECT setval(pg_get_serial_sequence('travelbuddy.flightspecial', 'id'),"
            " (SELECT max(id) FROM travelbuddy.flightspecial))"
        )
