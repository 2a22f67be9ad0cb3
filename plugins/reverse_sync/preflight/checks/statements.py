"""Does a row's change fit into one statement of DMS's?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, warning
from reverse_sync.preflight.registry import check
from reverse_sync.type_pairs import source_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.table_mapping import Projection

_MOST_BYTES = 32 * 1024
_MOST_COLUMNS_OF_A_BATCH = 999


@check(Group.MAPPING, links.DMS_ORACLE_LIMITS, "mapping", "source", accepted_by="dms.task.batch_apply")
def statement_too_long(cutover: Cutover) -> Iterator[Finding]:
    """A row needs a statement of more than the 32 KB that DMS's transactional apply has for Oracle."""
    for projection in cutover.projections:
        table = projection.source.full_name
        batched = _goes_in_batches(projection)
        if (cutover.pipeline.dms.task.batch_apply and batched) or not _may_be_long(cutover, projection):
            continue
        columns = [column.source for column in projection.columns if column.source]
        limit = cutover.pipeline.dms.task.lob_limit_bytes(projection)
        longest = cutover.source.longest_row(projection.source, columns, limit)
        if longest is None or longest.with_lobs <= _MOST_BYTES:
            continue
        do = (
            "set dms.task.batch_apply to true"
            if batched
            else (
                "shorten such rows: a table with so many columns is applied row by row, also with dms.task.batch_apply"
            )
        )
        if longest.without_lobs > _MOST_BYTES:
            yield error(
                f"the longest row of {table} has {longest.without_lobs} bytes without its large objects, and a "
                f"statement has room for {_MOST_BYTES}",
                "AWS: in transactional apply mode a longer one fails with ORA-01460; DMS only logs it",
                do,
                file=cutover.mapping_file,
                table=table,
            )
        else:
            yield warning(
                f"the longest row of {table} has {longest.with_lobs} bytes with its large objects, and a statement has "
                f"room for {_MOST_BYTES}",
                "AWS: in transactional apply mode a longer one fails with ORA-01460; whether large objects count, AWS "
                "does not say",
                f"{do}, or prove such a row before the cutover",
                file=cutover.mapping_file,
                table=table,
            )


def _goes_in_batches(projection: Projection) -> bool:
    """AWS's formula: 2 * columns + columns of the key <= 999; else changes are applied one by one."""
    return 2 * len(projection.columns) + len(projection.primary_key) <= _MOST_COLUMNS_OF_A_BATCH


def _may_be_long(cutover: Cutover, projection: Projection) -> bool:
    """Whether the longest values of all columns, if one row had them, need more than a statement has room for."""
    limit = cutover.pipeline.dms.task.lob_limit_bytes(projection)
    total = 0
    for column in projection.columns:
        values = cutover.source.values(projection.source, column.source.name) if column.source else None
        if column.source and values:
            is_cut = limit is not None and source_type(column.source).is_lob
            total += min(values.most_bytes, limit or 0) if is_cut else values.most_bytes
    return total > _MOST_BYTES
