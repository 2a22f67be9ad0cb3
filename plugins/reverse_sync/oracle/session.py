"""A session on Oracle that can't hang: a bounded connect, bounded round trips."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import closing, contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any

from reverse_sync.errors import NeedsPersonError, ReverseSyncError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Seconds for one connect and for one round trip: a hanging listener must not hang a task.
CONNECT_TIMEOUT_S = 20
CALL_TIMEOUT_S = 30
# No later try can mend these (wrong password, locked or expired account, no right, no such table or column):
# https://docs.oracle.com/en/error-help/db/
REFUSALS = frozenset({904, 942, 1017, 1031, 1045, 28000, 28001})


def connect(oracle_conn_id: str, **options: Any) -> Any:
    """OracleHook's connection, within `CONNECT_TIMEOUT_S` seconds.

    A thread connects, because `tcp_connect_timeout` bounds only the TCP connection: a listener that takes it and then
    stays silent would hang the task.
    https://python-oracledb.readthedocs.io/en/latest/api_manual/module.html#oracledb.connect

    :param options: OracleHook's own
    :raises TimeoutError: where nothing was answered in time.
    """
    from airflow.providers.oracle.hooks.oracle import OracleHook

    hook = OracleHook(oracle_conn_id=oracle_conn_id, **options)
    connected: Future[Any] = Future()

    def wait() -> None:
        try:
            connected.set_result(hook.get_conn())
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets it
            connected.set_exception(error)

    Thread(target=wait, name="oracle-connect", daemon=True).start()
    try:
        return connected.result(CONNECT_TIMEOUT_S)
    except TimeoutError:
        raise TimeoutError(
            f"the listener took the connection, but there is no session after {CONNECT_TIMEOUT_S} s"
        ) from None


@contextmanager
def oracle_session(oracle_conn_id: str) -> Iterator[Any]:
    """A python-oracledb connection, closed afterwards; numbers come as Decimal, LOBs as text or bytes.

    https://python-oracledb.readthedocs.io/en/latest/api_manual/connection.html#oracledb.Connection.call_timeout

    :raises ReverseSyncError: as :func:`explained`, also later in the block.
    """
    with (
        explained(oracle_conn_id),
        closing(connect(oracle_conn_id, fetch_decimals=True, fetch_lobs=False)) as connection,
    ):
        connection.call_timeout = CALL_TIMEOUT_S * 1000
        yield connection


@contextmanager
def explained(oracle_conn_id: str) -> Iterator[None]:
    """Raise the driver's errors as one sentence and the next step.

    :raises ReverseSyncError: where Oracle does not answer: Airflow retries the task.
    :raises NeedsPersonError: where it refuses the login or the statement; more tries would lock the account.
    """
    from oracledb import Error

    try:
        yield
    except (Error, TimeoutError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        if getattr(error.args[0], "code", 0) in REFUSALS:
            raise NeedsPersonError(
                f"Oracle refuses what the connection {oracle_conn_id!r} asks: {reason}. Correct its login or password "
                "in Airflow, or the login's rights, then clear this task."
            ) from None
        raise ReverseSyncError(
            f"Oracle does not answer over the connection {oracle_conn_id!r}: {reason}. Check its host, port, service "
            "name, login and password in Airflow, and that the listener is up, then clear this task."
        ) from None
