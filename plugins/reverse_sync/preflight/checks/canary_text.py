"""Does the canary's column take the canary's text, on both sides?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.checks.canary import canary_projection
from reverse_sync.preflight.checks.text_lengths import limits
from reverse_sync.preflight.finding import Finding, Group, error
from reverse_sync.preflight.registry import check
from reverse_sync.table_mapping.data_types import name_of_type
from reverse_sync.type_pairs import Store
from reverse_sync.type_pairs.target_types import declared_type, store_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.table_mapping import Column, Projection

_TEXTS = frozenset({"text", "citext", "character varying", "character"})


@check(Group.API, links.SELECTIONS, "mapping", "source", accepted_by="canary")
def canary_text(cutover: Cutover) -> Iterator[Finding]:
    """The canary's column takes no such text: it is no text, is part of the key, or is too short for it."""
    from reverse_sync.verify.canary import unique_text

    for canary in cutover.pipeline.canaries:
        projection = canary_projection(cutover, canary)
        column = projection.source.column(canary.column) if projection else None
        if projection is None or column is None:
            continue
        text = unique_text(canary.text, "", "", 0)
        if what := _why_no_text(projection, column, text) or _why_not_in_target(cutover, projection, column, text):
            yield error(
                what,
                "the change is refused, or lost on its way",
                "choose another canary.column, a text that nobody minds to see changed, or a shorter canary.text",
                table=canary.table,
                column=canary.column,
            )


def _why_no_text(projection: Projection, column: Column, text: str) -> str | None:
    if column.name in projection.source.primary_key:
        return f"canary.column is {column.name}, a column of the primary key, and AWS DMS ignores changes of a key"
    if name_of_type(column) not in _TEXTS:
        return f"canary.column is {column.name}, which is {column.type}, and a canary writes a text"
    if column.length and len(text) > column.length:
        return (
            f"canary.column {column.name} takes {column.length} characters, and canary.text has {len(text)} with the "
            "run's own suffix"
        )
    return None


def _why_not_in_target(cutover: Cutover, projection: Projection, column: Column, text: str) -> str | None:
    target = cutover.target.table(projection.schema, projection.table) if cutover.has("target") else None
    to = target.column(projection.target_of(column.name) or "") if target else None
    if to is None or store_of(to) not in (Store.VARCHAR, Store.CHAR):
        return None
    sizes = {"characters": len(text), "bytes": len(text.encode())}
    for limit in limits(to, ascii_only=False):
        size = sizes.get(limit.unit, len(text.encode("utf-16-le")) // 2)
        if size > limit.most:
            return (
                f"canary.text has {size} {limit.unit} with the run's own suffix, and {to.name} is {declared_type(to)}"
            )
    return None
