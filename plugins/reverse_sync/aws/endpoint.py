"""The endpoint that the pipeline wants, and where DMS's differs from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired

from reverse_sync.airflow_seams import is_secret_name
from reverse_sync.aws.dms import Difference
from reverse_sync.errors import NeedsPersonError
from reverse_sync.oracle.address import address
from reverse_sync.pipeline import EngineSettings
from reverse_sync.pipeline.attributes import attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflow.sdk import Connection
    from mypy_boto3_dms.literals import DmsSslModeValueType, ReplicationEndpointTypeValueType

    from reverse_sync.pipeline import Endpoint

ATTRIBUTES = "ExtraConnectionAttributes"


class EndpointRequest(EngineSettings):
    """The arguments of CreateEndpoint and of ModifyEndpoint that the pipeline says."""

    EndpointIdentifier: str
    EndpointType: ReplicationEndpointTypeValueType
    EngineName: str
    ServerName: NotRequired[str]
    Port: NotRequired[int]
    Username: NotRequired[str]
    DatabaseName: str
    SslMode: DmsSslModeValueType
    ExtraConnectionAttributes: str
    CertificateArn: NotRequired[str]


def endpoint_request(
    endpoint: Endpoint,
    connection: Connection,
    rds_address: Callable[[], str | None] | None,
    certificate: str | None = None,
) -> EndpointRequest:
    """The arguments of CreateEndpoint without the password; the connection's own host and port, where it has them, win.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateEndpoint.html

    :param rds_address: asks RDS for the address of the source's instance; None for an endpoint that is none of RDS's
    :param certificate: the ARN of the certificate that the endpoint trusts
    :raises NeedsPersonError: where there is no address, or no login.
    """
    request: EndpointRequest = {
        "EndpointIdentifier": endpoint.identifier,
        "EndpointType": "target" if endpoint.engine == "oracle" else "source",
        "EngineName": endpoint.engine,
        "DatabaseName": endpoint.database,
        "SslMode": endpoint.ssl_mode,
        "ExtraConnectionAttributes": endpoint.extra_connection_attributes,
    }
    settings = endpoint.settings
    if "PostgreSQLSettings" in settings:
        request["PostgreSQLSettings"] = settings["PostgreSQLSettings"]
    if "OracleSettings" in settings:
        request["OracleSettings"] = settings["OracleSettings"]
    if not endpoint.secret:
        request["ServerName"], request["Port"], request["Username"] = _own_login(endpoint, connection, rds_address)
    if certificate:
        request["CertificateArn"] = certificate
    return request


def _own_login(
    endpoint: Endpoint, connection: Connection, rds_address: Callable[[], str | None] | None
) -> tuple[str, int, str]:
    """Server, port and login, which a secret has in their place."""
    if endpoint.engine == "oracle":
        server, port = _oracle_address(endpoint, connection)
    else:
        server, port = connection.host or (rds_address() if rds_address else None), connection.port
    if not server:
        raise NeedsPersonError(
            f"Endpoint {endpoint.identifier} needs the address of its database, but the connection "
            f"{endpoint.connection!r} has no host: add the host to the connection in Airflow."
        )
    if not connection.login:
        raise NeedsPersonError(
            f"Endpoint {endpoint.identifier} needs the login by which DMS reaches its database, but the connection "
            f"{endpoint.connection!r} has none: add the login to the connection in Airflow."
        )
    return server, port or endpoint.port, connection.login


def _oracle_address(endpoint: Endpoint, connection: Connection) -> tuple[str | None, int | None]:
    if not connection.host and not connection.extra_dejson.get("dsn"):
        return None, None
    try:
        return address(connection)
    except ValueError as error:
        raise NeedsPersonError(
            f"Endpoint {endpoint.identifier} needs one host and port, but the connection {endpoint.connection!r} tells "
            f"none: {error}. Put them into its fields host and port in Airflow."
        ) from None


def endpoint_differences(found: Mapping[str, object], request: Mapping[str, object]) -> list[Difference]:
    """Where an endpoint differs from what the pipeline would create.

    An engine's settings (`OracleSettings`, ...) count as far as the request names them: DMS adds its own. DMS does not
    return passwords, so they are not compared: the connection test shows a wrong one.
    """
    name = str(request["EndpointIdentifier"])
    wanted = _flat(request)
    actual = {**_settings(found), **found}
    return [
        Difference("endpoint", name, key, actual.get(key, ""), value)
        for key, value in wanted.items()
        if key != ATTRIBUTES and not _is_same(key, actual.get(key, ""), value)
    ] + _attribute_differences(name, str(actual.get(ATTRIBUTES, "")), str(wanted.get(ATTRIBUTES, "")))


def _flat(request: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in request.items() if not isinstance(value, dict)} | _settings(request)


def _settings(endpoint: Mapping[str, object]) -> dict[str, object]:
    """What the engine's section says: an endpoint has one engine, and DMS describes the section of that one."""
    sections = (value for key, value in endpoint.items() if key.endswith("Settings") and isinstance(value, dict))
    return {key: value for section in sections for key, value in section.items()}


def _is_same(key: str, actual: object, wanted: object) -> bool:
    if key == "EndpointType":  # DMS describes it in capitals
        return str(actual).lower() == wanted
    return actual == wanted


def _attribute_differences(name: str, found: str, wanted: str) -> list[Difference]:
    """One difference an attribute; the value of one that may be a secret is not shown."""
    actual, expected = attributes(found), attributes(wanted)
    return [
        Difference(
            "endpoint",
            name,
            f"{ATTRIBUTES}.{attribute}",
            actual.get(attribute),
            expected.get(attribute),
            "another value, which is not shown, in AWS than in the pipeline file" if is_secret_name(attribute) else "",
        )
        for attribute in {**expected, **actual}
        if actual.get(attribute) != expected.get(attribute)
    ]
