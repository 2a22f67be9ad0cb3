"""A session on PostgreSQL that can't hang: a bounded connect, bounded statements."""

from __future__ import annotations

import json
import re
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, cast

from reverse_sync.errors import NeedsPersonError, ReverseSyncError, StatementFailedError, StatementRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.providers.postgres.hooks.postgres import PostgresHook
    from airflow.sdk import Connection

    from reverse_sync.catalog.database import PostgresConnection

CONNECT_TIMEOUT_S = 10
STATEMENT_TIMEOUT_S = 60
# Values are read as the text that PostgreSQL prints; a login may have other settings of its own.
PRINTED_ALIKE = "-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c extra_float_digits=1"
# libpq's options: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-OPTIONS. The keepalives find
# out about a host that is gone within 30 seconds.
OPTIONS = f"-c statement_timeout={STATEMENT_TIMEOUT_S}s -c lock_timeout=15s {PRINTED_ALIKE}"
# No later try can correct these: https://www.postgresql.org/docs/current/errcodes-appendix.html (invalid authorization,
# invalid catalog name, syntax error or access rule violation). A failed connect comes as text alone.
REFUSED_STATEMENTS = "42"
REFUSALS = ("28", "3D", REFUSED_STATEMENTS)
REFUSED_LOGIN = re.compile("password authentication failed|no pg_hba.conf entry|(database|role) .* does not exist")
# libpq's own words: no later try corrects what TLS asks for, or what the server lacks.
REFUSED_TLS = re.compile(
    "root certificate file|invalid sslmode|certificate verify failed|does not support SSL|server certificate for"
)
# Of the same list: connection exception, insufficient resources, operator intervention but not a cancelled statement.
OUTAGES = ("08", "53", "57P")
KEEPALIVES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4}


@contextmanager
def postgres_session(postgres_conn_id: str) -> Iterator[PostgresConnection]:
    """A connection in autocommit mode, closed afterwards.

    :raises ReverseSyncError: where PostgreSQL does not answer, also later in the block.
    """
    with (
        readable_postgres_errors(postgres_conn_id),
        closing(open_connection(bounded_hook(postgres_conn_id))) as connection,
    ):
        connection.autocommit = True
        yield connection


def open_connection(hook: PostgresHook) -> PostgresConnection:
    """The hook's connection; the provider types it as either driver's."""
    return cast("PostgresConnection", hook.get_conn())


def bounded_hook(postgres_conn_id: str) -> PostgresHook:
    """PostgresHook with a bounded connect, bounded statements and keepalives; the connection's extra may say others.

    Another kind of cursor that the extra asks for (`cursor: dictcursor`) is left out: rows are read as tuples here.
    """
    from airflow.providers.postgres.hooks.postgres import PostgresHook
    from airflow.sdk import BaseHook

    login = BaseHook.get_connection(postgres_conn_id)
    login.extra = json.dumps({"connect_timeout": CONNECT_TIMEOUT_S, **KEEPALIVES, **extra_for_tuples(login)})
    return PostgresHook(connection=login, options=OPTIONS)


def extra_for_tuples(login: Connection) -> dict[str, object]:
    """The connection's extra without what makes other things than tuples of rows."""
    return {key: value for key, value in login.extra_dejson.items() if key != "cursor"}


def is_outage(error: Exception) -> bool:
    """Whether PostgreSQL could not be reached, went away, or has no place left: the same call may succeed later."""
    import psycopg
    import psycopg2

    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    if state:
        return str(state).startswith(OUTAGES)
    lost = (psycopg.OperationalError, psycopg.InterfaceError, psycopg2.OperationalError, psycopg2.InterfaceError)
    return isinstance(error, lost) and not (REFUSED_LOGIN.search(str(error)) or is_about_tls(error))


def is_about_tls(error: Exception) -> bool:
    """Whether the two sides do not come to terms about TLS."""
    return REFUSED_TLS.search(str(error)) is not None


@contextmanager
def readable_postgres_errors(postgres_conn_id: str) -> Iterator[None]:
    """Raise the driver's errors as one sentence and the next step; PostgresHook uses psycopg 3 or psycopg2.

    :raises ReverseSyncError: where PostgreSQL does not answer: Airflow retries the task.
    :raises NeedsPersonError: where it refuses the login.
    :raises StatementRefusedError: where it refuses the statement.
    :raises StatementFailedError: where it answers the statement with another error: Airflow retries the task.
    """
    import psycopg
    import psycopg2

    try:
        yield
    except (psycopg.Error, psycopg2.Error) as error:
        reason = " ".join(str(error).split())
        state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or ""
        if state.startswith(REFUSALS) or (not state and REFUSED_LOGIN.search(reason)):
            raise (StatementRefusedError if state.startswith(REFUSED_STATEMENTS) else NeedsPersonError)(
                f"PostgreSQL refuses what the connection {postgres_conn_id!r} asks: {reason}. Correct its login, "
                "password or database in Airflow, or the login's rights, then clear this task."
            ) from None
        if state and not is_outage(error):
            raise StatementFailedError(
                f"PostgreSQL should do what the connection {postgres_conn_id!r} asks, but fails: {reason}. Look that "
                "error up and correct what it names, then clear this task."
            ) from None
        if not state and is_about_tls(error):
            raise NeedsPersonError(
                f"PostgreSQL and the connection {postgres_conn_id!r} do not agree about TLS: {reason}. Correct "
                "sslmode, sslrootcert or the host in that connection (docs/tls.md), then clear this task."
            ) from None
        raise ReverseSyncError(
            f"PostgreSQL does not answer over the connection {postgres_conn_id!r}: {reason}. Check its host, port, "
            "login, password and database in Airflow, and the security group, then clear this task."
        ) from None
