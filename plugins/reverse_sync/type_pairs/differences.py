"""A difference, said so that a person sees it: short values whole, long ones by their lengths and where they part."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from reverse_sync.type_pairs.pairs import Pair

Long = TypeVar("Long", str, bytes)
_SHORT = 60
_AROUND = 20
_UNITS = {str: ("a text", "characters", "character"), bytes: ("a value", "bytes", "byte")}


def difference(pair: Pair, expected: object, found: object, lob_limit_bytes: int | None = None) -> str:
    """`should be 'a', is 'b'`, as the predicate of the column's name.

    :param lob_limit_bytes: where DMS's limited LOB mode cuts; None where it does not
    """
    wanted, is_now = _plain(expected), _plain(found)
    limit = lob_limit_bytes if lob_limit_bytes and pair.sides.source.is_lob else None
    if isinstance(wanted, str) and isinstance(is_now, str) and max(len(wanted), len(is_now)) > _SHORT:
        return _of_long(wanted, is_now, limit)
    if isinstance(wanted, bytes) and isinstance(is_now, bytes) and max(len(wanted), len(is_now)) > _SHORT:
        return _of_long(wanted, is_now, limit)
    return f"should be {_short(pair, expected)}, is {_short(pair, found)}"


def _of_long(wanted: Long, is_now: Long, lob_limit_bytes: int | None) -> str:
    what, units, unit = _UNITS[type(wanted)]
    lengths = f"should be {what} of {len(wanted)} {units}, is one of {len(is_now)}"
    if lob_limit_bytes and _is_cut(wanted, is_now, lob_limit_bytes):
        return f"{lengths}: truncated by the LOB limit of {lob_limit_bytes // 1024} KB; what is there is the same"
    place = sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(wanted, is_now, strict=False)))
    return f"{lengths}; from {unit} {place + 1} on {_part(wanted, place)} against {_part(is_now, place)}"


def listed(differences: list[str], most: int) -> list[str]:
    """The first of them, and how many there are beyond."""
    more = len(differences) - most
    return differences if more <= 0 else [*differences[:most], f"and {more} more"]


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, bytearray | memoryview) else value


def _short(pair: Pair, value: object) -> str:
    text = repr(pair.shown(value))
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 3]}..."


def _part(value: str | bytes, place: int) -> str:
    part = value[place : place + _AROUND]
    if not part:
        return "nothing"
    shown = part.hex() if isinstance(part, bytes) else repr(part)
    return f"{shown}..." if place + _AROUND < len(value) else shown


def _is_cut(wanted: Long, found: Long, limit_bytes: int) -> bool:
    """Whether Oracle holds just as much of the beginning as the limit lets through.

    AWS counts the characters of an NCLOB as two bytes each, or four; as UTF-8 a last character that is cut goes whole.
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html#CHAP_Source-PostgreSQL-DataTypes-LOBs
    """
    if len(found) >= len(wanted) or not wanted.startswith(found):
        return False
    if isinstance(found, bytes):
        return len(found) == limit_bytes
    in_utf8 = len(found.encode())
    return limit_bytes - 4 < in_utf8 <= limit_bytes or len(found) in (limit_bytes // 2, limit_bytes // 4)
