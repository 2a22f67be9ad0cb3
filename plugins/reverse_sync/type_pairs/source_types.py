"""PostgreSQL's types: the DMS type that stands for each, and how its text becomes a value.

The DMS types are those of
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html#CHAP_Source-PostgreSQL-DataTypes.
PostgreSQL gives a value as text, so that neither a driver's idea of a type nor the session's zone has a part in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from reverse_sync.table_mapping.data_types import FROM_POSTGRES, dms_type, name_of_type
from reverse_sync.type_pairs import readers

if TYPE_CHECKING:
    from collections.abc import Callable

    from reverse_sync.table_mapping import Column
    from reverse_sync.table_mapping.data_types import DataTypeName


class Kind(StrEnum):
    """What kind of value DMS carries."""

    INTEGER = "whole number"
    NUMERIC = "exact number"
    REAL4 = "single-precision number"
    REAL8 = "double-precision number"
    BOOLEAN_AS_TEXT = "boolean, as text"
    BOOLEAN = "boolean"
    TEXT = "text"
    BYTES = "bytes"
    DATE = "date"
    DATETIME = "timestamp"
    TIME = "time of day"
    ZONED_TIME = "time of day with a zone"
    INTERVAL = "interval"

    @property
    def with_article(self) -> str:
        """As it stands in a sentence: `an exact number`."""
        return self.value if self is Kind.BYTES else f"{'an' if self.value[0] in 'aeiou' else 'a'} {self.value}"


_KINDS: dict[DataTypeName, Kind] = {
    "int1": Kind.INTEGER,
    "int2": Kind.INTEGER,
    "int4": Kind.INTEGER,
    "int8": Kind.INTEGER,
    "uint1": Kind.INTEGER,
    "uint2": Kind.INTEGER,
    "uint4": Kind.INTEGER,
    "uint8": Kind.INTEGER,
    "numeric": Kind.NUMERIC,
    "real4": Kind.REAL4,
    "real8": Kind.REAL8,
    "boolean": Kind.BOOLEAN,
    "bytes": Kind.BYTES,
    "blob": Kind.BYTES,
    "date": Kind.DATE,
    "datetime": Kind.DATETIME,
    "time": Kind.TIME,
}
_READERS: dict[Kind, Callable[[str], object]] = {
    Kind.INTEGER: int,
    Kind.NUMERIC: readers.number,
    Kind.REAL4: float,
    Kind.REAL8: float,
    Kind.DATE: readers.moment,
    Kind.DATETIME: readers.moment,
}
LOBS = frozenset({"blob", "clob", "nclob"})


def kind_of(dms: DataTypeName) -> Kind:
    """What kind of value a DMS type is; texts of every size are one."""
    return _KINDS.get(dms, Kind.TEXT)


@dataclass(frozen=True, slots=True)
class SourceType:
    """A PostgreSQL type as DMS takes it.

    :param dms: the DMS type
    :param kind: what kind of value that is
    :param read: what makes a value of PostgreSQL's text; ValueError where the text is none of the type
    :param documented: whether AWS documents that DMS carries the type
    :param migrates: whether AWS's page lists the type as one that migrates, be it from PostgreSQL to PostgreSQL
    :param padded: whether trailing blanks mean nothing (`character(n)`)
    :param unbounded: `numeric` without a precision, which DMS carries with six digits behind the point
    :param select: how the column's text is selected; `{}` is its quoted name
    """

    dms: DataTypeName
    kind: Kind
    read: Callable[[str], object] = str
    documented: bool = True
    migrates: bool = True
    padded: bool = False
    unbounded: bool = False
    select: str = "{}::text"

    @property
    def is_lob(self) -> bool:
        """Whether DMS carries it as a large object, which its LOB mode may cut."""
        return self.dms in LOBS


def _plain(dms: DataTypeName) -> SourceType:
    kind = kind_of(dms)
    return SourceType(dms, kind, _READERS.get(kind, str))


# The types that are more than their DMS type says.
_OWN: dict[str, SourceType] = {
    "boolean": SourceType(FROM_POSTGRES["boolean"], Kind.BOOLEAN_AS_TEXT, readers.boolean),
    "character": SourceType(FROM_POSTGRES["character"], Kind.TEXT, padded=True),
    "money": SourceType(FROM_POSTGRES["money"], Kind.NUMERIC, readers.number, select="{}::numeric::text"),
    "bytea": SourceType(FROM_POSTGRES["bytea"], Kind.BYTES, readers.hexadecimal, select="'\\x' || encode({}, 'hex')"),
    # A cast to text adds the length of the network, which PostgreSQL's own output leaves out of a host.
    "inet": SourceType(
        FROM_POSTGRES["inet"], Kind.TEXT, migrates=False, select="CASE WHEN {0} IS NOT NULL THEN concat({0}) END"
    ),
    "time with time zone": SourceType(FROM_POSTGRES["time with time zone"], Kind.ZONED_TIME),
    "interval": SourceType(FROM_POSTGRES["interval"], Kind.INTERVAL),
}
# "Using DMS to migrate data from PostgreSQL to PostgreSQL" lists these as not migrating; of Oracle nothing is said.
_DOES_NOT_MIGRATE = frozenset(
    {"macaddr", "tsvector", "tsquery", "line", "lseg", "box", "path", "circle", "enum", "composite", "range"}
)
# "AWS DMS supports the PostGIS data type for only homogeneous migrations."
_POSTGIS = frozenset({"geometry", "geography", "raster", "topogeometry", "box2d", "box3d"})
_UNBOUNDED_NUMERIC = SourceType("numeric", Kind.NUMERIC, readers.number, unbounded=True)
_BEYOND_NUMERIC = SourceType("string", Kind.NUMERIC, readers.number)
_UNKNOWN = SourceType("string", Kind.TEXT, documented=False)


def is_of_postgis(column: Column) -> bool:
    """Whether DMS carries the column between PostgreSQL databases only.

    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html#CHAP_Source.PostgreSQL.Limitations
    """
    return name_of_type(column) in _POSTGIS


def source_type(column: Column) -> SourceType:
    """What DMS makes of the column; a type that AWS does not document is streamed as text.

    "AWS DMS streams some data types as strings if the data type is unknown":
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
    """
    dms, name = dms_type(column), column.category or name_of_type(column)
    if dms is None:
        return _UNKNOWN
    if name == "numeric" and column.precision is None:
        return _UNBOUNDED_NUMERIC
    if name == "numeric" and dms != "numeric":
        return _BEYOND_NUMERIC
    found = _OWN.get(name) or _plain(dms)
    return replace(found, migrates=False) if name in _DOES_NOT_MIGRATE else found
