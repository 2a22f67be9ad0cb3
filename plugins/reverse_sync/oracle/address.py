"""Where an Airflow connection to Oracle leads, by OracleHook's own rule: DMS wants host and port apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.oracle.hook_seam import hook_login

if TYPE_CHECKING:
    from airflow.sdk import Connection

_HOST_NAME = re.compile(r"[\w.-]+|\[[\da-fA-F:.]+]")


class Address(NamedTuple):
    """One host; its port where the connection names one."""

    host: str
    port: int | None


def address(connection: Connection) -> Address:
    """The host and port to which OracleHook connects.

    The connection's host may be a whole connect string (`db:1522/ERP`, `(DESCRIPTION=...)`), and the extra may have
    another `dsn`. A host name alone is taken as it is.
    https://python-oracledb.readthedocs.io/en/latest/user_guide/connection_handling.html#connection-strings

    :raises ValueError: where that names no host, or several.
    """
    import oracledb

    parameters = oracledb.ConnectParams()
    dsn = hook_login(connection).arguments["dsn"]
    try:
        parameters.parse_connect_string(dsn)
    except oracledb.Error:
        if connection.host and _HOST_NAME.fullmatch(connection.host):
            return Address(connection.host, connection.port)
        raise ValueError(f"{dsn!r} names no host that can be found") from None
    hosts = parameters.host if isinstance(parameters.host, list) else [parameters.host]
    if len(hosts) > 1:
        raise ValueError(f"{dsn!r} names several hosts")
    return Address(hosts[0], connection.port if hosts[0] == connection.host else parameters.port)
