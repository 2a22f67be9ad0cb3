"""Connection tests, which really connect."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import oracledb
import psycopg

from rehearsal.aws.dms.describe import matching_page
from rehearsal.aws.dms.errors import InvalidResourceStateError, ResourceNotFoundError
from rehearsal.aws.dms.resources import Connection, SecretUnusableError
from rehearsal.aws.worker.target import connect as connect_to_oracle

if TYPE_CHECKING:
    from rehearsal.aws.dms.instances import ReplicationInstances
    from rehearsal.aws.dms.protocol import Parameters
    from rehearsal.aws.dms.region import Region
    from rehearsal.aws.dms.resources import Endpoint

CONNECT_TIMEOUT_S = 10
_FILTERS = {"endpoint-arn": "EndpointArn", "replication-instance-arn": "ReplicationInstanceArn"}
_FAILED = "Test Endpoint failed: Application-Status: 1020912, Application-Message: "
_NETWORK = f"{_FAILED}Failed to connect Network error has occurred, Application-Detailed-Message: "
_ODBC = "RetCode: SQL_ERROR"


class Connections:
    """The calls on connections."""

    def __init__(self, region: Region, instances: ReplicationInstances) -> None:
        self._region = region
        self._instances = instances

    def test_connection(self, parameters: Parameters) -> dict[str, Any]:
        """TestConnection: starts a test, or lets a running one go on."""
        instance = self._instances.available(parameters["ReplicationInstanceArn"])
        endpoint = self._region.active_endpoint(parameters["EndpointArn"])
        connection = self._region.connections.get((instance.arn, endpoint.arn))
        if connection is None or connection.status != "testing":
            connection = Connection(instance.arn, instance.identifier, endpoint)
            self._start(connection)
        return {"Connection": _describe(connection)}

    def test_again(self, endpoint: Endpoint) -> None:
        """Test a changed endpoint from where it was tested before."""
        for connection in [c for c in self._region.connections.values() if c.endpoint is endpoint]:
            self._start(Connection(connection.instance_arn, connection.instance_identifier, endpoint))

    def finish_tests(self) -> None:
        """Test once more what was being tested when the stand-in ended."""
        for connection in [c for c in self._region.connections.values() if c.status == "testing"]:
            self._start(connection)

    def describe_connections(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeConnections."""
        return matching_page("Connections", map(_describe, self._region.connections.values()), parameters, _FILTERS)

    def delete_connection(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteConnection."""
        connection = self._region.connections.pop(
            (parameters["ReplicationInstanceArn"], parameters["EndpointArn"]), None
        )
        if connection is None:
            raise ResourceNotFoundError(f"No connection to {parameters['EndpointArn']} found.")
        return {"Connection": _describe(connection) | {"Status": "deleting"}}

    def require_tested(self, instance_arn: str, endpoint_arns: tuple[str, ...]) -> None:
        """DMS's condition for a start. Raises InvalidResourceStateError unless each last test was successful."""
        for arn in endpoint_arns:
            connection = self._region.connections.get((instance_arn, arn))
            if connection is None or connection.status != "successful":
                raise InvalidResourceStateError(
                    "Test connection for replication instance and endpoint should be successful for starting the"
                    f" replication task; that of {self._region.endpoints[arn].identifier} is"
                    f" {connection.status if connection else 'untested'}."
                )

    def _start(self, connection: Connection) -> None:
        self._region.connections[connection.instance_arn, connection.endpoint.arn] = connection
        threading.Thread(target=self._test, args=(connection, time.monotonic()), daemon=True).start()

    def _test(self, connection: Connection, started: float) -> None:
        fault = self._region.transitions.faults.take("fail-connection-test", endpoint=connection.endpoint.identifier)
        failure = fault_message(fault) if fault else probe(connection.endpoint, self._region.name)
        self._region.transitions.wait("test_connection", "testing", connection.endpoint.identifier, started)
        with self._region.lock:
            connection.last_failure = failure or ""
            connection.status = "failed" if failure else "successful"
        self._region.transitions.changed()


def fault_message(fault: dict[str, Any]) -> str:
    """What a test says that fails on demand."""
    detail = fault["message"] or f"{_ODBC} SqlState: 08001 NativeError: 101 Message: [unixODBC]timeout expired"
    return f"{_NETWORK}{detail}"


def probe(endpoint: Endpoint, region: str) -> str | None:
    """Connect to the endpoint's database; None, or why not, in DMS's words."""
    try:
        login = endpoint.login(region)
    except SecretUnusableError as error:
        return (
            f"{_FAILED}Failed to retrieve secret. Unable to find Secrets Manager secret,"
            f" Application-Detailed-Message: {error}"
        )
    try:
        if endpoint.engine == "oracle":
            connect_to_oracle(login).close()
        else:
            psycopg.connect(**login, connect_timeout=CONNECT_TIMEOUT_S).close()
    except (psycopg.Error, oracledb.Error, OSError, ValueError) as error:  # the latter two for impossible host names
        reason = " ".join(str(error).split())
        if endpoint.engine == "oracle":
            return f"{_FAILED}Cannot connect to ORACLE server, Application-Detailed-Message: OCI error '{reason}'"
        state = getattr(error, "sqlstate", None) or "08001"
        return f"{_NETWORK}{_ODBC} SqlState: {state} NativeError: 101 Message: [unixODBC]{reason}"
    return None


def _describe(connection: Connection) -> dict[str, Any]:
    return {
        "ReplicationInstanceArn": connection.instance_arn,
        "EndpointArn": connection.endpoint.arn,
        "Status": connection.status,
        "LastFailureMessage": connection.last_failure,
        "EndpointIdentifier": connection.endpoint.identifier,
        "ReplicationInstanceIdentifier": connection.instance_identifier,
    }
