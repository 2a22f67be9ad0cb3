"""Is what the rules name a table that DMS can write, and does it keep what is written?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check
from reverse_sync.type_pairs import pair
from reverse_sync.type_pairs.source_types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover

_BY_A_RULE = "send it to a table by a renaming rule"
_WHY_AND_WHAT = {
    "synonym": ("AWS names tables as targets and no synonyms; DMS looks the table up by its own name", _BY_A_RULE),
    "materialized": ("Oracle refuses its changes (ORA-01732), or its next refresh loses them", _BY_A_RULE),
    "view": (
        "AWS names tables as targets and no views; what of a row such a view takes, and shows again, is its own matter",
        f"{_BY_A_RULE}, or prove inserts, updates and deletes on a test row before the cutover",
    ),
    "temporary": ("its rows end with DMS's transaction or session, and no other session sees them", _BY_A_RULE),
    "read-only": ("Oracle refuses every change of it (ORA-12081), and DMS only logs that", "ALTER TABLE {} READ WRITE"),
}  # fmt: skip
"""By the first word of the kind: why it matters, and what to do."""


@check(Group.TARGET, links.DMS_ORACLE, "mapping", "source", "target")
def target_not_a_table(cutover: Cutover) -> Iterator[Finding]:
    """The target is a view, a synonym, a temporary or a read-only table."""
    for projection in cutover.projections:
        kind = cutover.target.schema(projection.schema).kinds.get(projection.table)
        if kind is None:
            continue
        why, do = _WHY_AND_WHAT[kind.split()[0]]
        yield (warning if kind == "view" else error)(
            f"{projection.source.full_name} should become a table, but {projection.full_name} is a {kind}",
            why,
            do.format(projection.full_name),
            file=cutover.mapping_file,
            table=projection.full_name,
        )


@check(Group.MAPPING, links.ORACLE_TABLES, "mapping", "source", "target")
def target_column_invisible(cutover: Cutover) -> Iterator[Finding]:
    """A column of the target is invisible, and is written, or has to be."""
    for projection, target in cutover.pairs:
        written = {column.name: column for column in projection.columns}
        for column in cutover.target.schema(target.schema).invisible.get(target.name, ()):
            by = written.get(column.name)
            if by is None and not column.needed:
                continue
            yield error(
                f"{column.name} is an invisible column of the target"
                + ("" if by else ", which nothing writes, is NOT NULL and has no default"),
                "Oracle's catalog does not list it among the table's columns, so DMS may not see it, and nothing "
                "compares it"
                if by
                else "inserts fail (ORA-01400)",
                f"ALTER TABLE {target.full_name} MODIFY ({column.name} VISIBLE)"
                + ("" if by else ", and let the mapping write it"),
                file=cutover.mapping_file,
                rule=str(by.rule.rule_id) if by and by.rule else None,
                table=target.full_name,
                column=column.name,
            )


@check(Group.TARGET, links.ORACLE_TABLES, "mapping", "source", "target")
def default_replaces_null(cutover: Cutover) -> Iterator[Finding]:
    """Oracle writes the column's default where a row brings NULL: DEFAULT ON NULL."""
    for projection, target in cutover.pairs:
        defaults = cutover.target.schema(target.schema).defaults_on_null
        for column in projection.columns:
            default, to = defaults.get((target.name, column.name)), target.column(column.name)
            if default is None or to is None:
                continue
            source = column.source
            kind = pair(column, to).kind
            blank = cutover.pipeline.dms.target_endpoint.writes_empty_text_as_blank
            empties = kind is Kind.BYTES or (kind is Kind.TEXT and not blank)
            brings = " or ".join(["NULL"] * (source is None or source.nullable) + ["''"] * empties)
            if brings:
                yield warning(
                    f"{to.name} is DEFAULT ON NULL, but {source.name if source else 'its expression'} may be {brings}",
                    f"Oracle inserts {default} instead, and the row differs from PostgreSQL's; an UPDATE to NULL fails "
                    "with ORA-01407",
                    f"forbid {brings} in the source, or take ON NULL from the column's default",
                    table=target.full_name,
                    column=to.name,
                )


@check(Group.TARGET, links.ORACLE_CONSTRAINTS, "mapping", "source", "target")
def child_rows(cutover: Cutover) -> Iterator[Finding]:
    """A foreign key refers to a replicated table: a delete takes rows of another with it, or fails because of them."""
    replicated = {(target.schema, target.name) for _, target in cutover.pairs}
    for _, target in cutover.pairs:
        for key in cutover.target.schema(target.schema).constraints:
            if key.kind != "R" or key.refers_to != target.name:
                continue
            known = (target.schema, key.table) in replicated
            if key.on_delete == "NO ACTION":
                if not known:
                    yield warning(
                        f"{key.name} of {key.table}, which is not replicated, refers to {target.name}",
                        "deleting a row that has rows there fails with ORA-02292 and is only logged",
                        f"replicate {key.table} too, or disable the constraint",
                        table=target.full_name,
                    )
                continue
            done = "deletes its rows" if key.on_delete == "CASCADE" else f"sets {', '.join(key.columns)} to NULL"
            yield (note if known else warning)(
                f"{key.name} of {key.table}{'' if known else ', which is not replicated,'} is ON DELETE {key.on_delete}"
                f": deleting a row of {target.name} {done}",
                "Oracle does that by itself; unless the source has the same rule, the rows differ"
                if known
                else "Oracle changes rows that no change of the source is about",
                "have the same rule in the source, or disable the constraint while the replication runs",
                table=target.full_name,
            )
