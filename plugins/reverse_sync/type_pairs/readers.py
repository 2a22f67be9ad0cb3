"""From PostgreSQL's text to a value: exact, and the same whatever the session's settings are."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

# What DMS makes of infinity: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
INFINITY = "9999-12-31 23:59:59"
MINUS_INFINITY = "-4713-01-01 00:00:00"
_MOMENT = re.compile(r"(\d{4,})-(\d\d)-(\d\d)(?: (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d(?::\d\d){0,2})?)?( BC)?")


def number(text: str) -> Decimal:
    """A number with all its digits; ValueError where it is none."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None


def boolean(text: str) -> bool:
    """`t`, `true`, `f` or `false`; ValueError for anything else."""
    try:
        return {"t": True, "true": True, "f": False, "false": False}[text]
    except KeyError:
        raise ValueError(f"{text!r} is not a boolean") from None


def hexadecimal(text: str) -> bytes:
    r"""The bytes of `\x00ff`."""
    return bytes.fromhex(text.removeprefix("\\x"))


def moment(text: str) -> date | datetime | str:
    """A date or timestamp, in UTC where it has a zone.

    What Python can't hold (before the year 1, after 9999) stays text: `-0044-03-15 00:00:00` is 44 BC; infinity is what
    DMS makes of it. ValueError where it is neither.
    """
    if text in ("infinity", "-infinity"):
        return INFINITY if text == "infinity" else MINUS_INFINITY
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a date or timestamp")
    year, month, day, time, offset, before_christ = found.groups()
    if before_christ or len(year) > 4:
        return f"{'-' if before_christ else ''}{year}-{month}-{day} {time or '00:00:00'}"
    if time is None:
        return date.fromisoformat(text)
    value = datetime.fromisoformat(f"{year}-{month}-{day} {time}{offset or ''}")
    return value.astimezone(UTC) if value.tzinfo else value
