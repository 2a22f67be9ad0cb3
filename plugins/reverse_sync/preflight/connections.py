"""Opens what a preflight looks at, with the Airflow connections that the pipeline names; nothing is ever written.

Outside a running Airflow the connections come from the environment (AIRFLOW_CONN_...), as Airflow itself reads them.
"""

from __future__ import annotations

import json
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

from reverse_sync.aws import client_of
from reverse_sync.catalog.database import fetch_one
from reverse_sync.oracle.session import connect
from reverse_sync.pipeline import HttpCanary
from reverse_sync.postgres.session import PRINTED_ALIKE, extra_for_tuples, open_connection
from reverse_sync.preflight.api_facts import ApiFacts
from reverse_sync.preflight.aws_facts import DmsFacts, RdsFacts
from reverse_sync.preflight.failure import Failure
from reverse_sync.preflight.source_facts import SourceFacts
from reverse_sync.preflight.target_facts import TargetFacts
from reverse_sync.verify.api import http_hook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow.sdk import Connection

    from reverse_sync.aws import Client
    from reverse_sync.catalog.database import PostgresConnection
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.preflight.cutover import Cutover

CONNECT_TIMEOUT_S = 5
STATEMENT_TIMEOUT_S = 10
_READ_ONLY = (
    f"-c default_transaction_read_only=on -c statement_timeout={STATEMENT_TIMEOUT_S}s -c lock_timeout=2s "
    f"-c application_name=reverse_sync_preflight {PRINTED_ALIKE}"
)


class OpenConnections:
    """Opens the parts of a Cutover; leaving the context closes them."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._open = ExitStack()

    def __enter__(self) -> OpenConnections:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._open.close()

    def fill(self, cutover: Cutover) -> None:
        """Open every part; why one cannot be opened goes to `cutover.unreachable`."""
        pipeline = self._pipeline
        openers: dict[str, tuple[str, Callable[[], object]]] = {
            "rds": (f"RDS ({pipeline.aws.connection})", self._rds),
            "dms": (f"DMS ({pipeline.aws.connection})", self._dms),
            "source": (_named("PostgreSQL", pipeline.postgres.connection), self._source),
            "source_login": (
                _named("PostgreSQL for DMS", pipeline.dms.source_endpoint.connection),
                self._source_login,
            ),
            "target": (_named("Oracle", pipeline.oracle.connection), lambda: self._target(pipeline.oracle.connection)),
            "target_login": (
                _named("Oracle for DMS", pipeline.dms.target_endpoint.connection),
                lambda: self._target(pipeline.dms.target_endpoint.connection),
            ),
        }
        for part, (name, opener) in openers.items():
            with _unless_it_fails(cutover, name):
                setattr(cutover, part, opener())
        calls = [canary for canary in pipeline.canaries if isinstance(canary, HttpCanary)]
        apis = []
        for canary in calls:
            with _unless_it_fails(cutover, _named("the API", canary.connection)):
                apis.append(self._api(canary))
        if apis:
            cutover.apis = tuple(apis)

    def _source(self) -> SourceFacts:
        login = _connection(self._pipeline.dms.source_endpoint.connection).login
        return SourceFacts(self._postgres(_connection(self._pipeline.postgres.connection)), login or "")

    def _source_login(self) -> bool:
        """Whether the DMS login of the source can connect; its address is the source's where it has none of its own."""
        source = _connection(self._pipeline.postgres.connection)
        login = _connection(self._pipeline.dms.source_endpoint.connection)
        login.host, login.port = login.host or source.host, login.port or source.port
        login.schema = self._pipeline.dms.source_endpoint.database
        self._postgres(login)
        return True

    def _postgres(self, source: Connection) -> PostgresConnection:
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        extra = {"connect_timeout": CONNECT_TIMEOUT_S, **extra_for_tuples(source)}
        source.extra = json.dumps(extra | {"options": f"{extra.get('options', '')} {_READ_ONLY}"})
        connection = open_connection(PostgresHook(connection=source))
        self._open.enter_context(closing(connection))
        connection.autocommit = True
        return connection

    def _target(self, conn_id: str) -> TargetFacts:
        _connection(conn_id)
        connection = connect(conn_id)
        self._open.enter_context(closing(connection))
        connection.call_timeout = STATEMENT_TIMEOUT_S * 1000
        fetch_one(connection, "SELECT 1 FROM dual")  # the first call shows whether the connection's schema is there
        return TargetFacts(connection, (connection.username or "").upper())

    def _client(self, service: str) -> Client:
        from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook
        from botocore.config import Config

        config = Config(
            connect_timeout=CONNECT_TIMEOUT_S,
            read_timeout=STATEMENT_TIMEOUT_S,
            retries={"mode": "standard", "total_max_attempts": 3},
        )
        aws = self._pipeline.aws
        return client_of(
            AwsGenericHook(aws_conn_id=aws.connection, region_name=aws.region, client_type=service, config=config)
        )

    def _rds(self) -> RdsFacts:
        facts = RdsFacts(self._client("rds"), self._pipeline)
        facts.instance  # noqa: B018  # the first call shows whether RDS can be reached
        return facts

    def _dms(self) -> DmsFacts:
        dms = self._pipeline.dms
        logins = {name: _connection(name) for name in (dms.source_endpoint.connection, dms.target_endpoint.connection)}
        facts = DmsFacts(self._client("dms"), self._client("iam"), self._pipeline, logins)
        facts.replication_instance  # noqa: B018  # the first call shows whether DMS can be reached
        return facts

    def _api(self, canary: HttpCanary) -> ApiFacts:
        _connection(canary.connection)
        hook = http_hook(canary, self._pipeline.aws)
        session = hook.get_conn()
        self._open.enter_context(closing(session))
        facts = ApiFacts(session, hook.base_url, canary)
        facts.read_status  # noqa: B018  # the first call shows whether the API can be reached
        return facts


@contextmanager
def _unless_it_fails(cutover: Cutover, name: str) -> Iterator[None]:
    """Whatever a driver raises is a finding, and the others go on."""
    try:
        yield
    except Exception as error:  # noqa: BLE001
        cutover.unreachable[name] = Failure.of(error)


def _named(part: str, conn_id: str) -> str:
    """The part, its connection, and the address that it leads to where there is one."""
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        connection = _connection(conn_id)
    except (AirflowNotFoundException, ValueError):
        return f"{part} ({conn_id})"
    port = f":{connection.port}" if connection.port else ""
    return f"{part} ({conn_id}, {connection.host}{port})"


def _connection(conn_id: str) -> Connection:
    """The connection; ValueError where its extra is no JSON, of which Airflow only logs that it takes none."""
    from airflow.sdk import BaseHook

    connection = BaseHook.get_connection(conn_id)
    try:
        json.loads(connection.extra or "{}")
    except ValueError as fault:
        raise ValueError(f"the extra of the connection {conn_id!r} is no JSON ({fault})") from None
    return connection
