"""The state in which every rehearsal begins: the service's tables, and parameters that wait for a reboot."""

from pathlib import Path

import psycopg
from psycopg import sql

from rehearsal.grants import documented
from rehearsal.postgres.cluster import Cluster

DATABASE = "dso"
PENDING_PARAMETERS = {"wal_level": "logical", "shared_preload_libraries": "pglogical"}

_SCRIPTS = Path(__file__).parent
_ROWS = Path(__file__).parents[1] / "seed/flightspecials.json"


def seed(cluster: Cluster) -> None:
    """Make what RDS has of its own, and the database `dso` with its logins and rows, in a new cluster."""
    with cluster.connect("template1") as connection:
        connection.execute((_SCRIPTS / "rds.sql").read_bytes())
        connection.execute((_SCRIPTS / "logins.sql").read_bytes())
    with cluster.connect() as connection:
        create_database(connection, DATABASE)
    with cluster.connect(DATABASE, autocommit=False) as connection:
        connection.execute((_SCRIPTS / "schema.sql").read_bytes())
        connection.execute(
            "INSERT INTO travelbuddy.flightspecial"
            " SELECT * FROM jsonb_populate_recordset(NULL::travelbuddy.flightspecial, %s::jsonb)",
            [_ROWS.read_text()],
        )
        connection.execute(
            "SELECT setval(pg_get_serial_sequence('travelbuddy.flightspecial', 'id'),"
            " (SELECT max(id) FROM travelbuddy.flightspecial))"
        )
        for grant in documented().postgres:
            connection.execute(grant.encode())


def create_database(connection: psycopg.Connection, name: str) -> None:
    """Make a database in which rds_superuser may create extensions, as in every one of RDS."""
    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO rds_superuser").format(sql.Identifier(name)))
