"""The gateway: every request is recorded, may meet a fault or a refusal, and goes to DMS, to moto or to the control."""

from __future__ import annotations

import io
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from rehearsal.aws import operations
from rehearsal.aws.aws_request import AwsRequest, protocol_of
from rehearsal.aws.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from rehearsal.aws.call_log import CallLog
    from rehearsal.aws.control import Control
    from rehearsal.aws.dms.service import Dms
    from rehearsal.aws.faults import Faults
    from rehearsal.aws.permissions import Permissions
    from rehearsal.aws.rds import Rds
    from rehearsal.aws.store import Store


@dataclass
class Gateway:
    """The WSGI application of the whole stand-in."""

    moto: WSGIApplication
    dms: Dms
    control: Control
    faults: Faults
    calls: CallLog
    store: Store
    permissions: Permissions
    rds: Rds

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        request = Request(environ)
        if request.path.startswith("/rehearsal/"):
            return self.control.answer(request)(environ, start_response)
        started = time.monotonic()
        request.get_data(cache=True, parse_form_data=False)
        asked = AwsRequest.parse(request)
        if asked is None:
            protocol = protocol_of("s3", is_query="Action" in request.values)
            message = "the rehearsal does not serve requests without a signature"
            unsigned = AwsError("MissingAuthenticationToken", message, status=403)
            return unsigned.rendered(protocol)(environ, start_response)
        try:
            self._meet_faults(asked)
            self.permissions.check(asked)
            operations.check(asked)
            response = self._answer(request, asked)
        except AwsError as error:
            response = error.rendered(asked.protocol)
        self.store.save_after(asked)
        self.calls.add(asked, response, time.monotonic() - started)
        return response(environ, start_response)

    def _meet_faults(self, asked: AwsRequest) -> None:
        """The delay of the fault that is on for this call. Raises AwsError for one that refuses it."""
        call = {"service": asked.service, "operation": asked.operation}
        if fault := self.faults.take("hang-call", **call):
            time.sleep(fault["seconds"])
        if self.faults.take("expire-credentials"):
            raise AwsError("ExpiredTokenException", "The security token included in the request is expired", status=403)
        if self.faults.take("throttle", **call):
            raise AwsError("ThrottlingException", "Rate exceeded")

    def _answer(self, request: Request, asked: AwsRequest) -> Response:
        if asked.service == "dms":
            return self.dms.answer(asked, request.get_data())
        if asked.service == "rds":
            self.rds.check(asked)
        environ = request.environ | {"wsgi.input": io.BytesIO(request.get_data())}
        try:
            response = Response.from_app(self.moto, environ, buffered=True)
        except AwsError:
            raise
        except Exception as error:  # noqa: BLE001  # moto breaks in many ways where it does not know something
            reason = f"{type(error).__name__}: {error}"
        else:
            if response.status_code < 500:
                return _in_protocol(asked.protocol, response)
            reason = f"HTTP {response.status_code}"
        message = f"moto, which serves {asked.service} in the rehearsal, cannot do {asked.operation}: {reason}"
        raise AwsError("UnknownOperationException", message)


def _in_protocol(protocol: str, response: Response) -> Response:
    """The response. Raises AwsError for an error in JSON that is to be one in XML: some of moto's are JSON always."""
    body = response.get_data()
    if response.status_code < 400 or protocol == "json" or not body.startswith(b"{"):
        return response
    found = json.loads(body)
    raise AwsError(found["__type"], found["message"], response.status_code)
