"""One source table on its way: what its rows become, and the SQL that writes them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import oracledb

from rehearsal.aws.worker.own_values import own_values
from rehearsal.aws.worker.values import as_double, as_time_of_day, for_oracle, is_lob, reader
from reverse_sync.table_mapping import as_data_type, dms_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reverse_sync.table_mapping import ProjectedColumn, Projection

    Convert = Callable[[Any], object]

OWN_PREFIX = "awsdms_"
"""How the tables begin that DMS makes for itself, at the source too; it never replicates them."""


@dataclass
class TableState:
    """A table's state and statistics, as the target keeps them and the stand-in is told them."""

    state: str
    counts: dict[str, int] = field(default_factory=dict)
    updated: float = field(default_factory=time.time)
    validation: dict[str, Any] = field(default_factory=dict)
    """The state and the counts that validation came to; empty where it is not enabled."""

    @property
    def suspended(self) -> bool:
        """Whether the table is out of the replication."""
        return self.state == "Table error"

    def suspend(self) -> None:
        """Take it out."""
        self.state, self.updated = "Table error", time.time()

    def count(self, what: str, by: int = 1) -> None:
        """Add to one of the counters of DescribeTableStatistics."""
        self.counts[what] = self.counts.get(what, 0) + by
        self.updated = time.time()


@dataclass(eq=False)
class TargetTable:
    """A table's projection, its state, and how to read and bind its values.

    ``readers``, ``lobs`` and ``columns`` are the source's. Of the target's columns, ``converters`` has those whose
    values python-oracledb can't bind as they are, ``inputs`` those for which it would choose another type.
    """

    name: str
    projection: Projection
    state: TableState
    readers: dict[str, Convert]
    converters: list[tuple[str, Convert]]
    inputs: dict[str, oracledb.DbType]
    lobs: frozenset[str]
    lob_limit_kb: int | None
    columns: frozenset[str]
    has_own_values: bool

    def read(self, values: Mapping[str, str | None]) -> dict[str, object]:
        """A source row as Python values, without the columns that are not replicated. Raises one of `NO_VALUE`."""
        readers = self.readers
        return {
            name: None if value is None else readers[name](value) for name, value in values.items() if name in readers
        }

    def transform(self, row: dict[str, object], operation: str) -> dict[str, object]:
        """What the row of an operation (I, U, D) becomes, as python-oracledb binds it: a column, a Python type.

        Raises one of `NO_VALUE` for a value that does not fit its type, or that Oracle cannot hold.
        """
        target = self.projection.transform(row)
        if self.has_own_values:
            target |= own_values(self.projection, operation, row)
        for name, convert in self.converters:
            if (value := target.get(name)) is not None:
                target[name] = convert(value)
        return target


def target_table(
    projection: Projection,
    state: TableState,
    settings: dict[str, Any],
    types: Mapping[str, oracledb.DbType],
    *,
    map_booleans: bool,
    blank_for_empty: bool,
) -> TargetTable:
    """A table as the catalogs show it now.

    ``settings`` are the task's TargetMetadata, ``types`` those of the target's columns, ``map_booleans`` is the source
    endpoint's MapBooleanAsBoolean, ``blank_for_empty`` the target endpoint's alwaysReplaceEmptyString.
    """
    source = projection.source
    lobs = frozenset(column.name for column in source.columns if is_lob(column))
    read = [column for column in source.columns if settings["SupportLobs"] or column.name not in lobs]
    bindings = {one.name: _binding(one, types.get(one.name), map_booleans) for one in projection.columns}
    converted = {name: convert for name, (convert, _) in bindings.items()}
    if blank_for_empty:
        texts = [one.name for one in projection.columns if _type(one) in _TEXTS and types.get(one.name) not in _LOBS]
        converted |= {name: _blank_for_empty(converted[name]) for name in texts}
    return TargetTable(
        source.full_name,
        projection,
        state,
        readers={column.name: reader(column) for column in read},
        converters=[(name, convert) for name, convert in converted.items() if convert],
        inputs={name: kind for name, (_, kind) in bindings.items() if kind},
        lobs=lobs,
        lob_limit_kb=projection.lob_limit_kb(settings["LobMaxSize"] if settings["LimitedSizeLobMode"] else None),
        columns=frozenset(column.name for column in source.columns),
        has_own_values=any(column.known_only_to_dms for column in projection.columns),
    )


