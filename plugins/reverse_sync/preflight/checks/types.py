"""Do the types on both sides go together, and can their values be compared?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reverse_sync.preflight import links
from reverse_sync.preflight.checks.rules import is_an_exception
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check
from reverse_sync.table_mapping import ProjectedColumn
from reverse_sync.type_pairs import Store, Verdict, pair, sizes, source_type
from reverse_sync.type_pairs.source_types import Kind, is_of_postgis
from reverse_sync.type_pairs.target_types import declared_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover
    from reverse_sync.table_mapping import Column, Table
    from reverse_sync.table_mapping.grammar import Transformation
    from reverse_sync.type_pairs import Pair

_WHAT_FOLLOWS = {
    True: "what is lost, no comparison shows",
    False: "a number that Oracle's type lacks fails with an ORA error and is only logged; other digits are rounded",
}
"""Whether the target is a CHAR -> what becomes of the values."""
_BEYOND_DATES = "-infinity, or a year before 4712 BC or after 9999"
_BEYOND_NUMBERS = "NaN, infinity, or 1e126 and more"
_WITHOUT_INFINITY = frozenset({Store.NUMBER, Store.FLOAT, Store.DATE, Store.TIMESTAMP})


@check(Group.MAPPING, links.DMS_POSTGRES_TYPES, "mapping", "source", "target")
def type_clash(cutover: Cutover) -> Iterator[Finding]:
    """A column would meet a target column of another kind; a rule that loses to another by mistake counts as well."""
    for projection, target in cutover.pairs:
        for column, name, rule in cutover.mapping.candidates(projection.source):
            to = target.column(name)
            if to is None or _loses_as_meant(cutover, projection.source, column, rule):
                continue
            found = pair(_candidate(projection.columns, column, name, rule), to)
            if found.verdict is Verdict.CLASHES and found.sides.source.documented:
                yield error(
                    f"{column.name} ({column.type}) would be written to {name} ({declared_type(to)})",
                    found.why_not_comparable,
                    _what_to_do(found, projection.source, column, name),
                    file=cutover.mapping_file,
                    rule=str(rule.rule_id) if rule else None,
                    table=target.full_name,
                    column=name,
                )
    for table, added, to, found in cutover.columns:
        if added.source or not added.data_type or not added.rule or found.verdict is not Verdict.CLASHES:
            continue
        yield error(
            f"the added column {added.name} is {added.data_type.type}, the target's {declared_type(to)}",
            found.why_not_comparable,
            "correct the data-type of the rule",
            file=cutover.mapping_file,
            rule=str(added.rule.rule_id),
            table=table.full_name,
            column=to.name,
        )


@check(Group.MAPPING, links.DMS_POSTGRES_TYPES, "mapping", "source")
def unsupported_type(cutover: Cutover) -> Iterator[Finding]:
    """A column's PostgreSQL type is none that DMS is documented to carry, or one that AWS lists as not migrating."""
    for projection in cutover.projections:
        for column in projection.columns:
            if column.source is None or not column.source.type:
                continue
            found = source_type(column.source)
            if found.documented and found.migrates:
                continue
            if is_of_postgis(column.source):
                yield error(
                    f"{column.source.name} is {_spelled(column.source)}, a type of PostGIS",
                    "AWS DMS carries PostGIS's types between PostgreSQL databases only: Oracle does not get its values",
                    "remove the column by a rule; let a column of PostgreSQL hold ST_AsText of it if Oracle needs it",
                    file=cutover.mapping_file,
                    table=projection.source.full_name,
                    column=column.source.name,
                )
                continue
            yield warning(
                f"{column.source.name} is {_spelled(column.source)}, a type that "
                + (
                    "AWS lists as one that DMS does not migrate"
                    if found.documented
                    else "DMS is not documented to replicate"
                ),
                "DMS may skip the column or write text of its own making",
                "remove the column by a rule, or prove it on a test row",
                file=cutover.mapping_file,
                table=projection.source.full_name,
                column=column.source.name,
            )


