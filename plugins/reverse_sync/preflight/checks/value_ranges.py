"""Do the values fit: bytes against characters, digits, fractions of a second?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check
from reverse_sync.type_pairs import sizes
from reverse_sync.type_pairs.source_types import Kind
from reverse_sync.type_pairs.target_types import decimal_digits, declared_type, fraction_digits, has_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reverse_sync.preflight.cutover import Cutover, PairedColumn
    from reverse_sync.table_mapping import Column
    from reverse_sync.type_pairs import Pair


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def text_too_long(cutover: Cutover) -> Iterator[Finding]:
    """A text may take more bytes or characters than the target column has, with the longest that there is now."""
    fitting: dict[str, list[str]] = {}
    for column, source in _plain(cutover, lambda pair: pair.kind is Kind.TEXT and pair.is_text):
        to = column.to
        if sizes.fixed_length(column.projected) or not to.length or not column.pair.sides.source.documented:
            continue
        length = sizes.longest_text(source)
        most = length * sizes.BYTES_A_CHARACTER if length and to.length_in_bytes else length
        if most is not None and most <= to.length:
            continue
        values = cutover.source.values(column.table, source.name)
        longest = (values.most_bytes if to.length_in_bytes else values.most_characters) if values else None
        limit = f"{length} characters" if length else "any length"
        known = "the table is large" if longest is None else f"the longest now has {longest}"
        fact = f"{source.name} takes {limit}, {to.name} is {declared_type(to)}, {known}"
        if longest is not None and longest <= to.length:
            fitting.setdefault(column.table_name, []).append(fact)
            continue
        yield (warning if longest is None else error)(
            fact,
            "a longer text fails with ORA-12899 and is only logged; a Korean syllable takes 3 bytes",
            f"make the column longer, or count characters: MODIFY {to.name} VARCHAR2({length or 4000} CHAR)",
            table=column.table_name,
            column=to.name,
        )
    for name, facts in fitting.items():
        yield note(
            f"all texts fit today, but a longer one need not: {'; '.join(facts)}",
            "a longer text fails with ORA-12899 and is only logged; a Korean syllable takes 3 bytes",
            "make the columns longer, or count characters: VARCHAR2(... CHAR)",
            table=name,
        )


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def number_too_large(cutover: Cutover) -> Iterator[Finding]:
    """A number may have more digits than the target column, with the most that there are now."""
    for column, source in _plain(cutover, lambda pair: pair.is_exact_number):
        to = column.to
        if not to.precision or source.type not in sizes.EXACT_NUMBERS:
            continue
        room = to.precision - (to.scale or 0)
        most = sizes.digits_before_point(source)
        if most is not None and most <= room:
            continue
        values = cutover.source.values(column.table, source.name) if source.type == "numeric" else None
        digits = values.most_digits if values else None
        known = f"; the largest now has {digits}" if digits is not None else ""
        yield judged(digits, room)(
            f"{source.name} takes {'any number of' if most is None else most} digits before the point, "
            f"{to.name} is {declared_type(to)} and takes {room}{known}",
            "a larger number fails with ORA-01438 and is only logged",
            "widen the target column",
            table=column.table_name,
            column=to.name,
        )


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def digits_lost(cutover: Cutover) -> Iterator[Finding]:
    """An exact number is written to a binary one that keeps fewer digits."""
    for column, source in _plain(cutover, lambda pair: pair.kind in (Kind.INTEGER, Kind.NUMERIC)):
        kept, most = decimal_digits(column.to), sizes.digits(source)
        if kept is None or source.type not in sizes.EXACT_NUMBERS or (most is not None and most <= kept):
            continue
        yield warning(
            f"{source.name} takes {'any number of' if most is None else most} digits, {column.to.name} is "
            f"{declared_type(column.to)} and keeps {kept}",
            "Oracle rounds without a word, and the comparison can't see more than it keeps",
            "make the target column a NUMBER",
            table=column.table_name,
            column=column.to.name,
        )


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def fraction_lost(cutover: Cutover) -> Iterator[Finding]:
    """Digits behind the point, or of a second, that DMS or the target column rounds away."""
    for column, source in _plain(cutover, lambda pair: pair.is_exact_number):
        to, scale = column.to, sizes.digits_behind_point(source)
        if column.pair.sides.source.unbounded:
            keeps, carried = "any number of", f", DMS carries {sizes.DEFAULT_FRACTION_DIGITS}"
        else:
            keeps, carried = str(scale), ""
        lost = bool(to.precision) and scale > (to.scale or 0)
        if lost or carried:
            yield (warning if lost else note)(
                f"{source.name} keeps {keeps} digits behind the point{carried}, {to.name} is {declared_type(to)}",
                "they are rounded without a word",
                "widen the target column" if lost else "give the source column a precision and scale if they matter",
                table=column.table_name,
                column=to.name,
            )
    for column, source in _plain(cutover, lambda pair: pair.is_moment):
        digits, kept = fraction_digits(column.to), sizes.fraction_of_a_second(source)
        if source.type.startswith("time") and kept > digits:
            yield warning(
                f"{source.name} keeps {kept} digits of a second, {column.to.name} ({column.to.type}) {digits}",
                "the fraction is lost",
                "make the target column a TIMESTAMP(6) if readers need it",
                table=column.table_name,
                column=column.to.name,
            )


@check(Group.MAPPING, links.DMS_POSTGRES, "mapping", "source", "target")
def time_zone_lost(cutover: Cutover) -> Iterator[Finding]:
    """A timestamp with time zone meets a target type without one."""
    for column, source in _plain(cutover, lambda pair: pair.is_moment):
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


def _plain(cutover: Cutover, wanted: Callable[[Pair], bool]) -> Iterator[tuple[PairedColumn, Column]]:
    """The columns of such pairs whose values are the source's own, with the source column."""
    for column in cutover.columns:
        if column.projected.source and not sizes.is_masked_to_a_hash(column.projected) and wanted(column.pair):
            yield column, column.projected.source
