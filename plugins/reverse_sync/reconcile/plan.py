"""How one table is compared: what hashes, what is read and compared by value, what can't be compared, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from reverse_sync.errors import StatementRefusedError
from reverse_sync.reconcile.expressions import expression_as_sql
from reverse_sync.reconcile.filters import filters_as_sql
from reverse_sync.sql import quoted
from reverse_sync.type_pairs import Store, pair
from reverse_sync.type_pairs.source_types import Kind
from reverse_sync.type_pairs.target_types import fraction_digits
from reverse_sync.type_pairs.texts import Texts, is_large, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reverse_sync.table_mapping import Column, ProjectedColumn, Projection, Table
    from reverse_sync.type_pairs import Pair

_INTEGERS = frozenset({"smallint", "integer", "bigint"})
# Their texts hold no `;`, so that one ends a field; any other text says its length first.
_PLAIN_KINDS = frozenset(
    {Kind.INTEGER, Kind.NUMERIC, Kind.BOOLEAN, Kind.BOOLEAN_AS_TEXT, Kind.BYTES, Kind.DATE, Kind.DATETIME}
)
_AS_KEY = frozenset({Store.NUMBER, Store.VARCHAR, Store.CHAR, Store.DATE, Store.TIMESTAMP})
# What a timestamp without a precision has.
_DIGITS_OF_A_SECOND = 6


class Order(StrEnum):
    """What both sides' rows are put in order by."""

    KEY = "the key itself"
    KEY_HASH = "the hash of the key"
    ROW_HASH = "the hash of the row"


