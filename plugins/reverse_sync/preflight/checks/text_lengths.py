"""Do values that are no texts fit into a target column of text?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.checks.value_ranges import judged
from reverse_sync.preflight.finding import Finding, Group, error
from reverse_sync.preflight.registry import check
from reverse_sync.type_pairs import sizes
from reverse_sync.type_pairs.target_types import declared_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.table_mapping import ProjectedColumn

_WHY = "a longer text fails with ORA-12899 and is only logged"


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def value_too_long(cutover: Cutover) -> Iterator[Finding]:
    """A number, a moment, a boolean, a uuid or a hash is written to a text column that is too short for it."""
    for column in cutover.columns:
        source, to = column.projected.source, column.to
        if not column.pair.is_text or source is None or not to.length or column.projected.data_type:
            continue
        fixed = sizes.fixed_length(column.projected)
        if fixed is not None:
            if fixed > to.length:
                yield error(
                    f"{source.name} ({_said_kind(column.projected)}) is a text of {fixed} characters, {to.name} is "
                    f"{declared_type(to)}",
                    _WHY,
                    f"make the column longer: MODIFY {to.name} VARCHAR2({fixed})",
                    table=column.table_name,
                    column=to.name,
                )
            continue
        longest = sizes.longest_number(source)
        if longest is None or longest <= to.length:
            continue
        values = cutover.source.values(column.table, source.name)
        now = values.most_characters if values else None
        known = "the table is large" if now is None else f"the longest now has {now}"
        yield judged(now, to.length)(
            f"{source.name} ({source.type}) takes {_said(longest)} characters as a text, {to.name} is "
            f"{declared_type(to)}, {known}",
            _WHY,
            f"make the column longer: MODIFY {to.name} VARCHAR2({min(longest, 4000)})",
            table=column.table_name,
            column=to.name,
        )


def _said(longest: int) -> str:
    return "any number of" if longest == sizes.WITHOUT_LIMIT else f"up to {longest}"


def _said_kind(column: ProjectedColumn) -> str:
    return "a SHA-256 hash" if column.mask else column.source.type if column.source else ""