@check(Group.MAPPING, links.DMS_POSTGRES_TYPES, "mapping", "source", "target")
def values_not_compared(cutover: Cutover) -> Iterator[Finding]:
    """The values of both sides can't be compared, because nothing says how DMS writes them."""
    for table, projected, to, found in cutover.columns:
        if found.comparable or found.verdict is Verdict.CLASHES or projected.known_only_to_dms:
            continue
        origin = f"{projected.source.name} ({projected.source.type})" if projected.source else projected.name
        if to.type == "XMLTYPE":
            yield error(
                f"{origin} is written to {to.name} (XMLTYPE)",
                "AWS has XMLTYPE as a target between two Oracle databases only, and xml is a CLOB to DMS",
                "make the target's column a CLOB, or remove the column by a rule",
                file=cutover.mapping_file,
                table=table.full_name,
                column=to.name,
            )
            continue
        yield warning(
            f"{origin} is written to {to.name} ({declared_type(to)}): {found.why_not_comparable}",
            "the column is left out of every comparison, so nothing proves it",
            "make the target's column a CLOB, or remove the column by a rule"
            if found.sides.source.is_lob
            else "give the target the column's own type, or add the column by an add-column rule with an expression",
            file=cutover.mapping_file,
            table=table.full_name,
            column=to.name,
        )


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def value_beyond_oracle(cutover: Cutover) -> Iterator[Finding]:
    """The column holds values that Oracle's type has none for: NaN, too large numbers, -infinity, years after 9999."""
    for column in cutover.columns:
        source = column.projected.source
        if source is None or column.pair.store not in _WITHOUT_INFINITY or not column.projected.is_plain:
            continue
        values = cutover.source.values(column.table, source.name)
        rows = values.beyond_oracle if values else 0
        if rows:
            beyond = (
                "-infinity, or a year before 4712 BC or after 9999"
                if column.pair.is_date
                else "NaN, infinity, or 1e126 and more"
            )
            yield error(
                f"{source.name} ({source.type}) holds what {column.to.name} ({declared_type(column.to)}) has no value "
                f"for: {beyond} ({rows} row{'' if rows == 1 else 's'} now)",
                "a change of such a row fails with an ORA error and is only logged; the task stays running",
                "give such rows another value in the source before the cutover",
                table=column.table_name,
                column=column.to.name,
            )


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def value_loses(cutover: Cutover) -> Iterator[Finding]:
    """What Oracle's type does not keep of the column's: NaN and infinity, trailing blanks."""
    lost: dict[tuple[str, str], list[str]] = {}
    for column in cutover.columns:
        found, source = column.pair, column.projected.source
        if source is None or found.verdict is not Verdict.LOSES or not _loses_some(found, source):
            continue
        said = (
            f"{column.to.name} ({declared_type(column.to)}) loses {found.rule.loses} of {source.name} ({source.type})"
        )
        lost.setdefault((column.table_name, _WHAT_FOLLOWS[found.store is Store.CHAR]), []).append(said)
    for (name, what_follows), facts in lost.items():
        yield note(
            "; ".join(facts),
            what_follows,
            "choose the target's type by docs/types.md if readers need it",
            table=name,
        )


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def key_is_binary(cutover: Cutover) -> Iterator[Finding]:
    """A column of the key is a real or double precision: a row is found only by a number with the very same bits."""
    keys = {id(projection.source): projection.primary_key for projection in cutover.projections}
    for table, projected, to, found in cutover.columns:
        if found.kind in (Kind.REAL4, Kind.REAL8) and to.name in keys[id(table)]:
            yield warning(
                f"{projected.name} of the key holds {found.kind}s, and {to.name} is {declared_type(to)}",
                "DMS writes and finds such a number by decimal digits, and AWS does not say by how many: an update or "
                "delete whose number is not the very same finds no row",
                "give the table a key of whole numbers or texts, or prove updates and deletes by a canary",
                table=table.full_name,
                column=to.name,
            )


