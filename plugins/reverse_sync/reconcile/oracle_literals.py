"""Values as Oracle's SQL writes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reverse_sync.reconcile.filters import literal
from reverse_sync.type_pairs import Store, values
from reverse_sync.type_pairs.target_types import has_zone
from reverse_sync.type_pairs.texts import is_large

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reverse_sync.reconcile.plan import ComparedColumn

# A text of SQL has at most 4000 bytes, which may be 1000 characters, and a line of SQL*Plus 2499 characters:
# https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Literals.html
# https://docs.oracle.com/en/database/oracle/oracle-database/19/sqpug/SQL-Plus-error-messages.html (SP2-0027)
LONGEST_LITERAL = 1000
_LONGEST_RAW = 2000  # bytes: twice as many hexadecimal digits are the longest text
_LINE_ENDS = {"\n": "CHR(10)", "\r": "CHR(13)"}


class UnwritableError(ValueError):
    """A value that no literal of Oracle says."""


def is_empty(value: object) -> bool:
    """NULL, or what Oracle takes for it."""
    return value is None or value in ("", b"")


def oracle_literal(column: ComparedColumn, value: object) -> str:
    """The value as a literal of the column's type.

    :raises UnwritableError: where there is none.
    """
    if is_empty(value):
        return "NULL"
    match column.pair.store:
        case Store.NUMBER | Store.FLOAT:
            return _number(value)
        case Store.BINARY_FLOAT | Store.BINARY_DOUBLE:
            return f"TO_{column.pair.store}({literal(str(value))})"
        case Store.DATE:
            return f"TO_DATE({literal(_moment(value).partition('.')[0])}, '{_format(value)}')"
        case Store.TIMESTAMP if has_zone(column.target):
            return f"TIMESTAMP {literal(f'{_moment(value)} +00:00')}"
        case Store.TIMESTAMP:
            return f"TO_TIMESTAMP({literal(_moment(value))}, '{_format(value)}.FF')"
        case Store.RAW:
            return _bytes(value)
        case Store.BLOB:
            return f"TO_BLOB({_bytes(value)})"
        case Store.CLOB:
            function = f"TO_{column.target.type}" if is_large(column.target) else "TO_CLOB"
            return _joined(f"{function}({piece})" for piece in _pieces(_text(value)))
        case _:
            return _joined(_pieces(_text(value)))


def _number(value: object) -> str:
    number = values.number(value)
    if number is None or not number.is_finite():
        raise UnwritableError(f"{value} is no number of Oracle")
    return f"{number:f}"


def _moment(value: object) -> str:
    text = values.moment(value)
    if text is None:
        raise UnwritableError(f"{value} is no moment of Oracle")
    return text if "." in text else f"{text}.0"


def _format(value: object) -> str:
    return f"{'S' if str(values.moment(value)).startswith('-') else ''}YYYY-MM-DD HH24:MI:SS"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(values.shown(value))


def _pieces(text: str) -> Iterator[str]:
    """Literals that stand on one line each: SQL*Plus reads no long lines, and runs a line that is a slash."""
    for line in re.split(r"([\n\r])", text):
        if line in _LINE_ENDS:
            yield _LINE_ENDS[line]
        else:
            yield from (
                literal(line[start : start + LONGEST_LITERAL]) for start in range(0, len(line), LONGEST_LITERAL)
            )


def _joined(pieces: Iterable[str]) -> str:
    return " ||\n    ".join(pieces)


def _bytes(value: object) -> str:
    content = values.raw(value) or b""
    if len(content) <= _LONGEST_RAW:
        return f"HEXTORAW({_joined(_pieces(content.hex()))})"
    raise UnwritableError(f"{len(content)} bytes are too many for a script")