_BINARY = (oracledb.DB_TYPE_BINARY_DOUBLE, oracledb.DB_TYPE_BINARY_FLOAT)
_DATETIMES = (
    oracledb.DB_TYPE_DATE,
    oracledb.DB_TYPE_TIMESTAMP,
    oracledb.DB_TYPE_TIMESTAMP_TZ,
    oracledb.DB_TYPE_TIMESTAMP_LTZ,
)
_NUMBERS = {"numeric", "real4", "real8", *(f"{sign}int{size}" for sign in ("", "u") for size in (1, 2, 4, 8))}
_TEXTS = ("string", "wstring", None)
"""None: of an expression, whatever it makes."""
_LOBS = (oracledb.DB_TYPE_CLOB, oracledb.DB_TYPE_NCLOB, oracledb.DB_TYPE_BLOB)
_PADDED = (oracledb.DB_TYPE_CHAR, oracledb.DB_TYPE_NCHAR)
_AS_THEY_ARE = {"string", "wstring", "nclob", "clob", "blob", "bytes", "int2", "int4", "int8"}


def _type(column: ProjectedColumn) -> str | None:
    """The DMS type of a column's values, from its rule or its source."""
    if column.data_type:
        return column.data_type.type
    return dms_type(column.source) if column.source else None


def _binding(
    column: ProjectedColumn, target: oracledb.DbType | None, map_booleans: bool
) -> tuple[Convert | None, oracledb.DbType | None]:
    """What makes a column's values ones that bind (None: all do), and the type to bind them as (None: the driver's).

    python-oracledb would take a datetime for a DATE without fractions, a float for a NUMBER. A text for a CHAR is bound
    as one: Oracle finds a key without its trailing blanks by blank-padded comparison only, which a VARCHAR2 bind is not
    given. Which of the two DMS binds, no document says.
    https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Data-Type-Comparison-Rules.html
    """
    kind = _type(column)
    if kind in _NUMBERS and target in _BINARY:
        return as_double, oracledb.DB_TYPE_BINARY_DOUBLE
    if kind == "time" and target in _DATETIMES:
        return as_time_of_day, oracledb.DB_TYPE_TIMESTAMP
    is_padded = kind in ("string", "wstring") and target in _PADDED
    bound = oracledb.DB_TYPE_TIMESTAMP if kind == "datetime" else target if is_padded else None
    if column.is_plain and column.source and column.source.type == "boolean":
        return _as_number if map_booleans else for_oracle, bound
    if column.data_type and (shape := _SHAPES.get(column.data_type.type)):
        return lambda value: for_oracle(shape(value)), bound
    return None if column.is_plain and kind in _AS_THEY_ARE else for_oracle, bound


def _blank_for_empty(convert: Convert | None) -> Convert:
    """One space for an empty text, which Oracle would take for NULL; of LOBs the page says nothing.

    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Oracle.html, alwaysReplaceEmptyString
    """

    def filled(value: object) -> object:
        made = convert(value) if convert else value
        return " " if made == "" else made

    return filled


def _as_number(value: object) -> object:
    """BOOLEAN is NUMBER(1): https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Oracle.html, data types."""
    return int(value) if isinstance(value, bool) else value


_SHAPES: dict[str, Convert] = {
    **dict.fromkeys(("boolean", *_NUMBERS), _as_number),
    **dict.fromkeys(("clob", "nclob", "time"), partial(as_data_type, type_name="string")),
    "blob": partial(as_data_type, type_name="bytes"),
}
"""What makes a value of the type that a rule gives a column one that binds; SQLite may give several for one column."""
