"""What the preflight asks of the API, over HTTP."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
import requests

from reverse_sync.pipeline import HttpCanary
from reverse_sync.preflight.api_facts import ApiFacts
from tests.support.cutovers import PIPELINE

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = b'{"id": 1, "header": "London to Seoul"},' * 25_000
WHOLE_TABLE = 64 * len(CHUNK)


class LargeApi(ThreadingHTTPServer):
    """Its list is a table of 64 MB; it counts what it could send of it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.sent = 0
        self.ended = threading.Event()


class Handler(BaseHTTPRequestHandler):
    server: LargeApi

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(WHOLE_TABLE))
        self.end_headers()
        try:
            while self.server.sent < WHOLE_TABLE:
                self.wfile.write(CHUNK)
                self.server.sent += len(CHUNK)
        except OSError:
            self.close_connection = True
        self.server.ended.set()

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


@pytest.fixture
def api() -> Iterator[LargeApi]:
    server = LargeApi()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_list_of_a_large_table_is_not_read(api: LargeApi) -> None:
    with requests.Session() as session:
        assert isinstance(PIPELINE.canaries[0], HttpCanary)
        facts = ApiFacts(session, f"http://127.0.0.1:{api.server_port}", PIPELINE.canaries[0])
        assert facts.read_status == 200
        assert api.ended.wait(30)
    # What the buffers between the two hold, and no more.
    assert api.sent < WHOLE_TABLE / 2
