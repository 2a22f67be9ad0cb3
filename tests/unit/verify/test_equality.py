"""When a value of PostgreSQL and a value of Oracle are the same."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from reverse_sync.verify.equality import same, shown

SEOUL = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("London to Busan", "London to Busan"),
        ("부산행 특가", "부산행 특가"),
        (None, None),
        ("", None),
        (None, ""),
        ("", " "),
        (1, Decimal("1.00")),
        (Decimal("-995.0"), -995),
        (Decimal("0.5"), Decimal(".5")),
        (1_800_000_000_123, Decimal(1_800_000_000_123)),
        (0.1, Decimal("0.1")),
        (True, "true"),
        (False, "FALSE"),
        (b"\x00\xff", b"\x00\xff"),
        (datetime(2026, 11, 22, 9, 0, tzinfo=SEOUL), datetime(2026, 11, 22)),
        (datetime(2026, 11, 22, 0, 0, 0, 123456, tzinfo=UTC), datetime(2026, 11, 22)),
        (datetime(2026, 11, 22, 0, 0, 0, 123456, tzinfo=UTC), datetime(2026, 11, 22, 0, 0, 0, 123456)),
        (date(2026, 11, 22), datetime(2026, 11, 22)),
    ],
)
def test_same(expected: object, found: object) -> None:
    assert same(expected, found)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("London to Busan", "London to Busan "),
        ("London", "london"),
        (None, " "),
        (None, 0),
        (0, None),
        ("x", None),
        (1, 2),
        (1, "one"),
        (Decimal("0.5"), Decimal("0.500001")),
        (0.1, "x"),
        (True, "false"),
        (b"\x00", b"\x01"),
        (datetime(2026, 11, 22, tzinfo=SEOUL), datetime(2026, 11, 22)),
        (datetime(2026, 11, 22, 0, 0, 0, 123456, tzinfo=UTC), datetime(2026, 11, 22, 0, 0, 0, 123457)),
    ],
)
def test_different(expected: object, found: object) -> None:
    assert not same(expected, found)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1.50"), "1.50"),
        (datetime(2026, 11, 22, 9, tzinfo=SEOUL), "2026-11-22T09:00:00+09:00"),
        (b"\x01\xff", "01ff"),
        (None, None),
        (7, 7),
        ("부산", "부산"),
    ],
)
def test_shown_as_json_keeps_it(value: object, text: object) -> None:
    assert shown(value) == text
