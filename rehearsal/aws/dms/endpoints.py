"""Endpoints: what a replication instance connects to, and with which login."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rehearsal.aws import moto_seams
from rehearsal.aws.dms.describe import filtered, found, page
from rehearsal.aws.dms.errors import (
    InvalidParameterCombinationError,
    InvalidParameterValueError,
    InvalidResourceStateError,
)
from rehearsal.aws.dms.protocol import MODEL, without_secrets
from rehearsal.aws.dms.region import free_identifier, tags

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.aws.dms.protocol import Parameters
    from rehearsal.aws.dms.region import Region

ENGINES = {"postgres": "PostgreSQL", "aurora-postgresql": "Amazon Aurora PostgreSQL", "oracle": "Oracle"}
SETTINGS = {"postgres": "PostgreSQLSettings", "aurora-postgresql": "PostgreSQLSettings", "oracle": "OracleSettings"}
_FILTERS = {
    "endpoint-arn": "EndpointArn",
    "endpoint-type": "EndpointType",
    "endpoint-id": "EndpointIdentifier",
    "engine-name": "EngineName",
}
_IN_SECRET = {"host": "host", "port": "port", "dbname": "dbname", "user": "username", "password": "password"}
_NO_ATTRIBUTES = {"Tags", "ResourceIdentifier", "EndpointArn", "ExactSettings"}


class SecretUnusableError(ValueError):
    """The Secrets Manager secret of an endpoint cannot be read; the message names it."""


@dataclass
class Endpoint:
    """An endpoint; `attributes` are those of CreateEndpoint, secrets included."""

    arn: str
    attributes: dict[str, Any] = field(repr=False)
    status: str = "active"

    @property
    def identifier(self) -> str:
        """EndpointIdentifier."""
        return str(self.attributes["EndpointIdentifier"])

    @property
    def engine(self) -> str:
        """EngineName."""
        return str(self.attributes["EngineName"])

    @property
    def settings(self) -> dict[str, Any]:
        """PostgreSQLSettings or OracleSettings, over what ExtraConnectionAttributes says (`slotName=x;...`)."""
        extra = (self.attributes.get("ExtraConnectionAttributes") or "").split(";")
        pairs = (pair.partition("=") for pair in extra if "=" in pair)
        named = {name.strip()[:1].upper() + name.strip()[1:]: value.strip() for name, _, value in pairs}
        return named | (self.attributes.get(SETTINGS.get(self.engine, "")) or {})

    def login(self, region: str) -> dict[str, Any]:
        """host, port, dbname, user, password (libpq's names): its own, or its secret's. Raises SecretUnusableError.

        https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html
        """
        own, settings = self.attributes, self.settings
        login = {
            "host": own.get("ServerName") or settings.get("ServerName"),
            "port": own.get("Port") or settings.get("Port"),
            "dbname": own.get("DatabaseName") or settings.get("DatabaseName"),
            "user": own.get("Username") or settings.get("Username"),
            "password": own.get("Password") or settings.get("Password"),
        }
        if secret := settings.get("SecretsManagerSecretId"):
            kept = _read_secret(secret, region)
            login |= {key: kept[name] for key, name in _IN_SECRET.items() if name in kept}
            if lacking := [name for key, name in _IN_SECRET.items() if not login[key]]:
                raise SecretUnusableError(f"the secret {secret} has no {', '.join(lacking)}")
        return login


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
        endpoint = Endpoint(arn, attributes | {"EndpointIdentifier": identifier})
        _check(endpoint)
        self._region.endpoints[arn] = endpoint
        self._region.tags[arn] = tags(parameters)
        return {"Endpoint": self._shown(endpoint)}

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
        changed = Endpoint(endpoint.arn, endpoint.attributes | changes)
        _check(changed)
        endpoint.attributes = changed.attributes
        self._test_again(endpoint)
        return {"Endpoint": self._shown(endpoint)}

    def describe_endpoints(self, parameters: Parameters) -> dict[str, Any]:
        """DescribeEndpoints."""
        shown = filtered(map(self._shown, self._region.endpoints.values()), parameters, _FILTERS)
        return page("Endpoints", found("Endpoints", shown, parameters), parameters)

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
                self._region.endpoints.pop(endpoint.arn, None)
                for key in [key for key in self._region.connections if key[1] == endpoint.arn]:
                    del self._region.connections[key]

        self._region.transitions.after("endpoint_delete", "deleting", deleted)
        return {"Endpoint": self._shown(endpoint)}

    def _shown(self, endpoint: Endpoint) -> dict[str, Any]:
        shown: dict[str, Any] = without_secrets(endpoint.attributes, MODEL.shape_for("Endpoint"))
        return (
            {"SslMode": "none"}
            | shown
            | {
                "EndpointArn": endpoint.arn,
                "EngineDisplayName": ENGINES[endpoint.engine],
                "Status": self._region.transitions.faults.shown_status("endpoint", endpoint.status),
            }
        )


def _check(endpoint: Endpoint) -> None:
    """Raises InvalidParameterValueError, InvalidParameterCombinationError."""
    if endpoint.engine not in ENGINES:
        raise InvalidParameterValueError(
            f"the engine {endpoint.engine!r} is none that the rehearsal's DMS connects to: {', '.join(ENGINES)}"
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


def _read_secret(identifier: str, region: str) -> dict[str, Any]:
    try:
        found = moto_seams.backend("secretsmanager", region).get_secret_value(identifier, "", "")
        secret = json.loads(found["secret_string"] if "secret_string" in found else found["SecretString"])
    except Exception as error:  # moto's own exceptions, and JSON's
        raise SecretUnusableError(f"the secret {identifier} cannot be read: {type(error).__name__}") from error
    if not isinstance(secret, dict):
        raise SecretUnusableError(f"the secret {identifier} is not a JSON object with username, password, host, port")
    return secret
