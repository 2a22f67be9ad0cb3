"""Sessions that only read, with the settings that the hashes of both sides depend on."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from reverse_sync.errors import SlowQueryError
from reverse_sync.oracle.session import oracle_session
from reverse_sync.postgres.session import bounded_hook, open_connection, readable_postgres_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    import oracledb

    from reverse_sync.catalog.database import PostgresConnection

# https://www.postgresql.org/docs/current/runtime-config-client.html
_POSTGRES = """
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET standard_conforming_strings = on;
SET statement_timeout = {};
"""
# How Oracle writes a number and a date, and what it calls equal, whatever the login's or the client's settings are:
# https://docs.oracle.com/en/database/oracle/oracle-database/19/nlspg/setting-up-globalization-support-environment.html
_ORACLE = ("NLS_NUMERIC_CHARACTERS = '.,'", "NLS_CALENDAR = 'GREGORIAN'", "NLS_COMP = BINARY")
# https://python-oracledb.readthedocs.io/en/latest/user_guide/exception_handling.html
_CALL_TIMEOUT = "DPY-4024"


@contextmanager
def postgres_reader(postgres_conn_id: str, statement_timeout_s: float) -> Iterator[PostgresConnection]:
    """A connection whose transactions are read only, closed afterwards; a hot standby will do.

    :raises ReverseSyncError: where PostgreSQL does not answer, also later in the block.
    """
    import psycopg
    import psycopg2

    with (
        readable_postgres_errors(postgres_conn_id),
        closing(open_connection(bounded_hook(postgres_conn_id))) as connection,
    ):
        with connection.cursor() as cursor:
            cursor.execute(_POSTGRES.format(int(statement_timeout_s * 1000)))
        connection.commit()
        try:
            yield connection
        except (psycopg.errors.QueryCanceled, psycopg2.extensions.QueryCanceledError) as error:
            raise _took_too_long("PostgreSQL", statement_timeout_s, error) from None


@contextmanager
def oracle_reader(oracle_conn_id: str, statement_timeout_s: float) -> Iterator[oracledb.Connection]:
    """A session that reads, closed afterwards.

    :raises ReverseSyncError: where Oracle does not answer, also later in the block.
    """
    import oracledb

    with oracle_session(oracle_conn_id) as connection:
        connection.call_timeout = int(statement_timeout_s * 1000)
        # Without them a number's text may hold a comma: other hashes, then a comparison by value, never a wrong answer.
        for setting in _ORACLE:
            with suppress(oracledb.DatabaseError), connection.cursor() as cursor:
                cursor.execute(f"ALTER SESSION SET {setting}")
        try:
            yield connection
        except oracledb.DatabaseError as error:
            if error.args[0].full_code != _CALL_TIMEOUT:
                raise
            raise _took_too_long("Oracle", statement_timeout_s, error) from None


def _took_too_long(database: str, limit_s: float, error: Exception) -> SlowQueryError:
    return SlowQueryError(
        f"Each query of the comparison should end within reconciliation.statement_timeout_s ({limit_s:g} s), but "
        f"{database} was not that fast: {' '.join(str(error).split())}. Raise that limit, or lower "
        "reconciliation.range_rows, then clear this task."
    )
