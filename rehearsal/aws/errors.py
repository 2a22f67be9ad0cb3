"""An error as AWS answers it, in each service's own protocol."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response


class AwsError(Exception):
    """What the caller of a service gets instead of an answer: a code, a message and the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status

    def rendered(self, protocol: str) -> Response:
        """The response in a protocol: `json`, `query`, `ec2` or `rest-xml`.

        https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html and those beside it
        """
        if protocol == "json":
            body = json.dumps({"__type": self.code, "message": str(self)}, ensure_ascii=False)
            headers = {"x-amzn-ErrorType": self.code}
            return Response(body, status=self.status, content_type="application/x-amz-json-1.1", headers=headers)
        inner = f"<Code>{escape(self.code)}</Code><Message>{escape(str(self))}</Message>"
        body = {
            "query": f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error><RequestId>rehearsal</RequestId>"
            "</ErrorResponse>",
            "ec2": f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>rehearsal</RequestID></Response>",
            "rest-xml": f"<Error>{inner}<RequestId>rehearsal</RequestId></Error>",
        }[protocol]
        return Response(body, status=self.status, content_type="text/xml")
