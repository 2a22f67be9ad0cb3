"""An AWS request taken apart: its service, operation and parameters, whichever protocol it came in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import OperationModel, OperationNotFoundError, ServiceModel

from rehearsal.aws import moto_seams

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

_SCOPE = re.compile(r"(?:Credential=)?[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request")
_REST_XML = ("s3", "s3express", "s3-object-lambda", "route53", "cloudfront")


@dataclass(frozen=True)
class AwsRequest:
    """What is asked of which service, by its signing name (`monitoring` is CloudWatch), in which region.

    The parameters are those of the operation's model; of S3, those in headers and the URL's query.
    """

    service: str
    operation: str
    region: str
    protocol: str = "json"
    parameters: dict[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, request: Request) -> AwsRequest | None:
        """The request, or None for one without a signature: neither in its headers nor in its URL (presigned)."""
        signature = request.headers.get("Authorization") or request.args.get("X-Amz-Credential", "")
        scope = _SCOPE.search(signature)
        if scope is None:
            return None
        region, service = scope.groups()
        if target := request.headers.get("X-Amz-Target"):
            return cls(service, target.rpartition(".")[2], region, parameters=_json_object(request.get_data()))
        if action := request.values.get("Action"):
            model = operation_model(service, action)
            parameters = moto_seams.query_parameters(model.service_model.service_name, action, request) if model else {}
            return cls(service, action, region, protocol_of(service, is_query=True), parameters)
        protocol = protocol_of(service, is_query=False)
        if service == "s3":
            operation, parameters = moto_seams.s3_operation(request)
            return cls(service, operation, region, protocol, parameters)
        operation = request.path.rpartition("/")[2] if "/operation/" in request.path else request.method
        return cls(service, operation, region, protocol)

    @property
    def names(self) -> set[str]:
        """The names of the parameters that ask for something: neither absent nor false nor empty."""
        return {name for name, value in self.parameters.items() if not _asks_nothing(value)}


def protocol_of(service: str, *, is_query: bool) -> str:
    """The protocol that ``service`` (its signing name) answers in; ``is_query`` where the request has an Action."""
    if is_query:
        return "ec2" if service == "ec2" else "query"
    return "rest-xml" if service in _REST_XML else "json"


@cache
def service_model(service: str) -> ServiceModel:
    """botocore's model of a service, by its signing name."""
    name = {"monitoring": "cloudwatch"}.get(service, service)
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)


def operation_model(service: str, operation: str) -> OperationModel | None:
    """botocore's model of an operation; None for one that it does not know."""
    try:
        return service_model(service).operation_model(operation)
    except (OperationNotFoundError, UnknownServiceError):
        return None


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _asks_nothing(value: Any) -> bool:
    return value is None or value is False or value in ("false", "", [], {})
