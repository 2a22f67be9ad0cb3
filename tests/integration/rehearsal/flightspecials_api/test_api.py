"""The FlightSpecials API on a real PostgreSQL: the seed's call, bad requests, and faults on demand."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import requests

from tests.support.parts import free_port, part

pytestmark = pytest.mark.integration

SEED_BODY = {"id": 1, "flightSpecialHeader": "London to Busan"}


@dataclass(frozen=True)
class Running:
    """The service and the database behind it."""

    address: str
    postgres_port: int
    postgres_control: str

    def call(self, method: str, path: str, body: object = None, **arguments: Any) -> requests.Response:
        url = f"{self.address}/travelbuddy/flightspecials{path}"
        return requests.request(method, url, json=body, timeout=20, allow_redirects=False, **arguments)

    def fault(self, **fault: object) -> None:
        requests.put(f"{self.address}/rehearsal/mode", json=fault, timeout=5).raise_for_status()

    def value(self, query: str) -> Any:
        login = "host=127.0.0.1 dbname=dso user=flightspecials password=flightspecials"
        with psycopg.connect(login, port=self.postgres_port) as connection:
            row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None

    def header(self, special_id: int = 1) -> Any:
        return self.value(f"SELECT header FROM travelbuddy.flightspecial WHERE id = {special_id}")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("api")
    port, postgres, control = free_port(), free_port(), free_port()
    database = ("postgres", "--home", folder / "postgres", "--port", postgres, "--control-port", control)
    api = ("flightspecials_api", "--port", port, "--postgres-port", postgres)
    with part(*database, log=folder / "postgres.log"), part(*api, log=folder / "api.log"):
        yield Running(f"http://127.0.0.1:{port}", postgres, f"http://127.0.0.1:{control}")


@pytest.fixture
def api(service: Running) -> Iterator[Running]:
    """The service with the first row as it was, and without a fault."""
    service.call("PUT", "/1/header", {"id": 1, "flightSpecialHeader": "London to Paris"}).raise_for_status()
    yield service
    requests.delete(f"{service.address}/rehearsal/mode", timeout=5).raise_for_status()


def test_the_list_is_sorted_by_expiry_date(api: Running) -> None:
    specials = api.call("GET", "").json()
    assert len(specials) == 11
    assert [one["expiryDate"] for one in specials] == sorted(one["expiryDate"] for one in specials)
    assert api.call("GET", "/1").json() == next(one for one in specials if one["id"] == 1)


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("what", ["header", "name"])
def test_the_seeds_body_changes_the_header(api: Running, method: str, what: str) -> None:
    answer = api.call(method, f"/1/{what}", {"id": 1, "flightSpecialHeader": "런던에서 부산까지"})
    assert (answer.status_code, answer.json()) == (200, {"resultCode": "Y", "data": "런던에서 부산까지"})
    assert api.header() == "런던에서 부산까지"


def test_the_services_own_body_of_name_renames_a_flight(api: Running) -> None:
    answer = api.call("POST", "/1/name", {"flightNo": 1, "flightName": "KE 907"})
    assert (answer.status_code, answer.json()) == (200, {"resultCode": "Y", "data": "KE 907"})
    assert api.value("SELECT flight_name FROM travelbuddy.flight WHERE flight_no = 1") == "KE 907"
    assert api.header() == "London to Paris"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"id": 1, "flightSpecialHeader": ""}, "body.flightSpecialHeader: String should have at least 1 character"),
        ({"id": 1, "flightSpecialHeader": "x" * 256}, "should have at most 255 characters"),
        ({"id": "one", "flightSpecialHeader": "x"}, "body.id: Input should be a valid integer"),
        ({"id": 1}, "body.flightSpecialHeader: Field required"),
        ({"id": 2, "flightSpecialHeader": "x"}, "the path says flight special 1, the body says 2"),
        (None, "body: Field required"),
    ],
)
def test_a_bad_body_is_a_400_with_its_reason(api: Running, body: object, reason: str) -> None:
    answer = api.call("PUT", "/1/header", body)
    assert answer.status_code == 400
    assert reason in str(answer.json()["detail"])
    assert api.header() == "London to Paris"


def test_text_that_is_not_json_is_a_400(api: Running) -> None:
    answer = api.call("PUT", "/1/header", data="London", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["detail"]) == (400, ["body.0: JSON decode error"])


@pytest.mark.parametrize(("method", "path"), [("GET", "/99"), ("PUT", "/99/header")])
def test_an_unknown_id_is_a_404(api: Running, method: str, path: str) -> None:
    body = {"id": 99, "flightSpecialHeader": "x"} if method == "PUT" else None
    answer = api.call(method, path, body)
    assert (answer.status_code, answer.json()) == (404, {"detail": "no flight special 99"})


@pytest.mark.parametrize("path", ["/1/header", "/1/name"])
def test_other_methods_are_told_what_is_allowed(api: Running, path: str) -> None:
    refused = api.call("DELETE", path)
    assert (refused.status_code, set(refused.headers["Allow"].split(", "))) == (405, {"PUT", "POST"})
    options = api.call("OPTIONS", path)
    assert (options.status_code, options.headers["Allow"]) == (204, "OPTIONS, POST, PUT")


@pytest.mark.parametrize(
    ("mode", "status"),
    [("error_404", 404), ("error_405", 405), ("error_500", 500), ("redirect", 302), ("no_effect", 200)],
)
def test_a_fault_answers_its_status_and_changes_nothing(api: Running, mode: str, status: int) -> None:
    api.fault(mode=mode)
    answer = api.call("PUT", "/1/name", SEED_BODY)
    assert answer.status_code == status
    assert api.header() == "London to Paris"
    assert api.call("GET", "/1").status_code == 200


def test_without_effect_it_answers_as_if_it_had_one(api: Running) -> None:
    api.fault(mode="no_effect")
    assert api.call("PUT", "/1/name", SEED_BODY).json() == {"resultCode": "Y", "data": "London to Busan"}


def test_slow_answers_late_and_works(api: Running) -> None:
    api.fault(mode="slow", seconds=0.3)
    started = time.monotonic()
    assert api.call("PUT", "/1/name", SEED_BODY).status_code == 200
    assert time.monotonic() - started >= 0.3
    assert api.header() == "London to Busan"


def test_hang_lets_go_when_the_fault_is_cleared(api: Running) -> None:
    api.fault(mode="hang")
    answers: list[int] = []
    caller = threading.Thread(target=lambda: answers.append(api.call("PUT", "/1/name", SEED_BODY).status_code))
    caller.start()
    caller.join(0.3)
    assert answers == []
    api.fault(mode="normal")
    caller.join(10)
    assert answers == [200]


def test_an_unknown_fault_is_refused_with_the_known_ones(api: Running) -> None:
    answer = requests.put(f"{api.address}/rehearsal/mode", json={"mode": "explode"}, timeout=5)
    assert answer.status_code == 400
    assert "'no_effect'" in answer.text


def test_a_stopped_database_is_a_503_that_says_so(api: Running) -> None:
    requests.post(f"{api.postgres_control}/stop", timeout=20).raise_for_status()
    try:
        answer = api.call("GET", "")
        assert answer.status_code == 503
        assert answer.json()["detail"].startswith("PostgreSQL does not answer: ")
        assert "Connection refused" in answer.json()["detail"]
    finally:
        requests.post(f"{api.postgres_control}/start", timeout=20).raise_for_status()
