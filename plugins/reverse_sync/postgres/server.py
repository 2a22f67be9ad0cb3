"""What the running PostgreSQL says of itself."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from reverse_sync.errors import NeedsPersonError, ReverseSyncError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    with explained(postgres_conn_id):
        row = PostgresHook(postgres_conn_id=postgres_conn_id).get_first(LOOK)
    return {"shared_preload_libraries": row[0], "wal_level": row[1], "started_at": row[2].astimezone(UTC).isoformat()}


def started_at(postgres_conn_id: str) -> datetime:
    """When the server started.

    :raises ReverseSyncError: where PostgreSQL does not answer.
    """
    return datetime.fromisoformat(look(postgres_conn_id)["started_at"])


@contextmanager
def explained(postgres_conn_id: str) -> Iterator[None]:
    """Raise the driver's errors as one sentence and the next step; PostgresHook uses psycopg 3 or psycopg2.

    :raises ReverseSyncError: where PostgreSQL does not answer, or refuses.
    """
    import psycopg
    import psycopg2

    try:
        yield
    except (psycopg.Error, psycopg2.Error) as error:
        reason = " ".join(str(error).split())
        raise ReverseSyncError(
            f"PostgreSQL does not answer over the connection {postgres_conn_id!r}: {reason}. Check its host, port, "
            "login, "
            "password and database in Airflow, and the security group, then clear this task."
        ) from None


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
            "yourself, or "
            "trigger the DAG with the policy 'when_needed'."
        )
    return reboot_task if policy == "always" or wrong else otherwise
