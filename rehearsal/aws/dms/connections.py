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
    from rehearsal.aws.dms.region import Parameters, Region
    from rehearsal.aws.dms.task import Task

_FAILED = "Test Endpoint failed: Application-Status: 1020912, Application-Message: "
_NETWORK = f"{_FAILED}Failed to connect Network error has occurred, Application-Detailed-Message: "
_ODBC = "RetCode: SQL_ERROR SqlState: {} NativeError: 101 Message: [unixODBC]{}"


def test_connection(region: Region, parameters: Parameters) -> dict[str, Any]:
    """TestConnection: starts a test, or lets a running one go on."""
    arns = (parameters["ReplicationInstanceArn"], parameters["EndpointArn"])
    region.available_instance(arns[0])
    region.active_endpoint(arns[1])
    connection = region.connections.get(arns)
    if connection is None or connection["Status"] != "testing":
        connection = _start(region, *arns)
    return {"Connection": connection}


def test_again(region: Region, member: str, value: str) -> None:
    """Test once more the connections of which ``member`` has this value."""
    for connection in [*region.connections.values()]:
        if connection[member] == value:
            _start(region, connection["ReplicationInstanceArn"], connection["EndpointArn"])


def describe_connections(region: Region, parameters: Parameters) -> dict[str, Any]:
    """DescribeConnections."""
    return matching_page("Connections", region.connections.values(), parameters)


def delete_connection(region: Region, parameters: Parameters) -> dict[str, Any]:
    """DeleteConnection."""
    arns = (parameters["ReplicationInstanceArn"], parameters["EndpointArn"])
    connection = region.connections.pop(arns, None)
    if connection is None:
        raise not_found(f"No connection to {parameters['EndpointArn']} found.")
    return {"Connection": connection | {"Status": "deleting"}}


def require_tested(region: Region, task: Task) -> None:
    """DMS's condition for a start. Raises AwsError unless each last test was successful."""
    for endpoint in region.endpoints_of(task):
        connection = region.connections.get((task.instance_arn, endpoint.arn), {"Status": "untested"})
        if connection["Status"] != "successful":
            raise invalid_state(
                "Test connection for replication instance and endpoint should be successful for starting the"
                f" replication task; that of {endpoint.identifier} is {connection['Status']}."
            )


def _start(region: Region, instance_arn: str, endpoint_arn: str) -> dict[str, Any]:
    instance, endpoint = region.find(ReplicationInstance, instance_arn), region.find(Endpoint, endpoint_arn)
    connection = region.connections[instance.arn, endpoint.arn] = {
        "ReplicationInstanceArn": instance.arn,
        "EndpointArn": endpoint.arn,
        "Status": "testing",
        "LastFailureMessage": "",
        "EndpointIdentifier": endpoint.identifier,
        "ReplicationInstanceIdentifier": instance.identifier,
    }
    threading.Thread(target=_test, args=(region, endpoint, connection, time.monotonic()), daemon=True).start()
    return connection


def _test(region: Region, endpoint: Endpoint, connection: dict[str, Any], started: float) -> None:
    failure = _failure(region, endpoint)
    region.transitions.wait("test_connection", "testing", endpoint.identifier, started)
    with region.lock:
        connection["LastFailureMessage"] = failure
        connection["Status"] = "failed" if failure else "successful"
    region.transitions.changed()


def _failure(region: Region, endpoint: Endpoint) -> str:
    """Why the endpoint's database cannot be connected to, in DMS's words; empty where it can."""
    if fault := region.transitions.faults.take("fail-connection-test", endpoint=endpoint.identifier):
        return _NETWORK + (fault["message"] or _ODBC.format("08001", "timeout expired"))
    try:
        with endpoint.connected(region.name):
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
