"""The server's front: it knows each call, lets faults strike, and hands it to DMS, to moto or to the control."""

from __future__ import annotations

import io
import json
import re
import time
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from werkzeug.wrappers import Request, Response

from rehearsal.aws.calls import CallLog, Target

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from rehearsal.aws.control import Control
    from rehearsal.aws.dms.protocol import DmsProtocol
    from rehearsal.aws.faults import Faults

_XML_CODE = re.compile(r"<Code>([^<]+)</Code>")


class Front:
    """The WSGI application of the whole stand-in."""

    def __init__(
        self, moto: WSGIApplication, dms: DmsProtocol, control: Control, faults: Faults, calls: CallLog
    ) -> None:
        self._moto = moto
        self._dms = dms
        self._control = control
        self._faults = faults
        self._calls = calls

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        request = Request(environ)
        if request.path.startswith("/rehearsal/"):
            return self._control.answer(request)(environ, start_response)
        if not request.headers.get("Authorization") and "X-Amz-Target" not in request.headers:
            return self._moto(environ, start_response)  # moto's own pages, no AWS call
        started = time.monotonic()
        request.get_data(cache=True, parse_form_data=False)
        target = Target.of(request)
        response = self._struck(request, target) or self._served(request, target)
        self._calls.add(target, _outcome(response), time.monotonic() - started)
        return response(environ, start_response)

    def _struck(self, request: Request, target: Target) -> Response | None:
        """The answer of the fault that strikes this call, if one does."""
        if fault := self._faults.take("hang-call", target.operation):
            time.sleep(fault["seconds"])
        if self._faults.take("expire-credentials"):
            return aws_error(
                request, "ExpiredTokenException", "The security token included in the request is expired", status=403
            )
        if self._faults.take("throttle", target.operation):
            return aws_error(request, "ThrottlingException", "Rate exceeded")
        return None

    def _served(self, request: Request, target: Target) -> Response:
        if target.service == "dms":
            return self._dms.answer(target, request.get_data())
        environ = request.environ | {"wsgi.input": io.BytesIO(request.get_data())}
        try:
            response = Response.from_app(self._moto, environ, buffered=True)
        except Exception as error:  # noqa: BLE001  # moto breaks in many ways where it lacks something
            reason = f"{type(error).__name__}: {error}"
        else:
            if response.status_code < 500:
                return response
            reason = f"HTTP {response.status_code}"
        message = (
            f"moto, which serves {target.service or 'this'} in the rehearsal, cannot do {target.operation}: {reason}"
        )
        return aws_error(request, "UnknownOperationException", message)


def aws_error(request: Request, code: str, message: str, status: int = 400) -> Response:
    """An error in the protocol of the request, JSON or XML."""
    if "X-Amz-Target" in request.headers:
        return json_error(code, message, status)
    body = (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(code)}</Code>"
        f"<Message>{escape(message)}</Message></Error><RequestId>rehearsal</RequestId></ErrorResponse>"
    )
    return Response(body, status=status, content_type="text/xml")


def json_error(code: str, message: str, status: int = 400) -> Response:
    """An error of a JSON service: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html"""
    body = json.dumps({"__type": code, "message": message}, ensure_ascii=False)
    return Response(body, status=status, content_type="application/x-amz-json-1.1", headers={"x-amzn-ErrorType": code})


def _outcome(response: Response) -> str:
    if response.status_code < 400:
        return "ok"
    named = response.headers.get("x-amzn-ErrorType")
    found = _XML_CODE.search(response.get_data(as_text=True))
    return str(named or (found and found[1]) or response.status_code)
