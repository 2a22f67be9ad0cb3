"""Can the selected tables be replicated, and what gets lost?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check
from reverse_sync.reconcile.filters import literal
from reverse_sync.sql import as_typed
from reverse_sync.type_pairs.source_types import Kind, source_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.catalog.postgres import TableTraits
    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.table_mapping import Column, Table


_MOST_NAMED = 5
_KEY_UPDATES = "AWS DMS ignores an UPDATE of a primary key: it matches no row in the target, and nothing is logged"
_OF_PARTITIONS = "select the partitions, each into a target table of its own, or have a source table without partitions"
_IDENTITIES = {
    "n": ("NOTHING", "updates and deletes come without their key"),
    "f": ("FULL", "with pglogical DMS does not replicate the updates of such a table rightly"),
    "i": ("another index than its primary key's", "a delete comes with that index's columns only, and finds no row"),
}
"""What is not the primary key, and what becomes of changes then."""


@check(Group.SOURCE, links.DMS_POSTGRES, "mapping", "source")
def no_primary_key(cutover: Cutover) -> Iterator[Finding]:
    """A selected table has no primary key: its updates and deletes are not replicated."""
    for table, _ in _selected(cutover):
        if not table.primary_key:
            yield error(
                f"{table.full_name} has no primary key",
                "DMS replicates its inserts only and loses updates and deletes without a word",
                "add a primary key, or exclude the table",
                table=table.full_name,
            )


@check(Group.SOURCE, links.PG_IDENTITY, "mapping", "source")
def replica_identity(cutover: Cutover) -> Iterator[Finding]:
    """A selected table's replica identity is not its primary key."""
    for table, traits in _selected(cutover):
        if traits.replica_identity in _IDENTITIES:
            shown, why = _IDENTITIES[traits.replica_identity]
            yield error(
                f"the replica identity of {table.full_name} is {shown}",
                why,
                f"ALTER TABLE {as_typed(table.schema, table.name)} REPLICA IDENTITY DEFAULT",
                table=table.full_name,
            )


@check(Group.SOURCE, links.PG_IDENTITY, "mapping", "source")
def deferrable_key(cutover: Cutover) -> Iterator[Finding]:
    """A selected table's primary key is deferrable, so that it cannot identify rows."""
    for table, traits in _selected(cutover):
        if not traits.key_immediate:
            yield error(
                f"the primary key of {table.full_name} is DEFERRABLE",
                "PostgreSQL takes no deferrable key for the replica identity: updates and deletes fail or get lost",
                "make the key again, NOT DEFERRABLE",
                table=table.full_name,
            )


@check(Group.SOURCE, links.DMS_POSTGRES_LIMITS, "mapping", "source")
def key_changes(cutover: Cutover) -> Iterator[Finding]:
    """A primary key that may be updated, which AWS DMS ignores: foreign keys follow it, or it has texts or moments."""
    natural = []
    for table, traits in _selected(cutover):
        if traits.followed:
            yield warning(
                f"foreign keys follow a change of the primary key of {table.full_name}: {', '.join(traits.followed)}",
                _KEY_UPDATES,
                "let the service delete such a row and insert it again; the comparison names what was lost",
                table=table.full_name,
            )
        elif columns := [name for name in table.primary_key if _is_natural(table.column(name))]:
            natural.append(f"{table.full_name} ({', '.join(columns)})")
    if natural:
        more = f" and {len(natural) - _MOST_NAMED} more" if len(natural) > _MOST_NAMED else ""
        yield note(
            f"texts or moments are in the primary key of {', '.join(natural[:_MOST_NAMED])}{more}",
            f"whoever writes such a key may change it, too, and {_KEY_UPDATES}",
            "nothing, if they never change; else let the service delete such a row and insert it again",
        )


def _is_natural(column: Column | None) -> bool:
    """Whether a key's value says something, and PostgreSQL makes it not: no number, no UUID, no default."""
    return (
        column is not None
        and column.type != "uuid"
        and not column.default
        and source_type(column).kind in (Kind.TEXT, Kind.DATE, Kind.DATETIME)
    )


@check(Group.SOURCE, links.DMS_POSTGRES_LIMITS, "mapping", "source")
def deferrable_constraint(cutover: Cutover) -> Iterator[Finding]:
    """A selected table has constraints that a transaction may break until its end: AWS DMS does not support them."""
    kept = {}
    for projection, target in cutover.pairs if cutover.has("target") else ():
        constraints = cutover.target.schema(target.schema).constraints
        kept[projection.source.full_name] = [
            one.name for one in constraints if one.table == target.name and one.kind in ("R", "U")
        ]
    for table, traits in _selected(cutover):
        if traits.deferrable:
            names = kept.get(table.full_name, [])
            yield (warning if names else note)(
                f"constraints of {table.full_name} are DEFERRABLE: {', '.join(traits.deferrable)}"
                + (f", and the target has {', '.join(names)}" if names else ""),
                "AWS DMS does not support deferred constraints: it writes row by row in the source's order, so that "
                "Oracle refuses a row which only the end of the transaction makes right",
                "disable such constraints in the target, or make the source's NOT DEFERRABLE",
                table=table.full_name,
            )


@check(Group.SOURCE, links.DMS_POSTGRES_LIMITS, "mapping", "source")
def coalesced_index(cutover: Cutover) -> Iterator[Finding]:
    """A selected table has a unique index over COALESCE(...): AWS DMS does not support the table's replication."""
    for table, traits in _selected(cutover):
        if traits.coalesced:
            yield error(
                f"{table.full_name} has a unique index over COALESCE: {', '.join(traits.coalesced)}",
                "AWS DMS does not support replication of a table with a unique index made with COALESCE",
                "replace it by an index without COALESCE (NULLS NOT DISTINCT, from PostgreSQL 15 on, or two partial "
                "ones), or leave the table out",
                table=table.full_name,
            )


