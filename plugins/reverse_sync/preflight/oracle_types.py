"""Which kinds of value can be stored in which Oracle types."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reverse_sync.table_mapping import Column

# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Reference.DataTypes.html
_DMS = {
    "number": {
        "int1", "int2", "int4", "int8", "uint1", "uint2", "uint4", "uint8", "numeric", "real4", "real8",
    },
    "moment": {"date", "datetime"},
    "text": {"string", "wstring", "boolean", "time"},
    "large text": {"clob", "nclob"},
    "bytes": {"bytes"},
    "large bytes": {"blob"},
}  # fmt: skip
# https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Data-Types.html
_ORACLE = {
    "number": {"NUMBER", "FLOAT", "BINARY_FLOAT", "BINARY_DOUBLE"},
    "moment": {"DATE", "TIMESTAMP"},
    "text": {"VARCHAR2", "NVARCHAR2", "CHAR", "NCHAR", "VARCHAR"},
    "large text": {"CLOB", "NCLOB", "LONG"},
    "bytes": {"RAW"},
    "large bytes": {"BLOB", "LONG RAW"},
}
# Oracle converts the one into the other without loss of what was meant.
_ALSO = {
    ("number", "text"), ("text", "large text"), ("large text", "text"), ("moment", "text"), ("bytes", "large bytes"),
    ("large bytes", "bytes"), ("number", "large text"),
}  # fmt: skip


def family_of_dms(type_name: str) -> str | None:
    """The kind of value that a DMS type is, or None where it is unknown."""
    return next((family for family, names in _DMS.items() if type_name in names), None)


def family_of_oracle(type_name: str) -> str | None:
    """The kind of value that an Oracle type stores, or None where it is unknown."""
    plain = type_name.split("(")[0].split(" WITH")[0].strip()
    return next((family for family, names in _ORACLE.items() if plain in names), None)


def fits(kind: str | None, stored: str | None) -> bool:
    """Whether such a value can be stored there; of unknown kinds nothing is claimed."""
    return kind is None or stored is None or kind == stored or (kind, stored) in _ALSO


def describe(column: Column) -> str:
    """The column's type as Oracle's DDL writes it, with NOT NULL."""
    size = ""
    if column.length:
        size = f"({column.length}{' BYTE' if column.length_in_bytes else ' CHAR'})"
    elif column.precision:
        size = f"({column.precision},{column.scale})" if column.scale else f"({column.precision})"
    return f"{column.type}{size}{'' if column.nullable else ' NOT NULL'}"
