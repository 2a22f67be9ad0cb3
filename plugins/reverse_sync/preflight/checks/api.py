"""Can the canary make its change through the API?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check
from reverse_sync.verify.equality import same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.world import World


@check(Group.API, links.AIRFLOW_CONNECTIONS, "api")
def api_answer(world: World) -> Iterator[Finding]:
    """The API answers its list with something else than a 2xx."""
    status = world.api.list_status
    if not 200 <= status < 300:  # the classes of RFC 9110
        yield error(
            f"GET {world.api.base_url}{world.api.list_path} answers {status}",
            "the canary's change would fail as well",
            "correct the connection's address or canary.path, or look at the service's log",
        )


@check(Group.API, links.HTTP_METHODS, "api")
def api_method(world: World) -> Iterator[Finding]:
    """The canary's method is not one that its address allows."""
    allowed, method = world.api.allowed_methods, world.pipeline.canary.method
    if allowed is not None and method not in allowed:
        yield error(
            f"{world.api.path} allows {', '.join(sorted(allowed))}, the canary uses {method}",
            "the canary's change is answered with 405",
            "choose another canary.method or canary.path",
        )


@check(Group.API, links.HTTP_METHODS)
def canary_path(world: World) -> Iterator[Finding]:
    """The canary's address ends in another name than the column that it must change."""
    canary = world.pipeline.canary
    last = canary.path.rstrip("/").rpartition("/")[2]
    if last.isidentifier() and last != canary.column:
        yield note(
            f"the canary calls {canary.path} to change the column {canary.column}",
            "at /name the public FlightSpecials service changes another table and answers 200 all the same",
            f"if the canary reports no effect, set canary.path to {canary.path.removesuffix(last)}{canary.column}",
        )


@check(Group.API, links.DMS_BEST_PRACTICES, "mapping", "source", "target")
def canary_row(world: World) -> Iterator[Finding]:
    """The canary's row is missing on a side, or differs already now."""
    canary = world.pipeline.canary
    pair = next(
        (pair for pair in world.pairs if f"{pair[0].source.schema}.{pair[0].source.name}" == canary.table), None
    )
    if pair is None or pair[0].problems or len(pair[0].source.primary_key) != 1:
        return
    projection, target = pair
    source_row = world.source.row(projection.source, canary.id)
    names = [column.name for column in projection.columns if target.column(column.name)]
    target_row = world.target.row(target, names, canary.id) if projection.primary_key else None
    # A task that has run may still be on its way with the difference.
    judge = warning if world.task_has_run else error
    if source_row is None:
        yield error(
            f"row {canary.id} of {canary.table} is missing in the source",
            "the canary cannot change it",
            "choose another canary.id",
            table=canary.table,
        )
        return
    if target_row is None:
        yield judge(
            f"row {canary.id} of {canary.table} is missing in the target",
            "an update of it finds no row there and is lost",
            "choose another canary.id, or bring both sides to the same rows first",
            table=canary.table,
        )
        return
    try:
        wanted = projection.transform(source_row)
    except ValueError as problem:
        yield error(
            f"row {canary.id} of {canary.table} cannot be transformed: {problem}",
            "neither can DMS, or it writes something else",
            "correct the expression or the data type of the rule",
            file=world.mapping_file,
            table=canary.table,
        )
        return
    for name in names:
        if name in wanted and not same(wanted[name], target_row[name]):
            yield judge(
                f"row {canary.id}: {name} should be {wanted[name]!r}, the target has {target_row[name]!r}",
                "changes only replicate on: what differs before the start stays different",
                "bring both sides to the same rows first",
                table=f"{target.schema}.{target.name}",
                column=name,
            )
