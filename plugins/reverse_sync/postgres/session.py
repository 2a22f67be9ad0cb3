"""A session on PostgreSQL that can't hang: a bounded connect, bounded statements."""

from __future__ import annotations

import json
import re
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from reverse_sync.errors import NeedsPersonError, ReverseSyncError

if TYPE_CHECKING:
    from collections.abc import Iterator

CONNECT_TIMEOUT_S = 10
STATEMENT_TIMEOUT_S = 60
# libpq's options: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-OPTIONS. The keepalives find
# out about a host that is gone within 30 seconds.
OPTIONS = f"-c statement_timeout={STATEMENT_TIMEOUT_S}s -c lock_timeout=15s -c TimeZone=UTC"
# No later try can mend these: https://www.postgresql.org/docs/current/errcodes-appendix.html (invalid authorization,
# invalid catalog name, syntax error or access rule violation). A failed connect comes as text alone.
REFUSALS = ("28", "3D", "42")
REFUSED_LOGIN = re.compile("password authentication failed|no pg_hba.conf entry|(database|role) .* does not exist")
KEEPALIVES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4}


@contextmanager
def postgres_session(postgres_conn_id: str) -> Iterator[Any]:
    """A connection in autocommit mode, closed afterwards.

    :raises ReverseSyncError: where PostgreSQL does not answer, also later in the block.
    """
    with explained(postgres_conn_id), closing(bounded_hook(postgres_conn_id).get_conn()) as connection:
        connection.autocommit = True
        yield connection


def bounded_hook(postgres_conn_id: str) -> Any:
    """PostgresHook with a bounded connect, bounded statements and keepalives; the connection's extra may say others."""
    from airflow.providers.postgres.hooks.postgres import PostgresHook
    from airflow.sdk import BaseHook

    login = BaseHook.get_connection(postgres_conn_id)
    login.extra = json.dumps({"connect_timeout": CONNECT_TIMEOUT_S, **KEEPALIVES, **login.extra_dejson})
    return PostgresHook(connection=login, options=OPTIONS)


@contextmanager
def explained(postgres_conn_id: str) -> Iterator[None]:
    """Raise the driver's errors as one sentence and the next step; PostgresHook uses psycopg 3 or psycopg2.

    :raises ReverseSyncError: where PostgreSQL does not answer: Airflow retries the task.
    :raises NeedsPersonError: where it refuses the login or the statement.
    """
    import psycopg
    import psycopg2

    try:
        yield
    except (psycopg.Error, psycopg2.Error) as error:
        reason = " ".join(str(error).split())
        state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or ""
        if state.startswith(REFUSALS) or (not state and REFUSED_LOGIN.search(reason)):
            raise NeedsPersonError(
                f"PostgreSQL refuses what the connection {postgres_conn_id!r} asks: {reason}. Correct its login, "
                "password or database in Airflow, or the login's rights, then clear this task."
            ) from None
        raise ReverseSyncError(
            f"PostgreSQL does not answer over the connection {postgres_conn_id!r}: {reason}. Check its host, port, "
            "login, password and database in Airflow, and the security group, then clear this task."
        ) from None
