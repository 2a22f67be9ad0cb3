"""What the running PostgreSQL says of itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from reverse_sync.catalog.database import fetch_one
from reverse_sync.errors import NeedsPersonError
from reverse_sync.postgres.session import postgres_session

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.pglogical.basic-setup.html
LIBRARY = "pglogical"
WAL_LEVEL = "logical"

# One query, so that the three facts are of one moment.
LOOK = """
    SELECT current_setting('shared_preload_libraries'), current_setting('wal_level'), pg_postmaster_start_time()
"""


def single_value(cursor: Any) -> Any:
    """A query's only value, for an operator's handler; None where the statement returns no rows."""
    return cursor.fetchone()[0] if cursor.description else None


def shortcomings(settings: Mapping[str, str]) -> list[str]:
    """What keeps these settings from logical replication by pglogical; empty where nothing does.

    RDS adds libraries of its own to the list (`rdsutils`), so membership counts, not equality.

    :param settings: `shared_preload_libraries` and `wal_level`, as SHOW prints them
    """
    libraries = [name.strip() for name in settings["shared_preload_libraries"].split(",") if name.strip()]
    found = []
    if LIBRARY not in libraries:
        found.append(f"shared_preload_libraries is {settings['shared_preload_libraries']!r} and lacks {LIBRARY!r}")
    if settings["wal_level"] != WAL_LEVEL:
        found.append(f"wal_level is {settings['wal_level']!r}, not {WAL_LEVEL!r}")
    return found


def look(postgres_conn_id: str) -> dict[str, Any]:
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


def decide_reboot(
    policy: str,
    shared_preload_libraries: str,
    wal_level: str,
    reboot_task: str,
    otherwise: str,
) -> str:
    """Which task goes on: the reboot, or what follows it.

    :param policy: `when_needed`, `always` or `never`
    :raises NeedsPersonError: where a reboot is needed and the policy forbids it.
    """
    wrong = shortcomings({"shared_preload_libraries": shared_preload_libraries, "wal_level": wal_level})
    if policy == "never" and wrong:
        raise NeedsPersonError(
            f"PostgreSQL needs a reboot ({'; '.join(wrong)}) but the reboot policy is 'never'. Reboot the instance "
            "yourself, or trigger the DAG with the policy 'when_needed'."
        )
    return reboot_task if policy == "always" or wrong else otherwise
