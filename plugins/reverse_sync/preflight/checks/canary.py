"""Can the canary make its change, and would it arrive?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.pipeline import SqlCanary, key_text, key_values
from reverse_sync.preflight import links
from reverse_sync.preflight.failure import in_one_line
from reverse_sync.preflight.finding import Finding, Group, error, warning
from reverse_sync.preflight.registry import check
from reverse_sync.type_pairs import pair
from reverse_sync.type_pairs.differences import difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from reverse_sync.pipeline import Canary
    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.table_mapping import Projection, Table

_NO_VALUE = "22"
"""The class of PostgreSQL's errors about values: https://www.postgresql.org/docs/current/errcodes-appendix.html"""


@check(Group.PERMISSIONS, links.PG_GRANT, "mapping", "source", accepted_by="canary")
def canary_right(cutover: Cutover) -> Iterator[Finding]:
    """The login of `postgres.connection` may not read the canary's table, or make the canary's UPDATE."""
    for canary in cutover.pipeline.canaries:
        projection = canary_projection(cutover, canary)
        if projection is None or projection.source.column(canary.column) is None:
            continue
        rights, lacking = cutover.source.rights(projection.source, canary.column), []
        if not rights.select:
            lacking.append(("SELECT", "the canary reads its row before and after the change"))
        if isinstance(canary, SqlCanary) and not rights.update:
            lacking.append((f"UPDATE ({canary.column})", "a canary of kind sql changes its row by an UPDATE"))
        for right, why in lacking:
            yield error(
                f"{rights.login}, the login of postgres.connection, has no {right} on {canary.table}",
                why,
                f"GRANT USAGE ON SCHEMA {projection.source.schema} TO {rights.login}; GRANT {right} ON {canary.table} "
                f"TO {rights.login}",
                table=canary.table,
                column=canary.column,
            )


@check(Group.API, links.SELECTIONS, "mapping", accepted_by="canary")
def canary_carried(cutover: Cutover) -> Iterator[Finding]:
    """The mapping does not carry the canary's table, its key or its column to Oracle."""
    for canary in cutover.pipeline.canaries:
        yield from _not_carried(cutover, canary)


def _not_carried(cutover: Cutover, canary: Canary) -> Iterator[Finding]:
    selection = cutover.pipeline.dms.task.mapping
    do = "correct the canary in the pipeline file, or the mapping's rules"

    def missing(what: str) -> Finding:
        why = "the canary would change a row of the service, and the change could never arrive in Oracle"
        return error(what, why, do, table=canary.table)

    if not cutover.mapping.selects(*canary.schema_and_table):
        yield missing(f"canary.table is {canary.table}, but {selection} does not select it")
        return
    if not cutover.has("source"):
        return
    projection = canary_projection(cutover, canary)
    if projection is None:
        yield missing(f"canary.table is {canary.table}, but the source has no such table")
        return
    key = projection.source.primary_key
    if not key or len(projection.primary_key) != len(key):
        kept = f", of which the mapping keeps {', '.join(projection.primary_key) or 'nothing'}" if key else ""
        yield missing(
            f"the canary needs a table whose primary key the mapping keeps; {canary.table} has "
            f"{', '.join(key) or 'no primary key'}{kept}"
        )
    elif unknown := projection.unknown_key:
        yield missing(
            f"the canary's row is found in Oracle by its key, but only DMS knows what becomes of {', '.join(unknown)}"
        )
    elif key_values(canary.id, key) is None:
        yield missing(f"canary.id is {key_text(canary.id)}, but the primary key of {canary.table} is {', '.join(key)}")
    if projection.source.column(canary.column) is None:
        yield missing(f"canary.column is {canary.column}, but {canary.table} has no such column")
    elif projection.target_of(canary.column) is None:
        yield missing(f"canary.column is {canary.column}, but {selection} does not carry that column to Oracle")


def canary_projection(cutover: Cutover, canary: Canary) -> Projection | None:
    """What the mapping makes of the canary's table; None where it is not selected, or not there."""
    table = canary.schema_and_table
    return next(
        (found for found in cutover.projections if (found.source.schema, found.source.name) == table),
        None,
    )


