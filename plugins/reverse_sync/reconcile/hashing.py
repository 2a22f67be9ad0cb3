"""What each database computes of a row by itself: its position, and its hash.

A row's text is unambiguous: fields one after the other, each either ended by a `;` that it can't hold, or preceded by
its length; NULL is `N;`. So rows that differ have texts that differ, and, but for one chance in 2^60 a bucket, sums of
hashes that differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.reconcile.plan import Order
from reverse_sync.sql import quoted
from reverse_sync.type_pairs.source_types import Kind
from reverse_sync.type_pairs.texts import is_large

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reverse_sync.reconcile.plan import ComparedColumn, Plan

# Oracle's SQL knows no longer text than this, in bytes, unless MAX_STRING_SIZE is EXTENDED:
# https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/MAX_STRING_SIZE.html
_LONGEST_TEXT = 4000
_BYTES_A_CHARACTER = 4
_LENGTH_PREFIX = 6
_HASH_FIELD = 34
_NUMBER_FIELD = 48
# Fifteen hexadecimal digits are sixty bits, which both databases add up without an error.
DIGITS = 15
POSITIONS = 2 ** (4 * DIGITS)


class Hashing(NamedTuple):
    """Expressions of one side: where a row stands, and what it adds to its bucket's sum."""

    position: str
    hash: str


def postgres_hashing(plan: Plan) -> Hashing:
    """PostgreSQL's expressions. https://www.postgresql.org/docs/current/functions-binarystring.html"""
    row = _postgres_digest(_groups(plan.hashed))
    match plan.order:
        case Order.KEY:
            source = plan.key[0].source
            position = quoted(source.name) if source else ""
        case Order.KEY_HASH:
            position = _postgres_number(_postgres_digest(_groups(plan.key)), 1)
        case _:
            position = _postgres_number(row, 1)
    return Hashing(position, _postgres_number(row, 2 + DIGITS))


def oracle_hashing(plan: Plan) -> Hashing:
    """Oracle's. https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/STANDARD_HASH.html"""
    row = _oracle_digest(_groups(plan.hashed))
    match plan.order:
        case Order.KEY:
            position = quoted(plan.key[0].target.name)
        case Order.KEY_HASH:
            position = _oracle_number(_oracle_digest(_groups(plan.key)), 1)
        case _:
            position = _oracle_number(row, 1)
    return Hashing(position, _oracle_number(row, 2 + DIGITS))


def _groups(columns: Sequence[ComparedColumn]) -> list[list[ComparedColumn]]:
    """The columns in groups whose texts fit into one text of Oracle."""
    groups: list[list[ComparedColumn]] = [[]]
    used = 0
    for column in columns:
        size = _longest(column)
        if used + size > _LONGEST_TEXT:
            groups.append([])
            used = 0
        groups[-1].append(column)
        used += size
    return groups


def _longest(column: ComparedColumn) -> int:
    """The most bytes that the column adds to a row's text; a column that is too long adds its own hash."""
    if column.pair.kind is Kind.BYTES and not is_large(column.target):
        return _HASH_FIELD
    if column.plain:
        return _NUMBER_FIELD
    bytes_each = 1 if column.target.length_in_bytes else _BYTES_A_CHARACTER
    size = (column.target.length or _LONGEST_TEXT) * bytes_each + _LENGTH_PREFIX
    return size if size <= _LONGEST_TEXT else _HASH_FIELD


def _is_long(column: ComparedColumn) -> bool:
    return _longest(column) == _HASH_FIELD


def _fields(columns: Sequence[ComparedColumn], side: str) -> Iterator[str]:
    for column in columns:
        if column.texts is None:
            continue
        text = column.texts.postgres if side == "postgres" else column.texts.oracle
        if _is_long(column):
            digest = f"md5({text})" if side == "postgres" else _oracle_md5(text)
            yield f"CASE WHEN {text} IS NULL THEN 'N;' ELSE {digest} END"
        elif column.plain:
            yield f"coalesce({text}, 'N') || ';'"
        elif side == "postgres":  # where Oracle's NULL || ':' is a text, PostgreSQL's is NULL
            yield f"coalesce(length({text}) || ':' || {text}, 'N;')"
        else:
            yield f"CASE WHEN {text} IS NULL THEN 'N;' ELSE length({text}) || ':' || {text} END"


def _postgres_digest(groups: list[list[ComparedColumn]]) -> str:
    digests = [f"md5({' || '.join(_fields(group, 'postgres'))})" for group in groups]
    return digests[0] if len(digests) == 1 else f"md5({' || '.join(digests)})"


def _oracle_digest(groups: list[list[ComparedColumn]]) -> str:
    digests = [_oracle_md5(" || ".join(_fields(group, "oracle"))) for group in groups]
    return digests[0] if len(digests) == 1 else _oracle_md5(" || ".join(digests))


def _oracle_md5(text: str) -> str:
    return f"LOWER(RAWTOHEX(STANDARD_HASH({text}, 'MD5')))"


def _postgres_number(digest: str, start: int) -> str:
    return f"('x' || substr({digest}, {start}, {DIGITS}))::bit({4 * DIGITS})::bigint"


def _oracle_number(digest: str, start: int) -> str:
    return f"TO_NUMBER(SUBSTR({digest}, {start}, {DIGITS}), '{'X' * DIGITS}')"
