"""Large objects: what DMS's limited LOB mode cuts, and keys that become LOBs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, warning
from reverse_sync.preflight.registry import check
from reverse_sync.type_pairs import Store
from reverse_sync.type_pairs.target_types import declared_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reverse_sync.preflight.cutover import Cutover, PairedColumn
    from reverse_sync.preflight.source_facts import ColumnValues
    from reverse_sync.table_mapping import Projection
    from reverse_sync.type_pairs import SourceType

_LOB_STORES = frozenset({Store.CLOB, Store.BLOB})
_BYTES_OF_AN_NCLOB_CHARACTER = 2
_VARCHAR_LIMIT, _VARCHAR_BYTES = "unboundedVarcharMaxSize", 8000


@check(Group.MAPPING, links.DMS_LOBS, "mapping", "source", "target", accepted_by="dms.task.limited_lob_max_kb")
def lob_truncated(cutover: Cutover) -> Iterator[Finding]:
    """A value is longer than `limited_lob_max_kb`: DMS cuts it there without an error; the longest value is named."""
    limits = {projection.source.full_name: _limit_of(cutover, projection) for projection in cutover.projections}
    unknown: dict[str, list[str]] = {}
    for column in cutover.columns:
        source, limit = column.projected.source, limits[column.table_name]
        if source is None or limit.kb is None or not column.pair.sides.source.is_lob:
            continue
        values = cutover.source.values(column.table, source.name)
        if values is None:
            unknown.setdefault(column.table_name, []).append(source.name)
            continue
        needed_kb = -(-_needed_bytes(column.pair.sides.source, values) // 1024)
        if needed_kb > limit.kb:
            yield error(
                f"the longest value of {source.name} ({source.type}) has {values.most_bytes} bytes in "
                f"{values.most_characters} characters and needs {needed_kb} KB, {limit.name} is {limit.kb}",
                "DMS cuts a longer value at the limit, without an error and without an entry in its exceptions",
                f"set {limit.key} to {needed_kb} or more, with room for longer values to come",
                file=cutover.mapping_file,
                table=column.table_name,
                column=source.name,
            )
    for name, columns in unknown.items():
        yield warning(
            f"the table is too large to be read, so the longest value of {', '.join(columns)} is not known; "
            f"{limits[name].name} is {limits[name].kb}",
            "DMS cuts a longer value at the limit, without an error and without an entry in its exceptions",
            f"SELECT max(octet_length({columns[0]}::text)), and set {limits[name].key} accordingly",
            table=name,
        )


class _Limit(NamedTuple):
    """Where a table's LOBs are cut (None: nowhere), by which setting, and its whole key."""

    kb: int | None
    name: str = "limited_lob_max_kb"
    key: str = "dms.task.limited_lob_max_kb"


def _limit_of(cutover: Cutover, projection: Projection) -> _Limit:
    of_task_kb = cutover.pipeline.dms.task.limited_lob_max_kb
    kb = projection.lob_limit_kb(of_task_kb)
    own = "the bulk-max-size of its table-settings"
    return _Limit(kb) if projection.lob_settings is None else _Limit(kb, own, own)


@check(
    Group.MAPPING,
    links.DMS_POSTGRES_ATTRIBUTES,
    "mapping",
    "source",
    accepted_by="dms.source_endpoint.extra_connection_attributes",
)
def varchar_without_length(cutover: Cutover) -> Iterator[Finding]:
    """A varchar without a length holds more bytes than DMS takes of one: 8000, or as `unboundedVarcharMaxSize` says."""
    attributes = cutover.pipeline.dms.source_endpoint.attributes
    given = attributes.get(_VARCHAR_LIMIT.lower(), "")
    limit = int(given) if given.isdigit() else _VARCHAR_BYTES
    for projection in cutover.projections:
        table = projection.source
        for column in projection.columns:
            source = column.source
            if source is None or source.type != "character varying" or source.length:
                continue
            values = cutover.source.values(table, source.name)
            if values is None or values.most_bytes > limit:
                known = "the table is large" if values is None else f"the longest now has {values.most_bytes} bytes"
                yield (warning if values is None else error)(
                    f"{source.name} is a character varying without a length, of which DMS takes {limit} bytes; {known}",
                    "AWS sizes such a column by that limit and does not say what becomes of a longer value",
                    f"set {_VARCHAR_LIMIT}=... (at most 10485760) in dms.source_endpoint.extra_connection_attributes, "
                    "or give the column a length",
                    file=cutover.mapping_file,
                    table=table.full_name,
                    column=source.name,
                )


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def key_becomes_lob(cutover: Cutover) -> Iterator[Finding]:
    """A column of the primary key is a LOB: in Oracle no row can be found by it, and DMS carries it on its own."""
    for column in cutover.columns:
        source = column.projected.source
        if source is None or source.name not in column.table.primary_key:
            continue
        if column.pair.store in _LOB_STORES:
            yield _key_finding(column, error, "no update or delete finds its row: Oracle compares no LOBs (ORA-00932)")
        elif column.pair.sides.source.is_lob and column.projected.is_plain:
            why = "AWS's own assessment warns of a key that travels as a LOB: such changes may not be applied"
            yield _key_finding(column, warning, why)


def _key_finding(column: PairedColumn, judge: Callable[..., Finding], why: str) -> Finding:
    source = column.projected.source
    return judge(
        f"the key column {source.name if source else ''} ({source.type if source else ''}) becomes {column.to.name} "
        f"({declared_type(column.to)})",
        why,
        "give both sides a key of limited length: character varying(n) and VARCHAR2(n)",
        table=column.table_name,
        column=column.to.name,
    )


def _needed_bytes(source: SourceType, values: ColumnValues) -> int:
    """What AWS counts: bytes, and of an NCLOB two for each character, or four where they take four."""
    if source.dms != "nclob":
        return values.most_bytes
    return max(values.most_bytes, values.most_characters * _BYTES_OF_AN_NCLOB_CHARACTER)
