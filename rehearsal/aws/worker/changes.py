"""What a logical decoding plugin sends, as changes: pglogical's JSON, and test_decoding's text."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_NO_TABLE = "pglogical"


class Change(NamedTuple):
    """One row's change: `operation` is I, U or D; `old` has the old key where it is known."""

    operation: str
    schema: str
    table: str
    new: dict[str, Any]
    old: dict[str, Any]


class Begin(NamedTuple):
    """A transaction begins: whether it holds DDL, and when it was committed (ISO 8601 with offset)."""

    catalog_changed: bool
    time: str


class Commit(NamedTuple):
    """A transaction's end."""


Message = Change | Begin | Commit | None
_COMMIT = Commit()
_decode_json: Callable[[str], Any] = json.JSONDecoder(parse_float=Decimal).decode


def from_pglogical(payload: str) -> Message:
    """A message of `pglogical_output` with proto_format=json; None for one that is no change of a table."""
    message = _decode_json(payload)
    action = message["action"]
    if action in ("I", "U", "D"):
        schema, table = message["relation"]
        if schema == _NO_TABLE:
            return None  # TRUNCATE and pglogical's own messages, which DMS does not replicate
        return Change(action, schema, table, message.get("newtuple") or {}, message.get("oldtuple") or {})
    if action == "C":
        return _COMMIT
    if action == "B":
        return Begin(message.get("has_catalog_changes") == "t", message.get("commit_time", ""))
    return None


_NAME = r'(?:"(?:[^"]|"")*"|[^\s".\[:]+)'
_TABLE = re.compile(rf"table ({_NAME})\.({_NAME}): (INSERT|UPDATE|DELETE):")
_VALUE = re.compile(
    rf" ({_NAME})\[((?:[^\[\]\"]|\[\]|\"(?:[^\"]|\"\")*\")+)\]:(?:B?'((?:[^']|'')*)'|(unchanged-toast-datum)|(\S+))"
)


def from_test_decoding(payload: str) -> Message:
    """A message of `test_decoding`, which says TRUNCATE too: None for that.

    https://www.postgresql.org/docs/15/test-decoding.html
    """
    if payload.startswith("BEGIN"):
        return Begin(catalog_changed=False, time="")
    if payload.startswith("COMMIT"):
        return _COMMIT
    head = _TABLE.match(payload)
    if head is None:
        return None
    schema, table, operation = _unquoted(head[1]), _unquoted(head[2]), head[3][0]
    position = head.end()
    old: dict[str, Any] = {}
    if payload.startswith(" old-key:", position):
        old, position = _values(payload, position + len(" old-key:"))
        position += len(" new-tuple:")
    new, position = _values(payload, position)
    return Change(operation, schema, table, {}, new) if operation == "D" else Change(operation, schema, table, new, old)


def _values(payload: str, position: int) -> tuple[dict[str, Any], int]:
    values: dict[str, Any] = {}
    while found := _VALUE.match(payload, position):
        name, _type, quoted, toast, plain = found.groups()
        if toast is None:
            values[_unquoted(name)] = quoted.replace("''", "'") if quoted is not None else _plain(plain)
        position = found.end()
    return values, position


def _plain(text: str) -> str | None:
    return None if text == "null" else text


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
