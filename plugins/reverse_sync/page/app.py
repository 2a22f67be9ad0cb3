"""The app that Airflow mounts: the routes, strict headers on every answer, and errors as pages."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi import FastAPI, HTTPException

from reverse_sync.page.rendering import render
from reverse_sync.page.routes import router

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import Request, Response
    from fastapi.responses import HTMLResponse

log = logging.getLogger(__name__)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_SAID = {
    401: "Sign in to Airflow, then load this page again.",
    403: "You may not see this. Airflow's roles decide that.",
}


def create_app() -> FastAPI:
    """The app, without pages that describe it."""
    app = FastAPI(title="Reverse Sync", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(router)
    app.middleware("http")(_with_headers)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _failed)
    return app


async def _with_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    response.headers.update(HEADERS)
    return response


async def _refused(_: Request, error: Exception) -> HTMLResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = _SAID.get(status) or str(getattr(error, "detail", ""))
    return render("trouble.html", status, title=f"{status}", trouble=said, bare=status in _SAID)


async def _failed(request: Request, error: Exception) -> HTMLResponse:
    """Nothing of the error is shown: it may hold what only an administrator should read."""
    log.error("The page %s failed", request.url.path, exc_info=error)
    said = "This page failed; the log of Airflow's API server says why. The runs themselves are not touched by this."
    response = render("trouble.html", 500, title="500", trouble=said, bare=False)
    response.headers.update(HEADERS)
    return response
