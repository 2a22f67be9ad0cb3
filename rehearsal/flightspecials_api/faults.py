"""What the service does wrong on demand. A fault concerns requests that change something; reading always works."""

import asyncio
import contextlib
from typing import Annotated, Literal

from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict, Field

Mode = Literal["normal", "no_effect", "error_404", "error_405", "error_500", "redirect", "slow", "hang"]

_REFUSALS = {
    "error_404": HTTPException(404, "no such path"),
    "error_405": HTTPException(405, "method not allowed", {"Allow": "GET"}),
    "error_500": HTTPException(500, "internal server error"),
    "redirect": HTTPException(302, "moved", {"Location": "/travelbuddy/login"}),
}


class Fault(BaseModel):
    """The fault in force; `slow` answers after ``seconds``, `hang` not before the fault is cleared."""

    model_config = ConfigDict(extra="forbid")
    mode: Mode = "normal"
    seconds: Annotated[float, Field(ge=0, le=600)] = 5


class FaultSwitch:
    """Holds the fault in force, and lets held-up requests go when it changes."""

    def __init__(self) -> None:
        self.fault = Fault()
        self._replaced = asyncio.Event()

    def set(self, fault: Fault) -> None:
        """Put ``fault`` in force."""
        self.fault = fault
        self._replaced.set()
        self._replaced = asyncio.Event()

    async def apply(self) -> bool:
        """Do what the fault says to one request; whether the request may still change anything.

        Raises HTTPException for a fault that refuses the request.
        """
        fault = self.fault
        if fault.mode in {"slow", "hang"}:
            timeout_s = fault.seconds if fault.mode == "slow" else None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._replaced.wait(), timeout_s)
        if refusal := _REFUSALS.get(fault.mode):
            raise refusal
        return fault.mode != "no_effect"
