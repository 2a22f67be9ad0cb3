"""A session on Oracle that can't hang: a bounded connect, bounded round trips; the same for a task and a trigger."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from contextlib import closing, contextmanager
from decimal import Decimal
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from reverse_sync.errors import NeedsPersonError, ReverseSyncError, StatementFailedError, StatementRefusedError
from reverse_sync.oracle.hook_seam import hook_login

if TYPE_CHECKING:
    from collections.abc import Iterator

    import oracledb
    from airflow.sdk import Connection

C = TypeVar("C", "oracledb.Connection", "oracledb.AsyncConnection")
MODULE = "reverse_sync"
"""What V$SESSION calls every session of ours, so that nobody takes one for an application's."""
# Seconds for one connect and for one round trip: a hanging listener must not hang a task.
CONNECT_TIMEOUT_S = 20
CALL_TIMEOUT_S = 30
# No later try can correct these (wrong password, locked or expired account, no right, no such table or column):
# https://docs.oracle.com/en/error-help/db/
REFUSED_STATEMENTS = frozenset({904, 942, 1031})
REFUSALS = REFUSED_STATEMENTS | {1017, 1045, 1435, 28000, 28001}
_NO_SCHEMA = 1435
_NO_SERVICE = ("DPY-4000", "DPY-4026", "DPY-4027")
"""python-oracledb looks a host without a service up in tnsnames.ora:
https://python-oracledb.readthedocs.io/en/latest/user_guide/troubleshooting.html
"""
# The most sessions or processes, or no handler of the listener that is free: others may leave.
BUSY = frozenset({18, 20, 12516, 12518, 12519, 12520})
# The network's errors, and the listener's: https://docs.oracle.com/en/error-help/db/ (TNS)
_NETWORK = range(12150, 12700)


def connect(oracle_conn_id: str) -> oracledb.Connection:
    """OracleHook's connection, within `CONNECT_TIMEOUT_S` seconds, set up by :func:`set_up`.

    A thread connects, because `tcp_connect_timeout` bounds only the TCP connection: a listener that takes it and then
    stays silent would hang the task.
    https://python-oracledb.readthedocs.io/en/latest/api_manual/module.html#oracledb.connect

    :raises TimeoutError: where nothing was answered in time.
    """
    from airflow.providers.oracle.hooks.oracle import OracleHook

    hook = OracleHook(oracle_conn_id=oracle_conn_id)
    connected: Future[oracledb.Connection] = Future()

    def wait() -> None:
        try:
            connected.set_result(hook.get_conn())
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets it
            connected.set_exception(error)

    Thread(target=wait, name="oracle-connect", daemon=True).start()
    try:
        return set_up(connected.result(CONNECT_TIMEOUT_S))
    except TimeoutError:
        raise _no_session() from None


async def connect_async(connection: Connection) -> oracledb.AsyncConnection:
    """The same for a trigger: what OracleHook would connect with, and the same session.

    python-oracledb's thick mode has no asyncio.
    https://python-oracledb.readthedocs.io/en/latest/user_guide/asyncio.html

    :raises TimeoutError: where nothing was answered in time.
    """
    import oracledb

    login = hook_login(connection)
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            session: oracledb.AsyncConnection = await oracledb.connect_async(**login.arguments)
    except TimeoutError:
        raise _no_session() from None
    for name, value in login.attributes.items():
        setattr(session, name, value)
    return set_up(session)


def _no_session() -> TimeoutError:
    return TimeoutError(f"the listener took the connection, but there is no session after {CONNECT_TIMEOUT_S} s")


def set_up(connection: C) -> C:
    """The one place that says how a session behaves: its name, bounded round trips, numbers as Decimal, LOBs as
    text or bytes.

    On the connection, not by `oracledb.defaults`: those belong to the whole process, and a triggerer serves other DAGs.
    https://python-oracledb.readthedocs.io/en/latest/api_manual/connection.html#oracledb.Connection.call_timeout
    """
    connection.call_timeout = CALL_TIMEOUT_S * 1000
    connection.module = MODULE
    connection.outputtypehandler = _plain_values
    return connection


