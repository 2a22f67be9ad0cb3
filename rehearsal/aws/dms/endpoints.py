"""Endpoints: what a replication instance connects to, and with which login."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rehearsal.aws.dms.endpoint import SETTINGS, Endpoint
from rehearsal.aws.dms.errors import invalid_combination, invalid_state, invalid_value
from rehearsal.aws.dms.region import GONE
from rehearsal.aws.dms.resources import Certificate
from rehearsal.aws.dms.task import Task

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.aws.dms.protocol import Parameters
    from rehearsal.aws.dms.region import Region

ENGINES = {"postgres": "PostgreSQL", "aurora-postgresql": "Amazon Aurora PostgreSQL", "oracle": "Oracle"}
_SSL_MODES = {"oracle": ("none", "verify-ca")}
"""https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html; an engine that is not here has them all."""
_LOGIN = {"ServerName", "Port", "DatabaseName", "Username", "Password", "SecretsManagerSecretId"}
_EFFECTIVE = {
    "PostgreSQLSettings": _LOGIN | {"SecretsManagerAccessRoleArn", "PluginName", "SlotName", "MapBooleanAsBoolean"},
    "OracleSettings": _LOGIN | {"SecretsManagerAccessRoleArn", "alwaysReplaceEmptyString"},
}
_WITHOUT_EFFECT = {"HeartbeatEnable", "HeartbeatFrequency", "HeartbeatSchema"}
"""Taken all the same, since pipelines have them: rehearsal/aws/README.md names the heartbeat among the limits."""
_NO = ("", "false", "n", "no", "0")


class Endpoints:
    """The calls on endpoints."""

    def __init__(self, region: Region, test_again: Callable[[Endpoint], None]) -> None:
        self._region = region
        self._test_again = test_again

    def create_endpoint(self, parameters: Parameters) -> dict[str, Any]:
        """CreateEndpoint."""
        endpoint = self._checked(self._region.named(Endpoint, parameters))
        self._region.keep(endpoint, parameters)
        return self._region.answer(endpoint)

    def modify_endpoint(self, parameters: Parameters) -> dict[str, Any]:
        """ModifyEndpoint: not while a task on it runs; DMS tests the connections that it had again.

        https://docs.aws.amazon.com/dms/latest/APIReference/API_ModifyEndpoint.html
        """
        endpoint = self._region.active_endpoint(parameters["EndpointArn"])
        for task in self._tasks_of(endpoint):
            if task.status in ("starting", "running", "stopping"):
                raise invalid_state(
                    f"Endpoint {endpoint.identifier} is in use by replication task {task.identifier}, which is"
                    f" {task.status}; stop the task first."
                )
        changes = self._region.changes(Endpoint, parameters, endpoint)
        if not parameters.get("ExactSettings"):
            for name in {*SETTINGS.values()} & {*changes}:
                changes[name] = (endpoint.members.get(name) or {}) | changes[name]
        changed = self._checked(endpoint.members | changes)
        endpoint.members, endpoint.trusted = changed.members, changed.trusted
        self._test_again(endpoint)
        return self._region.answer(endpoint)

    def delete_endpoint(self, parameters: Parameters) -> dict[str, Any]:
        """DeleteEndpoint: "All tasks associated with the endpoint must be deleted before you can delete the endpoint."

        https://docs.aws.amazon.com/dms/latest/APIReference/API_DeleteEndpoint.html
        """
        endpoint = self._region.active_endpoint(parameters["EndpointArn"])
        if self._tasks_of(endpoint):
            raise invalid_state(f"Endpoint {endpoint.arn} is part of one or more ReplicationTasks.")
        self._region.enter(endpoint, "deleting", "endpoint_delete", GONE)
        return self._region.answer(endpoint)

    def _tasks_of(self, endpoint: Endpoint) -> list[Task]:
        return [task for task in self._region.of(Task) if endpoint.arn in task.endpoint_arns]

    def _checked(self, members: dict[str, Any]) -> Endpoint:
        """An endpoint of those members. Raises DmsError."""
        engine, mode, arn = members["EngineName"], members.get("SslMode") or "none", members.get("CertificateArn")
        certificate = self._region.find(Certificate, arn) if arn else None
        if mode not in _SSL_MODES.get(engine, (mode,)):
            raise invalid_value(f"SslMode {mode} is not supported for {engine}")
        if mode.startswith("verify") and not certificate:
            raise invalid_combination(f"SslMode {mode} needs a CertificateArn")
        endpoint = Endpoint(members | {"SslMode": mode, "EngineDisplayName": ENGINES.get(engine), "Status": "active"})
        endpoint.trusted = certificate.members["CertificatePem"] if certificate and mode.startswith("verify") else None
        _check(endpoint)
        return endpoint


def _check(endpoint: Endpoint) -> None:
    """Raises DmsError."""
    if endpoint.engine not in ENGINES:
        raise invalid_value(
            f"the rehearsal's DMS does not connect to {endpoint.engine!r}, only to {', '.join(ENGINES)}"
        )
    if others := endpoint.members.keys() & {*SETTINGS.values()} - {SETTINGS[endpoint.engine]}:
        raise invalid_combination(f"{', '.join(others)} are not for the engine {endpoint.engine}")
    known = _EFFECTIVE[SETTINGS[endpoint.engine]] | _WITHOUT_EFFECT
    if strange := [k for k, v in endpoint.settings.items() if k not in known and str(v).lower() not in _NO]:
        raise invalid_value(
            f"the rehearsal does not have the effect of {', '.join(sorted(strange))} of an endpoint; leave it out"
        )
    members, secret = endpoint.members, endpoint.settings.get("SecretsManagerSecretId")
    if not 0 <= members.get("Port", 0) < 2**16:
        raise invalid_value(f"the port {members['Port']} is none: it must be between 1 and 65535")
    clear = [name for name in ("Username", "Password", "ServerName", "Port") if members.get(name)]
    if secret and clear:
        raise invalid_combination(
            f"SecretsManagerSecretId and {', '.join(clear)} are both given;"
            " an endpoint has a secret or a login of its own"
        )
    if secret and not endpoint.settings.get("SecretsManagerAccessRoleArn"):
        raise invalid_combination("SecretsManagerSecretId needs SecretsManagerAccessRoleArn with it")
    if not secret and not all(endpoint.login("").values()):
        raise invalid_combination(
            "ServerName, Port, DatabaseName, Username and Password are needed, or a SecretsManagerSecretId"
        )
