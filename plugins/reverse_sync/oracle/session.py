"""A session on Oracle that can't hang: a bounded connect (python-oracledb's own 20 s), bounded round trips."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from reverse_sync.errors import ReverseSyncError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Seconds for one connect and for one round trip: a hanging listener must not hang a task.
CONNECT_TIMEOUT_S = 10
CALL_TIMEOUT_S = 30


@contextmanager
def oracle_session(oracle_conn_id: str) -> Iterator[Any]:
    """A python-oracledb connection, closed afterwards; numbers come as Decimal, LOBs as text or bytes.

    https://python-oracledb.readthedocs.io/en/latest/api_manual/connection.html#oracledb.Connection.call_timeout

    :raises ReverseSyncError: where Oracle does not answer, also later in the block.
    """
    from airflow.providers.oracle.hooks.oracle import OracleHook
    from oracledb import Error

    hook = OracleHook(oracle_conn_id=oracle_conn_id, fetch_decimals=True, fetch_lobs=False)
    try:
        with closing(hook.get_conn()) as connection:
            connection.call_timeout = CALL_TIMEOUT_S * 1000
            yield connection
    except Error as error:
        raise ReverseSyncError(unreachable(oracle_conn_id, error)) from None


def unreachable(oracle_conn_id: str, error: Exception) -> str:
    """One sentence for a connection that does not work, and the next step."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return (
        f"Oracle does not answer over the connection {oracle_conn_id!r}: {reason}. Check its host, port, service name, "
        "login and password in Airflow, and that the listener is up, then clear this task."
    )
