"""Read rows of the target by key, for a task (OracleHook) and for a trigger (asynchronous python-oracledb)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from reverse_sync.catalog.database import fetch_all
from reverse_sync.oracle.session import connect_async, oracle_session, readable_oracle_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    import oracledb

    from reverse_sync.catalog.database import Row


def fetch_row(oracle_conn_id: str, query: str, key: Sequence[object]) -> Row | None:
    """The row, numbers as Decimal; None where there is none.

    :raises ReverseSyncError: where Oracle does not answer.
    """
    with oracle_session(oracle_conn_id) as connection:
        return next(iter(fetch_all(connection, query, list(key))), None)


class RowReader:
    """The same for a trigger.

    In an `async with` block it holds one session, opened by the first look and again after one that failed; outside of
    such a block each look has a session of its own.
    """

    def __init__(self, oracle_conn_id: str) -> None:
        self._oracle_conn_id = oracle_conn_id
        self._session: oracledb.AsyncConnection | None = None
        self._holds = False

    async def __aenter__(self) -> Self:
        self._holds = True
        return self

    async def __aexit__(self, *_raised: object) -> None:
        self._holds = False
        await self._close()

    async def fetch(self, query: str, key: Sequence[object]) -> Row | None:
        """The row, or None where there is none.

        :raises ReverseSyncError: as :func:`reverse_sync.oracle.session.readable_oracle_errors`.
        """
        with readable_oracle_errors(self._oracle_conn_id):
            session = self._session or await self._connect()
            if session is None:
                return await asyncio.to_thread(fetch_row, self._oracle_conn_id, query, key)
            complete = False
            try:
                with session.cursor() as cursor:
                    await cursor.execute(query, list(key))
                    row: Row | None = await cursor.fetchone()
                complete = True
            finally:
                if not (complete and self._holds):
                    await self._close()
            return row

    async def _connect(self) -> oracledb.AsyncConnection | None:
        """An asynchronous session; None in thick mode, which has none and asks from a thread."""
        import oracledb
        from airflow.sdk import BaseHook

        connection = await BaseHook.aget_connection(self._oracle_conn_id)
        if connection.extra_dejson.get("thick_mode") or not oracledb.is_thin_mode():
            return None
        self._session = await connect_async(connection)
        return self._session

    async def _close(self) -> None:
        import oracledb

        session, self._session = self._session, None
        if session is not None:
            with suppress(oracledb.Error):
                await session.close()
