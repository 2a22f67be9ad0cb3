"""Endpoints: what a replication instance connects to, and with which login."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rehearsal.aws.dms.describe import matching_page
from rehearsal.aws.dms.errors import (
    InvalidParameterCombinationError,
    InvalidParameterValueError,
    InvalidResourceStateError,
    ResourceNotFoundError,
)
from rehearsal.aws.dms.protocol import MODEL, without_secrets
from rehearsal.aws.dms.region import free_identifier, tags
from rehearsal.aws.dms.resources import SETTINGS, Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.aws.dms.protocol import Parameters
    from rehearsal.aws.dms.region import Region

ENGINES = {"postgres": "PostgreSQL", "aurora-postgresql": "Amazon Aurora PostgreSQL", "oracle": "Oracle"}
_SSL_MODES = {"oracle": ("none", "verify-ca")}
"""https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html; an engine that is not here has them all."""
_FILTERS = {
    "endpoint-arn": "EndpointArn",
    "endpoint-type": "EndpointType",
    "endpoint-id": "EndpointIdentifier",
    "engine-name": "EngineName",
}
_LOGIN = {"ServerName", "Port", "DatabaseName", "Username", "Password", "SecretsManagerSecretId"}
_EFFECTIVE = {
    "PostgreSQLSettings": _LOGIN | {"SecretsManagerAccessRoleArn", "PluginName", "SlotName", "MapBooleanAsBoolean"},
    "OracleSettings": _LOGIN | {"SecretsManagerAccessRoleArn", "alwaysReplaceEmptyString"},
}
_WITHOUT_EFFECT = {"HeartbeatEnable", "HeartbeatFrequency", "HeartbeatSchema"}
"""Taken all the same, since pipelines have them: rehearsal/aws/README.md names the heartbeat among the limits."""
_NO = ("", "false", "n", "no", "0")
_NO_ATTRIBUTES = {"Tags", "ResourceIdentifier", "EndpointArn", "ExactSettings"}


class Endpoints:
    """The calls on endpoints."""

    def __init__(self, region: Region, test_again: Callable[[Endpoint], None]) -> None:
        self._region = region
        self._test_again = test_again

    def create_endpoint(self, parameters: Parameters) -> dict[str, Any]:
        """CreateEndpoint."""
        asked = parameters["EndpointIdentifier"]
        identifier = free_identifier("EndpointIdentifier", asked, self._region.endpoints)
        arn = self._region.new_arn("endpoint", parameters.get("ResourceIdentifier"))
        attributes = {name: value for name, value in parameters.items() if name not in _NO_ATTRIBUTES}
        endpoint = self._checked(arn, attributes | {"EndpointIdentifier": identifier})
        self._region.tags[arn] = tags(parameters)
        self._region.endpoints[arn] = endpoint
        return {"Endpoint": self._describe(endpoint)}

    def modify_endpoint(self, parameters: Parameters) -> dict[str, Any]:
        """ModifyEndpoint: not while a task on it runs; DMS tests the connections that it had again.

        https://docs.aws.amazon.com/dms/latest/APIReference/API_ModifyEndpoint.html
        """
        endpoint = self._region.active_endpoint(parameters["EndpointArn"])
        for task in self._region.tasks.values():
            if endpoint.arn in task.endpoint_arns and task.status in ("starting", "running", "stopping"):
                raise InvalidResourceStateError(
                    f"Endpoint {endpoint.identifier} is in use by replication task {task.identifier}, which is"
                    f" {task.status}; stop the task first."
                )
        changes = {name: value for name, value in parameters.items() if name not in _NO_ATTRIBUTES}
        if "EndpointIdentifier" in changes:
            changes["EndpointIdentifier"] = free_identifier(
                "EndpointIdentifier", changes["EndpointIdentifier"], self._region.endpoints, but_for=endpoint
            )
        if not parameters.get("ExactSettings"):
            for name in set(SETTINGS.values()) & set(changes):
                changes[name] = (endpoint.attributes.get(name) or {}) | changes[name]
        changed = self._checked(endpoint.arn, endpoint.attributes | changes)
        endpoint.attributes, endpoint.trusted = changed.attributes, changed.trusted
        self._test_again(endpoint)
        return {"Endpoint": self._describe(endpoint)}

    def describe_endpoints(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeEndpoints."""
        return matching_page("Endpoints", map(self._describe, self._region.endpoints.values()), parameters, _FILTERS)

    def delete_endpoint(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteEndpoint: "All tasks associated with the endpoint must be deleted before you can delete the endpoint."

        https://docs.aws.amazon.com/dms/latest/APIReference/API_DeleteEndpoint.html
        """
        endpoint = self._region.active_endpoint(parameters["EndpointArn"])
        if any(endpoint.arn in task.endpoint_arns for task in self._region.tasks.values()):
            raise InvalidResourceStateError(f"Endpoint {endpoint.arn} is part of one or more ReplicationTasks.")
        endpoint.status = "deleting"

        def deleted() -> None:
            with self._region.lock:
                self._region.remove(endpoint.arn)

        self._region.transitions.after("endpoint_delete", "deleting", endpoint.identifier, deleted)
        return {"Endpoint": self._describe(endpoint)}

    def _checked(self, arn: str, attributes: dict[str, Any]) -> Endpoint:
        """An endpoint of those attributes. Raises ResourceNotFoundError, InvalidParameterCombinationError, ..."""
        mode, certificate = attributes.get("SslMode") or "none", attributes.get("CertificateArn")
        if certificate and certificate not in self._region.certificates:
            raise ResourceNotFoundError(f"Certificate {certificate} not found.")
        if mode not in _SSL_MODES.get(attributes["EngineName"], (mode,)):
            raise InvalidParameterValueError(f"SslMode {mode} is not supported for {attributes['EngineName']}")
        if mode.startswith("verify") and not certificate:
            raise InvalidParameterCombinationError(f"SslMode {mode} needs a CertificateArn")
        trusted = self._region.certificates[certificate].pem if certificate and mode.startswith("verify") else None
        endpoint = Endpoint(arn, attributes, trusted=trusted)
        _check(endpoint)
        return endpoint

    def _describe(self, endpoint: Endpoint) -> dict[str, Any]:
        public: dict[str, Any] = without_secrets(endpoint.attributes, MODEL.shape_for("Endpoint"))
        return (
            {"SslMode": "none"}
            | public
            | {
                "EndpointArn": endpoint.arn,
                "EngineDisplayName": ENGINES[endpoint.engine],
                "Status": self._region.transitions.faults.shown_status(
                    "endpoint", endpoint.status, endpoint=endpoint.identifier
                ),
            }
        )


def _check(endpoint: Endpoint) -> None:
    """Raises InvalidParameterValueError, InvalidParameterCombinationError."""
    if endpoint.engine not in ENGINES:
        raise InvalidParameterValueError(
            f"the rehearsal's DMS does not connect to {endpoint.engine!r}, only to {', '.join(ENGINES)}"
        )
    if others := endpoint.attributes.keys() & {*SETTINGS.values()} - {SETTINGS[endpoint.engine]}:
        raise InvalidParameterCombinationError(f"{', '.join(others)} are not for the engine {endpoint.engine}")
    known = _EFFECTIVE[SETTINGS[endpoint.engine]] | _WITHOUT_EFFECT
    if strange := [k for k, v in endpoint.settings.items() if k not in known and str(v).lower() not in _NO]:
        raise InvalidParameterValueError(
            f"the rehearsal does not have the effect of {', '.join(sorted(strange))} of an endpoint; leave it out"
        )
    attributes, secret = endpoint.attributes, endpoint.settings.get("SecretsManagerSecretId")
    if not 0 <= attributes.get("Port", 0) < 2**16:
        raise InvalidParameterValueError(f"the port {attributes['Port']} is none: it must be between 1 and 65535")
    clear = [name for name in ("Username", "Password", "ServerName", "Port") if attributes.get(name)]
    if secret and clear:
        raise InvalidParameterCombinationError(
            f"SecretsManagerSecretId and {', '.join(clear)} are both given;"
            " an endpoint has a secret or a login of its own"
        )
    if secret and not endpoint.settings.get("SecretsManagerAccessRoleArn"):
        raise InvalidParameterCombinationError("SecretsManagerSecretId needs SecretsManagerAccessRoleArn with it")
    if not secret and not all(endpoint.login("").values()):
        raise InvalidParameterCombinationError(
            "ServerName, Port, DatabaseName, Username and Password are needed, or a SecretsManagerSecretId"
        )
