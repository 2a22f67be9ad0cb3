"""What the seam says OracleHook connects with is what the hook itself hands to python-oracledb."""

from __future__ import annotations

import inspect
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from airflow.providers.oracle.hooks.oracle import OracleHook
from airflow.sdk import Connection

from reverse_sync.oracle.hook_seam import hook_login

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE: dict[str, Any] = {"host": "db.example", "port": 1522}
DESCRIPTION = "(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=db.example)(PORT=1523))(CONNECT_DATA=(SERVICE_NAME=ERP)))"
FORMS: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "service": (HERE, {"service_name": "ERP"}),
    "sid": (HERE, {"sid": "ERP"}),
    "sid and service": (HERE, {"sid": "ERP", "service_name": "ERP2"}),
    "schema as service": (HERE | {"schema": "ERP"}, {}),
    "service and schema": (HERE | {"schema": "TRAVEL"}, {"service_name": "ERP"}),
    "no port": ({"host": "db.example"}, {"service_name": "ERP"}),
    "EZConnect host": ({"host": "db:1522/ERP"}, {}),
    "descriptor as host": ({"host": DESCRIPTION}, {}),
    "dsn": ({}, {"dsn": DESCRIPTION}),
    "dsn and host": (HERE, {"dsn": DESCRIPTION}),
    "dsn, host and service": (HERE, {"dsn": DESCRIPTION, "service_name": "ERP"}),
    "mode": (HERE, {"service_name": "ERP", "mode": "sysdba"}),
    "pool": (HERE, {"service_name": "ERP", "cclass": "SYNC", "purity": "new", "pool_name": "P", "events": True}),
    "wallet": (
        HERE,
        {
            "service_name": "ERP",
            "wallet_location": "/wallet",
            "wallet_password": "secret",
            "ssl_server_dn_match": True,
            "ssl_server_cert_dn": "CN=db",
        },
    ),
    "module": (HERE, {"service_name": "ERP", "module": "reverse_sync", "expire_time": 2}),
}


def airflow_connection(form: str) -> Connection:
    fields, extra = FORMS[form]
    login: dict[str, Any] = {"conn_type": "oracle", "login": "SCOTT", "password": "tiger", "extra": json.dumps(extra)}
    return Connection(conn_id="erp", **login, **fields)


@pytest.mark.parametrize("form", FORMS)
def test_the_seam_says_what_the_hook_does(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = airflow_connection(form)
    given: list[dict[str, Any]] = []
    made = SimpleNamespace()

    def connect(**arguments: Any) -> SimpleNamespace:
        given.append(arguments)
        return made

    monkeypatch.setenv("AIRFLOW_CONN_ERP", connection.as_json())
    with monkeypatch.context() as patch:
        patch.setattr(oracledb, "connect", connect)
        OracleHook(oracle_conn_id="erp").get_conn()
    login = hook_login(connection)
    moved = "OracleHook.get_conn connects in another way than reverse_sync.oracle.hook_seam finds out"
    assert login.arguments == given[0], moved
    assert login.attributes == vars(made), moved


@pytest.mark.parametrize("form", FORMS)
def test_the_asynchronous_connect_takes_every_argument(form: str) -> None:
    taken = inspect.signature(oracledb.connect_async).parameters
    assert set(hook_login(airflow_connection(form)).arguments) <= set(taken)


def test_a_provider_that_connects_otherwise_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OracleHook, "get_conn", lambda _self: None)
    with pytest.raises(RuntimeError, match=r"should call oracledb\.connect once, but did 0 times.*provider's version"):
        hook_login(Connection(conn_id="erp", conn_type="oracle"))
