"""Do the values fit: bytes against characters, digits, fractions of a second?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.oracle_types import describe, family_of_oracle
from reverse_sync.preflight.registry import check
from reverse_sync.table_mapping.data_types import FROM_POSTGRES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reverse_sync.preflight.world import World
    from reverse_sync.table_mapping import Column, Table

_INTEGER_DIGITS = {"smallint": 5, "integer": 10, "bigint": 19}
_BYTES_PER_CHARACTER = 4
_ORACLE_FRACTION_DIGITS = 6


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def text_too_long(world: World) -> Iterator[Finding]:
    """A text may take more bytes or characters than the target column has, with the longest that there is now."""
    fitting: dict[str, list[str]] = {}
    for table, source, to in _columns(world, "text"):
        if FROM_POSTGRES.get(source.type) not in {"string", "wstring", "nclob"} or not to.length:
            continue
        most = _most_bytes(source) if to.length_in_bytes else source.length
        if most is not None and most <= to.length:
            continue
        values = world.source.values(table, source.name)
        longest = (values.most_bytes if to.length_in_bytes else values.most_characters) if values else None
        limit = f"{source.length} characters" if source.length else "any length"
        known = "the table is large" if longest is None else f"the longest now has {longest}"
        fact = f"{source.name} takes {limit}, {to.name} is {describe(to)}, {known}"
        name = f"{table.schema}.{table.name}"
        if longest is not None and longest <= to.length:
            fitting.setdefault(name, []).append(fact)
            continue
        yield (warning if longest is None else error)(
            fact,
            "a longer text fails with ORA-12899 and is only logged; a Korean syllable takes 3 bytes",
            f"make the column longer, or count characters: MODIFY {to.name} VARCHAR2({source.length or 4000} CHAR)",
            table=name,
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
def number_too_large(world: World) -> Iterator[Finding]:
    """A number may have more digits than the target column, with the most that there are now."""
    for table, source, to in _columns(world, "number"):
        if not to.precision:
            continue
        room = to.precision - (to.scale or 0)
        most = _digits(source)
        if most is not None and most <= room:
            continue
        values = world.source.values(table, source.name) if source.type == "numeric" else None
        digits = values.most_digits if values else None
        known = f"; the largest now has {digits}" if digits is not None else ""
        yield _judged(digits, room)(
            f"{source.name} takes {'any number of' if most is None else most} digits before the point, "
            f"{to.name} is {describe(to)} and takes {room}{known}",
            "a larger number fails with ORA-01438 and is only logged",
            "widen the target column",
            table=f"{table.schema}.{table.name}",
            column=to.name,
        )


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def fraction_lost(world: World) -> Iterator[Finding]:
    """Digits behind the point, or of a second, that the target column rounds away."""
    for table, source, to in _columns(world, "number"):
        if source.type == "numeric" and to.precision and (source.scale or 0) > (to.scale or 0):
            yield warning(
                f"{source.name} keeps {source.scale} digits behind the point, {to.name} is {describe(to)}",
                "Oracle rounds without a word",
                "widen the target column",
                table=f"{table.schema}.{table.name}",
                column=to.name,
            )
    for table, source, to in _columns(world, "moment"):
        digits = 0 if to.type == "DATE" else to.scale if to.scale is not None else _ORACLE_FRACTION_DIGITS
        kept = source.scale if source.scale is not None else _ORACLE_FRACTION_DIGITS
        if source.type.startswith("timestamp") and kept > digits:
            yield warning(
                f"{source.name} keeps {kept} digits of a second, {to.name} ({to.type}) {digits}",
                "the fraction is lost",
                "make the target column a TIMESTAMP(6) if readers need it",
                table=f"{table.schema}.{table.name}",
                column=to.name,
            )


@check(Group.MAPPING, links.DMS_POSTGRES, "mapping", "source", "target")
def time_zone_lost(world: World) -> Iterator[Finding]:
    """A timestamp with time zone meets a target type without one."""
    for table, source, to in _columns(world, "moment"):
        if source.type == "timestamp with time zone" and "TIME ZONE" not in to.type:
            yield note(
                f"{source.name} has a time zone, {to.name} ({to.type}) has none",
                "DMS writes the time in UTC; readers that expect local time see another hour",
                "tell the readers, or convert by an add-column rule with an expression",
                table=f"{table.schema}.{table.name}",
                column=to.name,
            )


def _columns(world: World, family: str) -> Iterator[tuple[Table, Column, Column]]:
    for projection, target in world.pairs:
        for column in projection.columns:
            to = target.column(column.name)
            if column.source and to and family_of_oracle(to.type) == family:
                yield projection.source, column.source, to


def _most_bytes(source: Column) -> int | None:
    return source.length * _BYTES_PER_CHARACTER if source.length else None


def _digits(source: Column) -> int | None:
    if source.type == "numeric":
        return source.precision - (source.scale or 0) if source.precision else None
    return _INTEGER_DIGITS.get(source.type, 0)


def _judged(found: int | None, room: int) -> Callable[..., Finding]:
    return warning if found is None else error if found > room else note
