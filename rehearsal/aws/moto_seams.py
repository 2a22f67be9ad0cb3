"""Every place where the stand-in touches moto's internals, and nothing else.

tests/unit/rehearsal/aws/test_moto_seams.py fails with the name of the seam when a new moto moves it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import moto
from moto.backends import get_backend
from moto.core.parse import QueryParser
from moto.core.request import Request as MotoRequest
from moto.core.responses import ActionResult
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from moto.logs import models as logs_models
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.rds.models import DBInstance, RDSBackend
from moto.rds.responses import RDSResponse
from werkzeug.exceptions import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed.wsgi import WSGIApplication
    from werkzeug.wrappers import Request

ACCOUNT = "123456789012"

__all__ = ["MotoRequestHandler"]


class MotoMovedError(RuntimeError):
    """The installed moto no longer has something that the stand-in replaces."""


def wsgi_application() -> WSGIApplication:
    """moto's own application, which serves every AWS service that the stand-in does not serve itself."""
    application: WSGIApplication = DomainDispatcherApplication(create_backend_app)
    return application


def query_parameters(service: str, operation: str, request: Request) -> dict[str, Any]:
    """The parameters of a request in the query protocol, taken apart by the operation's model.

    Raises ValueError for one that is not of its type.
    """
    model = get_service_model(service).operation_model(operation)
    parsed: dict[str, Any] = QueryParser(model).parse({"values": request.values})  # type: ignore[typeddict-item]
    return parsed


def s3_operation(request: Request) -> tuple[str, dict[str, Any]]:
    """S3 names no operation: the one that a request's method, path, query and headers fit best, and its parameters.

    Those in the path and the body are left out. An operation that there is not goes by the request's method.
    """
    try:
        operation, _ = get_service_router("s3").match(MotoRequest(request.environ))
    except NotFound:
        return request.method, {}
    sources: dict[str, Any] = {"header": request.headers, "querystring": request.args}
    given = {
        name: sources[member.serialization["location"]].get(member.serialization["name"])
        for name, member in (operation.input_shape.members if operation.input_shape else {}).items()
        if member.serialization.get("location") in sources
    }
    return operation.name, {name: value for name, value in given.items() if value is not None}


def backend(service: str, region: str) -> Any:
    """moto's state of one service, for instance `logs`."""
    return get_backend(cast("Any", service))[ACCOUNT][region]


def kept(region: str) -> dict[str, Any]:
    """moto's state of the services that a rehearsal uses, for `restore`. No metrics: they are of the moment."""
    return {service: backend(service, place) for service, place in _kept_services(region)}


def restore(region: str, services: dict[str, Any]) -> None:
    """Put the state that `kept` returned in the place of moto's."""
    for service, place in _kept_services(region):
        get_backend(cast("Any", service))[ACCOUNT][place] = services[service]


def _kept_services(region: str) -> list[tuple[str, str]]:
    return [("rds", region), ("logs", region), ("secretsmanager", region), ("iam", "aws"), ("s3", "aws")]


def create_role(name: str, service: str) -> None:
    """Make a role that ``service`` may assume, for instance the one that lets DMS write CloudWatch logs.

    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.html#CHAP_Security.APIRole
    """
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    backend("iam", "aws").create_role(
        role_name=name,
        assume_role_policy_document=document,
        path="/",
        permissions_boundary=None,
        description="",
        tags=[],
        max_session_duration=None,
    )


def gave_page_token(token: str | None) -> bool:
    """Whether a page of S3's objects ended with this token; None is where the first one begins."""
    return token is None or token in backend("s3", "aws")._pagination_tokens


def has_role(arn: str) -> bool:
    """Whether IAM has the role."""
    return any(role.arn == arn for role in backend("iam", "aws").roles.values())


def is_deleted_secret(identifier: str, region: str) -> bool:
    """Whether a secret, by its name or ARN, is marked for deletion."""
    secret = backend("secretsmanager", region).secrets.get(identifier)
    return secret is not None and secret.is_deleted()


def install_rds(rds: Any) -> None:
    """Put ``rds`` (`rehearsal.aws.rds.Rds`) in the place of moto's own behaviour, for the one instance that there is.

    Its address is `localhost`, another name than the connections use, so that what mixes both up shows. Raises
    MotoMovedError when the installed moto has no such place.
    """

    def parameter_groups(instance: Any) -> list[Any]:
        groups: list[Any] = instance.db_parameter_groups()
        for group in groups:
            group.ParameterApplyStatus = rds.show_apply_status()
        return groups

    def reboot(moto_backend: Any, db_instance_identifier: str) -> Any:
        return rds.reboot(moto_backend.describe_db_instances(db_instance_identifier)[0])

    def describe_parameters(response: Any) -> Any:
        group = response.backend.db_parameter_groups[response.params["DBParameterGroupName"].lower()]
        return ActionResult(rds.describe_parameters(group.parameters, response.params))

    def describe_events(moto_backend: Any, **filters: Any) -> Any:
        if moto_backend.region_name != rds.region:
            return []
        times = {name: at.replace(tzinfo=UTC) for name, at in filters.items() if isinstance(at, datetime)}
        return rds.events.find({name.title().replace("_", ""): value for name, value in (filters | times).items()})

    # Instances set their status themselves: it is kept beside, as a fault may show another.
    DBInstance.status = property(  # type: ignore[assignment]
        lambda instance: rds.show_status(instance._kept_status),
        lambda instance, status: setattr(instance, "_kept_status", status),
    )
    _replace(DBInstance, "address", property(lambda _: "localhost"))
    _replace(DBInstance, "db_parameter_group_status_list", property(parameter_groups))
    _replace(RDSBackend, "reboot_db_instance", reboot)
    _replace(RDSBackend, "describe_events", describe_events)
    _replace(RDSResponse, "describe_db_parameters", describe_parameters)


def install_log_filter(make_filter: Callable[[str], Any]) -> None:
    """Have FilterLogEvents ask the `matches(message)` of what ``make_filter`` makes of a pattern."""
    _replace(logs_models, "EventMessageFilter", lambda pattern: make_filter(pattern or ""))


def _replace(owner: Any, name: str, replacement: Any) -> None:
    if not hasattr(owner, name):
        raise MotoMovedError(
            f"moto {moto.__version__} has no {_name(owner)}.{name}, which the AWS stand-in"
            " replaces: find where moto moved it and change rehearsal/aws/moto_seams.py"
        )
    setattr(owner, name, replacement)


def _name(owner: Any) -> str:
    return f"{owner.__module__}.{owner.__qualname__}" if isinstance(owner, type) else str(owner.__name__)
