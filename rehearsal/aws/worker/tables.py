"""One source table on its way: what its rows become, and the SQL that writes them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import oracledb

from rehearsal.aws.worker.own_values import own_values
from rehearsal.aws.worker.target import quoted
from rehearsal.aws.worker.values import as_double, as_time_of_day, for_oracle, is_lob, reader
from reverse_sync.table_mapping import dms_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reverse_sync.table_mapping import ProjectedColumn, Projection

    Convert = Callable[[Any], object]

OWN_PREFIX = "awsdms_"
"""How the tables begin that DMS makes for itself, at the source too; it never replicates them."""


@dataclass
class TargetTable:
    """A table's projection, how to read and bind its values, and its statistics.

    ``readers``, ``lobs`` and ``columns`` are the source's. Of the target's columns, ``converters`` has those whose
    values python-oracledb can't bind as they are, ``inputs`` those for which it would choose another type.
    """

    name: str
    projection: Projection
    readers: dict[str, Convert]
    converters: list[tuple[str, Convert]]
    inputs: dict[str, oracledb.DbType]
    lobs: frozenset[str]
    columns: frozenset[str]
    has_own_values: bool
    state: str
    counts: dict[str, int] = field(default_factory=dict)
    updated: float = field(default_factory=time.time)
    validation: dict[str, Any] = field(default_factory=dict)
    """The state and the counts that validation came to; empty where it is not enabled."""

    @property
    def suspended(self) -> bool:
        """Whether the table is out of the replication."""
        return self.state == "Table error"

    def count(self, what: str, by: int = 1) -> None:
        """Add to one of the counters of DescribeTableStatistics."""
        self.counts[what] = self.counts.get(what, 0) + by
        self.updated = time.time()

    def as_state(self) -> dict[str, Any]:
        """What is kept and reported of the table."""
        kept = {"state": self.state, "counts": self.counts, "updated": self.updated}
        return kept | ({"validation": self.validation} if self.validation else {})

    def transform(self, row: dict[str, object], operation: str) -> dict[str, object]:
        """What the row of an operation (I, U, D) becomes, as python-oracledb binds it: a column, a Python type.

        Raises ValueError for a value that does not fit its type, or that Oracle cannot hold.
        """
        target = self.projection.transform(row)
        if self.has_own_values:
            target |= own_values(self.projection, operation, row)
        for name, convert in self.converters:
            if (value := target.get(name)) is not None:
                target[name] = convert(value)
        return target


def target_table(
    name: str,
    projection: Projection,
    settings: dict[str, Any],
    known: dict[str, Any],
    types: Mapping[str, oracledb.DbType],
    *,
    map_booleans: bool,
) -> TargetTable:
    """A table as its catalog shows it now, with the statistics ``known`` of it so far.

    ``types`` are those of the target's columns, ``map_booleans`` is the source endpoint's MapBooleanAsBoolean.
    """
    source = projection.source
    lobs = frozenset(column.name for column in source.columns if is_lob(column.type))
    readers = {
        column.name: reader(column) for column in source.columns if settings["SupportLobs"] or column.name not in lobs
    }
    converters = [
        (column.name, convert)
        for column in projection.columns
        if (convert := _converter(column, types.get(column.name), map_booleans))
    ]
    inputs = {
        column.name: kind for column in projection.columns if (kind := _input_type(column, types.get(column.name)))
    }
    columns = frozenset(column.name for column in source.columns)
    own = any(column.known_only_to_dms for column in projection.columns)
    return TargetTable(name, projection, readers, converters, inputs, lobs, columns, own, **known)


_BINARY = (oracledb.DB_TYPE_BINARY_DOUBLE, oracledb.DB_TYPE_BINARY_FLOAT)
_DATETIMES = (oracledb.DB_TYPE_DATE, *(getattr(oracledb, f"DB_TYPE_TIMESTAMP{zone}") for zone in ("", "_TZ", "_LTZ")))
_NUMBERS = {"numeric", "real4", "real8", *(f"{sign}int{size}" for sign in ("", "u") for size in (1, 2, 4, 8))}
_PADDED = (oracledb.DB_TYPE_CHAR, oracledb.DB_TYPE_NCHAR)
_AS_THEY_ARE = {"string", "wstring", "nclob", "clob", "blob", "bytes", "int2", "int4", "int8"}


def _type(column: ProjectedColumn) -> str | None:
    """The DMS type of a column's values, from its rule or its source."""
    if column.data_type:
        return column.data_type.type
    return dms_type(column.source) if column.source else None


def _input_type(column: ProjectedColumn, target: oracledb.DbType | None) -> oracledb.DbType | None:
    """What to tell python-oracledb, which would take a datetime for a DATE without fractions, a float for a NUMBER.

    A text for a CHAR is bound as one: Oracle finds a key without its trailing blanks by blank-padded comparison only,
    which a VARCHAR2 bind is not given. Which of the two DMS binds, no document says.
    https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Data-Type-Comparison-Rules.html
    """
    kind = _type(column)
    if kind in ("string", "wstring") and target in _PADDED:
        return target
    if kind == "datetime" or (kind == "time" and target in _DATETIMES):
        return oracledb.DB_TYPE_TIMESTAMP
    return oracledb.DB_TYPE_BINARY_DOUBLE if kind in _NUMBERS and target in _BINARY else None


def _converter(column: ProjectedColumn, target: oracledb.DbType | None, map_booleans: bool) -> Convert | None:
    """What makes a value one that binds, chosen once a column; None where all do."""
    kind = _type(column)
    if kind in _NUMBERS and target in _BINARY:
        return as_double
    if kind == "time" and target in _DATETIMES:
        return as_time_of_day
    if column.is_plain and column.source and column.source.type == "boolean":
        return _as_number if map_booleans else for_oracle
    if column.data_type and (shape := _SHAPES.get(column.data_type.type)):
        return lambda value: for_oracle(shape(value))
    return None if column.is_plain and kind in _AS_THEY_ARE else for_oracle


def _as_number(value: object) -> object:
    """BOOLEAN is NUMBER(1): https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Oracle.html, data types."""
    return int(value) if isinstance(value, bool) else value


def _as_text(value: object) -> object:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _as_bytes(value: object) -> object:
    return value if isinstance(value, bytes) else str(value).encode()


_SHAPES: dict[str, Convert] = {
    **dict.fromkeys(("boolean", *_NUMBERS), _as_number),
    **dict.fromkeys(("clob", "nclob", "time"), _as_text),
    "blob": _as_bytes,
}
"""What makes a value of the type that a rule gives a column one that binds; SQLite may give several for one column."""


def write_sql(projection: Projection, operation: str, columns: tuple[str, ...]) -> str:
    """INSERT, UPDATE or DELETE of one row: the binds of ``columns``, then those of the key."""
    where = f"{quoted(projection.schema)}.{quoted(projection.table)}"
    if operation == "I":
        places = ", ".join(f":{number}" for number in range(1, len(columns) + 1))
        return f"INSERT INTO {where} ({', '.join(map(quoted, columns))}) VALUES ({places})"  # noqa: S608
    keys = " AND ".join(
        f"{quoted(name)} = :{number}" for number, name in enumerate(projection.primary_key, len(columns) + 1)
    )
    if operation == "D":
        return f"DELETE FROM {where} WHERE {keys}"  # noqa: S608
    assignments = ", ".join(f"{quoted(name)} = :{number}" for number, name in enumerate(columns, 1))
    return f"UPDATE {where} SET {assignments} WHERE {keys}"  # noqa: S608
