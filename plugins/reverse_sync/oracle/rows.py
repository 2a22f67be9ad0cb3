"""Read rows of the target by key, for a task (OracleHook) and for a trigger (asynchronous python-oracledb)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from reverse_sync.errors import ReverseSyncError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Connection

# Seconds for one connect and for one round trip: a hanging listener must not hang a task.
CONNECT_TIMEOUT_S = 10
CALL_TIMEOUT_S = 30


def fetch_row(oracle_conn_id: str, query: str, key: Sequence[Any]) -> tuple[Any, ...] | None:
    """The row, numbers as Decimal; None where there is none.

    :raises ReverseSyncError: where Oracle does not answer.
    """
    from airflow.providers.oracle.hooks.oracle import OracleHook
    from oracledb import Error

    hook = OracleHook(oracle_conn_id=oracle_conn_id, fetch_decimals=True, fetch_lobs=False)
    try:
        row: tuple[Any, ...] | None = hook.get_first(query, parameters=list(key))
    except Error as error:
        raise ReverseSyncError(unreachable(oracle_conn_id, error)) from None
    return row


async def fetch_row_async(oracle_conn_id: str, query: str, key: Sequence[Any]) -> tuple[Any, ...] | None:
    """The same for a trigger; python-oracledb's thick mode has no asyncio, so it asks from a thread.

    https://python-oracledb.readthedocs.io/en/latest/user_guide/asyncio.html
    """
    import oracledb
    from airflow.sdk import BaseHook

    connection = await BaseHook.aget_connection(oracle_conn_id)
    if connection.extra_dejson.get("thick_mode"):
        return await asyncio.to_thread(fetch_row, oracle_conn_id, query, key)
    async with oracledb.connect_async(**connect_arguments(connection)) as oracle:
        oracle.call_timeout = CALL_TIMEOUT_S * 1000
        with oracle.cursor() as cursor:
            await cursor.execute(query, list(key))
            row: tuple[Any, ...] | None = await cursor.fetchone()
            return row


def connect_arguments(connection: Connection) -> dict[str, Any]:
    """What OracleHook would connect with, for python-oracledb's asynchronous connect, which the hook lacks.

    https://airflow.apache.org/docs/apache-airflow-providers-oracle/stable/connections/oracle.html
    """
    extra = connection.extra_dejson
    arguments = {
        "user": connection.login,
        "password": connection.password,
        "tcp_connect_timeout": CONNECT_TIMEOUT_S,
        **{
            name: extra[name]
            for name in ("wallet_location", "wallet_password", "ssl_server_cert_dn", "ssl_server_dn_match")
            if name in extra
        },
    }
    if extra.get("dsn"):
        return {**arguments, "dsn": extra["dsn"]}
    arguments |= {"host": connection.host, "port": connection.port or 1521}
    if extra.get("sid"):
        return {**arguments, "sid": extra["sid"]}
    return {**arguments, "service_name": extra.get("service_name") or connection.schema}


def unreachable(oracle_conn_id: str, error: Exception) -> str:
    """One sentence for a connection that does not work, and the next step."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return (
        f"Oracle does not answer over the connection {oracle_conn_id!r}: {reason}. Check its host, port, service name, "
        "login and password in Airflow, and that the listener is up, then clear this task."
    )
