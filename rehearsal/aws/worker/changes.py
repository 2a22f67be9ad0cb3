"""What a logical decoding plugin sends, as changes: pglogical's native protocol, and test_decoding's text.

Both tell every value as the text that PostgreSQL prints of it, or None for NULL.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import NamedTuple

_NO_TABLE = "pglogical"
_POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

Values = dict[str, str | None]


class Change(NamedTuple):
    """One row's change: `operation` is I, U or D; `old` has the old key where it is known.

    A large value that an update left alone is lacking in `new`.
    """

    operation: str
    schema: str
    table: str
    new: Values
    old: Values


class Begin(NamedTuple):
    """A transaction begins: when it was committed, where the plugin tells."""

    committed: datetime | None


class Relation(NamedTuple):
    """A table is met for the first time, or for the first time since it was altered."""

    schema: str
    table: str


class Commit(NamedTuple):
    """A transaction's end."""


Message = Change | Begin | Relation | Commit | None
_COMMIT = Commit()

_BEGIN = Struct(">cBQq")
_CHANGE = Struct(">cBIc")
_RELATION = Struct(">cBI")
_COUNT = Struct(">cH")
_COLUMN = Struct(">cBcH")
_LENGTH = Struct(">I").unpack_from
_NULL, _UNCHANGED, _TEXT = b"nut"


class Pglogical:
    """Reads one stream of `pglogical_output` in its native protocol, which names a table once and then its number.

    Of its two protocols the JSON one cannot be used: a JSON value `null` and SQL's NULL look the same in it.
    https://github.com/2ndQuadrant/pglogical/blob/REL2_x_STABLE/internals-doc/protocol.txt
    """

    def __init__(self) -> None:
        self._relations: dict[int, tuple[str, str, tuple[str, ...]]] = {}

    def decode(self, payload: bytes) -> Message:
        """One message; None for one that is no change of a table. Raises ValueError for a strange one."""
        match payload[:1]:
            case b"I" | b"U" | b"D":
                return self._change(payload)
            case b"C":
                return _COMMIT
            case b"B":
                microseconds = _BEGIN.unpack_from(payload)[3]
                return Begin(_POSTGRES_EPOCH + timedelta(microseconds=microseconds))
            case b"R":
                return self._relation(payload)
        return None

    def _change(self, payload: bytes) -> Change | None:
        action, _, number, kind = _CHANGE.unpack_from(payload)
        schema, table, columns = self._relations[number]
        if schema == _NO_TABLE:
            return None  # TRUNCATE and pglogical's own messages, which DMS does not replicate
        old: Values = {}
        new: Values = {}
        at = _CHANGE.size
        if kind == b"K":
            old, at = _tuple(payload, at, columns)
            kind, at = payload[at : at + 1], at + 1
        if kind == b"N":
            new, at = _tuple(payload, at, columns)
        return Change(action.decode(), schema, table, new, old)

    def _relation(self, payload: bytes) -> Relation:
        number, at = _RELATION.unpack_from(payload)[2], _RELATION.size
        schema, at = _name(payload, at + 1, payload[at])
        table, at = _name(payload, at + 1, payload[at])
        count, at = _COUNT.unpack_from(payload, at)[1], at + _COUNT.size
        columns = []
        for _ in range(count):
            length = _COLUMN.unpack_from(payload, at)[3]
            name, at = _name(payload, at + _COLUMN.size, length)
            columns.append(name)
        self._relations[number] = (schema, table, tuple(columns))
        return Relation(schema, table)


def _tuple(payload: bytes, at: int, columns: tuple[str, ...]) -> tuple[Values, int]:
    """A row's values, and where it ends."""
    count = _COUNT.unpack_from(payload, at)[1]
    if count != len(columns):
        raise ValueError(f"a row of {count} values for the columns {', '.join(columns)}")
    at += _COUNT.size
    values: Values = {}
    for name in columns:
        kind = payload[at]
        at += 1
        if kind == _TEXT:
            start = at + 4
            at = start + _LENGTH(payload, at)[0]
            values[name] = payload[start : at - 1].decode()
        elif kind == _NULL:
            values[name] = None
        elif kind != _UNCHANGED:
            raise ValueError(f"a value of kind {chr(kind)!r} in column {name}")
    return values, at


def _name(payload: bytes, at: int, length: int) -> tuple[str, int]:
    """A name, whose length counts the zero behind it, and where it ends."""
    return payload[at : at + length - 1].decode(), at + length


_NAME = r'(?:"(?:[^"]|"")*"|[^\s".\[:]+)'
_TABLE = re.compile(rf"table ({_NAME})\.({_NAME}): (INSERT|UPDATE|DELETE):")
_VALUE = re.compile(
    rf" ({_NAME})\[((?:[^\[\]\"]|\[\]|\"(?:[^\"]|\"\")*\")+)\]:(?:B?'((?:[^']|'')*)'|(unchanged-toast-datum)|(\S+))"
)


def from_test_decoding(payload: bytes) -> Message:
    """A message of `test_decoding`, which says TRUNCATE too: None for that.

    https://www.postgresql.org/docs/15/test-decoding.html
    """
    text = payload.decode()
    if text.startswith("BEGIN"):
        return Begin(committed=None)
    if text.startswith("COMMIT"):
        return _COMMIT
    head = _TABLE.match(text)
    if head is None:
        return None
    schema, table, operation = _unquoted(head[1]), _unquoted(head[2]), head[3][0]
    position = head.end()
    old: Values = {}
    if text.startswith(" old-key:", position):
        old, position = _values(text, position + len(" old-key:"))
        position += len(" new-tuple:")
    new, position = _values(text, position)
    return Change(operation, schema, table, {}, new) if operation == "D" else Change(operation, schema, table, new, old)


def _values(text: str, position: int) -> tuple[Values, int]:
    values: Values = {}
    while found := _VALUE.match(text, position):
        name, _type, quoted, toast, plain = found.groups()
        if quoted is not None:
            values[_unquoted(name)] = quoted.replace("''", "'")
        elif toast is None:
            values[_unquoted(name)] = None if plain == "null" else plain
        position = found.end()
    return values, position


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
