"""JSON over the standard library's HTTP server: enough for loopback stand-ins."""

import json
import sys
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any


class BadRequestError(ValueError):
    """The request cannot be served as it is; the message goes to the client."""


class JsonHandler(BaseHTTPRequestHandler):
    """A request handler that reads and answers JSON."""

    def read_json(self) -> Any:
        """The request's body. Raises BadRequestError when it is not JSON."""
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            return json.loads(text)
        except ValueError as error:
            raise BadRequestError(f"the body is not JSON: {error}") from error

    def read_json_object(self) -> dict[str, Any]:
        """The request's body. Raises BadRequestError when it is not a JSON object."""
        body = self.read_json()
        if not isinstance(body, dict):
            raise BadRequestError(f"the body is {json.dumps(body, ensure_ascii=False)}; a JSON object is expected")
        return body

    def answer(self, status: HTTPStatus, body: Any, headers: dict[str, str] | None = None) -> None:
        """Send ``body`` as JSON in UTF-8."""
        content = json.dumps(body, ensure_ascii=False, default=str).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  # the base class's name
        """One line a request on stderr."""
        print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {format % arguments}", file=sys.stderr)
