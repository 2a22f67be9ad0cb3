"""What the running PostgreSQL says of itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reverse_sync.catalog.database import fetch_one
from reverse_sync.postgres.session import postgres_session

if TYPE_CHECKING:
    from reverse_sync.results import ReplicationSettings, ServerSettings

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.pglogical.basic-setup.html
LIBRARY = "pglogical"
WAL_LEVEL = "logical"

# One query, so that the three facts are of one moment.
LOOK = """
    SELECT current_setting('shared_preload_libraries'), current_setting('wal_level'), pg_postmaster_start_time()
"""


def preloads(shared_preload_libraries: str) -> list[str]:
    """The libraries of the setting; RDS adds some of its own (`rdsutils`), so membership counts, not equality."""
    return [name.strip() for name in shared_preload_libraries.split(",") if name.strip()]


def shortcomings(settings: ReplicationSettings) -> list[str]:
    """What keeps these settings from logical replication by pglogical; empty where nothing does."""
    found: list[str] = []
    if LIBRARY not in preloads(settings["shared_preload_libraries"]):
        found.append(f"shared_preload_libraries is {settings['shared_preload_libraries']!r} and lacks {LIBRARY!r}")
    if settings["wal_level"] != WAL_LEVEL:
        found.append(f"wal_level is {settings['wal_level']!r}, not {WAL_LEVEL!r}")
    return found


def look(postgres_conn_id: str) -> ServerSettings:
    """The settings, and when the server started.

    :raises ReverseSyncError: where PostgreSQL does not answer.
    """
    with postgres_session(postgres_conn_id) as connection:
        row = fetch_one(connection, LOOK)
    return {"shared_preload_libraries": row[0], "wal_level": row[1], "started_at": row[2].astimezone(UTC).isoformat()}


def started_at(postgres_conn_id: str) -> datetime:
    """When the server started.

    :raises ReverseSyncError: where PostgreSQL does not answer.
    """
    return datetime.fromisoformat(look(postgres_conn_id)["started_at"])
