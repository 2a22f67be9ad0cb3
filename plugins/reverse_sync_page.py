"""The page "Sync" of Airflow's UI, for Airflow to find. Every process of Airflow imports this: the app comes later."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from airflow.plugins_manager import AirflowPlugin

from reverse_sync.page.addresses import MOUNTED_AT, base_path, page

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Receive, Scope, Send


@cache
def _app() -> Callable[..., Awaitable[None]]:
    from reverse_sync.page.app import create_app

    return create_app()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The app, made at the first request."""
    await _app()(scope, receive, send)


def _view(name: str, destination: str, address: str) -> dict[str, object]:
    icon = page("assets", "icon.svg")
    return {
        "name": name,
        "href": address,
        "destination": destination,
        "url_route": f"reverse-sync-{destination.replace('_', '-')}",
        "icon": icon,
        "icon_dark_mode": icon,
    }


class ReverseSyncPage(AirflowPlugin):
    """An entry in the navigation, a tab on the DAG and one on the run."""

    name = "reverse_sync_page"
    fastapi_apps = [{"app": app, "url_prefix": MOUNTED_AT, "name": "Reverse Sync"}]  # noqa: RUF012 - Airflow's own form
    external_views = [  # noqa: RUF012 - Airflow's own form
        {**_view("Sync", "nav", f"{page()}/"), "nav_top_level": True},
        _view("Sync", "dag", f"{base_path()}{MOUNTED_AT}/dags/{{DAG_ID}}"),
        _view("Sync", "dag_run", f"{base_path()}{MOUNTED_AT}/dags/{{DAG_ID}}/runs/{{RUN_ID}}"),
    ]
