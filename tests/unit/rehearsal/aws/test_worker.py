"""The worker's pure parts: plugins' messages, values, and when to try again."""

from __future__ import annotations

import re
import struct
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from rehearsal.aws.dms.task import format_lsn, start_lsn
from rehearsal.aws.worker.changes import Begin, Change, Commit, Pglogical, Relation, from_test_decoding
from rehearsal.aws.worker.errors import ErrorPolicies, Retries
from rehearsal.aws.worker.source import lsn_number
from rehearsal.aws.worker.stream import lsn_text
from rehearsal.aws.worker.values import for_oracle, limited_lob, reader
from reverse_sync.table_mapping import Column


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("BEGIN 731", Begin(committed=None)),
        ("COMMIT 731", Commit()),
        (
            "table s.t: INSERT: id[bigint]:1 name[character varying]:'it''s ''a'' [b]: null' note[text]:null",
            Change("I", "s", "t", {"id": "1", "name": "it's 'a' [b]: null", "note": None}, {}),
        ),
        (
            "table s.t: UPDATE: old-key: id[bigint]:2 new-tuple: id[bigint]:20 body[text]:unchanged-toast-datum",
            Change("U", "s", "t", {"id": "20"}, {"id": "2"}),
        ),
        (
            'table "S p"."T.""x": DELETE: "i d"[integer]:3 tags[text[]]:\'{new-tuple:}\'',
            Change("D", "S p", 'T."x', {}, {"i d": "3", "tags": "{new-tuple:}"}),
        ),
        ("table s.t: DELETE: (no-tuple-data)", Change("D", "s", "t", {}, {})),
        ("table s.t: TRUNCATE: (no-flags)", None),
        (
            "table s.t: INSERT: b[bit varying]:B'101' ok[boolean]:true",
            Change("I", "s", "t", {"b": "101", "ok": "true"}, {}),
        ),
    ],
)
def test_test_decoding(text: str, message: object) -> None:
    """The format is that of https://www.postgresql.org/docs/15/test-decoding.html."""
    assert from_test_decoding(text.encode()) == message


def sent(layout: str, *parts: int | bytes) -> bytes:
    """A message of the native protocol, packed as pglogical packs it."""
    return struct.pack(f">{layout}", *parts)


def named(length: str, name: str) -> bytes:
    """A name with its length, which counts the zero behind it."""
    return struct.pack(f">{length}", len(name.encode()) + 1) + name.encode() + b"\0"


def relation(number: int, schema: str, table: str, *columns: str) -> bytes:
    """What names a table and its columns."""
    described = b"".join(sent("cBc", b"C", 0, b"N") + named("H", name) for name in columns)
    head = sent("cBI", b"R", 0, number) + named("B", schema) + named("B", table)
    return head + sent("cH", b"A", len(columns)) + described


def row(kind: bytes, *values: str | bytes | None) -> bytes:
    """A row: text, None for NULL, b"u" for a large value that did not change."""
    parts = [
        b"n" if value is None else value if isinstance(value, bytes) else b"t" + named("I", value) for value in values
    ]
    return kind + sent("cH", b"T", len(values)) + b"".join(parts)


def test_pglogical() -> None:
    """The format is that of pglogical's internals-doc/protocol.txt; the parts behind it speak to the real plugin."""
    decode = Pglogical().decode
    assert decode(b"S\x01max_proto_version\x001\x00") is None
    assert decode(sent("cBQqI", b"B", 0, 1, 1_000_000, 7)) == Begin(datetime(2000, 1, 1, 0, 0, 1, tzinfo=UTC))
    assert decode(relation(9, "s", '표"', "id", "t", "j")) == Relation("s", '표"')
    insert = sent("cBI", b"I", 0, 9) + row(b"N", "1", "가\n", "null")
    assert decode(insert) == Change("I", "s", '표"', {"id": "1", "t": "가\n", "j": "null"}, {})
    update = sent("cBI", b"U", 0, 9) + row(b"K", "1", None, None) + row(b"N", "2", None, b"u")
    assert decode(update) == Change("U", "s", '표"', {"id": "2", "t": None}, {"id": "1", "t": None, "j": None})
    delete = sent("cBI", b"D", 0, 9) + row(b"K", "2", None, None)
    assert decode(delete) == Change("D", "s", '표"', {}, {"id": "2", "t": None, "j": None})
    assert decode(sent("cBQQq", b"C", 0, 1, 2, 3)) == Commit()
    assert decode(relation(9, "s", "renamed", "id")) == Relation("s", "renamed")
    assert decode(sent("cBI", b"I", 0, 9) + row(b"N", "3")) == Change("I", "s", "renamed", {"id": "3"}, {})
    with pytest.raises(ValueError, match="a row of 2 values for the columns id"):
        decode(sent("cBI", b"I", 0, 9) + row(b"N", "3", "4"))
    decode(relation(10, "pglogical", "queue", "message_type"))
    assert decode(sent("cBI", b"I", 0, 10) + row(b"N", "T")) is None


