"""Endpoints: what a replication instance connects to, and with which login."""

from __future__ import annotations

from typing import Any

from rehearsal.aws.dms import connections
from rehearsal.aws.dms.endpoint import ENGINES, LOGIN, Endpoint
from rehearsal.aws.dms.errors import invalid_combination, invalid_state, invalid_value
from rehearsal.aws.dms.region import GONE, Parameters, Region
from rehearsal.aws.dms.resources import Certificate

_SECTIONS = {engine["settings"] for engine in ENGINES.values()}
_LOGIN = {"SecretsManagerSecretId", *(name for name, _ in LOGIN.values())}
_WITHOUT_EFFECT = {"HeartbeatEnable", "HeartbeatFrequency", "HeartbeatSchema"}
"""Taken all the same, since pipelines have them: rehearsal/aws/README.md names the heartbeat among the limits."""
_NO = ("", "false", "n", "no", "0")


def create_endpoint(region: Region, parameters: Parameters) -> dict[str, Any]:
    """CreateEndpoint."""
    endpoint = _checked(region, region.named(Endpoint, parameters))
    region.keep(endpoint, parameters)
    return region.answer(endpoint)


def modify_endpoint(region: Region, parameters: Parameters) -> dict[str, Any]:
    """ModifyEndpoint: not while a task on it runs; DMS tests the connections that it had again.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_ModifyEndpoint.html
    """
    endpoint = region.active_endpoint(parameters["EndpointArn"])
    for task in region.users(endpoint):
        if task.status in ("starting", "running", "stopping"):
            raise invalid_state(
                f"Endpoint {endpoint.identifier} is in use by replication task {task.identifier}, which is"
                f" {task.status}; stop the task first."
            )
    changes = region.changes(Endpoint, parameters, endpoint)
    if not parameters.get("ExactSettings"):
        for name in _SECTIONS & changes.keys():
            changes[name] = (endpoint.members.get(name) or {}) | changes[name]
    changed = _checked(region, endpoint.members | changes)
    endpoint.members, endpoint.trusted = changed.members, changed.trusted
    connections.test_again(region, "EndpointArn", endpoint.arn)
    return region.answer(endpoint)


def delete_endpoint(region: Region, parameters: Parameters) -> dict[str, Any]:
    """DeleteEndpoint: "All tasks associated with the endpoint must be deleted before you can delete the endpoint."

    https://docs.aws.amazon.com/dms/latest/APIReference/API_DeleteEndpoint.html
    """
    endpoint = region.active_endpoint(parameters["EndpointArn"])
    if region.users(endpoint):
        raise invalid_state(f"Endpoint {endpoint.arn} is part of one or more ReplicationTasks.")
    region.enter(endpoint, "deleting", "endpoint_delete", GONE)
    return region.answer(endpoint)


def _checked(region: Region, members: dict[str, Any]) -> Endpoint:
    """An endpoint of those members. Raises AwsError."""
    name, mode, arn = members["EngineName"], members.get("SslMode") or "none", members.get("CertificateArn")
    if name not in ENGINES:
        raise invalid_value(f"the rehearsal's DMS does not connect to {name!r}, only to {', '.join(ENGINES)}")
    certificate = region.find(Certificate, arn) if arn else None
    if mode not in ENGINES[name]["ssl_modes"]:
        raise invalid_value(f"SslMode {mode} is not supported for {name}")
    if mode.startswith("verify") and not certificate:
        raise invalid_combination(f"SslMode {mode} needs a CertificateArn")
    shown = {"SslMode": mode, "EngineDisplayName": ENGINES[name]["display_name"], "Status": "active"}
    endpoint = Endpoint(members | shown)
    endpoint.trusted = certificate.members["CertificatePem"] if certificate and mode.startswith("verify") else None
    _check_settings(endpoint)
    _check_login(endpoint)
    return endpoint


def _check_settings(endpoint: Endpoint) -> None:
    if others := endpoint.members.keys() & _SECTIONS - {endpoint.section}:
        raise invalid_combination(f"{', '.join(others)} are not for the engine {endpoint.engine}")
    known = {*ENGINES[endpoint.engine]["effective"], *_LOGIN, *_WITHOUT_EFFECT}
    if strange := [k for k, v in endpoint.settings.items() if k not in known and str(v).lower() not in _NO]:
        raise invalid_value(
            f"the rehearsal does not have the effect of {', '.join(sorted(strange))} of an endpoint; leave it out"
        )


def _check_login(endpoint: Endpoint) -> None:
    members, secret = endpoint.members, endpoint.settings.get("SecretsManagerSecretId")
    if not 0 <= members.get("Port", 0) < 2**16:
        raise invalid_value(f"the port {members['Port']} is none: it must be between 1 and 65535")
    clear = [name for name in ("Username", "Password", "ServerName", "Port") if members.get(name)]
    if secret and clear:
        message = f"SecretsManagerSecretId and {', '.join(clear)} are both given"
        raise invalid_combination(f"{message}; an endpoint has a secret or a login of its own")
    if secret and not endpoint.settings.get("SecretsManagerAccessRoleArn"):
        raise invalid_combination("SecretsManagerSecretId needs SecretsManagerAccessRoleArn with it")
    if not secret and not all(endpoint.login("").values()):
        raise invalid_combination(
            "ServerName, Port, DatabaseName, Username and Password are needed, or a SecretsManagerSecretId"
        )