def _plain_values(cursor: oracledb.Cursor, metadata: oracledb.FetchInfo) -> oracledb.Var | None:
    """https://python-oracledb.readthedocs.io/en/latest/user_guide/sql_execution.html#output-type-handlers"""
    import oracledb

    fetched_as: dict[object, type[Decimal] | oracledb.DbType] = {
        oracledb.DB_TYPE_NUMBER: Decimal,
        oracledb.DB_TYPE_CLOB: oracledb.DB_TYPE_LONG,
        oracledb.DB_TYPE_NCLOB: oracledb.DB_TYPE_LONG_NVARCHAR,
        oracledb.DB_TYPE_BLOB: oracledb.DB_TYPE_LONG_RAW,
    }
    wanted = fetched_as.get(metadata.type_code)
    return None if wanted is None else cursor.var(wanted, arraysize=cursor.arraysize)


@contextmanager
def oracle_session(oracle_conn_id: str) -> Iterator[oracledb.Connection]:
    """A python-oracledb connection, closed afterwards; numbers come as Decimal, LOBs as text or bytes.

    :raises ReverseSyncError: as :func:`readable_oracle_errors`, also later in the block.
    """
    with readable_oracle_errors(oracle_conn_id), closing(connect(oracle_conn_id)) as connection:
        yield connection


def is_outage(error: Exception) -> bool:
    """Whether Oracle could not be reached, or went away, so that the same call may succeed later.

    python-oracledb says so of most errors itself, of the network's and the instance's for instance:
    https://python-oracledb.readthedocs.io/en/latest/api_manual/module.html#oracledb._Error.isrecoverable
    """
    from oracledb import OperationalError

    if isinstance(error, OSError):  # python-oracledb lets a host name that is not found through
        return True
    details = error.args[0]
    code = getattr(details, "code", 0)
    return code not in REFUSALS and (
        getattr(details, "isrecoverable", False) or isinstance(error, OperationalError) or code in BUSY
    )


def correction(error: Exception) -> str:
    """What to correct in the Airflow connection where Oracle's answer does not say so; else empty."""
    details = error.args[0] if error.args else None
    if getattr(details, "code", 0) == _NO_SCHEMA:
        return (
            "empty the connection's field Schema, which is Oracle's current schema, or name one there, and put the "
            'service into its extra: {"service_name": "ORCL"}'
        )
    if str(getattr(details, "full_code", "")) in _NO_SERVICE:
        return 'name the service in the connection\'s extra: {"service_name": "ORCL"}, or a sid'
    return ""


@contextmanager
def readable_oracle_errors(oracle_conn_id: str) -> Iterator[None]:
    """Raise the driver's errors as one sentence and the next step.

    :raises ReverseSyncError: where Oracle does not answer: Airflow retries the task.
    :raises NeedsPersonError: where it refuses the login; more tries would lock the account.
    :raises StatementRefusedError: where it refuses the statement.
    :raises StatementFailedError: where it answers the statement with another error: Airflow retries the task.
    """
    from oracledb import Error

    try:
        yield
    except (Error, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        code = getattr(error.args[0], "code", 0)
        if what := correction(error):
            raise NeedsPersonError(
                f"Oracle can't be used over the connection {oracle_conn_id!r}: {reason}. In Airflow {what}; then clear "
                "this task."
            ) from None
        if code in REFUSALS:
            raise (StatementRefusedError if code in REFUSED_STATEMENTS else NeedsPersonError)(
                f"Oracle refuses what the connection {oracle_conn_id!r} asks: {reason}. Correct its login or password "
                "in Airflow, or the login's rights, then clear this task."
            ) from None
        if code and code not in _NETWORK and not is_outage(error):
            raise StatementFailedError(
                f"Oracle should do what the connection {oracle_conn_id!r} asks, but fails: {reason}. Look that error "
                "up and correct what it names, then clear this task."
            ) from None
        raise ReverseSyncError(
            f"Oracle does not answer over the connection {oracle_conn_id!r}: {reason}. Check its host, port, service "
            "name, login and password in Airflow, and that the listener is up, then clear this task."
        ) from None
