"""Oracle's types: what kind of place each is, and how its values are read.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Data-Types.html
"""

from __future__ import annotations

import math
import re
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reverse_sync.table_mapping import Column


class Store(StrEnum):
    """What kind of value an Oracle column keeps."""

    NUMBER = "NUMBER"
    FLOAT = "FLOAT"
    BINARY_FLOAT = "BINARY_FLOAT"
    BINARY_DOUBLE = "BINARY_DOUBLE"
    VARCHAR = "VARCHAR2"
    CHAR = "CHAR"
    CLOB = "CLOB"
    RAW = "RAW"
    BLOB = "BLOB"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    INTERVAL = "INTERVAL"
    OTHER = "another type"


_STORES = {
    "NUMBER": Store.NUMBER,
    "FLOAT": Store.FLOAT,
    "BINARY_FLOAT": Store.BINARY_FLOAT,
    "BINARY_DOUBLE": Store.BINARY_DOUBLE,
    "VARCHAR2": Store.VARCHAR,
    "VARCHAR": Store.VARCHAR,
    "NVARCHAR2": Store.VARCHAR,
    "CHAR": Store.CHAR,
    "NCHAR": Store.CHAR,
    "CLOB": Store.CLOB,
    "NCLOB": Store.CLOB,
    "LONG": Store.CLOB,
    "RAW": Store.RAW,
    "LONG RAW": Store.BLOB,
    "BLOB": Store.BLOB,
    "DATE": Store.DATE,
    "TIMESTAMP": Store.TIMESTAMP,
    "INTERVAL DAY": Store.INTERVAL,
    "INTERVAL YEAR": Store.INTERVAL,
}
MOST_DIGITS = 38
"""That a NUMBER is sure to keep."""
_DIGITS_OF_A_SECOND = 6
_BINARY_DIGITS_OF_A_FLOAT = 126
# Those that are sure to come through: C's FLT_DIG is six, but what single precision prints has seven.
_DECIMAL_DIGITS = {Store.BINARY_FLOAT: 7, Store.BINARY_DOUBLE: 15}


def store_of(column: Column) -> Store:
    """What kind of place the column is; `OTHER` where nothing is known of its type."""
    plain = re.sub(r"\(\d+\)", "", column.type)
    return _STORES.get(re.split(r" WITH | TO ", plain)[0].strip(), Store.OTHER)


def declared_type(column: Column) -> str:
    """The column's type as Oracle's DDL writes it, with NOT NULL."""
    size = ""
    if column.length:
        size = f"({column.length}{' BYTE' if column.length_in_bytes else ' CHAR' * (not counts_utf16(column))})"
    elif store_of(column) is Store.RAW and column.most_bytes:
        size = f"({column.most_bytes})"
    elif column.precision:
        size = f"({column.precision},{column.scale})" if column.scale else f"({column.precision})"
    return f"{column.type}{size}{'' if column.nullable else ' NOT NULL'}"


def counts_utf16(column: Column) -> bool:
    """Whether its characters are those of AL16UTF16, in which one beyond U+FFFF counts twice.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/nlspg/supporting-multilingual-databases-with-unicode.html
    """
    return column.type in ("NVARCHAR2", "NCHAR")


def has_zone(column: Column) -> bool:
    """Whether its values are instants: TIMESTAMP WITH TIME ZONE or WITH LOCAL TIME ZONE."""
    return " WITH " in column.type


def decimal_digits(column: Column) -> int | None:
    """How many decimal digits a binary number keeps; None for every other column.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Data-Types.html: FLOAT's precision is binary.
    """
    if store_of(column) is Store.FLOAT:
        return math.ceil((column.precision or _BINARY_DIGITS_OF_A_FLOAT) * math.log10(2))
    return _DECIMAL_DIGITS.get(store_of(column))


def fraction_digits(column: Column) -> int:
    """How many digits of a second a DATE or TIMESTAMP keeps."""
    if store_of(column) is Store.DATE:
        return 0
    return column.scale if column.scale is not None else _DIGITS_OF_A_SECOND


def filled_up(column: Column, text: str) -> str:
    """The text as a CHAR column holds it, for a bind: a VARCHAR2 that is bound is compared with a CHAR blank by blank.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Data-Type-Comparison-Rules.html
    """
    if store_of(column) is not Store.CHAR:
        return text
    length = len(text.encode()) if column.length_in_bytes else len(text)
    return text + " " * max((column.length or 1) - length, 0)


def select(column: Column, name: str) -> str:
    """How the column is selected: moments as text and in UTC, everything else as the driver gives it.

    Python knows no year before 1, and a driver's datetime depends on the session's zone. Years before Christ have a
    minus. https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Format-Models.html

    :param name: the column's quoted name
    """
    if store_of(column) not in (Store.DATE, Store.TIMESTAMP):
        return name
    moment = f"SYS_EXTRACT_UTC({name})" if has_zone(column) else name
    digits = fraction_digits(column)
    fraction = f".FF{digits}" if digits else ""
    era = f"CASE WHEN {moment} < DATE '0001-01-01' THEN '-' END"
    return f"{era} || TO_CHAR({moment}, 'YYYY-MM-DD HH24:MI:SS{fraction}')"
