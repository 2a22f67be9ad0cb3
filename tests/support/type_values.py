"""Values for the fuzz of type pairs: random ones of each PostgreSQL type, and the smallest change of each Oracle value."""

from __future__ import annotations

import json
import re
import string
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from reverse_sync.type_pairs import Store
from reverse_sync.type_pairs.source_types import Kind
from reverse_sync.type_pairs.target_types import fraction_digits
from reverse_sync.type_pairs.values import EXACT

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from reverse_sync.type_pairs import Pair

_PRINTED = string.ascii_letters + string.digits + " '\"\\,;{}%_" + "가나다라서울부산é漢🛫"


def whole(lowest: int, highest: int) -> Callable[[Random], str]:
    """Whole numbers, the edges often."""
    return lambda choose: str(choose.choice([lowest, highest, 0, -1, choose.randint(lowest, highest)]))


def decimal(digits: int, scale: int) -> Callable[[Random], str]:
    """Numbers of up to so many digits, the edges often."""

    def make(choose: Random) -> str:
        most = 10 ** choose.choice([digits, digits, choose.randint(1, digits)]) - 1
        number = Decimal(choose.choice([most, -most, 0, 1, choose.randint(-most, most)]))
        return f"{number.scaleb(-scale, EXACT):f}"

    return make


def binary(choose: Random) -> str:
    """Numbers that NUMBER, single and double precision all have room for."""
    return repr(choose.choice([0.0, 0.1, -1 / 3, 1e30, -1e-30, choose.uniform(-1e6, 1e6), choose.gauss(0, 1)]))


def text(most: int, *, bytes_most: int | None = None, letters: str = f"{_PRINTED}\n\t") -> Callable[[Random], str]:
    """Texts of up to so many characters, and bytes as UTF-8; empty and blank ones as well."""

    def make(choose: Random) -> str:
        made = "".join(choose.choices(letters, k=choose.choice([0, 1, choose.randint(0, most), most])))
        made = choose.choice([made, made, made, " " * len(made)])
        return made.encode()[:bytes_most].decode(errors="ignore") if bytes_most else made

    return make


def printed(most: int, *, bytes_most: int | None = None) -> Callable[[Random], str]:
    """The same without control characters, which a CHAR of the rehearsal's Oracle does not have."""
    return text(most, bytes_most=bytes_most, letters=_PRINTED)


def moment(digits: int = 6) -> Callable[[Random], str]:
    """Timestamps from the year 1 to 9999, infinity included."""

    def make(choose: Random) -> str:
        days, seconds = choose.choice([choose.randint(0, 3_652_000), choose.randint(730_000, 740_000)]), choose.random()
        at = datetime(1, 1, 1) + timedelta(days=days, seconds=int(seconds * 86_400))
        fraction = f".{choose.randint(0, 10**digits - 1):0{digits}}" if digits else ""
        return choose.choice(["infinity", *[f"{at:%m-%d %H:%M:%S}{fraction}"] * 20]).replace(
            f"{at:%m-%d }", f"{at.year:04}-{at:%m-%d }"
        )

    return make


def date(choose: Random) -> str:
    """Dates from the year 1 to 9999."""
    at = datetime(1, 1, 1) + timedelta(days=choose.randint(0, 3_652_058))
    return f"{at.year:04}-{at:%m-%d}"


def time_of_day(choose: Random) -> str:
    """Times with up to six digits of a second."""
    return f"{choose.randrange(24):02}:{choose.randrange(60):02}:{choose.randrange(60):02}.{choose.randrange(10**6):06}"


def interval(choose: Random) -> str:
    """Intervals of every unit, negative ones as well."""
    parts = (choose.randint(-99, 99), choose.randint(-11, 11), choose.randint(-30, 30), choose.randint(-90_000, 90_000))
    return "{} years {} mons {} days {}.5 secs".format(*parts)


def hexadecimal(most: int) -> Callable[[Random], str]:
    """Bytes; none at all as well."""
    return lambda choose: f"\\x{choose.randbytes(choose.randint(0, most)).hex()}"


def uuid(choose: Random) -> str:
    """UUIDs."""
    return str(UUID(int=choose.getrandbits(128)))


def document(choose: Random) -> str:
    """JSON of every kind, spaced as somebody might write it."""
    letters = text(20)
    scalar = [None, True, 0, -1.5, 10**20, letters(choose), ""]
    value = choose.choice([*scalar, scalar, {letters(choose): scalar, "a": {"b": [1, {}]}}, [], {}])
    return json.dumps(value, ensure_ascii=choose.choice([True, False]), indent=choose.choice([None, 1]))


def pattern(form: str) -> Callable[[Random], str]:
    """Texts of a form in which `#` stands for a number from 1 to 250."""
    return lambda choose: re.sub("#", lambda _: str(choose.randint(1, 250)), form)


def planted(of: Pair, found: Any, scale: int | None) -> Any:
    """Oracle's value after the smallest change that the pair can show.

    :param scale: how many digits behind the point the source has
    """
    if found is None:
        return _for_nothing(of)
    if isinstance(found, bytes):
        return found[:-1] + bytes([found[-1] ^ 1])
    if of.kind in (Kind.REAL4, Kind.REAL8):
        factor = 1 + (1e-6 if of.kind is Kind.REAL4 or of.store is Store.BINARY_FLOAT else 1e-13)
        return str(Decimal(str(found)) * Decimal(str(factor))) if Decimal(str(found)) else "1"
    if isinstance(found, Decimal | float | int):
        return _next_number(of, Decimal(str(found)), scale)
    if of.kind in (Kind.DATE, Kind.DATETIME):
        return _next_moment(found, fraction_digits(of.sides.column))
    if of.kind in (Kind.BOOLEAN, Kind.BOOLEAN_AS_TEXT):
        return "false" if found.strip() == "true" else "true"
    if of.kind is Kind.TEXT:
        return _other_letter(found)
    return re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), found, count=1)


def _for_nothing(of: Pair) -> Any:
    if of.kind in (Kind.DATE, Kind.DATETIME):
        return "2026-11-26 00:00:00"
    return {Store.RAW: b"\0", Store.BLOB: b"\0"}.get(of.store, "true" if "boolean" in of.kind else "1")


def _next_number(of: Pair, found: Decimal, scale: int | None) -> Decimal:
    scales = [given for given in (scale, of.rounded_to) if given is not None]
    if of.store is Store.NUMBER:
        return EXACT.add(found, Decimal(1).scaleb(-min(scales, default=0)))
    return found + max(Decimal(1), abs(found) * Decimal("1e-5"))


def _next_moment(found: str, digits: int) -> str:
    """Two units of the last digit: a moment may be cut, or rounded by one."""
    whole, _, fraction = found.partition(".")
    if not digits:
        second = int(whole[-2:])
        return f"{whole[:-2]}{(second + 2) % 60:02}"
    moved = (int(fraction[:digits] or 0) + 2) % 10**digits
    return f"{whole}.{moved:0{digits}}"


def _other_letter(found: str) -> str:
    place = len(found.rstrip(" ")) // 2
    letter = "x" if found[place] != "x" else "y"
    return f"{found[:place]}{letter}{found[place + 1 :]}"
