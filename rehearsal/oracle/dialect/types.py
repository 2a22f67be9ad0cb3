"""Column types: Oracle's name to PostgreSQL's type, and what the dictionary says of it."""

from dataclasses import dataclass

from rehearsal.oracle.errors import OracleError, unlisted

_MAX_BYTES = {"VARCHAR2": 4000, "CHAR": 2000, "RAW": 2000}


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
        case ("VARCHAR2" | "VARCHAR" | "CHAR" | "RAW", [length]):
            return _sized("VARCHAR2" if name == "VARCHAR" else name, length, unit)
        case ("CHAR", []):
            return _sized(name, 1, unit)
        case ("VARCHAR2" | "RAW", []):
            raise OracleError(906, "missing left parenthesis")
        case ("CLOB", []):
            return ColumnType('"SYS".clob', "CLOB", 4000)
        case ("DATE", []):
            return ColumnType('"SYS".date', "DATE", 7)
        case ("TIMESTAMP", [] | [0 | 1 | 2 | 3 | 4 | 5 | 6]):
            digits = numbers[0] if numbers else 6
            return ColumnType(f"timestamp({digits})", f"TIMESTAMP({digits})", 11 if digits else 7, None, digits)
        case ("TIMESTAMP WITH TIME ZONE", [] | [6]):
            return ColumnType('"SYS".timestamptz', "TIMESTAMP(6) WITH TIME ZONE", 13, None, 6)
        case _ if name in _OTHERS or numbers:
            raise unlisted(f"data type {name}{f'({numbers[0]})' if numbers else ''}")
    raise OracleError(902, "invalid datatype")


_OTHERS = "BLOB NCLOB NVARCHAR2 NCHAR LONG FLOAT REAL BINARY_FLOAT BINARY_DOUBLE BFILE ROWID INTERVAL".split()  # noqa: SIM905


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
    postgres = "text" if name == "VARCHAR2" else "bpchar"
    if unit == "CHAR":
        return ColumnType(postgres, name, min(4 * length, _MAX_BYTES[name]), None, None, length, "C")
    return ColumnType(postgres, name, length, None, None, length, "B")
