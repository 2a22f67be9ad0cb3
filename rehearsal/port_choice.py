"""Which port each part gets: the one that the environment asks for, or a free one."""

import os
from collections.abc import Mapping
from dataclasses import fields

from rehearsal.layout import Ports
from rehearsal.ports import PortTakenError, choose, require_free

# Where people look first; used where they are free.
WELL_KNOWN = {"airflow": 8080, "flightspecials_api": 8081, "postgres": 5432, "oracle": 1521, "aws": 4566}


def choose_ports(preferred: Mapping[str, int], environment: Mapping[str, str] = os.environ) -> Ports:
    """A port for each part: REHEARSAL_<PART>_PORT where that is set, otherwise ``preferred`` or any that is free.

    Raises PortTakenError where a port that was asked for is in use, or is no port.
    """
    ports: dict[str, int] = {}
    parts = [field.name for field in fields(Ports)]
    asked = {part: port for part in parts if (port := _asked_for(part, environment)) is not None}
    for part in parts:
        ports[part] = asked.get(part) or choose(preferred.get(part), {*ports.values(), *asked.values()})
    return Ports(**ports)


def _asked_for(part: str, environment: Mapping[str, str]) -> int | None:
    variable = f"REHEARSAL_{part.upper()}_PORT"
    text = environment.get(variable)
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise PortTakenError(f"{variable} is {text!r}; a port is a number from 1 to 65535")
    require_free(int(text), f"the rehearsal's {part}", variable)
    return int(text)
