"""Do the values fit: digits, fractions of a second?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check
from reverse_sync.type_pairs import sizes
from reverse_sync.type_pairs.source_types import Kind
from reverse_sync.type_pairs.target_types import (
    MOST_DIGITS,
    Store,
    decimal_digits,
    declared_type,
    fraction_digits,
    has_zone,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reverse_sync.preflight.cutover import Cutover, PairedColumn
    from reverse_sync.table_mapping import Column
    from reverse_sync.type_pairs import Pair

_NUMBERS = frozenset({Kind.INTEGER, Kind.NUMERIC, Kind.REAL4, Kind.REAL8})
_BINARY = frozenset({"real", "double precision"})
_TYPES_OF_NUMBERS = sizes.EXACT_NUMBERS | _BINARY
_SURE_DIGITS = {
    (Kind.REAL4, Store.FLOAT): 9,
    (Kind.REAL8, Store.FLOAT): 16,
    (Kind.REAL8, Store.BINARY_FLOAT): 16,
}
"""With so many significant digits the comparison takes a number for the binary one that it came of."""


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def number_too_large(cutover: Cutover) -> Iterator[Finding]:
    """A number may have more digits than the target column, with the most that there are now."""
    for column, source in plain_columns(cutover, lambda pair: pair.store is Store.NUMBER and pair.kind in _NUMBERS):
        to = column.to
        if source.type not in _TYPES_OF_NUMBERS:
            continue
        values = cutover.source.values(column.table, source.name)
        digits = values.most_digits if values else None
        known = f"; the largest now has {digits}" if digits is not None else ""
        if column.pair.sides.source.unbounded and digits is not None and digits > sizes.MOST_DIGITS_BEFORE_POINT:
            yield error(
                f"{source.name} takes any number of digits before the point, DMS carries "
                f"{sizes.MOST_DIGITS_BEFORE_POINT}{known}",
                "DMS takes a numeric without a precision for a NUMERIC(28,6), so a larger number does not arrive",
                "give the source column a precision and scale",
                table=column.table_name,
                column=to.name,
            )
            continue
        if not to.precision:
            continue
        room = to.precision - (to.scale or 0)
        most = sizes.digits_before_point(source)
        if most is not None and most <= room:
            continue
        # Of numbers below 0.1 the digits before the point say nothing.
        yield judged(digits if room > 0 else None, room)(
            f"{source.name} takes {'any number of' if most is None else most} digits before the point, "
            f"{to.name} is {declared_type(to)} and takes {room}{known}",
            "a larger number fails with ORA-01438 and is only logged",
            "widen the target column",
            table=column.table_name,
            column=to.name,
        )


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def digits_lost(cutover: Cutover) -> Iterator[Finding]:
    """A number is written to a binary one, or to Oracle's longest, which keep fewer digits."""
    for column, source in plain_columns(cutover, lambda pair: pair.kind in (Kind.INTEGER, Kind.NUMERIC)):
        kept, most = decimal_digits(column.to), sizes.digits(source)
        if column.pair.store is Store.NUMBER and most is not None and not column.to.precision:
            kept = MOST_DIGITS
        if kept is None or source.type not in sizes.EXACT_NUMBERS or (most is not None and most <= kept):
            continue
        yield warning(
            f"{source.name} takes {'any number of' if most is None else most} digits, {column.to.name} is "
            f"{declared_type(column.to)} and keeps {kept}",
            "Oracle rounds without a word, and the comparison can't see more than it keeps",
            "make the target column a NUMBER" if kept < MOST_DIGITS else "give the source column a precision of 38",
            table=column.table_name,
            column=column.to.name,
        )
    for column, source in plain_columns(cutover, lambda pair: (pair.kind, pair.store) in _SURE_DIGITS):
        kept = decimal_digits(column.to) or MOST_DIGITS
        if kept < _SURE_DIGITS[column.pair.kind, column.pair.store]:
            seen = "says that such rows differ" if column.pair.store is Store.FLOAT else "can't see more than it keeps"
            yield warning(
                f"{source.name} ({source.type}) has digits as they come, {column.to.name} is "
                f"{declared_type(column.to)} and keeps {kept}",
                f"Oracle rounds without a word, and the comparison {seen}",
                "make the target column a BINARY_DOUBLE",
                table=column.table_name,
                column=column.to.name,
            )


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def fraction_lost(cutover: Cutover) -> Iterator[Finding]:
    """Digits behind the point, or of a second, that DMS or the target column rounds away."""
    for column, source in plain_columns(cutover, lambda pair: pair.store is Store.NUMBER and pair.kind in _NUMBERS):
        to, scale = column.to, sizes.digits_behind_point(source)
        if column.pair.sides.source.unbounded:
            keeps, carried = "any number of", f", DMS carries {sizes.DEFAULT_FRACTION_DIGITS}"
        else:
            keeps, carried = str(scale), ""
        lost = bool(to.precision) and scale > (to.scale or 0)
        if source.type in _BINARY and to.precision:
            yield warning(
                f"{source.name} ({source.type}) keeps digits behind the point as they come, {to.name} is "
                f"{declared_type(to)}",
                "Oracle rounds them without a word, and the comparison says that such rows differ",
                "make the target column a BINARY_DOUBLE, or a NUMBER without a precision",
                table=column.table_name,
                column=to.name,
            )
            continue
        if lost or carried:
            yield (warning if lost else note)(
                f"{source.name} keeps {keeps} digits behind the point{carried}, {to.name} is {declared_type(to)}",
                "they are rounded without a word",
                "widen the target column" if lost else "give the source column a precision and scale if they matter",
                table=column.table_name,
                column=to.name,
            )
    for column, source in plain_columns(cutover, lambda pair: pair.is_moment):
        digits, kept = fraction_digits(column.to), sizes.fraction_of_a_second(source)
        if source.type.startswith("time") and kept > digits:
            yield warning(
                f"{source.name} keeps {kept} digits of a second, {column.to.name} ({column.to.type}) {digits}",
                "the fraction is lost",
                "make the target column a TIMESTAMP(6) if readers need it",
                table=column.table_name,
                column=column.to.name,
            )
        elif digits > sizes.DEFAULT_FRACTION_DIGITS:
            yield note(
                f"{column.to.name} ({declared_type(column.to)}) keeps {digits} digits of a second, PostgreSQL "
                f"{sizes.DEFAULT_FRACTION_DIGITS}",
                "what DMS writes ends in zeros; rows that Oracle had before, with more digits, are said to differ",
                "nothing, unless such rows are there: correct them first",
                table=column.table_name,
                column=column.to.name,
            )


@check(Group.MAPPING, links.DMS_POSTGRES, "mapping", "source", "target")
def time_zone_lost(cutover: Cutover) -> Iterator[Finding]:
    """A timestamp with time zone meets a target type without one."""
    for column, source in plain_columns(cutover, lambda pair: pair.is_moment):
        if source.type == "timestamp with time zone" and not has_zone(column.to):
            yield note(
                f"{source.name} has a time zone, {column.to.name} ({column.to.type}) has none",
                "DMS writes the time in UTC; readers that expect local time see another hour",
                "tell the readers, or convert by an add-column rule with an expression",
                table=column.table_name,
                column=column.to.name,
            )


def judged(found: int | None, room: int) -> Callable[..., Finding]:
    """An error where values that are there now need more room, a note where they do not, a warning if unknown."""
    return warning if found is None else error if found > room else note


def plain_columns(cutover: Cutover, wanted: Callable[[Pair], bool]) -> Iterator[tuple[PairedColumn, Column]]:
    """The columns of such pairs whose values are the source's own, with the source column."""
    for column in cutover.columns:
        if column.projected.source and not sizes.is_masked_to_a_hash(column.projected) and wanted(column.pair):
            yield column, column.projected.source
