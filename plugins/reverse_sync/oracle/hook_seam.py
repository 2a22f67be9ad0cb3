"""What OracleHook connects with, for python-oracledb's asynchronous connect, which the hook lacks.

The only module that knows the inside of the provider's hook: `get_conn` turns the Airflow connection into arguments of
`oracledb.connect`, and then sets attributes of the connection that it got.
https://airflow.apache.org/docs/apache-airflow-providers-oracle/stable/connections/oracle.html
"""

from __future__ import annotations

from types import FunctionType, SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from airflow.sdk import Connection


class HookLogin(NamedTuple):
    """Arguments of `oracledb.connect`, and the attributes to set on the connection afterwards."""

    arguments: dict[str, Any]  # python-oracledb has some forty, and says of which types
    attributes: dict[str, object]


class _Recorder:
    """python-oracledb, but for `connect`, which notes what it is called with."""

    def __init__(self) -> None:
        self.calls: list[dict[str, object]] = []
        self.connection = SimpleNamespace()

    def __getattr__(self, name: str) -> object:
        import oracledb

        return getattr(oracledb, name)

    def connect(self, **arguments: object) -> SimpleNamespace:
        self.calls.append(arguments)
        return self.connection


def hook_login(connection: Connection) -> HookLogin:
    """What `OracleHook.get_conn` makes of an Airflow connection, by running it with a connect that only takes notes.

    Thick mode is initialised as the hook does it.

    :raises RuntimeError: where the provider's hook works in another way than this module knows.
    """
    from airflow.providers.oracle.hooks.oracle import OracleHook

    class Hook(OracleHook):
        def get_connection(self, conn_id: str) -> Connection:  # noqa: ARG002
            return connection

    recorder = _Recorder()
    get_conn = cast("FunctionType", OracleHook.get_conn)
    names = {**get_conn.__globals__, "oracledb": recorder}
    FunctionType(get_conn.__code__, names, closure=get_conn.__closure__)(Hook())
    if len(recorder.calls) != 1:
        raise RuntimeError(
            f"OracleHook.get_conn should call oracledb.connect once, but did {len(recorder.calls)} times: the Oracle "
            "provider works in another way than reverse_sync.oracle.hook_seam knows. Install the provider's version "
            "that requirements.txt names."
        )
    return HookLogin(recorder.calls[0], vars(recorder.connection))
