"""Can the selected tables be replicated, and what gets lost?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.catalog.postgres import TableTraits
    from reverse_sync.preflight.world import World
    from reverse_sync.table_mapping import Table


@check(Group.SOURCE, links.DMS_POSTGRES, "mapping", "source")
def no_primary_key(world: World) -> Iterator[Finding]:
    """A selected table has no primary key: its updates and deletes are not replicated."""
    for table, _ in _selected(world):
        if not table.primary_key:
            yield error(
                f"{table.schema}.{table.name} has no primary key",
                "DMS replicates its inserts only and loses updates and deletes without a word",
                "add a primary key, or exclude the table",
                table=f"{table.schema}.{table.name}",
            )


@check(Group.SOURCE, links.PG_IDENTITY, "mapping", "source")
def replica_identity(world: World) -> Iterator[Finding]:
    """A selected table's replica identity is not its primary key."""
    for table, traits in _selected(world):
        if traits.replica_identity in {"n", "f"}:
            shown = {"n": "NOTHING", "f": "FULL"}[traits.replica_identity]
            yield (error if shown == "NOTHING" else warning)(
                f"the replica identity of {table.schema}.{table.name} is {shown}",
                "updates and deletes come without their key"
                if shown == "NOTHING"
                else "DMS does not support FULL together with pglogical",
                "ALTER TABLE ... REPLICA IDENTITY DEFAULT",
                table=f"{table.schema}.{table.name}",
            )


@check(Group.SOURCE, links.PG_IDENTITY, "mapping", "source")
def deferrable_key(world: World) -> Iterator[Finding]:
    """A selected table's primary key is deferrable, so that it cannot identify rows."""
    for table, traits in _selected(world):
        if not traits.key_immediate:
            yield error(
                f"the primary key of {table.schema}.{table.name} is DEFERRABLE",
                "PostgreSQL takes no deferrable key for the replica identity: updates and deletes fail or get lost",
                "make the key anew, NOT DEFERRABLE",
                table=f"{table.schema}.{table.name}",
            )


@check(Group.SOURCE, links.DMS_POSTGRES, "mapping", "source")
def partitioned_table(world: World) -> Iterator[Finding]:
    """A selected table is partitioned or a partition: changes carry the partition's name."""
    for table, traits in _selected(world):
        if traits.partitioned or traits.partition:
            yield warning(
                f"{table.schema}.{table.name} is a {'partitioned table' if traits.partitioned else 'partition'}",
                "changes arrive under the partition's own name, which the mapping must select and rename",
                "select the partitions and rename each to the target's table, one table at a time",
                table=f"{table.schema}.{table.name}",
            )


@check(Group.SOURCE, links.PG_UNLOGGED, "mapping", "source")
def unlogged_table(world: World) -> Iterator[Finding]:
    """A selected table is unlogged: its changes are not in the WAL."""
    for table, traits in _selected(world):
        if traits.unlogged:
            yield error(
                f"{table.schema}.{table.name} is UNLOGGED",
                "its changes are not written to the WAL, so nothing is replicated",
                "ALTER TABLE ... SET LOGGED",
                table=f"{table.schema}.{table.name}",
            )


@check(Group.SOURCE, links.PG_RESTRICTIONS, "mapping", "source")
def generated_column(world: World) -> Iterator[Finding]:
    """A projected column is generated: PostgreSQL does not send it."""
    for projection in world.projections:
        for column in projection.columns:
            if column.source and column.source.generated:
                yield warning(
                    f"{column.source.name} is a generated column",
                    "logical decoding leaves generated columns out: the target's column is never written",
                    "remove it by a rule, or add it by an add-column rule with the same expression",
                    file=world.mapping_file,
                    table=f"{projection.source.schema}.{projection.source.name}",
                    column=column.source.name,
                )


@check(Group.SOURCE, links.PG_ROW_SECURITY, "mapping", "source")
def row_security(world: World) -> Iterator[Finding]:
    """A selected table has row security: queries may not show what decoding sends."""
    for table, traits in _selected(world):
        if traits.row_security:
            yield warning(
                f"row security is on for {table.schema}.{table.name}",
                "decoding sends every change, but the verification sees only the rows that its login may see",
                "verify with a login that has BYPASSRLS",
                table=f"{table.schema}.{table.name}",
            )


@check(Group.SOURCE, links.PG_SEQUENCES, "mapping", "source")
def sequence_behind(world: World) -> Iterator[Finding]:
    """A key's sequence is behind the highest key: the next insert fails in the source."""
    tables = {(table.schema, table.name): table for table, _ in _selected(world)}
    for sequence in world.source.sequences:
        table = tables.get((sequence.schema, sequence.table))
        if table is None or table.primary_key != (sequence.column,):
            continue
        highest = world.source.highest(table, sequence.column)
        if highest is not None and highest > (sequence.last_value or 0):
            yield warning(
                f"the sequence of {sequence.column} stands at {sequence.last_value or 'its start'}, "
                f"the highest {sequence.column} is {highest}",
                "the service's next insert fails with a duplicate key",
                f"SELECT setval(pg_get_serial_sequence('{table.schema}.{table.name}', '{sequence.column}'), {highest})",
                table=f"{table.schema}.{table.name}",
                column=sequence.column,
            )


@check(Group.SOURCE, links.DMS_POSTGRES, "mapping", "source", "target")
def large_table(world: World) -> Iterator[Finding]:
    """A selected table is too large for its values to be counted here."""
    for table, traits in _selected(world):
        if not world.source.is_small(table):
            yield note(
                f"{table.schema}.{table.name} has about {traits.estimated_rows} rows and was not read",
                "how many of its values would not fit is not known; only its column types were compared",
                "count them in a quiet hour",
                table=f"{table.schema}.{table.name}",
            )


def _selected(world: World) -> Iterator[tuple[Table, TableTraits]]:
    for projection in world.projections:
        source = projection.source
        yield source, world.source.traits[source.schema, source.name]
