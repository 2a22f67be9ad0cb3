"""Do the values that rules make fit: into the rule's own type, and into the target column?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.preflight import links
from reverse_sync.preflight.checks.text_lengths import limits
from reverse_sync.preflight.checks.value_ranges import judged
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check
from reverse_sync.table_mapping.rule_sizes import WHOLE_NUMBERS, shown
from reverse_sync.type_pairs import Store, pair
from reverse_sync.type_pairs.source_types import Kind
from reverse_sync.type_pairs.target_types import declared_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.preflight.made_values import MadeValues
    from reverse_sync.table_mapping.grammar import DataType
    from reverse_sync.type_pairs import Pair


@check(Group.MAPPING, links.TRANSFORMATIONS, "mapping", "source")
def rule_value(cutover: Cutover) -> Iterator[Finding]:
    """The type that a rule gives can't be made of a value that its column or expression has now."""
    for projection in cutover.projections:
        found = cutover.source.made(projection) or {}
        for column in projection.columns:
            made = found.get(column.name)
            if made is None or not made.refused or column.data_type is None or column.rule is None:
                continue
            if column.lacks_room:
                continue  # which is a finding of its own
            origin = f"{column.source.name} ({column.source.type})" if column.source else "its expression"
            yield error(
                f"rule {column.rule.rule_id} makes {shown(column.data_type)} of {origin} for {column.name}, which has "
                f"no room for {made.said_refused}",
                "AWS does not say whether DMS rounds, cuts or refuses such a value, so nobody knows what Oracle gets",
                "give the rule a type with room, or have an expression decide what becomes of such values",
                file=cutover.mapping_file,
                rule=str(column.rule.rule_id),
                table=projection.source.full_name,
                column=column.name,
            )


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def made_value_too_large(cutover: Cutover) -> Iterator[Finding]:
    """What an expression makes may have no room in the target column, with the largest that it makes now."""
    for projection, target in cutover.pairs:
        found = cutover.source.made(projection)
        for column in projection.columns:
            to = target.column(column.name)
            if to is None or column.data_type is None or column.expression is None or column.known_only_to_dms:
                continue
            made = found.get(column.name) if found else None
            for limit in _limits(pair(column, to), column.data_type):
                largest = limit.measure(made) if made else None
                known = "the table is large" if largest is None else f"the largest now has {largest}"
                judge = limit.judged(largest, limit.room)
                yield judge(
                    f"the expression of {column.name} makes {shown(column.data_type)}, {to.name} is "
                    f"{declared_type(to)} and takes {limit.room} {limit.unit}, {known}",
                    limit.why,
                    "make the target column larger, or have the expression make less",
                    file=cutover.mapping_file,
                    rule=str(column.rule.rule_id) if column.rule else None,
                    table=target.full_name,
                    column=to.name,
                )


@check(Group.MAPPING, links.ORACLE_CONSTRAINTS, "mapping", "source", "target")
def made_null(cutover: Cutover) -> Iterator[Finding]:
    """An expression makes NULL of rows that are there now, and the target column is NOT NULL."""
    for projection, target in cutover.pairs:
        filled = cutover.target.schema(target.schema).defaults_on_null
        for name, made in (cutover.source.made(projection) or {}).items():
            to = target.column(name)
            if to is None or to.nullable or not made.nulls or (target.name, name) in filled:
                continue
            column = next(one for one in projection.columns if one.name == name)
            if column.expression is None:
                continue  # what the source's own NULLs are a finding of
            yield error(
                f"the expression of {name} makes NULL of {made.nulls} of {made.rows} rows now, and {name} is "
                f"{declared_type(to)}",
                "such a row fails with ORA-01400 and is only logged; the task stays running",
                "have the expression make a value: coalesce(..., '-'); or allow NULL in the target",
                file=cutover.mapping_file,
                rule=str(column.rule.rule_id) if column.rule else None,
                table=target.full_name,
                column=name,
            )


class _Limit(NamedTuple):
    """What the target column takes, in which unit, how a value is measured in it, and what becomes of a larger one."""

    room: int
    unit: str
    measure: Callable[[MadeValues], int]
    why: str
    judged: Callable[[int | None, int], Callable[..., Finding]] = judged


def _limits(found: Pair, given: DataType) -> Iterator[_Limit]:
    """Those limits of the target column that the rule's own type does not keep."""
    to = found.sides.column
    if found.is_text and found.kind in (Kind.TEXT, Kind.INTEGER, Kind.NUMERIC):
        for limit in limits(to, ascii_only=found.kind is not Kind.TEXT):
            if given.length is None or given.length > limit.most:
                yield _Limit(limit.most, limit.unit, limit.of, "a longer text fails with ORA-12899 and is only logged")
                return
    if found.store is not Store.NUMBER or not to.precision or found.kind is Kind.BOOLEAN:
        return
    room, scale = to.precision - (to.scale or 0), to.scale or 0
    whole = _digits_before_point(given)
    if whole is None or whole > room:
        why = "a larger number fails with ORA-01438 and is only logged"
        yield _Limit(room, "digits before the point", lambda made: made.most_digits, why)
    if given.type == "numeric" and (given.scale or 0) > scale:
        why = "Oracle rounds without a word, and the comparison looks no further than the column keeps"
        yield _Limit(scale, "digits behind the point", lambda made: made.most_fraction_digits, why, _judged_rounding)


def _judged_rounding(found: int | None, room: int) -> Callable[..., Finding]:
    return note if found is not None and found <= room else warning


def _digits_before_point(given: DataType) -> int | None:
    """The most that the rule's type keeps; None where it says nothing."""
    if given.type in WHOLE_NUMBERS:
        return len(str(WHOLE_NUMBERS[given.type][1]))
    if given.type == "numeric" and given.precision is not None:
        return given.precision - (given.scale or 0)
    return None
