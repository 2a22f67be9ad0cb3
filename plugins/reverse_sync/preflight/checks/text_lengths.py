"""Do values fit into a target column of limited length: characters against bytes, numbers as texts, bytes in a RAW?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.preflight import links
from reverse_sync.preflight.checks.value_ranges import judged, plain_columns
from reverse_sync.preflight.finding import Finding, Group, error, note, warning
from reverse_sync.preflight.registry import check
from reverse_sync.type_pairs import Store, sizes
from reverse_sync.type_pairs.source_types import Kind
from reverse_sync.type_pairs.target_types import counts_utf16, declared_type, store_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover, PairedColumn
    from reverse_sync.preflight.made_values import MadeValues
    from reverse_sync.preflight.source_facts import ColumnValues
    from reverse_sync.table_mapping import Column, ProjectedColumn

_MOST_BYTES = {Store.VARCHAR: 4000, Store.CHAR: 2000}
"""Of a column, where MAX_STRING_SIZE is STANDARD, however many characters it declares."""
_WHY = "a longer text fails with ORA-12899 and is only logged"
_WHY_OF_TEXTS = f"{_WHY}; a Korean syllable takes 3 bytes"


class Limit(NamedTuple):
    """How much the target column takes, in which unit, and how much of it one character may need."""

    most: int
    unit: str
    each: int

    def of(self, values: ColumnValues | MadeValues) -> int:
        """How much the longest of what is there now needs."""
        measured = {"bytes": values.most_bytes, "characters": values.most_characters}
        return measured.get(self.unit, values.most_utf16)


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def text_too_long(cutover: Cutover) -> Iterator[Finding]:
    """A text may take more bytes or characters than the target column has, with the longest that there is now."""
    fitting: dict[str, list[str]] = {}
    for column, source in plain_columns(cutover, lambda pair: pair.kind is Kind.TEXT and pair.is_text):
        if sizes.fixed_length(column.projected) or not column.pair.sides.source.documented:
            continue
        length = sizes.longest_text(source)
        ascii_only = sizes.is_spelled_by_postgres(source)
        narrow = [
            limit
            for limit in limits(column.to, ascii_only=ascii_only)
            if length is None or length * limit.each > limit.most
        ]
        if not narrow:
            continue
        values = cutover.source.values(column.table, source.name)
        exceeded = next((limit for limit in narrow if (limit.of(values) if values else 0) > limit.most), None)
        limit = exceeded or narrow[0]
        fact = _fact(column, length, limit, limit.of(values) if values else None)
        if values and not exceeded:
            fitting.setdefault(column.table_name, []).append(fact)
            continue
        yield (error if exceeded else warning)(
            fact,
            _WHY_OF_TEXTS,
            _longer(column.to, length, limit, values),
            table=column.table_name,
            column=column.to.name,
        )
    for name, facts in fitting.items():
        yield note(
            f"all texts fit today, but a longer one need not: {'; '.join(facts)}",
            _WHY_OF_TEXTS,
            "make the columns longer, or count characters: VARCHAR2(... CHAR)",
            table=name,
        )


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def value_too_long(cutover: Cutover) -> Iterator[Finding]:
    """A number, a moment, an interval, a boolean, a uuid or a hash is written to a text column that is too short."""
    for column in cutover.columns:
        source, to = column.projected.source, column.to
        if not column.pair.is_text or source is None or not to.length or column.projected.data_type:
            continue
        fixed = sizes.fixed_length(column.projected)
        if fixed is not None:
            if fixed > to.length:
                yield error(
                    f"{source.name} ({_said_kind(column.projected)}) is a text of {fixed} characters, {to.name} is "
                    f"{declared_type(to)}",
                    _WHY,
                    f"make the column longer: MODIFY {to.name} VARCHAR2({fixed})",
                    table=column.table_name,
                    column=to.name,
                )
            continue
        longest = sizes.longest_value(source)
        if longest is None or longest <= to.length:
            continue
        values = cutover.source.values(column.table, source.name)
        now = values.most_characters if values else None
        known = "the table is large" if now is None else f"the longest now has {now}"
        # DMS spells an interval otherwise than PostgreSQL, so that fitting now says nothing.
        unknown = now is None or (source.type == "interval" and now <= to.length)
        yield judged(None if unknown else now, to.length)(
            f"{source.name} ({source.type}) takes {_said(longest)} characters as a text, {to.name} is "
            f"{declared_type(to)}, {known}",
            _WHY,
            f"make the column longer: MODIFY {to.name} VARCHAR2({min(longest, 4000)})",
            table=column.table_name,
            column=to.name,
        )


@check(Group.MAPPING, links.ORACLE_TYPES, "mapping", "source", "target")
def bytes_too_long(cutover: Cutover) -> Iterator[Finding]:
    """A bytea may take more bytes than the target's RAW, with the longest that there is now."""
    for column, source in plain_columns(cutover, lambda pair: pair.kind is Kind.BYTES and pair.store is Store.RAW):
        to = column.to
        if not to.most_bytes:
            continue
        values = cutover.source.values(column.table, source.name)
        longest = values.most_bytes if values else None
        known = "the table is large" if longest is None else f"the longest now has {longest}"
        yield judged(longest, to.most_bytes)(
            f"{source.name} takes any number of bytes, {to.name} is {declared_type(to)}, {known}",
            "a longer value fails with ORA-12899 and is only logged",
            "make the target column a BLOB, or limit the source's by a CHECK on octet_length",
            table=column.table_name,
            column=to.name,
        )


