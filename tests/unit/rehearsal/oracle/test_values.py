"""Numbers and datetimes on the wire."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.oracle.errors import OracleError
from rehearsal.oracle.values import (
    decode_number,
    decode_timestamp,
    decode_timestamp_tz,
    encode_date,
    encode_number,
    encode_timestamp,
    encode_timestamp_tz,
    number_text,
)
from rehearsal.oracle.wire import Reader, clr, ub


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("0", "80"),
        ("1", "c102"),
        ("-1", "3e6466"),
        ("100", "c202"),
        ("501", "c20602"),
        ("-1.5", "3e643366"),
        ("0.01", "c002"),
    ],
)
def test_numbers_as_oracle_stores_them(text: str, data: str) -> None:
    assert encode_number(text.encode()).hex() == data
    assert Decimal(decode_number(bytes.fromhex(data)).decode()) == Decimal(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=8))
def test_numbers_come_back(number: Decimal) -> None:
    assert Decimal(decode_number(encode_number(f"{number:f}".encode())).decode()) == number


def test_a_number_has_forty_digits() -> None:
    third = b"0." + b"3" * 60
    assert Decimal(decode_number(encode_number(third)).decode()) == Decimal("0." + "3" * 40)
    assert Decimal(decode_number(encode_number(b"3." + b"3" * 60)).decode()) == Decimal("3." + "3" * 38)
    with pytest.raises(OracleError, match="ORA-01426: numeric overflow"):
        encode_number(b"1" + b"0" * 130)


@pytest.mark.parametrize(
    ("text", "printed"), [("0.50", ".5"), ("-995.0", "-995"), ("-0.5", "-.5"), ("100", "100"), ("0", "0")]
)
def test_numbers_as_oracle_prints_them(text: str, printed: str) -> None:
    assert number_text(text.encode()) == printed.encode()


@given(st.datetimes(min_value=datetime.datetime(1, 1, 1)))
def test_datetimes_come_back(at: datetime.datetime) -> None:
    text = at.isoformat(" ", "microseconds").encode()
    assert decode_timestamp(encode_timestamp(text)) == text
    assert decode_timestamp(encode_date(text)) == text[:19]
    zoned = b'("%s",-330)' % text
    assert decode_timestamp_tz(encode_timestamp_tz(zoned)) == zoned


@given(st.integers(0, 2**64 - 1))
def test_integers_come_back(number: int) -> None:
    assert _reader(ub(number)).ub() == number


@given(st.binary(max_size=70_000), st.integers(1, 9000))
def test_byte_strings_come_back_however_they_are_cut(data: bytes, size: int) -> None:
    assert (_reader(clr(data), size).clr() or b"") == data


def _reader(data: bytes, size: int = 1 << 20) -> Reader:
    packets = iter([data[at : at + size] for at in range(0, len(data), size)])
    return Reader(lambda: next(packets))
