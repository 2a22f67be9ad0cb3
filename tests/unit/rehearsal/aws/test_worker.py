"""The worker's pure parts: plugins' messages, values, and when to try again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from rehearsal.aws.dms.task import padded, start_lsn
from rehearsal.aws.worker.changes import Begin, Change, Commit, from_pglogical, from_test_decoding
from rehearsal.aws.worker.errors import ErrorPolicies, Retries
from rehearsal.aws.worker.source import lsn_number
from rehearsal.aws.worker.stream import lsn_text
from rehearsal.aws.worker.values import for_oracle, limited_lob, reader
from reverse_sync.table_mapping import Column


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("BEGIN 731", Begin(catalog_changed=False, time="")),
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
    assert from_test_decoding(text) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"action":"B", "has_catalog_changes":"t", "commit_time":"2026-01-01 00:00:00+00"}',
            Begin(catalog_changed=True, time="2026-01-01 00:00:00+00"),
        ),
        ('{"action":"C", "final_lsn":"0/1", "end_lsn":"0/2"}', Commit()),
        (
            '{"action":"I","relation":["s","t"],"newtuple":{"n":99999999999999999999999999.0123456789,"t":"가"}}',
            Change("I", "s", "t", {"n": Decimal("99999999999999999999999999.0123456789"), "t": "가"}, {}),
        ),
        ('{"action":"I","relation":["pglogical","queue"],"newtuple":{"message_type":"T"}}', None),
        ('{"action":"S","params":{}}', None),
    ],
)
def test_pglogical(text: str, message: object) -> None:
    assert from_pglogical(text) == message


@pytest.mark.parametrize(
    ("column", "sent", "value"),
    [
        (Column("c", "bigint"), "12", 12),
        (Column("c", "numeric", precision=10, scale=2), "1.50", Decimal("1.50")),
        (Column("c", "numeric"), "0.12345678", Decimal("0.123457")),  # travels as NUMERIC(28,6)
        (Column("c", "timestamp with time zone"), "2026-01-01 09:00:00+09", datetime(2026, 1, 1, tzinfo=UTC)),
        (Column("c", "timestamp without time zone"), "2026-01-01 09:00:00.5", datetime(2026, 1, 1, 9, 0, 0, 500000)),
        (Column("c", "date"), "2026-01-01", date(2026, 1, 1)),
        (Column("c", "bytea"), "\\xdead", b"\xde\xad"),
        (Column("c", "boolean"), "t", True),
        (Column("c", "boolean"), False, False),
        (Column("c", "jsonb"), {"가": [1]}, '{"가": [1]}'),
        (Column("c", "uuid"), "x", "x"),
    ],
)
def test_values_as_they_come(column: Column, sent: Any, value: object) -> None:
    assert reader(column)(sent) == value


def test_values_as_they_go() -> None:
    assert for_oracle(datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2026, 1, 1)
    assert for_oracle(value=True) == "true"
    assert limited_lob("가" * 400, 1) == ("가" * 341, True)
    assert limited_lob(b"x" * 1024, 1) == (b"x" * 1024, False)


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
    assert padded("4AF/B00000D0") == "000004AF/B00000D0"
    assert start_lsn("checkpoint:V1#27#000004AF/B00000D0#0#0#*#0#0") == "4AF/B00000D0"
