"""The table of type pairs: a kind of value against an Oracle type.

Each rule says whether the pair fits, what it loses, how both sides' values come to one form, and whether rows can be
walked in the order of such a key.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from reverse_sync.table_mapping.masking import RANDOM
from reverse_sync.type_pairs import comparisons, values
from reverse_sync.type_pairs.source_types import Kind, SourceType, kind_of, source_type
from reverse_sync.type_pairs.target_types import Store, store_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from reverse_sync.table_mapping import Column, ProjectedColumn


class Verdict(StrEnum):
    """What becomes of a value."""

    FITS = "fits"
    LOSES = "loses"
    CLASHES = "clashes"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Rule:
    """One cell of the table.

    :param says: how the value is written and compared, for `docs/types.md`
    :param same: compares two values that are not empty: the mapping's, Oracle's, and the columns of both sides
    :param loses: what may be lost; a clash where `same` is None and `why_not` is empty
    :param why_not: why values can't be compared; empty where they can
    :param key: whether both databases order such values alike
    """

    says: str
    same: Callable[[object, object, Sides], bool] | None = None
    loses: str = ""
    why_not: str = ""
    key: bool = False


@dataclass(frozen=True, slots=True)
class Sides:
    """Both ends of a pair: what DMS carries, and the Oracle column."""

    source: SourceType
    column: Column


@dataclass(frozen=True, slots=True)
class Pair:
    """A projected column and the Oracle column that it is written to."""

    kind: Kind
    store: Store
    rule: Rule
    sides: Sides

    @property
    def verdict(self) -> Verdict:
        """Fits, loses, clashes; unknown where nothing is known of Oracle's type."""
        if self.store is Store.OTHER:
            return Verdict.UNKNOWN
        if self.rule is CLASH:
            return Verdict.CLASHES
        return Verdict.LOSES if self.rule.loses else Verdict.FITS

    @property
    def comparable(self) -> bool:
        """Whether two values of the pair can be compared."""
        return self.rule.same is not None

    @property
    def why_not_comparable(self) -> str:
        """Why not; empty where they can."""
        if self.comparable:
            return ""
        if self.store is Store.OTHER:
            return f"nothing is known of values of Oracle's type {self.sides.column.type}"
        return self.rule.why_not or f"{self.kind.with_article} can't be written to a {self.store}"

    @property
    def is_exact_number(self) -> bool:
        """Whether a whole or decimal number is kept as decimal digits."""
        return self.kind in (Kind.INTEGER, Kind.NUMERIC) and self.store is Store.NUMBER

    @property
    def is_text(self) -> bool:
        """Whether the value becomes a text of limited length."""
        return self.store in (Store.VARCHAR, Store.CHAR)

    @property
    def is_date(self) -> bool:
        """Whether the value is kept as a point in time."""
        return self.store in (Store.DATE, Store.TIMESTAMP)

    @property
    def is_moment(self) -> bool:
        """Whether a time with digits of a second is kept as one."""
        return self.kind in (Kind.DATETIME, Kind.TIME) and self.is_date

    @property
    def orders_a_key(self) -> bool:
        """Whether rows can be walked on both sides in the order of such a column."""
        return self.rule.key and self.sides.source.documented

    @property
    def rounded_to(self) -> int | None:
        """How many digits behind the point a number keeps on its way; None where it keeps all."""
        scales = [6] if self.sides.source.unbounded else []
        if self.store is Store.NUMBER and self.sides.column.precision:
            scales.append(self.sides.column.scale or 0)
        return min(scales, default=None)

    @property
    def blanks_mean_nothing(self) -> bool:
        """Whether trailing blanks are no difference: one side is a CHAR."""
        return self.sides.source.padded or self.store is Store.CHAR

    def same(self, expected: object, found: object) -> bool:
        """Whether Oracle's value is what the mapping made of PostgreSQL's.

        '' is NULL in Oracle, and DMS may write one space for it; an empty bytea is NULL as well:
        https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Oracle.html

        :raises LookupError: where values of the pair can't be compared.
        """
        if self.rule.same is None:
            raise LookupError(self.why_not_comparable)
        if comparisons.is_empty(expected):
            return comparisons.is_empty(found) or (expected == "" and str(found).strip(" ") == "")
        if comparisons.is_empty(found):
            return self.blanks_mean_nothing and str(expected).strip(" ") == ""
        return self.rule.same(expected, found, self.sides)

    def shown(self, value: object) -> object:
        """The value as JSON keeps it, moments of both sides written alike."""
        moment = values.moment(value) if self.kind in (Kind.DATE, Kind.DATETIME) and value is not None else None
        return moment or values.shown(value)


