"""Connection tests, which really connect."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from rehearsal.aws.dms.describe import matching_page
from rehearsal.aws.dms.endpoint import Endpoint, SecretUnusableError, UnreachableError
from rehearsal.aws.dms.errors import invalid_state, not_found
from rehearsal.aws.dms.resources import ReplicationInstance

if TYPE_CHECKING:
    from rehearsal.aws.dms.protocol import Parameters
    from rehearsal.aws.dms.region import Region

_FAILED = "Test Endpoint failed: Application-Status: 1020912, Application-Message: "
_NETWORK = f"{_FAILED}Failed to connect Network error has occurred, Application-Detailed-Message: "
_ODBC = "RetCode: SQL_ERROR SqlState: {} NativeError: 101 Message: [unixODBC]{}"


class Connections:
    """The calls on connections; one is what the last test of an endpoint from an instance found, as it is described."""

    def __init__(self, region: Region) -> None:
        self._region = region

    def test_connection(self, parameters: Parameters) -> dict[str, Any]:
        """TestConnection: starts a test, or lets a running one go on."""
        instance = self._region.available_instance(parameters["ReplicationInstanceArn"])
        endpoint = self._region.active_endpoint(parameters["EndpointArn"])
        connection = self._region.connections.get((instance.arn, endpoint.arn))
        if connection is None or connection["Status"] != "testing":
            connection = self._start(instance, endpoint)
        return {"Connection": connection}

    def test_again(self, endpoint: Endpoint) -> None:
        """Test a changed endpoint from where it was tested before."""
        for instance_arn, endpoint_arn in [*self._region.connections]:
            if endpoint_arn == endpoint.arn:
                self._start(self._region.find(ReplicationInstance, instance_arn), endpoint)

    def finish_tests(self) -> None:
        """Test once more what was being tested when the stand-in ended."""
        for (instance_arn, endpoint_arn), connection in [*self._region.connections.items()]:
            if connection["Status"] == "testing":
                instance = self._region.find(ReplicationInstance, instance_arn)
                self._start(instance, self._region.find(Endpoint, endpoint_arn))

    def describe_connections(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeConnections."""
        return matching_page("Connections", self._region.connections.values(), parameters)

    def delete_connection(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteConnection."""
        arns = (parameters["ReplicationInstanceArn"], parameters["EndpointArn"])
        connection = self._region.connections.pop(arns, None)
        if connection is None:
            raise not_found(f"No connection to {parameters['EndpointArn']} found.")
        return {"Connection": connection | {"Status": "deleting"}}

    def require_tested(self, instance_arn: str, endpoints: tuple[Endpoint, ...]) -> None:
        """DMS's condition for a start. Raises DmsError unless each last test was successful."""
        for endpoint in endpoints:
            connection = self._region.connections.get((instance_arn, endpoint.arn), {"Status": "untested"})
            if connection["Status"] != "successful":
                raise invalid_state(
                    "Test connection for replication instance and endpoint should be successful for starting the"
                    f" replication task; that of {endpoint.identifier} is {connection['Status']}."
                )

    def _start(self, instance: ReplicationInstance, endpoint: Endpoint) -> dict[str, Any]:
        connection = self._region.connections[instance.arn, endpoint.arn] = {
            "ReplicationInstanceArn": instance.arn,
            "EndpointArn": endpoint.arn,
            "Status": "testing",
            "LastFailureMessage": "",
            "EndpointIdentifier": endpoint.identifier,
            "ReplicationInstanceIdentifier": instance.identifier,
        }
        threading.Thread(target=self._test, args=(endpoint, connection, time.monotonic()), daemon=True).start()
        return connection

    def _test(self, endpoint: Endpoint, connection: dict[str, Any], started: float) -> None:
        fault = self._region.transitions.faults.take("fail-connection-test", endpoint=endpoint.identifier)
        if fault:
            failure = _NETWORK + (fault["message"] or _ODBC.format("08001", "timeout expired"))
        else:
            failure = probe(endpoint, self._region.name)
        self._region.transitions.wait("test_connection", "testing", endpoint.identifier, started)
        with self._region.lock:
            connection["LastFailureMessage"] = failure
            connection["Status"] = "failed" if failure else "successful"
        self._region.transitions.changed()


def probe(endpoint: Endpoint, region: str) -> str:
    """Connect to the endpoint's database; empty, or why not, in DMS's words."""
    try:
        with endpoint.connected(region):
            return ""
    except SecretUnusableError as error:
        return (
            f"{_FAILED}Failed to retrieve secret. Unable to find Secrets Manager secret,"
            f" Application-Detailed-Message: {error}"
        )
    except UnreachableError as error:
        if endpoint.engine == "oracle":
            return f"{_FAILED}Cannot connect to ORACLE server, Application-Detailed-Message: OCI error '{error}'"
        return _NETWORK + _ODBC.format(getattr(error.__cause__, "sqlstate", None) or "08001", error)
