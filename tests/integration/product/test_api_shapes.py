"""APIs of other shapes: PATCH, a JSON Patch, a change that is only accepted, answers that ask for a header."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import requests

from reverse_sync.errors import NeedsPersonError
from reverse_sync.pipeline import HttpCanary
from reverse_sync.preflight.api_facts import ApiFacts
from reverse_sync.verify import api
from reverse_sync.verify.change import ApiChange
from tests.support.cutovers import PIPELINE

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

PATCH = {
    "connection": "shop_api",
    "path": "/orders/{id}",
    "get_path": "/orders/{id}?view=full",
    "method": "PATCH",
    "table": "shop.orders",
    "id": "A-1",
    "column": "note",
    "text": "x",
    "headers": {"Content-Type": "application/json-patch+json", "X-Tenant": "erp"},
    "body": [{"op": "replace", "path": "/note", "value": "{text}"}],
}


class Service(ThreadingHTTPServer):
    """It notes what it is asked, and answers with the status that it was told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status = 202
        self.asked: list[tuple[str, str, str | None, str | None, Any]] = []


class Handler(BaseHTTPRequestHandler):
    server: Service

    def _answer(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(size)) if size else None
        kind, tenant = self.headers.get("Content-Type"), self.headers.get("X-Tenant")
        self.server.asked.append((self.command, self.path, kind, tenant, body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_PATCH = _answer

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    server = Service()
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_API", f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


CANARY = HttpCanary.model_validate(PATCH)
CALL = api.Call(CANARY, "PATCH", "A-1", "부산")


def test_a_json_patch_that_is_only_accepted(service: Service) -> None:
    change = ApiChange(CALL, PIPELINE.aws)
    assert (change.send(), change.is_under_way) == ("HTTP 202", True)
    patch = [{"op": "replace", "path": "/note", "value": "부산"}]
    assert service.asked == [("PATCH", "/orders/A-1", "application/json-patch+json", "erp", patch)]
    service.status = 200
    assert (change.send(), change.is_under_way) == ("HTTP 200", False)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "correct the login, or the headers of the extra, of the connection 'shop_api'"),
        (412, "correct If-Match in canary.headers"),
        (415, "Content-Type: application/merge-patch\\+json"),
        (422, "correct canary.body, canary.path or canary.headers"),
        (428, "add If-Match to canary.headers"),
    ],
)
def test_what_a_refusal_asks_for(service: Service, status: int, advice: str) -> None:
    service.status = status
    with pytest.raises(NeedsPersonError, match=advice):
        api.change(CALL, PIPELINE.aws)


def test_the_preflight_asks_where_the_row_is_shown_and_with_the_call_s_headers(service: Service) -> None:
    service.status = 200
    with requests.Session() as session:
        assert ApiFacts(session, f"http://127.0.0.1:{service.server_port}", CANARY).read_status == 200
    assert service.asked == [("GET", "/orders/A-1?view=full", "application/json-patch+json", "erp", None)]
