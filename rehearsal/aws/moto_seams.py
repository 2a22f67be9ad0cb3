"""Every place where the stand-in touches moto's internals, and nothing else.

tests/unit/rehearsal/aws/test_moto_seams.py fails with the name of the seam when a new moto moves it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import moto
from moto.backends import get_backend
from moto.core.responses import ActionResult
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBInstance, RDSBackend
from moto.rds.responses import RDSResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed.wsgi import WSGIApplication

    from rehearsal.aws.rds import Rds

ACCOUNT = "123456789012"

__all__ = ["MotoRequestHandler", "rds_error"]


class MotoMovedError(RuntimeError):
    """The installed moto no longer has something that the stand-in replaces."""


def wsgi_application() -> WSGIApplication:
    """moto's own application, which serves every AWS service that the stand-in does not serve itself."""
    application: WSGIApplication = DomainDispatcherApplication(create_backend_app)
    return application


def backend(service: str, region: str) -> Any:
    """moto's state of one service, for instance `logs`."""
    return get_backend(cast("Any", service))[ACCOUNT][region]


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


def rds_error(code: str, message: str) -> Exception:
    """An error that moto's RDS renders as RDS does."""
    return RDSClientError(code, message)


def install_rds(rds: Rds) -> None:
    """Put the behaviour of ``rds`` in the place of moto's: addresses, parameters, reboots and events.

    Raises MotoMovedError when the installed moto has no such place.
    """

    def parameter_groups(instance: Any) -> list[Any]:
        groups: list[Any] = instance.db_parameter_groups()
        for group in groups:
            group.ParameterApplyStatus = rds.apply_status(instance.db_instance_identifier)
        return groups

    def reboot(moto_backend: Any, db_instance_identifier: str) -> Any:
        instance = moto_backend.describe_db_instances(db_instance_identifier)[0]
        rds.reboot(instance)
        return instance

    def modify_parameters(moto_backend: Any, db_parameter_group_name: str, parameters: Any) -> Any:
        rds.check_and_push(db_parameter_group_name, parameters)
        return modify(moto_backend, db_parameter_group_name, parameters)

    def describe_parameters(response: Any) -> Any:
        moto_backend, name = response.backend, response.params.get("DBParameterGroupName")
        group = moto_backend.db_parameter_groups.get(name)
        if group is None:
            raise RDSClientError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}")
        return ActionResult(rds.describe_parameters(group.parameters, response.params))

    def describe_events(_backend: Any, **filters: Any) -> list[dict[str, Any]]:
        times = {name: at.replace(tzinfo=UTC) for name, at in filters.items() if isinstance(at, datetime)}
        return rds.events.find({name.title().replace("_", ""): value for name, value in (filters | times).items()})

    modify = RDSBackend.modify_db_parameter_group
    _replace_attribute(DBInstance, "status", lambda instance, status: rds.shown_status(instance, status))
    _replace(DBInstance, "address", property(lambda instance: rds.address(instance.db_instance_identifier)))
    _replace(DBInstance, "db_parameter_group_status_list", property(parameter_groups))
    _replace(RDSBackend, "reboot_db_instance", reboot)
    _replace(RDSBackend, "modify_db_parameter_group", modify_parameters)
    _replace(RDSBackend, "describe_events", describe_events)
    _replace(RDSResponse, "describe_db_parameters", describe_parameters)


def _replace(owner: type, name: str, replacement: Any) -> None:
    if not hasattr(owner, name):
        raise MotoMovedError(
            f"moto {moto.__version__} has no {owner.__module__}.{owner.__qualname__}.{name}, which the AWS stand-in"
            " replaces: find where moto moved it and change rehearsal/aws/moto_seams.py"
        )
    setattr(owner, name, replacement)


def _replace_attribute(owner: type, name: str, shown: Callable[[Any, Any], Any]) -> None:
    """Show an attribute that instances set themselves through ``shown(instance, value)``."""
    kept = f"_kept_{name}"
    setattr(
        owner,
        name,
        property(
            lambda instance: shown(instance, getattr(instance, kept)),
            lambda instance, value: setattr(instance, kept, value),
        ),
    )
