"""The host and port of an Oracle connection are those to which OracleHook connects, however they are written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from airflow.sdk import Connection

from reverse_sync.oracle.address import address

DESCRIPTOR = "(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=far)(PORT=1599))(CONNECT_DATA=(SERVICE_NAME=ERP)))"
TWO_HOSTS = (
    "(DESCRIPTION=(ADDRESS_LIST=(ADDRESS=(PROTOCOL=TCP)(HOST=rac1)(PORT=1521))"
    "(ADDRESS=(PROTOCOL=TCP)(HOST=rac2)(PORT=1521)))(CONNECT_DATA=(SERVICE_NAME=ERP)))"
)


def oracle(extra: dict[str, Any] | None = None, **fields: Any) -> Connection:
    return Connection(conn_id="oracle", conn_type="oracle", extra=json.dumps(extra or {}), **fields)


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        (oracle(host="db"), ("db", None)),
        (oracle(host="db", port=1522), ("db", 1522)),
        (oracle(host="db", schema="ERP"), ("db", None)),
        (oracle({"sid": "ERP"}, host="10.0.0.7", port=1522), ("10.0.0.7", 1522)),
        (oracle({"sid": "ERP", "service_name": "erp.local"}, host="db", port=1522), ("db", 1522)),
        (oracle(host="db:1522/ERP"), ("db", 1522)),
        (oracle(host="tcps://db:2484/ERP?wallet_location=/wallet"), ("db", 2484)),
        (oracle(host=DESCRIPTOR), ("far", 1599)),
        (oracle({"dsn": "far:1700/ERP"}), ("far", 1700)),
        (oracle({"dsn": DESCRIPTOR}, host="near", port=1522), ("far", 1599)),
        (oracle({"mode": "sysdba", "cclass": "SYNC", "service_name": "ERP"}, host="db"), ("db", None)),
    ],
)
def test_the_address_is_the_hooks(connection: Connection, expected: tuple[str, int | None]) -> None:
    assert address(connection) == expected


@pytest.mark.parametrize(
    ("connection", "why"),
    [
        (oracle({"dsn": "NO_SUCH_ALIAS"}), "'NO_SUCH_ALIAS' names no host that can be found"),
        (oracle(), "'' names no host that can be found"),
        (oracle(host="db:1522/ERP", port=1522), "'db:1522/ERP:1522' names no host that can be found"),
        (oracle(host=TWO_HOSTS), "names several hosts"),
    ],
)
def test_what_names_no_one_host_is_refused(connection: Connection, why: str) -> None:
    with pytest.raises(ValueError, match=why.replace("(", r"\(")):
        address(connection)