@check(Group.MAPPING, links.ORACLE_COMPARISONS, "mapping", "source", "target")
def key_is_padded(cutover: Cutover) -> Iterator[Finding]:
    """A column of the key is a CHAR on one side: whether DMS finds a row by a key that is shorter, no document says."""
    keys = {id(projection.source): projection.primary_key for projection in cutover.projections}
    for table, projected, to, found in cutover.columns:
        if found.kind is not Kind.TEXT or to.name not in keys[id(table)]:
            continue
        source, fixed = projected.source, sizes.fixed_length(projected)
        if found.store is Store.CHAR and (to.length or 1) not in (1, fixed):
            yield warning(
                f"{projected.name} of the key is {declared_type(to)} in Oracle, which fills it up with blanks",
                "Oracle finds a shorter key only where DMS binds it as a CHAR, and AWS does not say that it does: else "
                "each update and delete of such a row is lost, in awsdms_apply_exceptions as '0 rows affected'",
                "prove it by a canary whose key is shorter than the column, or make the target's column a VARCHAR2",
                table=table.full_name,
                column=to.name,
            )
        elif found.store is Store.VARCHAR and source and found.sides.source.padded and source.length != 1:
            yield warning(
                f"{source.name} of the key is character({source.length}), which PostgreSQL sends filled up with "
                f"blanks, and {projected.name} is {declared_type(to)}, which Oracle compares blank by blank",
                "a row that is in Oracle without those blanks is found only where DMS cuts them off: TrimSpaceInChar, "
                "which is on by default, does so 'during migration', and AWS does not say that changes are meant",
                "prove it by a canary whose key is shorter than the column, or make the target's column a CHAR",
                table=table.full_name,
                column=to.name,
            )


def _loses_as_meant(cutover: Cutover, table: Table, column: Column, rule: Transformation | None) -> bool:
    """Whether the rule gives way to one that excepts the column from it."""
    first, *others = cutover.mapping.rules_for_column(table, column) or (rule,)
    return bool(first and rule and rule is not first and is_an_exception(first, [one for one in others if one]))


def _what_to_do(found: Pair, table: Table, column: Column, name: str) -> str:
    """How the column could be written to the target column `name` all the same.

    One rule acts on a column, so that a change of its type leaves its name as it is. A column of the key has to stay,
    for DMS finds rows by it.
    """
    if column.name in table.primary_key:
        return "give the target's column a type that the source's fits (docs/types.md): a key can't be made by a rule"
    if found.sides.source.is_lob:
        large = "BLOB" if found.kind is Kind.BYTES else "CLOB"
        return f"make the target's column a {large}, or remove the column: it is a LOB, which no expression can read"
    match found.kind, found.store:
        case Kind.BOOLEAN_AS_TEXT, Store.NUMBER if column.name == name:
            return "add a change-data-type rule with the data-type boolean: true becomes 1, false 0"
        case Kind.BOOLEAN_AS_TEXT, Store.NUMBER:
            return (
                f"remove the column and add {name} by an add-column rule with the data-type int1 and the expression "
                f"CASE ${column.name} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"
            )
        case Kind.TEXT, Store.RAW if column.type == "uuid":
            return (
                "remove the column and add the target's by an add-column rule whose expression gives hexadecimal "
                f"digits: replace(${column.name}, '-', '')"
            )
        case _:
            return "remove the column and add the target's by an add-column rule with an expression"


def _loses_some(found: Pair, source: Column) -> bool:
    """Whether that depends on values alone: what depends on sizes, checks of their own say."""
    if found.kind in (Kind.REAL4, Kind.REAL8):
        return True
    return found.kind is Kind.TEXT and not found.sides.source.padded and not sizes.is_spelled_by_postgres(source)


def _candidate(
    columns: tuple[ProjectedColumn, ...], column: Column, name: str, rule: Transformation | None
) -> ProjectedColumn:
    """The column as the rule would make it; a mask that it has stays."""
    projected = next((found for found in columns if found.source == column), ProjectedColumn(name, column))
    data_type = rule.data_type if rule and rule.rule_action == "change-data-type" else None
    return replace(projected, name=name, rule=rule, data_type=data_type)


def _spelled(column: Column) -> str:
    return f"{column.type} ({column.category})" if column.category else column.type
