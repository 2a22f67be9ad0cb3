"""Read rows of the target by key, for a task (OracleHook) and for a trigger (asynchronous python-oracledb)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from reverse_sync.catalog.database import fetch_all
from reverse_sync.oracle.session import CALL_TIMEOUT_S, CONNECT_TIMEOUT_S, explained, oracle_session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Connection


def fetch_row(oracle_conn_id: str, query: str, key: Sequence[Any]) -> tuple[Any, ...] | None:
    """The row, numbers as Decimal; None where there is none.

    :raises ReverseSyncError: where Oracle does not answer.
    """
    with oracle_session(oracle_conn_id) as connection:
        return next(iter(fetch_all(connection, query, list(key))), None)


async def fetch_row_async(oracle_conn_id: str, query: str, key: Sequence[Any]) -> tuple[Any, ...] | None:
    """The same for a trigger; python-oracledb's thick mode has no asyncio, so it asks from a thread.

    https://python-oracledb.readthedocs.io/en/latest/user_guide/asyncio.html
    """
    import oracledb
    from airflow.sdk import BaseHook

    connection = await BaseHook.aget_connection(oracle_conn_id)
    if connection.extra_dejson.get("thick_mode"):
        return await asyncio.to_thread(fetch_row, oracle_conn_id, query, key)
    with explained(oracle_conn_id):
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
