"""What acts on replicated rows in the target?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.catalog.oracle import Constraint
    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.table_mapping import Projection

_MOST_CHECKS, _MOST_OF_A_CONDITION = 5, 80
_UNICODE = ("AL32UTF8", "UTF8")
_LEAST_FREE_BYTES = 100 * 1024**2


@check(Group.TARGET, links.ORACLE_TRIGGERS, "mapping", "source", "target", accepted_by="oracle.insert_triggers")
def trigger_fires(cutover: Cutover) -> Iterator[Finding]:
    """An enabled trigger fires on replicated rows, with the columns that it would rewrite."""
    for projection, target in cutover.pairs:
        for trigger in cutover.target.schema(projection.schema).triggers:
            if trigger.table != target.name or not trigger.enabled:
                continue
            rewritten = trigger.rewrites
            handled = trigger.before_insert and cutover.pipeline.oracle.insert_triggers == "disable"
            does = f"rewrites {', '.join(rewritten)}" if rewritten else "runs its own code"
            yield (note if handled else error if rewritten else warning)(
                f"the trigger {trigger.name} ({trigger.type}, {trigger.event}) {does}",
                "replicated rows would differ from their source rows; with another id, later changes miss them",
                "nothing: the run disables it. Enable it again if Oracle ever becomes the source of truth"
                if handled
                else f"ALTER TRIGGER {trigger.full_name} DISABLE while the replication runs"
                + (", or set oracle.insert_triggers to disable" if trigger.before_insert else ""),
                table=target.full_name,
                column=rewritten[0] if len(rewritten) == 1 else None,
            )


@check(Group.TARGET, links.ORACLE_CONSTRAINTS, "mapping", "source", "target")
def foreign_key(cutover: Cutover) -> Iterator[Finding]:
    """A foreign key on the target demands an order, or a table that is not replicated."""
    replicated = {(target.schema, target.name) for _, target in cutover.pairs}
    for _, target in cutover.pairs:
        for constraint in cutover.target.schema(target.schema).constraints:
            if constraint.kind == "R" and constraint.table == target.name:
                parent = constraint.refers_to or "a table of another schema"
                known = (target.schema, parent) in replicated
                if known and cutover.pipeline.dms.task.batch_apply:
                    yield warning(
                        f"{constraint.name} refers to {parent}, and dms.task.batch_apply is true",
                        "in a batch DMS writes one table after the other: a row may come before its parent (ORA-02291)",
                        "disable the constraint while the replication runs, or set dms.task.batch_apply to false",
                        table=target.full_name,
                    )
                    continue
                yield (note if known else warning)(
                    f"{constraint.name} refers to {parent}" + ("" if known else ", which is not replicated"),
                    "DMS applies transaction by transaction, so the source's order holds"
                    if known
                    else "a row whose parent is missing there fails with ORA-02291 and is only logged",
                    "leave dms.task.batch_apply off" if known else f"replicate {parent} too, or disable the constraint",
                    table=target.full_name,
                )


@check(Group.TARGET, links.ORACLE_CONSTRAINTS, "mapping", "source", "target")
def unique_constraint(cutover: Cutover) -> Iterator[Finding]:
    """A unique constraint or index on the target beside the primary key may refuse rows that the source accepts."""
    for projection, target in cutover.pairs:
        kept = _unique_in_source(cutover, projection)
        for constraint in cutover.target.schema(target.schema).constraints:
            of_a_row = target.primary_key and set(target.primary_key) <= set(constraint.columns)
            if constraint.kind == "U" and constraint.table == target.name and not of_a_row:
                if any(columns <= set(constraint.columns) for columns in kept):
                    yield from _nulls_in_unique(projection, constraint)
                    continue
                yield warning(
                    f"{constraint.name} makes ({', '.join(constraint.columns)}) unique",
                    "a row that the source accepts may fail with ORA-00001 and is only logged; DMS writes row by "
                    "row, so also one that takes a value over from another in one statement or transaction",
                    "have the same constraint in the source, NOT DEFERRABLE there, or disable it in the target",
                    table=target.full_name,
                )


@check(Group.TARGET, links.ORACLE_CONSTRAINTS, "mapping", "source", "target")
def check_constraint(cutover: Cutover) -> Iterator[Finding]:
    """Check constraints on columns of the target that are written, which may refuse rows that the source accepts."""
    for projection, target in cutover.pairs:
        written = {column.name for column in projection.columns}
        found = [
            f"{constraint.name} demands {' '.join(constraint.condition.split())[:_MOST_OF_A_CONDITION]}"
            for constraint in cutover.target.schema(target.schema).constraints
            if constraint.kind == "C" and constraint.table == target.name
            if not constraint.columns or written.intersection(constraint.columns)
        ]
        if found:
            more = f"; and {len(found) - _MOST_CHECKS} more" if len(found) > _MOST_CHECKS else ""
            yield warning(
                f"{'; '.join(found[:_MOST_CHECKS])}{more}",
                "a row that the source accepts may fail with ORA-02290 and is only logged",
                "have the same CHECK in the source, or disable it in the target",
                table=target.full_name,
            )


@check(Group.TARGET, links.ORACLE_TRIGGERS, "mapping", "source", "target")
def target_sequence(cutover: Cutover) -> Iterator[Finding]:
    """The sequence behind the target's ids lags: it matters if Oracle takes over again."""
    for projection, target in cutover.pairs:
        schema = cutover.target.schema(projection.schema)
        used = {name for trigger in schema.triggers if trigger.table == target.name for name in trigger.sequences}
        for sequence in schema.sequences:
            if sequence.name not in used or len(target.primary_key) != 1:
                continue
            highest = cutover.target.highest(target.schema, target.name, target.primary_key[0])
            if highest is not None and highest >= sequence.next_number:
                yield note(
                    f"{sequence.name} is at {sequence.next_number}, the highest {target.primary_key[0]} is {highest}",
                    "if Oracle ever takes over again, its next insert fails with ORA-00001",
                    f"advance it beyond {highest} before that",
                    table=target.full_name,
                )


