"""The service's HTTP interface, as the seed and the service's public sources describe it."""

from typing import Annotated, Any, NoReturn

import psycopg
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from rehearsal.flightspecials_api.faults import Fault, FaultSwitch
from rehearsal.flightspecials_api.store import Store

ROOT = "/travelbuddy/flightspecials"

Text = Annotated[str, Field(min_length=1, max_length=255)]


class HeaderChange(BaseModel):
    """The seed's body: a new header for a flight special."""

    model_config = ConfigDict(extra="forbid", strict=True)
    id: int
    flightSpecialHeader: Text  # noqa: N815  # the wire's name


class FlightRename(BaseModel):
    """A new name for a flight; which one, the body says, whatever the path does."""

    model_config = ConfigDict(extra="forbid", strict=True)
    flightNo: int  # noqa: N815  # the wire's name
    flightName: Text  # noqa: N815  # the wire's name


def make_app(store: Store) -> FastAPI:
    """The service on ``store``, with `PUT` and `DELETE /rehearsal/mode` to set and clear a fault."""
    app = FastAPI(title="FlightSpecials")
    app.exception_handler(RequestValidationError)(_bad_request)
    app.exception_handler(psycopg.OperationalError)(_database_down)
    faults = FaultSwitch()
    app.include_router(_service(store, faults), prefix=ROOT)
    app.include_router(_fault_control(faults))
    return app


def _service(store: Store, faults: FaultSwitch) -> APIRouter:
    router = APIRouter()
    effect = Annotated[bool, Depends(faults.apply)]

    @router.get("")
    def list_specials() -> list[dict[str, Any]]:
        return store.specials()

    @router.get("/{special_id}")
    def one_special(special_id: int) -> dict[str, Any]:
        special = store.special(special_id)
        return special if special else _not_found(f"no flight special {special_id}")

    @router.api_route("/{special_id}/header", methods=["PUT", "POST"])
    def change_header(special_id: int, body: HeaderChange, effective: effect) -> dict[str, str]:
        if body.id != special_id:
            raise HTTPException(400, f"the path says flight special {special_id}, the body says {body.id}")
        if effective and not store.change_header(special_id, body.flightSpecialHeader):
            _not_found(f"no flight special {special_id}")
        return {"resultCode": "Y", "data": body.flightSpecialHeader}

    # The seed calls /name with the body of /header; the public service means a flight here.
    @router.api_route("/{special_id}/name", methods=["PUT", "POST"])
    def change_name(special_id: int, body: HeaderChange | FlightRename, effective: effect) -> dict[str, str]:
        if isinstance(body, HeaderChange):
            return change_header(special_id, body, effective)
        if effective and not store.rename_flight(body.flightNo, body.flightName):
            _not_found(f"no flight {body.flightNo}")
        return {"resultCode": "Y", "data": body.flightName}

    # After the routes above: a 405 takes its Allow from the first route of the path.
    @router.options("/{special_id}/header")
    @router.options("/{special_id}/name")
    def options() -> Response:
        return Response(status_code=204, headers={"Allow": "OPTIONS, POST, PUT"})

    return router


def _fault_control(faults: FaultSwitch) -> APIRouter:
    router = APIRouter(prefix="/rehearsal/mode")

    @router.get("")
    async def fault_in_force() -> Fault:
        return faults.fault

    @router.put("")
    async def set_fault(fault: Fault) -> Fault:
        faults.set(fault)
        return fault

    @router.delete("")
    async def clear_fault() -> Fault:
        faults.set(Fault())
        return faults.fault

    return router


def _not_found(what: str) -> NoReturn:
    raise HTTPException(404, what)


async def _bad_request(_request: Request, error: RequestValidationError) -> JSONResponse:
    reasons = [f"{'.'.join(str(part) for part in found['loc'])}: {found['msg']}" for found in error.errors()]
    return JSONResponse({"detail": reasons}, status_code=400)


async def _database_down(_request: Request, error: psycopg.OperationalError) -> JSONResponse:
    return JSONResponse({"detail": f"PostgreSQL does not answer: {str(error).strip()}"}, status_code=503)
