"""One text for a value on both sides, computed by each database itself, for hashes over many rows.

No two values that :meth:`Pair.same` calls different have the same text, so equal hashes mean equal rows. The other way
does not hold: a value that one side writes otherwise (a number of more than forty digits, one space for '') gives
another text, and the rows of such a hash are then compared by value.

The sessions' settings are part of the rule: PostgreSQL's TimeZone is UTC, its DateStyle ISO; Oracle's
NLS_NUMERIC_CHARACTERS are `.,`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.type_pairs.readers import INFINITY, MINUS_INFINITY
from reverse_sync.type_pairs.source_types import Kind
from reverse_sync.type_pairs.target_types import Store, fraction_digits, select, store_of

if TYPE_CHECKING:
    from reverse_sync.table_mapping import Column
    from reverse_sync.type_pairs.pairs import Pair


# DBMS_CRYPTO.HASH_MD5: SQL takes no package's constant. A CLOB is hashed as AL32UTF8, whatever the database's character
# set. https://docs.oracle.com/en/database/oracle/oracle-database/19/arpls/DBMS_CRYPTO.html
_HASH_MD5 = 2
# What DMS makes of infinity. https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html
_INFINITE = f"WHEN {{0}} > '2000-01-01' THEN '{INFINITY}' WHEN {{0}} < '2000-01-01' THEN '{MINUS_INFINITY}'"
_LARGE = frozenset({"CLOB", "NCLOB", "BLOB"})


def is_large(column: Column) -> bool:
    """Whether Oracle's column holds large objects, which STANDARD_HASH does not take, but DBMS_CRYPTO does."""
    return column.type in _LARGE


class Texts(NamedTuple):
    """The same value as text: an expression of PostgreSQL and one of Oracle; NULL where the value is empty.

    Of a large object Oracle's expression is the MD5 of the text or of the bytes, and so is PostgreSQL's.
    """

    postgres: str
    oracle: str


def texts(
    pair: Pair, source: Column, source_name: str, target_name: str, *, blank_for_empty: bool = True
) -> Texts | None:
    """Both expressions; None where the pair has none, so that its values are compared one by one.

    :param source_name: the quoted name of the PostgreSQL column
    :param target_name: the quoted name of the Oracle column
    :param blank_for_empty: whether DMS writes one space for '', as it does unless it is told not to. Where it has not,
        other hashes lead to a comparison by value.
    """
    column = pair.sides.column
    postgres, oracle = _postgres(pair, source, source_name, blank_for_empty), _oracle(pair, column, target_name)
    if not (postgres and oracle):
        return None
    return Texts(f"md5({_content(pair, source_name, postgres)})" if is_large(column) else postgres, oracle)


def _content(pair: Pair, name: str, text: str) -> str:
    """What is hashed of a large object: a text, or the bytes themselves and not their hexadecimal digits."""
    return f"CASE WHEN length({name}) > 0 THEN {name} END" if pair.kind is Kind.BYTES else text


def _postgres(pair: Pair, source: Column, name: str, blank_for_empty: bool) -> str | None:
    match pair.kind:
        case Kind.INTEGER if source.type in ("smallint", "integer", "bigint"):
            return f"{name}::text"
        case Kind.NUMERIC if pair.is_text and source.scale != 0:
            return None  # no document says how many zeros DMS writes at the end
        case Kind.NUMERIC if source.type in ("numeric", "money"):
            return _postgres_number(pair, name)
        case Kind.BOOLEAN_AS_TEXT:
            return f"{name}::text"
        case Kind.BOOLEAN if source.type == "boolean":
            return f"{name}::int::text" if pair.store is Store.NUMBER else f"{name}::text"
        case Kind.TEXT:
            return _postgres_text(pair, name, blank_for_empty)
        case Kind.BYTES if source.type == "bytea":
            return f"nullif(encode({name}, 'hex'), '')"
        case Kind.DATE if source.type == "date":
            return f"CASE WHEN isfinite({name}) THEN {name}::text || ' 00:00:00' {_INFINITE.format(name)} END"
        case Kind.DATETIME if source.type.startswith("timestamp"):
            return _postgres_moment(pair, source, name)
        case _:
            return None


def _postgres_text(pair: Pair, name: str, blank_for_empty: bool) -> str:
    text = pair.sides.source.select.format(name)
    if pair.blanks_mean_nothing:
        return f"nullif(rtrim({text}, ' '), '')"
    if is_large(pair.sides.column) or not blank_for_empty:
        return f"nullif({text}, '')"
    return f"CASE WHEN {text} = '' THEN ' ' ELSE {text} END"


def _postgres_number(pair: Pair, name: str) -> str:
    scale = pair.rounded_to
    number = f"{name}::numeric" if scale is None else f"round({name}::numeric, {scale})"
    return rf"regexp_replace(trim_scale({number})::text, '^(-?)0\.', '\1.')"


def _postgres_moment(pair: Pair, source: Column, name: str) -> str:
    moment = f"({name} AT TIME ZONE 'UTC')" if source.type.endswith("with time zone") else name
    digits = fraction_digits(pair.sides.column)
    cut = {0: "second", 3: "milliseconds"}.get(digits)
    text = f"date_trunc('{cut}', {moment})::text" if cut else f"{moment}::text"
    return f"CASE WHEN isfinite({name}) THEN {text} {_INFINITE.format(name)} END"


def _oracle(pair: Pair, column: Column, name: str) -> str | None:
    store = store_of(column)
    if store is Store.NUMBER:
        return f"TO_CHAR(ROUND({name}, 6))" if pair.sides.source.unbounded else f"TO_CHAR({name})"
    if store is Store.VARCHAR and not pair.blanks_mean_nothing:
        return f"LOWER({name})" if pair.kind in (Kind.BOOLEAN, Kind.BOOLEAN_AS_TEXT) else name
    if store in (Store.VARCHAR, Store.CHAR):
        return f"RTRIM({name}, ' ')"
    if store is Store.RAW:
        return f"LOWER(RAWTOHEX({name}))"
    if is_large(column) and not pair.blanks_mean_nothing and pair.kind in (Kind.TEXT, Kind.BYTES):
        digest = f"LOWER(RAWTOHEX(DBMS_CRYPTO.HASH({name}, {_HASH_MD5})))"
        return f"CASE WHEN DBMS_LOB.GETLENGTH({name}) > 0 THEN {digest} END"
    if store in (Store.DATE, Store.TIMESTAMP):
        printed = select(column, name)
        return f"RTRIM(RTRIM({printed}, '0'), '.')" if fraction_digits(column) else printed
    return None