@check(Group.TARGET, links.ORACLE_CHARSET, "target")
def character_set(cutover: Cutover) -> Iterator[Finding]:
    """The target's character set cannot hold every character of the source's UTF-8."""
    found = cutover.target.parameters.get("NLS_CHARACTERSET")
    if found and found not in _UNICODE:
        yield warning(
            f"the target's character set is {found}",
            "characters that it lacks are replaced by question marks",
            "prove a row with Korean text, or migrate the database to AL32UTF8",
        )


@check(Group.TARGET, links.ORACLE_SPACE, "target_login")
def free_space(cutover: Cutover) -> Iterator[Finding]:
    """Little space is left in a tablespace that the DMS login uses."""
    for name, free in cutover.target_login.free_bytes.items():
        if free < _LEAST_FREE_BYTES:
            yield warning(
                f"the tablespace {name} has {free // 1024**2} MiB free",
                "inserts fail with ORA-01653 once it is full, unless it grows by itself",
                "add space",
            )


def _unique_in_source(cutover: Cutover, projection: Projection) -> list[set[str]]:
    """The target names of the columns that the source keeps unique, row by row as DMS writes."""
    found = []
    for columns in cutover.source.traits[projection.source.schema, projection.source.name].unique:
        names = [one.name for one in projection.columns if one.is_plain and one.source and one.source.name in columns]
        if len(names) == len(columns):
            found.append(set(names))
    return found


def _nulls_in_unique(projection: Projection, constraint: Constraint) -> Iterator[Finding]:
    """Two rows (1, NULL) are one too many for Oracle, and not for PostgreSQL.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/constraint.html
    """
    nullable = [
        one.name
        for one in projection.columns
        if one.name in constraint.columns and (one.source is None or one.source.nullable)
    ]
    if nullable and len(constraint.columns) > 1:
        yield warning(
            f"{constraint.name} makes ({', '.join(constraint.columns)}) unique, as the source does, but "
            f"{', '.join(nullable)} may be NULL",
            "PostgreSQL takes several rows that are the same but for a NULL, Oracle refuses the second with ORA-00001",
            "forbid NULL in the source (or NULLS NOT DISTINCT, from PostgreSQL 15 on), or disable it in the target",
            table=projection.full_name,
        )
