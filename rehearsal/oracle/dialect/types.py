"""Column types: Oracle's name to PostgreSQL's type, and what the dictionary says of it."""

import re
from dataclasses import dataclass

from rehearsal.oracle.errors import OracleError, unlisted

_MAX_BYTES = {"VARCHAR2": 4000, "CHAR": 2000, "RAW": 2000, "NVARCHAR2": 4000, "NCHAR": 2000}
_PLAIN = {
    "CLOB": ('"SYS".clob', 4000),
    "NCLOB": ('"SYS".nclob', 4000),
    "BLOB": ('"SYS".blob', 4000),
    "DATE": ('"SYS".date', 7),
    "BINARY_FLOAT": ("float4", 4),
    "BINARY_DOUBLE": ("float8", 8),
}
_FLOATS = {"FLOAT": 126, "DOUBLE PRECISION": 126, "REAL": 63}


@dataclass(frozen=True)
class ColumnType:
    """A column's type; the last six are columns of ALL_TAB_COLUMNS."""

    postgres: str
    data_type: str
    data_length: int
    data_precision: int | None = None
    data_scale: int | None = None
    char_length: int = 0
    char_used: str | None = None

    @property
    def limit(self) -> tuple[int, str]:
        """How long a string may be, and in which unit."""
        return (self.char_length, "CHAR") if self.char_used == "C" else (self.data_length, "BYTE")


def column_type(name: str, unit: str, numbers: list[int]) -> ColumnType:  # noqa: C901  # one case a type
    """The type of a column declared as ``name(numbers unit)``. Raises OracleError."""
    match name, numbers:
        case ("NUMBER" | "DECIMAL" | "NUMERIC", []):
            return ColumnType("numeric", "NUMBER", 22)
        case ("NUMBER" | "DECIMAL" | "NUMERIC", [precision, *rest]):
            return _number(precision, rest[0] if rest else 0)
        case ("INTEGER" | "INT" | "SMALLINT", []):
            return ColumnType("numeric(38, 0)", "NUMBER", 22, None, 0)
        case ("NVARCHAR2" | "NCHAR", [length]):
            return _sized(name, length, unit)
        case ("VARCHAR2" | "VARCHAR" | "CHAR" | "RAW", [length]):
            return _sized("VARCHAR2" if name == "VARCHAR" else name, length, unit)
        case ("CHAR" | "NCHAR", []):
            return _sized(name, 1, unit)
        case ("VARCHAR2" | "NVARCHAR2" | "RAW", []):
            raise OracleError(906, "missing left parenthesis")
        case (_, []) if name in _PLAIN:
            postgres, length = _PLAIN[name]
            return ColumnType(postgres, name, length)
        case (_, []) if name in _FLOATS:
            return ColumnType("numeric", "FLOAT", 22, _FLOATS[name])
        case ("FLOAT", [precision]) if 1 <= precision <= 126:
            return ColumnType("numeric", "FLOAT", 22, precision)
        case ("TIMESTAMP", [] | [0 | 1 | 2 | 3 | 4 | 5 | 6]):
            digits = numbers[0] if numbers else 6
            return ColumnType(f"timestamp({digits})", f"TIMESTAMP({digits})", 11 if digits else 7, None, digits)
        case ("TIMESTAMP WITH TIME ZONE", [] | [6]):
            return ColumnType('"SYS".timestamptz', "TIMESTAMP(6) WITH TIME ZONE", 13, None, 6)
        case ("TIMESTAMP WITH LOCAL TIME ZONE", [] | [6]):
            return ColumnType("pg_catalog.timestamptz", "TIMESTAMP(6) WITH LOCAL TIME ZONE", 11, None, 6)
        case _ if _OTHERS.fullmatch(name) or numbers:
            raise unlisted(f"data type {name}{f'({numbers[0]})' if numbers else ''}")
    raise OracleError(902, "invalid datatype")


_OTHERS = re.compile(r"LONG|BFILE|U?ROWID|INTERVAL|XMLTYPE|CHARACTER|NATIONAL|DEC|URITYPE|ANYDATA|SDO_\w+")


def _number(precision: int, scale: int) -> ColumnType:
    if not 1 <= precision <= 38:
        raise OracleError(1727, "numeric precision specifier is out of range (1 to 38)")
    if not -84 <= scale <= 127:
        raise OracleError(1728, "numeric scale specifier is out of range (-84 to 127)")
    return ColumnType(f"numeric({precision}, {scale})", "NUMBER", 22, precision, scale)


def _sized(name: str, length: int, unit: str) -> ColumnType:
    if length < 1:
        raise OracleError(1723, "zero-length columns are not allowed")
    if length > _MAX_BYTES[name]:
        raise OracleError(910, "specified length too long for its datatype")
    if name == "RAW":
        return ColumnType("bytea", name, length)
    if name in ("NVARCHAR2", "NCHAR"):
        if unit:
            raise OracleError(907, "missing right parenthesis")
        if 2 * length > _MAX_BYTES[name]:
            raise OracleError(910, "specified length too long for its datatype")
        return ColumnType(f'"SYS".{name.lower()}', name, 2 * length, None, None, length, "C")
    postgres = "text" if name == "VARCHAR2" else "bpchar"
    if unit == "CHAR":
        return ColumnType(postgres, name, min(4 * length, _MAX_BYTES[name]), None, None, length, "C")
    return ColumnType(postgres, name, length, None, None, length, "B")