def limits(to: Column, *, ascii_only: bool) -> Iterator[Limit]:
    """Oracle's limits of a text column: a VARCHAR2 that counts characters has one in bytes, too.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/MAX_STRING_SIZE.html
    """
    bytes_each = 1 if ascii_only else sizes.BYTES_A_CHARACTER
    if not to.length:
        return
    if to.length_in_bytes:
        yield Limit(to.length, "bytes", bytes_each)
    elif counts_utf16(to):
        yield Limit(to.length, "characters of UTF-16", 1 if ascii_only else sizes.UNITS_A_CHARACTER)
    else:
        yield Limit(to.length, "characters", 1)
        if to.most_bytes:
            yield Limit(to.most_bytes, "bytes", bytes_each)


def _is_hidden(limit: Limit, to: Column) -> bool:
    """Whether the column's declaration does not tell the limit: it counts characters, and this one is in bytes."""
    return limit.unit == "bytes" and not to.length_in_bytes


def _fact(column: PairedColumn, length: int | None, limit: Limit, longest: int | None) -> str:
    source, to = column.projected.source, column.to
    takes = f"{length} characters" if length else "any length"
    most = f" of at most {limit.most} bytes" if _is_hidden(limit, to) else ""
    unit = f" {limit.unit}" if _is_hidden(limit, to) or limit.unit == "characters of UTF-16" else ""
    known = "the table is large" if longest is None else f"the longest now has {longest}{unit}"
    return f"{source.name if source else ''} takes {takes}, {to.name} is {declared_type(to)}{most}, {known}"


def _longer(to: Column, length: int | None, limit: Limit, values: ColumnValues | None) -> str:
    most_bytes = _MOST_BYTES[store_of(to)]
    as_long_as_can_be = limit.unit == "bytes" and limit.most >= most_bytes
    if _is_hidden(limit, to) or as_long_as_can_be or (values and values.most_bytes > most_bytes):
        larger = "a CLOB" if store_of(to) is Store.VARCHAR else "a VARCHAR2 or a CLOB"
        return f"make the column {larger}, or shorten such texts: MAX_STRING_SIZE is a matter of the whole database"
    if counts_utf16(to):
        return f"make the column longer: MODIFY {to.name} {to.type}({(length or 1000) * sizes.UNITS_A_CHARACTER})"
    return f"make the column longer, or count characters: MODIFY {to.name} {to.type}({length or most_bytes} CHAR)"


def _said(longest: int) -> str:
    return "any number of" if longest == sizes.WITHOUT_LIMIT else f"up to {longest}"


def _said_kind(column: ProjectedColumn) -> str:
    return "a SHA-256 hash" if column.mask else column.source.type if column.source else ""