def pair(projected: ProjectedColumn, column: Column) -> Pair:
    """What the table says of a projected column and its Oracle column."""
    source = source_type(projected.source) if projected.source else FROM_EXPRESSION
    kind, store = _kind(projected, source), store_of(column)
    rule = RULES.get((kind, store), CLASH)
    if projected.source is None and kind is Kind.TEXT:
        rule = RULES_OF_EXPRESSIONS.get(store, rule)
    return Pair(kind, store, rule, Sides(source, column))


def _kind(projected: ProjectedColumn, source: SourceType) -> Kind:
    """What the rules make of the column's kind; a number or a moment that becomes a text stays what the text says.

    A mask makes a text of it, but for random digits, which leave a number a number:
    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Masking.html
    """
    mask, rule, given = projected.mask, projected.rule, projected.data_type
    if mask and mask.rule_action != RANDOM and not (given and rule and rule.rule_id > mask.rule_id):
        return Kind.TEXT
    if given is None:
        return source.kind
    kind = kind_of(given.type)
    return source.kind if kind is Kind.TEXT and projected.source else kind


FROM_EXPRESSION = SourceType("string", Kind.TEXT)
CLASH = Rule("Oracle refuses it")
_MOMENT_AS_TEXT = Rule("as text", why_not="no document says how DMS writes a moment as text")

_NUMBER = Rule(
    "by value", comparisons.same_number, "digits that the column's precision and scale have no room for", key=True
)
_SINGLE = Rule("in single precision", comparisons.same_single)
_DOUBLE = Rule("to 15 digits", comparisons.same_double)
_BINARY = Rule("bit by bit", comparisons.same_binary)
_LOSES_TO_SINGLE = Rule("in single precision", comparisons.same_single, "digits after the seventh")
_LOSES_TO_DOUBLE = Rule("to 15 digits", comparisons.same_double, "digits after the fifteenth")
_NUMBER_AS_TEXT = Rule("by the number that the text says", comparisons.same_number)
_TEXT = Rule("letter by letter; '' is NULL", comparisons.same_text, key=True)
_LARGE_TEXT = replace(_TEXT, key=False)
_PADDED = Rule("without trailing blanks; '' is NULL", comparisons.same_text, "trailing blanks", key=True)
_BOOLEAN_AS_TEXT = Rule("as true or false", comparisons.same_boolean_text)
_BYTES = Rule("byte by byte; an empty bytea is NULL", comparisons.same_raw)
_HEXADECIMAL = Rule("as the bytes that its hexadecimal digits say", comparisons.same_raw)
_TO_THE_SECOND = Rule("in UTC, to the second", comparisons.same_moment, "fractions of a second")
_MOMENT = Rule("in UTC, to the digits of a second that the column keeps", comparisons.same_moment, key=True)
_TIME = Rule("the time of day, whatever its date", comparisons.same_time)
_INTERVAL = Rule("by months, days and seconds", comparisons.same_interval)