@dataclass(frozen=True, slots=True)
class ComparedColumn:
    """A column of Oracle that is compared.

    :param source: the PostgreSQL column behind it; None for an expression
    :param texts: what both databases hash; None where its values are read and compared one by one
    """

    target: Column
    pair: Pair
    source: Column | None
    texts: Texts | None

    @property
    def plain(self) -> bool:
        """Whether no value's text holds a `;`."""
        return is_large(self.target) or (
            self.pair.kind in _PLAIN_KINDS and self.pair.store not in (Store.VARCHAR, Store.CHAR)
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one table are compared.

    :param columns: what is compared
    :param left_out: the columns of Oracle that can't be compared, and why
    :param key: the columns that tell rows apart; empty where there are none, and `keyless` says why
    :param by_value: why rows can't be compared by hashes; empty where they can
    :param condition: the mapping's filters as PostgreSQL's SQL; empty where there are none
    :param blank_for_empty: whether DMS writes one space for ''
    """

    projection: Projection
    columns: tuple[ComparedColumn, ...]
    left_out: Mapping[str, str]
    key: tuple[ComparedColumn, ...]
    keyless: str
    by_value: tuple[str, ...]
    condition: str
    blank_for_empty: bool

    @property
    def order(self) -> Order | None:
        """How rows are put in order; None where the two databases share no order of the key."""
        if not self.key:
            return Order.ROW_HASH
        if len(self.key) == 1 and _is_integer(self.key[0]):
            return Order.KEY
        return Order.KEY_HASH if all(column.texts for column in self.key) else None

    @property
    def hashed(self) -> tuple[ComparedColumn, ...]:
        """The columns whose values both databases hash."""
        return tuple(column for column in self.columns if column.texts)

    @property
    def has_large_objects(self) -> bool:
        """Whether a row may be so large that few are read at a time."""
        return any(is_large(column.target) for column in self.columns)

    @property
    def name(self) -> str:
        """The Oracle table."""
        return self.projection.full_name


def plan(
    projection: Projection,
    target: Mapping[str, Column],
    *,
    hashes_large_objects: bool = False,
    same_bytes: bool = True,
    blank_for_empty: bool = True,
) -> Plan:
    """The plan of a selected table.

    :param target: the columns of the Oracle table by their names
    :param hashes_large_objects: whether Oracle's user may EXECUTE DBMS_CRYPTO
    :param same_bytes: whether a text has the same bytes in both databases. Where it has not, other hashes lead to a
        comparison by value, but a hash can't say which row is which
    :param blank_for_empty: whether DMS writes one space for ''
    :raises StatementRefusedError: where the login sees no such table in Oracle.
    """
    if not target:
        raise StatementRefusedError(
            f"The mapping sends {projection.source.full_name} to {projection.full_name}, but that is not in Oracle, or "
            "the login may not see it: create the table, grant the login SELECT on it, or correct the mapping, then "
            "clear this task."
        )
    left_out: dict[str, str] = {}
    columns = tuple(_columns(projection, target, left_out, blank_for_empty))
    if not hashes_large_objects:
        columns = tuple(replace(column, texts=None) if is_large(column.target) else column for column in columns)
    if not same_bytes:
        columns = tuple(
            replace(column, texts=None) if _tells_rows_apart(column, projection) else column for column in columns
        )
    key, keyless = _key(projection, columns)
    if not key:
        unhashed = {c.target.name: f"{keyless}, and such values can't be hashed" for c in columns if not c.texts}
        left_out |= unhashed
        columns = tuple(column for column in columns if column.texts)
    condition = filters_as_sql(projection.filters, projection.source)
    by_value = [*_by_value(projection, columns)]
    if condition is None:
        by_value.append("a filter of the mapping has no counterpart in PostgreSQL's SQL")
    return Plan(projection, columns, left_out, key, keyless, tuple(by_value), condition or "", blank_for_empty)


def _columns(
    projection: Projection, target: Mapping[str, Column], left_out: dict[str, str], blank_for_empty: bool
) -> Iterator[ComparedColumn]:
    for projected in projection.columns:
        if projected.source is None and projected.expression is None:
            continue
        if projected.only_dms_knows is not None:
            left_out[projected.name] = f"only DMS knows its values: {projected.only_dms_knows}"
            continue
        column = target.get(projected.name)
        if column is None:
            left_out[projected.name] = "Oracle's table has no such column"
            continue
        found = pair(projected, column)
        if found.comparable:
            both = _texts(projection.source, projected, found, blank_for_empty)
            yield ComparedColumn(column, found, projected.source, both)
        else:
            left_out[projected.name] = found.why_not_comparable


def _texts(table: Table, projected: ProjectedColumn, found: Pair, blank_for_empty: bool) -> Texts | None:
    if projected.mask is not None:
        return None
    if projected.source is not None:
        as_column, sql = projected.source, quoted(projected.source.name)
    elif translated := expression_as_sql(projected.expression or "", table):
        sql, as_column = translated
    else:
        return None
    made = texts(found, as_column, sql, quoted(projected.name), blank_for_empty=blank_for_empty)
    if made and found.sides.column.type in ("NVARCHAR2", "NCHAR"):  # a concatenation with one is in its character set
        return made._replace(oracle=f"TO_CHAR({made.oracle})")
    return made


def _key(projection: Projection, columns: tuple[ComparedColumn, ...]) -> tuple[tuple[ComparedColumn, ...], str]:
    table = projection.source
    if not table.primary_key:
        return (), "it has no primary key"
    by_source = {column.source.name: column for column in columns if column.source}
    key = tuple(by_source[name] for name in table.primary_key if name in by_source)
    for name in table.primary_key:
        if name not in by_source:
            return (), f"the mapping does not carry its key column {name}, or it can't be compared"
    for column in key:
        if column.pair.store not in _AS_KEY or not (column.texts or column.pair.orders_a_key):
            return (), f"rows can't be found by its key column {column.target.name}"
        if _loses_fractions(column):
            return (), f"Oracle's column {column.target.name} keeps fewer digits of a second than the key has"
    return key, ""


def _tells_rows_apart(column: ComparedColumn, projection: Projection) -> bool:
    """Whether the column is a text by whose hash rows would be found; of a table without a key each text is."""
    key = projection.source.primary_key
    name = column.source.name if column.source else ""
    return column.pair.kind is Kind.TEXT and not is_large(column.target) and (not key or name in key)


def _loses_fractions(column: ComparedColumn) -> bool:
    """Whether two keys of PostgreSQL may be one in Oracle."""
    digits = column.source.scale if column.source else None
    kept = fraction_digits(column.target)
    return column.pair.kind is Kind.DATETIME and (_DIGITS_OF_A_SECOND if digits is None else digits) > kept


def _is_integer(column: ComparedColumn) -> bool:
    return bool(column.source and column.source.type in _INTEGERS and column.pair.store is Store.NUMBER)


def _by_value(projection: Projection, columns: tuple[ComparedColumn, ...]) -> Iterator[str]:
    expressions = {column.name for column in projection.columns if column.expression is not None}
    masked = {column.name for column in projection.columns if column.mask is not None}
    for column in columns:
        if column.texts is None:
            name, kind = column.target.name, column.pair.kind
            if name in expressions:
                yield f"{name} is made by an expression that SQLite evaluates"
            elif name in masked:
                yield f"{name} is masked by the mapping"
            elif is_large(column.target) and kind in (Kind.TEXT, Kind.BYTES) and not column.pair.blanks_mean_nothing:
                yield f"{name} is a large object, and Oracle's user has no EXECUTE on DBMS_CRYPTO, which would hash it"
            else:
                met = f"{kind.with_article} in a {column.pair.store}"
                yield f"{name}: {met} has no text that both databases write alike"