@check(Group.SOURCE, links.DMS_POSTGRES, "mapping", "source")
def partitioned_table(cutover: Cutover) -> Iterator[Finding]:
    """A selected table is partitioned or a partition: changes carry the partition's name, which must be selected."""
    replicated = _tables_of_partitions(cutover)
    for table, traits in _selected(cutover):
        if traits.partitioned and (table.schema, table.name) not in replicated:
            yield error(
                f"{table.full_name} is a partitioned table, and none of its partitions is selected",
                "changes arrive under the partitions' own names, so that nothing of it is replicated",
                _OF_PARTITIONS,
                table=table.full_name,
            )
        elif traits.partitioned or traits.partition:
            yield warning(
                f"{table.full_name} is a {'partitioned table' if traits.partitioned else 'partition'}",
                "changes arrive under the partition's own name, which the mapping must select and rename, and AWS DMS "
                "does not replicate two tables into one",
                _OF_PARTITIONS,
                table=table.full_name,
            )


@check(Group.SOURCE, links.PG_INHERITANCE, "mapping", "source")
def inherited_table(cutover: Cutover) -> Iterator[Finding]:
    """Other tables inherit from a selected one: a query of it shows their rows, changes carry their names."""
    for table, traits in _selected(cutover):
        if traits.has_children:
            yield warning(
                f"other tables inherit from {table.full_name}",
                "the comparison reads their rows as its own, but their changes arrive under their own names",
                "exclude it and select the children, or have rows in the children only that Oracle does not need",
                table=table.full_name,
            )


@check(Group.SOURCE, links.PG_UNLOGGED, "mapping", "source")
def unlogged_table(cutover: Cutover) -> Iterator[Finding]:
    """A selected table is unlogged: its changes are not in the WAL."""
    for table, traits in _selected(cutover):
        if traits.unlogged:
            yield error(
                f"{table.full_name} is UNLOGGED",
                "its changes are not written to the WAL, so nothing is replicated",
                "ALTER TABLE ... SET LOGGED",
                table=table.full_name,
            )


@check(Group.SOURCE, links.PG_RESTRICTIONS, "mapping", "source")
def generated_column(cutover: Cutover) -> Iterator[Finding]:
    """A projected column is generated: PostgreSQL does not send it."""
    for projection in cutover.projections:
        for column in projection.columns:
            if column.source and column.source.generated:
                yield warning(
                    f"{column.source.name} is a generated column",
                    "logical decoding leaves generated columns out: the target's column is never written",
                    "remove it by a rule, or add it by an add-column rule with the same expression",
                    file=cutover.mapping_file,
                    table=projection.source.full_name,
                    column=column.source.name,
                )


@check(Group.SOURCE, links.PG_ROW_SECURITY, "mapping", "source")
def row_security(cutover: Cutover) -> Iterator[Finding]:
    """A selected table has row security: queries may not show what decoding sends."""
    for table, traits in _selected(cutover):
        if traits.row_security:
            yield warning(
                f"row security is on for {table.full_name}",
                "decoding sends every change, but the verification sees only the rows that its login may see",
                "verify with a login that has BYPASSRLS",
                table=table.full_name,
            )


@check(Group.SOURCE, links.PG_SEQUENCES, "mapping", "source")
def sequence_behind(cutover: Cutover) -> Iterator[Finding]:
    """A key's sequence is behind the highest key, so that the next insert fails in the source; or nobody can see it."""
    tables = {(table.schema, table.name): table for table, _ in _selected(cutover)}
    for sequence in cutover.source.sequences:
        table = tables.get((sequence.schema, sequence.table))
        if table is None or table.primary_key != (sequence.column,):
            continue
        if sequence.hidden:
            yield note(
                f"where the sequence of {sequence.column} stands is hidden from the login of postgres.connection",
                "whether the service's next insert fails with a duplicate key is not known",
                f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA {as_typed(table.schema)} TO it",
                table=table.full_name,
                column=sequence.column,
            )
            continue
        highest = cutover.source.highest(table, sequence.column)
        if highest is not None and highest > (sequence.last_value or 0):
            yield warning(
                f"the sequence of {sequence.column} stands at {sequence.last_value or 'its start'}, "
                f"the highest {sequence.column} is {highest}",
                "the service's next insert fails with a duplicate key",
                f"SELECT setval(pg_get_serial_sequence({literal(as_typed(table.schema, table.name))}, "
                f"{literal(sequence.column)}), {highest})",
                table=table.full_name,
                column=sequence.column,
            )


@check(Group.SOURCE, links.DMS_POSTGRES, "mapping", "source", "target")
def large_table(cutover: Cutover) -> Iterator[Finding]:
    """A selected table is too large for its values to be counted here."""
    for table, traits in _selected(cutover):
        if not cutover.source.is_small(table):
            yield note(
                f"{table.full_name} has about {traits.estimated_rows} rows and was not read",
                "how many of its values would not fit is not known; only its column types were compared",
                "count them in a quiet hour",
                table=table.full_name,
            )


def _tables_of_partitions(cutover: Cutover) -> set[tuple[str, str]]:
    """The tables, at every level, that have a selected partition which holds rows."""
    found: set[tuple[str, str]] = set()
    for _, traits in _selected(cutover):
        above = None if traits.partitioned else traits.partition_of
        while above and above not in found:
            found.add(above)
            above = cutover.source.traits[above].partition_of
    return found


def _selected(cutover: Cutover) -> Iterator[tuple[Table, TableTraits]]:
    for projection in cutover.projections:
        source = projection.source
        yield source, cutover.source.traits[source.schema, source.name]