@pytest.mark.parametrize(
    ("column", "printed", "value"),
    [
        (Column("c", "bigint"), "12", 12),
        (Column("c", "real"), "3.4028235e+38", 3.4028235e38),
        (Column("c", "numeric", precision=10, scale=2), "1.50", Decimal("1.50")),
        (Column("c", "numeric"), "0.12345678", Decimal("0.123457")),  # travels as NUMERIC(28,6)
        (Column("c", "numeric"), "-0.0000005", Decimal("-0.000001")),  # half away from zero, as PostgreSQL rounds
        (Column("c", "numeric", precision=39, scale=0), "1", "1"),  # a STRING for DMS
        (Column("c", "money"), "-$1,234.50", Decimal("-1234.50")),
        (Column("c", "timestamp with time zone"), "2026-01-01 09:00:00+09", datetime(2026, 1, 1, tzinfo=UTC)),
        (Column("c", "timestamp without time zone"), "2026-01-01 09:00:00.5", datetime(2026, 1, 1, 9, 0, 0, 500000)),
        (Column("c", "timestamp without time zone"), "infinity", datetime(9999, 12, 31, 23, 59, 59)),
        (Column("c", "date"), "2026-01-01", date(2026, 1, 1)),
        (Column("c", "date"), "infinity", datetime(9999, 12, 31, 23, 59, 59)),
        (Column("c", "bytea"), "\\xdead", b"\xde\xad"),
        (Column("c", "bytea"), "\\x", b""),
        (Column("c", "boolean"), "t", True),
        (Column("c", "boolean"), "false", False),
        (Column("c", "json"), '{"b" : 2.50, "b":1e400}', '{"b" : 2.50, "b":1e400}'),
        (Column("c", "json"), "null", "null"),
        (Column("c", "text[]"), "{가,NULL}", "{가,NULL}"),
        (Column("c", "uuid"), "x", "x"),
    ],
)
def test_values_as_they_come(column: Column, printed: str, value: object) -> None:
    assert reader(column)(printed) == value


@pytest.mark.parametrize("kind", ["date", "timestamp without time zone", "timestamp with time zone"])
@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("-infinity", "4713-01-01 00:00:00 BC, lies before Oracle's first date, 4712-01-01 BC"),
        ("0044-03-15 00:00:00 BC", "0044-03-15 00:00:00 BC lies before the year 1"),
        ("10000-01-01", "10000-01-01 lies behind Oracle's last date"),
    ],
)
def test_moments_that_cannot_arrive(kind: str, printed: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        reader(Column("c", kind))(printed)


def test_values_as_they_go() -> None:
    assert for_oracle(datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2026, 1, 1)
    assert for_oracle(value=True) == "true"
    assert limited_lob("가" * 400, 1) == ("가" * 341, True)
    assert limited_lob(b"x" * 1024, 1) == (b"x" * 1024, False)


@pytest.mark.parametrize(
    "value",
    [
        0,
        0.0,
        -0.0,
        Decimal("0E-500"),
        1e-130,
        -9.99e125,
        Decimal("-1E-21"),
        Decimal("9" * 38),
        10**40 - 1,
        Decimal("1E+125"),
        10**125,
        Decimal("1." + "0" * 60),
    ],
    ids=str,
)
def test_numbers_that_oracle_holds(value: float) -> None:
    assert for_oracle(value) == value


@pytest.mark.parametrize(
    "value",
    [2.2250738585072014e-308, 5e-324, 1e126, -1.7976931348623157e308, float("nan"), float("inf"), Decimal("NaN"),
     Decimal("-Infinity"), Decimal("1E-131"), Decimal("1E+126"), Decimal("1" * 41), 10**126],
    ids=str,
)  # fmt: skip
def test_numbers_that_oracle_does_not_hold(value: float) -> None:
    with pytest.raises(ValueError, match="Oracle's NUMBER"):
        for_oracle(value)


def behaviour(**more: Any) -> dict[str, Any]:
    return {
        "RecoverableErrorCount": -1,
        "RecoverableErrorInterval": 5,
        "RecoverableErrorThrottling": True,
        "RecoverableErrorThrottlingMax": 60,
        "RecoverableErrorStopRetryAfterThrottlingMax": False,
        **more,
    }


@pytest.mark.parametrize(
    ("settings", "waits"),
    [
        ({}, [5, 10, 20, 40, 60, 60]),
        ({"RecoverableErrorThrottling": False}, [5, 5, 5]),
        ({"RecoverableErrorCount": 2}, [5, 10, None]),
        ({"RecoverableErrorCount": 0}, [None]),
        ({"RecoverableErrorStopRetryAfterThrottlingMax": True}, [5, 10, 20, 40, None]),
    ],
)
def test_recoverable_errors_are_tried_again_with_growing_intervals(
    settings: dict[str, Any], waits: list[float | None]
) -> None:
    retries = Retries(behaviour(**settings), second_s=1)
    assert [retries.wait_s() for _ in waits] == waits
    retries.succeeded()
    assert retries.wait_s() == waits[0]


def test_errors_escalate_table_by_table() -> None:
    policies = ErrorPolicies(
        {"DataErrorPolicy": "LOG_ERROR", "DataErrorEscalationCount": 2, "DataErrorEscalationPolicy": "SUSPEND_TABLE"}
    )
    assert [policies.action("Data", table) for table in ("a", "b", "a")] == ["LOG_ERROR", "LOG_ERROR", "SUSPEND_TABLE"]


def test_positions() -> None:
    assert lsn_number("4AF/B00000D0") == 0x4AF_B00000D0
    assert lsn_text(lsn_number("4AF/B00000D0")) == "4AF/B00000D0"
    assert lsn_number(None) == 0
    assert format_lsn("4AF/B00000D0") == "000004AF/B00000D0"
    assert start_lsn("checkpoint:V1#27#000004AF/B00000D0#0#0#*#0#0") == "4AF/B00000D0"