_NUMBERS_IN_TEXT = dict.fromkeys((Store.VARCHAR, Store.CHAR, Store.CLOB), _NUMBER_AS_TEXT)
_EXACT_NUMBERS: dict[Store, Rule] = {
    Store.NUMBER: _NUMBER,
    Store.FLOAT: Rule(
        "to the column's binary precision", comparisons.same_float_column, "digits that the precision lacks"
    ),
    Store.BINARY_FLOAT: _LOSES_TO_SINGLE,
    Store.BINARY_DOUBLE: _LOSES_TO_DOUBLE,
    **_NUMBERS_IN_TEXT,
}
_TABLE: dict[Kind, dict[Store, Rule]] = {
    Kind.INTEGER: _EXACT_NUMBERS,
    Kind.NUMERIC: _EXACT_NUMBERS,
    Kind.REAL4: {
        **dict.fromkeys(
            (Store.NUMBER, Store.FLOAT), Rule("in single precision", comparisons.same_single, "NaN and infinity")
        ),
        **dict.fromkeys((Store.BINARY_FLOAT, Store.BINARY_DOUBLE, *_NUMBERS_IN_TEXT), _SINGLE),
    },
    Kind.REAL8: {
        **dict.fromkeys(
            (Store.NUMBER, Store.FLOAT),
            Rule("to 15 digits", comparisons.same_double, "NaN, infinity, and 1e126 and more"),
        ),
        Store.BINARY_FLOAT: _LOSES_TO_SINGLE,
        Store.BINARY_DOUBLE: _BINARY,
        **dict.fromkeys(_NUMBERS_IN_TEXT, _DOUBLE),
    },
    Kind.BOOLEAN_AS_TEXT: dict.fromkeys((Store.VARCHAR, Store.CHAR, Store.CLOB), _BOOLEAN_AS_TEXT),
    Kind.BOOLEAN: {
        Store.NUMBER: Rule("true is 1, false is 0", comparisons.same_boolean_number),
        **dict.fromkeys((Store.VARCHAR, Store.CHAR), _BOOLEAN_AS_TEXT),
    },
    Kind.TEXT: {Store.VARCHAR: _TEXT, Store.CHAR: _PADDED, Store.CLOB: _LARGE_TEXT},
    Kind.BYTES: {Store.RAW: _BYTES, Store.BLOB: _BYTES},
    Kind.DATE: {
        **dict.fromkeys((Store.DATE, Store.TIMESTAMP), _MOMENT),
        **dict.fromkeys(_NUMBERS_IN_TEXT, _MOMENT_AS_TEXT),
    },
    Kind.DATETIME: {
        Store.DATE: _TO_THE_SECOND,
        Store.TIMESTAMP: _MOMENT,
        **dict.fromkeys(_NUMBERS_IN_TEXT, _MOMENT_AS_TEXT),
    },
    Kind.TIME: {
        **dict.fromkeys((Store.TIMESTAMP, Store.VARCHAR, Store.CHAR), _TIME),
        Store.DATE: Rule("the time of day, whatever its date", comparisons.same_time, "fractions of a second"),
    },
    Kind.ZONED_TIME: dict.fromkeys(
        (Store.DATE, Store.TIMESTAMP, Store.VARCHAR, Store.CHAR),
        Rule("as DMS writes it", why_not="no document says what DMS makes of the zone of a time"),
    ),
    Kind.INTERVAL: dict.fromkeys((Store.VARCHAR, Store.CHAR, Store.CLOB), _INTERVAL),
}
RULES = {(kind, store): rule for kind, rules in _TABLE.items() for store, rule in rules.items()}

# A rule's expression may make the text that Oracle turns into another type by itself; a column's own text may not.
# https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Data-Type-Comparison-Rules.html
RULES_OF_EXPRESSIONS = {
    Store.NUMBER: _NUMBER_AS_TEXT,
    Store.FLOAT: _DOUBLE,
    Store.BINARY_FLOAT: _SINGLE,
    Store.BINARY_DOUBLE: _DOUBLE,
    Store.RAW: _HEXADECIMAL,
}
