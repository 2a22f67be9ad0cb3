"""Who may see what: over all routes of the app, so that a new one is covered too."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from airflow.api_fastapi.app import get_auth_manager
from fastapi.routing import APIRoute

from reverse_sync.page.addresses import MOUNTED_AT
from reverse_sync.page.app import HEADERS
from tests.support.page import DAG, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

DATA = ("/dags/",)


def addresses(page: Page) -> Iterator[tuple[APIRoute, str]]:
    """Each route with an address that there is something at."""
    run_id = page.proved(1)
    for route in page.app.routes:
        assert isinstance(route, APIRoute), route
        path = route.path.format(dag_id=DAG, run_id=run_id, name="page.css")
        yield (
            route,
            MOUNTED_AT
            + path
            + ("?before={0}&after={0}".format(run_id.replace("+", "%2B")) if "compare" in path else ""),
        )


def test_nobody_sees_anything_without_the_right_to(page: Page) -> None:
    routes = list(addresses(page))
    assert len(routes) >= 7
    for route, address in routes:
        asked = {
            "anonymous": page.client(anonymous=True).get(address).status_code,
            "without a role": page.client(role=None).get(address).status_code,
            "viewer": page.client("viewer").get(address).status_code,
            "admin": page.client("admin").get(address).status_code,
        }
        assert asked == {"anonymous": 401, "without a role": 403, "viewer": 200, "admin": 200}, address
        assert route.methods == {"GET"}, address


def test_a_token_that_is_not_airflows_is_refused(page: Page) -> None:
    client = page.client(anonymous=True)
    client.cookies.set("_token", "nonsense")
    assert {client.get(address).status_code for _, address in addresses(page)} == {403}


def test_who_may_not_see_a_dag_sees_nothing_of_its_pipeline(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = get_auth_manager().is_authorized_dag
    manager = type(get_auth_manager())

    def all_but_one(_: Any, **asked: Any) -> bool:
        return asked["details"].id != DAG and allowed(**asked)

    def none(_: Any, **__: Any) -> set[str]:
        return set()

    monkeypatch.setattr(manager, "is_authorized_dag", all_but_one)
    monkeypatch.setattr(manager, "get_authorized_dag_ids", none)
    for route, address in addresses(page):
        answer = page.client().get(address)
        assert answer.status_code == (403 if route.path.startswith(DATA) else 200), address
        assert "London to Busan" not in answer.text
    overview = page.client().get(MOUNTED_AT + "/").text
    assert "None of the pipelines here may be seen by you" in overview
    assert "TravelBuddy" not in overview


def test_every_answer_has_the_strict_headers(page: Page) -> None:
    for _, address in addresses(page):
        for client in (page.client(), page.client(anonymous=True)):
            found = client.get(address).headers
            assert {name: found[name] for name in HEADERS} == HEADERS, address
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_nothing_describes_the_app(page: Page) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert page.client("admin").get(MOUNTED_AT + path).status_code == 404


def test_a_page_that_fails_tells_nothing_of_the_error(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reverse_sync.page.routes.pipelines", lambda: 1 / 0)
    answer = page.client().get(MOUNTED_AT + "/")
    assert answer.status_code == 500
    assert "division" not in answer.text
    assert "the log of Airflow&#39;s API server says why" in answer.text
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def test_addresses_keep_the_path_under_which_airflow_is_reached(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://example.org/team/airflow/")
    page.proved(1)
    text = page.get("")
    addresses = [part.split('"')[0] for part in text.replace('src="', 'href="').split('href="')[1:]]
    assert len(addresses) > 5
    assert [one for one in addresses if not one.startswith(("/team/airflow/", "#"))] == []
    plugin = importlib.import_module("reverse_sync_page")
    views = importlib.reload(plugin).ReverseSyncPage.external_views
    assert [view["href"] for view in views] == [
        "/team/airflow/reverse-sync/",
        "/team/airflow/reverse-sync/dags/{DAG_ID}",
        "/team/airflow/reverse-sync/dags/{DAG_ID}/runs/{RUN_ID}",
    ]
