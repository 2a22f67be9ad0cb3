"""The templates, and the words that they share. Everything that is filled in is escaped."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache

from fastapi.responses import HTMLResponse
from jinja2 import ChainableUndefined, Environment, PackageLoader

from reverse_sync.page import addresses

_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reverse_sync.page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=ChainableUndefined,  # older records lack keys
    )
    environment.filters |= {"ago": ago, "moment": moment, "seconds": seconds, "value": value}
    environment.globals |= {
        "page": addresses.page,
        "dag_page": addresses.dag_page,
        "run_page": addresses.run_page,
        "airflow": addresses.airflow,
        "answers": addresses.answers,
    }
    return environment


def render(template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page."""
    return HTMLResponse(_environment().get_template(template).render(**values), status)


def ago(when: datetime | str | None) -> str:
    """How long ago, in the largest unit that fits; `in` where it is still to come."""
    if not when:
        return ""
    passed = (datetime.now(UTC) - _at(when)).total_seconds()
    size, unit = next(((size, unit) for size, unit in _UNITS if abs(passed) >= size), _UNITS[-1])
    count = int(abs(passed) // size)
    told = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"in {told}" if passed < 0 else f"{told} ago"


def moment(when: datetime | str | None) -> str:
    """A moment, UTC."""
    return _at(when).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if when else ""


def seconds(duration_s: float | None) -> str:
    """A duration."""
    if duration_s is None:
        return ""
    minutes, rest = divmod(duration_s, 60)
    return f"{minutes:.0f} min {rest:.0f} s" if minutes else f"{duration_s:.1f} s"


def value(found: object) -> str:
    """A value as JSON has it; a text as it stands."""
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, default=str)


def _at(when: datetime | str) -> datetime:
    at = datetime.fromisoformat(when) if isinstance(when, str) else when
    return at if at.tzinfo else at.replace(tzinfo=UTC)