@check(Group.API, links.DMS_BEST_PRACTICES, "mapping", "source", "target", accepted_by="canary")
def canary_row(cutover: Cutover) -> Iterator[Finding]:
    """The canary's row is missing on a side, is not selected, or differs already now."""
    for canary in cutover.pipeline.canaries:
        yield from _row_findings(cutover, canary)


def _read(
    cutover: Cutover, projection: Projection, canary: Canary, key: Sequence[int | str]
) -> tuple[dict[str, object] | None, Finding | None]:
    """The row in the source, or that its key is no value of the key's types."""
    try:
        return cutover.source.row(projection.source, key), None
    except Exception as fault:
        # Of either driver: psycopg has sqlstate, psycopg2 pgcode.
        state = getattr(fault, "sqlstate", None) or getattr(fault, "pgcode", None) or ""
        if not state.startswith(_NO_VALUE):
            raise
        return None, error(
            f"canary.id is {key_text(canary.id)}, which is no key of {canary.table}: {in_one_line(fault)}",
            "the canary cannot find its row",
            "correct canary.id",
            table=canary.table,
        )


def _row_findings(cutover: Cutover, canary: Canary) -> Iterator[Finding]:
    projection = canary_projection(cutover, canary)
    target = cutover.target.table(projection.schema, projection.table) if projection else None
    if projection is None or target is None or projection.problems:
        return
    key = key_values(canary.id, projection.source.primary_key) if projection.source.primary_key else None
    if key is None or len(projection.primary_key) != len(key) or projection.unknown_key:
        return
    named = key_text(canary.id)
    source_row, fault = _read(cutover, projection, canary, key)
    if fault:
        yield fault
        return
    if source_row is not None and not projection.passes(source_row):
        yield error(
            f"a filter of the mapping leaves out row {named} of {canary.table}",
            "the canary's change would never arrive in Oracle",
            "choose another canary.id, or correct the filter",
            table=canary.table,
        )
        return
    names = [column.name for column in projection.columns if target.column(column.name)]
    # A task that has run may still be on its way with the difference.
    judge = warning if cutover.task_has_run else error
    if source_row is None:
        yield error(
            f"row {named} of {canary.table} is missing in the source",
            "the canary cannot change it",
            "choose another canary.id",
            table=canary.table,
        )
        return
    try:
        wanted = projection.transform(source_row)
    except ValueError as problem:
        yield error(
            f"row {named} of {canary.table} cannot be transformed: {problem}",
            "neither can DMS, or it writes something else",
            "correct the expression or the data type of the rule, or choose another canary.id",
            file=cutover.mapping_file,
            table=canary.table,
        )
        return
    target_row = cutover.target.row(target, names, [wanted[column] for column in projection.primary_key])
    if target_row is None:
        yield judge(
            f"row {named} of {canary.table} is missing in the target",
            "an update of it finds no row there and is lost",
            "choose another canary.id, or bring both sides to the same rows first",
            table=canary.table,
        )
        return
    yield from _differences(cutover, canary, projection, target, wanted, target_row, judge)


def _differences(
    cutover: Cutover,
    canary: Canary,
    projection: Projection,
    target: Table,
    wanted: Mapping[str, object],
    found: Mapping[str, object],
    judge: Callable[..., Finding],
) -> Iterator[Finding]:
    limit_bytes = cutover.pipeline.dms.task.lob_limit_bytes(projection)
    for column in projection.columns:
        to = target.column(column.name)
        if to is None or column.name not in wanted:
            continue
        of = pair(column, to)
        if of.comparable and not of.same(wanted[to.name], found[to.name]):
            yield judge(
                f"row {key_text(canary.id)}: {to.name} {difference(of, wanted[to.name], found[to.name], limit_bytes)}",
                "changes only replicate on: what differs before the start stays different",
                "bring both sides to the same rows first, or choose another canary.id",
                table=target.full_name,
                column=to.name,
            )
